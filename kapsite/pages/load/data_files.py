"""The data files of the content folder: facts that pages use, and the editorial rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person, names_nobody
from kapsite.clinic.placeholders import Placeholders
from kapsite.content_files import validation
from kapsite.content_files.live_file import by_name
from kapsite.content_files.problems import Problem, Report
from kapsite.content_files.text_file import read_text
from kapsite.content_files.validation import Text
from kapsite.content_files.yaml_reader import NOTHING, Parsed, Place, parse
from kapsite.pages.language.claims import ClaimRules, as_before
from kapsite.pages.language.readability import Readability
from kapsite.pages.language.required_facts import Fact
from kapsite.pages.language.wording import Wording, WordList
from kapsite.pages.syntax.chart_reader import chart_files, read_chart
from kapsite.pages.syntax.chart_schema import Chart
from kapsite.pages.syntax.data_schema import Medicines, SignOff, Source, SourceId, Term

CLINIC, PEOPLE = "clinic.yaml", "people.yaml"
EDITORIAL_RULES = {"claims.yaml", "wording.yaml", "must_say.yaml", "signoffs.yaml"}
QUOTED_KEYS = {"title", "authors", "publisher", "url", "doi"}  # of a source: not our own words


@dataclass(frozen=True)
class Words:
    """Text that readers see and that isn't part of a page's body."""

    file: str
    line: int
    text: str
    is_spoken: bool = False  # by staff, so "I" is none of our patients
    place: Place = ()

    def problem(self, message: str, fix: str) -> Problem:
        return Problem(self.file, self.line, message, fix, place=self.place)


@dataclass(frozen=True)
class Data:
    """Everything but the pages. A value is None if its file has errors."""

    clinic: Clinic | None
    sources: Mapping[str, Source] | None
    glossary: Mapping[str, Term] | None
    people: tuple[Person, ...] | None
    medicines: Medicines | None
    charts: Mapping[str, Chart | None]  # by the name of the file without its ending
    claims: ClaimRules | None
    wording: tuple[Wording, ...] | None
    facts: tuple[Fact, ...] | None
    sign_offs: tuple[SignOff, ...] | None
    lines: Mapping[str, Parsed]  # by file name, with the line of each value
    words: tuple[Words, ...]
    problems: tuple[Problem, ...]

    @property
    def is_complete(self) -> bool:
        files = (self.clinic, self.sources, self.glossary, self.people, self.medicines)
        return all(value is not None for value in (*files, *self.charts.values()))

    @cached_property
    def words_to_avoid(self) -> WordList:
        return WordList(self.wording or ())

    @cached_property
    def readability(self) -> Readability:
        terms = (self.glossary or {}).items()
        return Readability(word for key, term in terms for word in (key, *term.also))


@dataclass
class Reader:
    folder: Path
    clinic: Clinic | None = None  # whose facts take the place of placeholders
    lines: dict[str, Parsed] = field(default_factory=dict)
    words: list[Words] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, file: str, kind: Any, missing: Any = None) -> Any:
        """The file validated as ``kind``; None after an error. ``missing`` if there may be none."""
        report = Report(f"{self.folder.name}/{file}")
        if not (self.folder / file).exists():
            if missing is not None:
                return missing
            report.error(1, "The file is missing.", "Put it back. The site needs it.")
            self.problems += report.problems
            return None
        facts = Placeholders(self.clinic, report, may_be_typed=file in EDITORIAL_RULES)
        fill = None if file == CLINIC else facts.in_plain_text
        value, parsed = validation.load_parsed(self.folder / file, kind, report, fill)
        self.lines[file] = parsed
        self.problems += report.problems
        if file not in EDITORIAL_RULES:
            skip = QUOTED_KEYS if file == "sources.yaml" else set()
            self.words += words_in(report.file, parsed, skip)
        return value

    def read_people(self) -> tuple[Person, ...] | None:
        """Nobody while the file is missing or has nothing but comments."""
        if names_nobody(self.folder / PEOPLE):
            self.lines[PEOPLE] = NOTHING
            return ()
        return self.read(PEOPLE, tuple[Person, ...])

    def read_prose(self) -> None:
        """The words of other features' files; what else is wrong there, their own check says."""
        for name in (name for name, watched in by_name.items() if watched.is_prose):
            file, unsaid = self.folder / name, Report(f"{self.folder.name}/{name}")
            text = read_text(file, unsaid) if file.exists() else ""
            if parsed := parse(text, unsaid) if text else None:
                found = words_in(unsaid.file, parsed, set())
                self.words += [replace(words, is_spoken=True) for words in found]

    def read_charts(self, sources: Mapping[str, Source] | None) -> dict[str, Chart | None]:
        charts = {}
        for file in chart_files(self.folder):
            name = f"charts/{file.name}"
            report = Report(f"{self.folder.name}/{name}")
            charts[file.stem], parsed = read_chart(file, sources, report)
            self.problems += report.problems
            self.lines[name] = parsed
            self.words += words_in(report.file, parsed, set())
        return charts


def read_data(content_dir: Path) -> Data:
    """All data files. Never raises for their content."""
    reader = Reader(content_dir)
    clinic = reader.clinic = reader.read(CLINIC, Clinic)
    sources = reader.read("sources.yaml", dict[SourceId, Source])
    reader.read_prose()
    return Data(
        clinic=clinic,
        sources=sources,
        charts=reader.read_charts(sources),
        people=reader.read_people(),
        glossary=reader.read("glossary.yaml", dict[Text, Term]),
        medicines=reader.read("medicines.yaml", Medicines),
        claims=as_before(reader.read("claims.yaml", ClaimRules)),
        wording=reader.read("wording.yaml", tuple[Wording, ...]),
        facts=reader.read("must_say.yaml", tuple[Fact, ...]),
        sign_offs=reader.read("signoffs.yaml", tuple[SignOff, ...], missing=()),
        lines=reader.lines,
        words=tuple(reader.words),
        problems=tuple(reader.problems),
    )


def words_in(file: str, parsed: Parsed, skip: set[str]) -> Iterator[Words]:
    """Every text in ``parsed``, and the terms of the glossary, which are keys."""
    for place, text in parsed.texts():
        if not skip & set(place):
            yield Words(file, parsed.line(place), text, place=place)
    if file.endswith("/glossary.yaml") and isinstance(parsed.data, dict):
        for term in parsed.data:
            yield Words(file, parsed.line((term,)), term, place=(term,))
