"""Every page by path, read once and never changed; a new catalog replaces the old one whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site
from kapsite.pages.render.library import Heading
from kapsite.pages.render.page import Html
from kapsite.pages.syntax.data_schema import Source
from kapsite.pages.syntax.page_schema import Change, FrontMatter


@dataclass(frozen=True)
class Page:
    path: str
    title: str
    menu: str
    description: str
    lead_html: Html
    drawing: str | None
    sheet: str | None
    html: Html
    headings: tuple[Heading, ...]  # level 2 and deeper, without those of block items
    citations: Mapping[str, int]  # source id -> how often, by first use
    questions: tuple[tuple[str, str], ...]  # each with its answer as HTML
    guide: int | None
    place: int | None  # in its menu; a page of the guide has none
    menu_in: str
    reviewed_on: date | None
    review_by: date | None
    reviewed_by: str | None
    changes: tuple[Change, ...]  # the newest first
    changed_on: date
    expires_on: date | None = None
    has_ended: bool = False

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings for "On this page"."""
        return tuple(heading for heading in self.headings if heading.level == 2)


@dataclass(frozen=True)
class Catalog:
    pages: Mapping[str, Page]  # by path, in the order of the guide, then by name
    guide: tuple[Page, ...]
    sources: Mapping[str, Source]
    clinic: Clinic | None
    people: tuple[Person, ...] = ()

    def cited_on(self, page: Page) -> list[Source]:
        """In the order of their numbers in the text. While developing some may be unknown."""
        return [self.sources[key] for key in page.citations if key in self.sources]


def make_catalog(site: Site) -> Catalog:
    """Every page whose front matter can be read."""
    made = (make_page(draft, draft.meta) for draft in site.drafts if draft.meta)
    pages = sorted(made, key=place)
    return Catalog(
        MappingProxyType({page.path: page for page in pages}),
        tuple(page for page in pages if page.guide is not None),
        MappingProxyType(site.data.sources or {}),
        site.data.clinic,
        site.data.people or (),
    )


def as_of(catalog: Catalog, day: date) -> Catalog:
    """With pages that have ended by ``day``: each says so, and no menu leads there."""
    pages = [ended(page) if has_ended(page, day) else page for page in catalog.pages.values()]
    if not any(page.has_ended for page in pages):
        return catalog
    return replace(
        catalog,
        pages=MappingProxyType({page.path: page for page in sorted(pages, key=place)}),
        guide=tuple(page for page in pages if page.guide is not None),
    )


def has_ended(page: Page, day: date) -> bool:
    return page.expires_on is not None and page.expires_on < day


def ended(page: Page) -> Page:
    nothing = Html("")
    return replace(
        page, has_ended=True, menu_in="none", guide=None, drawing=None, sheet=None,
        lead_html=nothing, html=nothing, headings=(), citations=MappingProxyType({}),
        questions=(), reviewed_on=None, review_by=None, reviewed_by=None, changes=(),
    )  # fmt: skip


def last_days(catalog: Catalog) -> set[date]:
    return {page.expires_on for page in catalog.pages.values() if page.expires_on}


def place(page: Page) -> tuple:
    """Home first, then the guide in its order, then those with a place, then the rest by name."""
    guide = page.guide is None, page.guide or 0
    return page.path != "/", *guide, page.place is None, page.place or 0, page.menu.lower()


def make_page(draft: Draft, meta: FrontMatter) -> Page:
    rendered = draft.rendered
    changes = tuple(sorted(meta.changes, key=lambda change: change.on, reverse=True))
    days = [day for day in (meta.reviewed_on, *(change.on for change in changes)) if day]
    return Page(
        path=draft.path,
        title=meta.title,
        menu=meta.menu or meta.title,
        description=meta.description,
        lead_html=rendered.lead_html,
        drawing=meta.drawing,
        sheet=meta.sheet,
        html=rendered.html,
        headings=rendered.headings,
        citations=MappingProxyType(dict(rendered.citations)),
        questions=rendered.questions,
        guide=meta.guide,
        menu_in=meta.menu_in,
        place=meta.place,
        reviewed_on=meta.reviewed_on,
        review_by=meta.review_by,
        reviewed_by=meta.reviewed_by,
        changes=changes,
        changed_on=max(days, default=draft.modified),
        expires_on=meta.expires_on,
    )
