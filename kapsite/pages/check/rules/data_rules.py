"""Rules for the data files: one small function for each."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.content_files.yaml_reader import Parsed
from kapsite.pages.load.site import Site
from kapsite.pages.render.images import Flaw

from .text_rules import UNFINISHED, avoided, unfinished
from .words import shorten

AMOUNT = re.compile(r"\$\d[\d,.]*(?: to \$\d[\d,.]*)?")

SPEAKER = re.compile(r"\b(?:I|my|myself)\b")


def data_makes_no_claims(site: Site, today: date) -> Iterator[Problem]:
    """Charts, medicines and sources have sources; other files cite none, and so claim nothing."""
    if (rules := site.data.claims) is None:
        return
    citing = (site.name("sources.yaml"), site.name("medicines.yaml"), site.name("charts/"))
    for words in site.data.words:
        if AMOUNT.fullmatch(words.text):  # a price of the clinic's own
            continue
        has_source = words.file.startswith(citing)
        text = SPEAKER.sub("we", words.text) if words.is_spoken else words.text
        if claim := rules.claim_in_data(text, has_source):
            message = f'This makes a claim that no source backs: {claim}. "{shorten(words.text)}"'
            yield words.problem(message, "Remove it." if has_source else SAY_ELSEWHERE)


SAY_ELSEWHERE = (
    "Remove it here, and say it on a page, with its source. If it claims nothing about a "
    "treatment, say it in other words."
)


def data_avoids_words(site: Site, today: date) -> Iterator[Problem]:
    for words in site.data.words:
        for match in site.data.words_to_avoid.matches(words.text):
            yield words.problem(*avoided(match))


def data_is_finished(site: Site, today: date) -> Iterator[Problem]:
    for words in site.data.words:
        if found := UNFINISHED.search(words.text):
            yield words.problem(*unfinished(found[0]))


def facts_have_their_page(site: Site, today: date) -> Iterator[Problem]:
    for index, fact in enumerate(site.data.facts or ()):
        if fact.page not in site.paths:
            yield site.problem(
                "must_say.yaml",
                (index, "page"),
                f"The page {fact.page}, which must say this, doesn't exist: {fact.fact}",
                f"Put it back, or name the page that says it. "
                f"{did_you_mean(fact.page, site.paths)}",
            )


def facts_name_known_sources(site: Site, today: date) -> Iterator[Problem]:
    sources = site.data.sources
    for index, fact in enumerate(site.data.facts or ()):
        for source in fact.sources:
            if sources is not None and source not in sources:
                message, fix = f'There is no source "{source}".', did_you_mean(source, sources)
                yield site.problem("must_say.yaml", (index, "sources"), message, fix)


def every_source_is_used(site: Site, today: date) -> Iterator[Problem]:
    if not site.is_complete:
        return
    used: set[str | None] = {key for draft in site.drafts for key in draft.rendered.citations}
    clinic = site.data.clinic
    used |= {line.source for line in clinic.crisis_lines} if clinic else set()
    for key, source in (site.data.sources or {}).items():
        if key not in used and source.check != "M":
            message, fix = (
                f"No page cites the source {key}.",
                f"Cite it with [@{key}], or remove it.",
            )
            yield site.problem("sources.yaml", (key,), message, fix, "warning")


def photos_of_people_are_there(site: Site, today: date) -> Iterator[Problem]:
    for index, person in enumerate(site.data.people or ()):
        found = site.images.find(person.photo) if person.photo else None
        if isinstance(found, Flaw):
            problem = site.problem("people.yaml", (index, "photo"), found.message, found.fix)
            yield replace(problem, in_form="Upload it under Images, and choose it here.")


def source_years_are_plausible(site: Site, today: date) -> Iterator[Problem]:
    for key, source in (site.data.sources or {}).items():
        if source.year and source.year > today.year + 1:  # journals date ahead
            message = f"The year of source {key} ({source.year}) is in the future."
            yield site.problem("sources.yaml", (key, "year"), message, "Check its year.")


def lists_have_no_duplicates(site: Site, today: date) -> Iterator[Problem]:
    """In data files: the same word, day, name or entry."""
    for name, parsed in site.data.lines.items():
        yield from repeated_entries(site.name(name), parsed)


def front_matter_has_no_duplicates(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        if draft.document.parsed:
            yield from repeated_entries(draft.file, draft.document.parsed)


def repeated_entries(file: str, parsed: Parsed) -> Iterator[Problem]:
    for place, values in parsed.lists():
        for index, first in duplicates(values):
            line, before = parsed.line((*place, index)), parsed.line((*place, first))
            entry = f'"{values[index]}"' if isinstance(values[index], str) else "the same entry"
            message = f"This list has {entry} twice (first on line {before})."
            fix = "Remove or correct one of them."
            yield Problem(file, line, message, fix, place=(*place, index))


def duplicates(values: list) -> Iterator[tuple[int, int]]:
    """The index of each repeated value, and of its first occurrence."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        key = repr(identity(value)).casefold()
        if first.setdefault(key, index) != index:
            yield index, first[key]


def identity(entry: object) -> object:
    """The id or name of an entry; the entry itself if it has none."""
    if isinstance(entry, dict):
        return next((entry[key] for key in ("id", "name") if entry.get(key)), entry)
    return entry


def each_term_is_explained_once(site: Site, today: date) -> Iterator[Problem]:
    terms: dict[str, str] = {}
    for term, entry in (site.data.glossary or {}).items():
        for word in (term, *entry.also):
            other = terms.setdefault(word.casefold(), term)
            if other != term:
                message = f'"{word}" is explained both here and at "{other}".'
                yield site.problem("glossary.yaml", (term,), message, "Remove it from one of them.")


DATA_RULES = (
    source_years_are_plausible,
    lists_have_no_duplicates,
    each_term_is_explained_once,
    data_makes_no_claims,
    data_avoids_words,
    data_is_finished,
    facts_have_their_page,
    facts_name_known_sources,
    every_source_is_used,
    photos_of_people_are_there,
)
