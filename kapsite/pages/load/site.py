"""The content folder -> all its pages and data, with every problem found on the way.

Each file is read once. Whatever comes later (checking, publishing, the live view) is given the
``Site``.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kapsite.content_files.problems import Problem
from kapsite.content_files.yaml_reader import Place
from kapsite.pages.render.glossary_links import Terms
from kapsite.pages.render.library import Library
from kapsite.pages.render.page import Rendered, render

from .data_files import Data, read_data
from .images import Images
from .page_file import Draft, PageFile, page_files, read_page

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
TEAM = Path(__file__).with_name("team.md")  # until a content file has a page for people.yaml


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
    if data.people and not any(page.shows("team") for page in pages):
        pages.append(read_page(TEAM, TEAM.parent, data.clinic))
    glossary = next((page.path for page in pages if page.shows("glossary")), None)
    library = library_of(data, images, glossary)
    # The list of sources names the pages that cite them, so it is rendered last.
    pages.sort(key=lambda page: page.shows("sources"))
    drafts = tuple(render_draft(page, library) for page in pages)
    problems = (problem for page in pages for problem in page.report.problems)
    return Site(content_dir, drafts, data, images, (*data.problems, *problems))


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
    own = replace(library, terms=None) if page.shows("glossary") else library
    rendered = render(page.document, own, page.report)
    note_citations(page, rendered, library)
    broken = frozenset(problem.line for problem in page.report.problems)
    return Draft(**vars(page), rendered=rendered, broken_lines=broken)


def note_citations(page: PageFile, rendered: Rendered, library: Library):
    if meta := page.document.meta:
        for source in rendered.citations:
            library.cited_by.setdefault(source, []).append((page.path, meta.menu or meta.title))


def with_text(site: Site, name: str, text: str) -> tuple[Site, Draft]:
    """``site`` as it would be if its page file ``name``, perhaps a new one, held ``text``."""
    return with_page(site, read_page(site.folder / name, site.folder, site.data.clinic, text))


def with_page(site: Site, page: PageFile) -> tuple[Site, Draft]:
    """The same with ``page`` as it was read."""
    others = tuple(draft for draft in site.drafts if draft.file != page.file)
    glossary = next((each.path for each in (*others, page) if each.shows("glossary")), None)
    library = library_of(site.data, site.images, glossary)
    for other in others:
        note_citations(other, other.rendered, library)
    draft = render_draft(page, library)
    problems = (problem for problem in site.problems if problem.file != page.file)
    return replace(
        site, drafts=(*others, draft), problems=(*problems, *page.report.problems)
    ), draft
