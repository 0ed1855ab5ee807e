"""The content folder -> all its pages and data, with every problem found on the way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    sources: Mapping[str, Source]
    source_lines: Mapping[str, int]
    glossary: Mapping[str, Term]
    medicines: Medicines | None
    problems: tuple[Problem, ...]

    def name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"


def read_site(content_dir: Path, asset_url: Callable[[str], str] = str) -> Site:
    """Read and render all of ``content_dir``. Never raises for what is in the files."""
    problems: list[Problem] = []

    def read_data(name: str, kind: Any, otherwise: Any) -> tuple[Any, Mapping[str, int]]:
        if not (content_dir / name).exists():
            return otherwise, {}
        report = Report(f"{content_dir.name}/{name}")
        value, parsed = datafiles.load_parsed(content_dir / name, kind, report)
        problems.extend(report.problems)
        lines = {path[0]: line for path, line in parsed.lines.items() if len(path) == 1}
        return (otherwise if value is None else value), lines

    report = Report(f"{content_dir.name}/clinic.yaml")
    clinic = load_clinic(content_dir, report)
    problems.extend(report.problems)
    sources, source_lines = read_data("sources.yaml", dict[SourceId, Source], {})
    glossary, _ = read_data("glossary.yaml", dict[str, Term], {})
    medicines, _ = read_data("medicines.yaml", Medicines, None)
    library = Library(clinic, sources, glossary, medicines, {}, asset_url)

    opened = [open_page(file, content_dir, problems) for file in sorted(content_dir.rglob("*.md"))]
    opened.sort(key=lambda page: bool(LISTS_SOURCES.search(page[1].body)))  # it needs the others
    drafts: list[Draft] = []
    for file, document in opened:
        report = Report(f"{content_dir.name}/{file.relative_to(content_dir).as_posix()}")
        rendered = render(document, replace(library, cited_by=cited_by(drafts)), report)
        problems.extend(report.problems)
        modified = date.fromtimestamp(file.stat().st_mtime)
        drafts.append(Draft(report.file, path_of(file, content_dir), modified, document, rendered))
    return Site(
        content_dir,
        tuple(drafts),
        clinic,
        MappingProxyType(sources),
        source_lines,
        MappingProxyType(glossary),
        medicines,
        tuple(problems),
    )


def open_page(file: Path, content_dir: Path, problems: list[Problem]) -> tuple[Path, Document]:
    report = Report(f"{content_dir.name}/{file.relative_to(content_dir).as_posix()}")
    text = datafiles.read_text(file, report)
    document = frontmatter.read(text, report) if text is not None else frontmatter.UNREADABLE
    problems.extend(report.problems)
    return file, document


def cited_by(drafts: list[Draft]) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each source the pages that cite it: (path, title)."""
    pages: dict[str, tuple[tuple[str, str], ...]] = {}
    for draft in drafts:
        for source in draft.rendered.citations:
            if draft.meta:
                pages[source] = (*pages.get(source, ()), (draft.path, draft.meta.title))
    return pages
