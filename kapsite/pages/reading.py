"""The content folder -> all its pages and data, with every problem found on the way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kapsite import datafiles
from kapsite.clinic import Clinic, load_clinic
from kapsite.pages import frontmatter
from kapsite.pages.frontmatter import Document
from kapsite.pages.rendering import Rendered, render
from kapsite.pages.schema import Medicines, Source, SourceId, Term, path_of
from kapsite.pages.writer import Library
from kapsite.problems import Problem, Report

# Addresses that pages may link to and that no content file makes.
OTHER_URLS = frozenset(
    {"/request-evaluation/", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt"}
)
LISTS_SOURCES = re.compile(r"^:{3,}[ \t]*sources\b", re.MULTILINE)


@dataclass(frozen=True)
class Draft:
    """A content file, rendered; perhaps with problems."""

    file: str  # as problems name it: "content/history.md"
    path: str
    modified: date
    document: Document
    rendered: Rendered

    @property
    def meta(self):
        return self.document.meta


@dataclass(frozen=True)
class Site:
    """Everything in the content folder. ``problems`` are those of single files."""

    folder: Path
    drafts: tuple[Draft, ...]
    clinic: Clinic | None
    sources: Mapping[str, Source] | None  # None: the file has errors of its own
    source_lines: Mapping[str, int]
    glossary: Mapping[str, Term]
    medicines: Medicines | None
    problems: tuple[Problem, ...]

    def name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"


def read_site(content_dir: Path, asset_url: Callable[[str], str] = str) -> Site:
    """Read and render all of ``content_dir``. Never raises for what is in the files."""
    problems: list[Problem] = []

    def read_data(file: str, kind: Any, otherwise: Any) -> tuple[Any, Mapping[str, int]]:
        """The file's content and the lines of its keys; ``otherwise`` when there is no file."""
        if not (content_dir / file).exists():
            return otherwise, {}
        report = Report(f"{content_dir.name}/{file}")
        value, parsed = datafiles.load_parsed(content_dir / file, kind, report)
        problems.extend(report.problems)
        return value, {str(path[0]): line for path, line in parsed.lines.items() if len(path) == 1}

    report = Report(f"{content_dir.name}/clinic.yaml")
    clinic = load_clinic(content_dir, report)
    problems.extend(report.problems)
    sources, source_lines = read_data("sources.yaml", dict[SourceId, Source], {})
    glossary, _ = read_data("glossary.yaml", dict[str, Term], {})
    medicines, _ = read_data("medicines.yaml", Medicines, None)
    cited_by: dict[str, list[tuple[str, str]]] = {}  # filled while pages are drawn
    library = Library(clinic, sources, glossary or {}, medicines, cited_by, asset_url)

    opened = [open_page(file, content_dir) for file in page_files(content_dir)]
    opened.sort(key=lambda page: bool(LISTS_SOURCES.search(page[1].body)))  # it needs the others
    drafts = []
    for file, document, report in opened:
        rendered = render(document, library, report)
        path = path_of(file, content_dir)
        if document.meta:
            for source in rendered.citations:
                cited_by.setdefault(source, []).append((path, document.meta.title))
        problems.extend(report.problems)
        drafts.append(Draft(report.file, path, modified_on(file), document, rendered))
    return Site(
        content_dir,
        tuple(drafts),
        clinic,
        None if sources is None else MappingProxyType(sources),
        source_lines,
        MappingProxyType(glossary or {}),
        medicines,
        tuple(problems),
    )


def page_files(content_dir: Path) -> list[Path]:
    """Every page, without what editors and systems hide (names that begin with a dot)."""
    return sorted(
        file
        for file in content_dir.rglob("*.md")
        if not any(part.startswith(".") for part in file.relative_to(content_dir).parts)
    )


def open_page(file: Path, content_dir: Path) -> tuple[Path, Document, Report]:
    name = f"{content_dir.name}/{file.relative_to(content_dir).as_posix()}"
    report = Report(name.encode(errors="replace").decode())
    text = datafiles.read_text(file, report)
    document = frontmatter.read(text, report) if text is not None else frontmatter.UNREADABLE
    return file, document, report


def modified_on(file: Path) -> date:
    try:
        return date.fromtimestamp(file.stat().st_mtime)
    except OSError:  # gone since it was read
        return date.today()
