"""The content folder -> all its pages and data, with every problem found on the way.

Each file is read once. Whatever comes later (checking, publishing, the live view) is given the
``Site``.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from kapsite.clinic.facts import Clinic
from kapsite.clinic.placeholders import Placeholders
from kapsite.content_files.problems import Problem, Report
from kapsite.content_files.temporary_files import is_temporary
from kapsite.content_files.text_file import checked, read_text
from kapsite.content_files.yaml_reader import Place
from kapsite.pages.render.glossary_links import Terms
from kapsite.pages.render.library import Library
from kapsite.pages.render.page import Rendered, render
from kapsite.pages.syntax import frontmatter
from kapsite.pages.syntax.frontmatter import Document
from kapsite.pages.syntax.schema import path_of

from .data_files import Data, read_data
from .images import Images

# URL paths that pages may link to and that no content file makes.
OTHER_URLS = frozenset(
    {
        "/request-evaluation/",
        "/request-evaluation/status/",
        "/sitemap.xml",
        "/robots.txt",
        "/.well-known/security.txt",
    }
)
FRONT_MATTER = re.compile(r"---\s*\n.*?\n---[ \t]*(?:\n|$)", re.DOTALL)
LISTS_SOURCES = re.compile(r"^:{3,}[ \t]*sources\b", re.MULTILINE)
TEAM = Path(__file__).with_name("team.md")  # until a content file has a page for people.yaml
LISTS_TEAM = re.compile(r"^:{3,}[ \t]*team\b", re.MULTILINE)
LISTS_TERMS = re.compile(r"^:{3,}[ \t]*glossary\b", re.MULTILINE)


@dataclass(frozen=True)
class PageFile:
    """A content file as it was read, perhaps with problems."""

    source: Path
    file: str  # as problems name it: "content/history.md"
    path: str
    modified: date
    document: Document
    report: Report

    @property
    def lists_terms(self) -> bool:
        return bool(LISTS_TERMS.search(self.document.body))

    @property
    def lists_team(self) -> bool:
        return bool(LISTS_TEAM.search(self.document.body))

    @property
    def lists_sources(self) -> bool:
        return bool(LISTS_SOURCES.search(self.document.body))


@dataclass(frozen=True)
class Draft(PageFile):
    """A content file, rendered; perhaps with problems."""

    rendered: Rendered
    broken_lines: frozenset[int] = frozenset()  # lines of the file with an error

    @property
    def meta(self):
        return self.document.meta

    def problem(self, place: Place, message: str, fix: str, level: str = "error") -> Problem:
        """A problem with the front matter value at ``place``."""
        line = self.document.line(*place)
        return Problem(self.file, line, message, fix, level, place)

    def problem_at(self, line: int, message: str, fix: str, level: str = "error") -> Problem:
        return Problem(self.file, line, message, fix, level)


@dataclass(frozen=True)
class Site:
    """Everything in the content folder. ``problems`` are those of single files."""

    folder: Path
    drafts: tuple[Draft, ...]
    data: Data
    images: Images
    problems: tuple[Problem, ...]

    @cached_property
    def paths(self) -> frozenset[str]:
        return frozenset(draft.path for draft in self.drafts)

    def name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"

    def problem(
        self, file: str, place: Place, message: str, fix: str, level: str = "error"
    ) -> Problem:
        """A problem with the value at ``place`` of a data file."""
        line = self.data.lines[file].line(place)
        return Problem(self.name(file), line, message, fix, level, place)

    @property
    def is_complete(self) -> bool:
        """Whether every file could be read, so that anything not found is really missing."""
        return self.data.is_complete and all(draft.document.is_complete for draft in self.drafts)


def read_site(content_dir: Path) -> Site:
    """Read and render all of ``content_dir``. Never raises for their content."""
    data, images = read_data(content_dir), Images(content_dir)
    pages = [read_page(file, content_dir, data.clinic) for file in page_files(content_dir)]
    if data.people and not any(page.lists_team for page in pages):
        pages.append(read_page(TEAM, TEAM.parent, data.clinic))
    glossary = next((page.path for page in pages if page.lists_terms), None)
    library = library_of(data, images, glossary)
    # The list of sources names the pages that cite them, so it is rendered last.
    drafts = tuple(render_draft(page, library) for page in sorted(pages, key=by_dependency))
    problems = (problem for page in pages for problem in page.report.problems)
    return Site(content_dir, drafts, data, images, (*data.problems, *problems))


def by_dependency(page: PageFile) -> bool:
    return page.lists_sources


def library_of(data: Data, images: Images, glossary_page: str | None = None) -> Library:
    """The data that pages use; ``cited_by`` is filled while they are rendered."""
    return Library(
        data.clinic,
        data.sources,
        data.glossary or {},
        data.medicines,
        data.people or (),
        data.charts,
        terms=Terms(data.glossary, glossary_page) if data.glossary and glossary_page else None,
        image=images.find,
    )


def render_draft(page: PageFile, library: Library) -> Draft:
    """The rendered page; its problems are added to ``page.report``."""
    own = replace(library, terms=None) if page.lists_terms else library
    rendered = render(page.document, own, page.report)
    note_citations(page, rendered, library)
    broken = frozenset(problem.line for problem in page.report.problems)
    return Draft(**vars(page), rendered=rendered, broken_lines=broken)


def note_citations(page: PageFile, rendered: Rendered, library: Library):
    if meta := page.document.meta:
        for source in rendered.citations:
            library.cited_by.setdefault(source, []).append((page.path, meta.menu or meta.title))


def page_files(content_dir: Path) -> list[Path]:
    """Every page file, without the temporary files of other programs."""
    files = content_dir.rglob("*.md")
    return sorted(file for file in files if not is_temporary(file.relative_to(content_dir)))


def with_text(site: Site, name: str, text: str) -> tuple[Site, Draft]:
    """``site`` as it would be if its page file ``name``, perhaps a new one, held ``text``."""
    page = read_page(site.folder / name, site.folder, site.data.clinic, text)
    others = tuple(draft for draft in site.drafts if draft.file != page.file)
    glossary = next((each.path for each in (*others, page) if each.lists_terms), None)
    library = library_of(site.data, site.images, glossary)
    for other in others:
        for source in other.rendered.citations if other.meta else ():
            library.cited_by.setdefault(source, []).append(
                (other.path, other.meta.menu or other.meta.title)
            )
    draft = render_draft(page, library)
    problems = (problem for problem in site.problems if problem.file != page.file)
    return replace(
        site, drafts=(*others, draft), problems=(*problems, *page.report.problems)
    ), draft


def read_page(
    file: Path, content_dir: Path, clinic: Clinic | None = None, text: str | None = None
) -> PageFile:
    """The page as its file has it, or as it would be with ``text`` in it."""
    name = f"{content_dir.name}/{file.relative_to(content_dir).as_posix()}"
    report = Report(name.encode(errors="replace").decode())
    text = read_text(file, report) if text is None else checked(text, report)
    if text:
        text = with_facts(text, Placeholders(clinic, report))
    document = frontmatter.read(text, report) if text is not None else frontmatter.UNREADABLE
    path = path_of(file, content_dir)
    return PageFile(file, report.file, path, modified_on(file), document, report)


def with_facts(text: str, placeholders: Placeholders) -> str:
    """The front matter is plain text; in the body, facts that can be links are links."""
    head = FRONT_MATTER.match(text)
    end = head.end() if head else 0
    body_line = 1 + text.count("\n", 0, end)
    return placeholders.in_plain_text(text[:end], 1) + placeholders.in_markdown(
        text[end:], body_line
    )


def modified_on(file: Path) -> date:
    try:
        return date.fromtimestamp(file.stat().st_mtime)
    except OSError:  # removed since it was read
        return date.today()
