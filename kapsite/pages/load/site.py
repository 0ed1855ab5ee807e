"""The content folder -> all its pages and data, with every problem found on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kapsite.content_files.problems import Problem, Report
from kapsite.content_files.yaml_reader import read_text
from kapsite.pages.render.glossary_links import Terms
from kapsite.pages.render.page import Rendered, render
from kapsite.pages.render.writer import Library
from kapsite.pages.syntax import frontmatter
from kapsite.pages.syntax.frontmatter import Document
from kapsite.pages.syntax.schema import path_of

from .data_files import Data, read_data

# Addresses that pages may link to and that no content file makes.
OTHER_URLS = frozenset(
    {"/request-evaluation/", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt"}
)
OF_SYSTEMS = {"Thumbs.db", "desktop.ini", "Icon\r"}
LISTS_SOURCES = re.compile(r"^:{3,}[ \t]*sources\b", re.MULTILINE)
LISTS_TERMS = re.compile(r"^:{3,}[ \t]*glossary\b", re.MULTILINE)


@dataclass(frozen=True)
class Draft:
    """A content file, rendered; perhaps with problems."""

    file: str  # as problems name it: "content/history.md"
    path: str
    modified: date
    document: Document
    rendered: Rendered
    broken_lines: frozenset[int] = frozenset()  # of the file, where something cannot be read

    @property
    def meta(self):
        return self.document.meta

    @property
    def draws_lists(self) -> bool:
        """Whether parts of it come from the entries of a data file."""
        return lists_terms(self.document) or lists_sources(self.document)


@dataclass(frozen=True)
class Site:
    """Everything in the content folder. ``problems`` are those of single files."""

    folder: Path
    drafts: tuple[Draft, ...]
    data: Data
    problems: tuple[Problem, ...]

    def name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read, so that what is not found is not there."""
        return self.data.is_whole and all(draft.document.is_whole for draft in self.drafts)


def read_site(content_dir: Path, asset_url: Callable[[str], str] = str) -> Site:
    """Read and render all of ``content_dir``. Never raises for what is in the files."""
    data = read_data(content_dir)
    opened = [open_page(file, content_dir) for file in page_files(content_dir)]
    glossary = [path_of(file, content_dir) for file, page, _ in opened if lists_terms(page)]
    library = library_of(data, glossary[0] if glossary else None, asset_url)
    opened.sort(key=lambda page: lists_sources(page[1]))  # that needs the others
    drafts, problems = [], list(data.problems)
    for file, document, report in opened:
        drafts.append(draft_page(file, content_dir, document, library, report))
        problems += report.problems
    return Site(content_dir, tuple(drafts), data, tuple(problems))


def lists_terms(page: Document) -> bool:
    return bool(LISTS_TERMS.search(page.body))


def lists_sources(page: Document) -> bool:
    return bool(LISTS_SOURCES.search(page.body))


def library_of(
    data: Data, glossary_page: str | None = None, asset_url: Callable[[str], str] = str
) -> Library:
    """What pages draw from; ``cited_by`` is filled while they are drawn."""
    return Library(
        data.clinic,
        data.sources,
        data.glossary or {},
        data.medicines,
        data.charts,
        terms=Terms(data.glossary, glossary_page) if data.glossary and glossary_page else None,
        asset_url=asset_url,
    )


def draft_page(
    file: Path, content_dir: Path, document: Document, library: Library, report: Report
) -> Draft:
    """The page, rendered; what is wrong with it goes to ``report``."""
    own = replace(library, terms=None) if lists_terms(document) else library
    rendered = render(document, own, report)
    path = path_of(file, content_dir)
    if document.meta:
        for source in rendered.citations:
            name = document.meta.menu or document.meta.title
            library.cited_by.setdefault(source, []).append((path, name))
    broken = frozenset(problem.line for problem in report.problems)
    return Draft(report.file, path, modified_on(file), document, rendered, broken)


def page_files(content_dir: Path) -> list[Path]:
    """Every page, without what programs keep for themselves."""
    files = content_dir.rglob("*.md")
    return sorted(file for file in files if not is_temporary(file.relative_to(content_dir)))


def is_temporary(name: Path) -> bool:
    """Whether a program put the file there: hidden, locked, half saved, or of the system."""
    is_private = any(part.startswith((".", "~", "#")) for part in name.parts)
    return is_private or name.name.endswith(("~", ".swp", ".tmp")) or name.name in OF_SYSTEMS


def open_page(file: Path, content_dir: Path) -> tuple[Path, Document, Report]:
    name = f"{content_dir.name}/{file.relative_to(content_dir).as_posix()}"
    report = Report(name.encode(errors="replace").decode())
    text = read_text(file, report)
    document = frontmatter.read(text, report) if text is not None else frontmatter.UNREADABLE
    return file, document, report


def modified_on(file: Path) -> date:
    try:
        return date.fromtimestamp(file.stat().st_mtime)
    except OSError:  # gone since it was read
        return date.today()
