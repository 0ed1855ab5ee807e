"""Content files -> all that a published set is made of, before anything is written."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from kapsite.clinic.facts import Clinic
from kapsite.content_files.live_file import by_name
from kapsite.content_files.problems import ContentError, Problem, errors_among
from kapsite.pages.load.site import Site, read_site
from kapsite.pages.publish.document.catalog import Catalog, as_of, last_days, make_catalog
from kapsite.pages.publish.document.navigation import menus
from kapsite.pages.publish.document.page_html import page_context, render_context
from kapsite.pages.publish.document.site_files import (
    robots_txt,
    security_txt,
    sitemap_xml,
    web_manifest,
)
from kapsite.pages.publish.document.social_card import SOCIAL_CARD, social_card
from kapsite.pages.publish.serving.dated import days_of_change, from_day
from kapsite.pages.publish.serving.prepared import ERRORS, FORMS, place_for_token
from kapsite.pages.publish.serving.published_set import MENUS, REDIRECTS, StoredSet, reusable_set
from kapsite.security.wsgi.error_pages import error_page

from .consents import CONSENTS, consents_to_publish
from .images import image_files
from .preflight import preflight
from .redirects import redirects_of
from .static_files import static_files_of
from .toolchain import toolchain_digest
from .variants import File

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
MANIFEST = "application/manifest+json"
PNG = "image/png"
FACTS = "_facts/"  # read by the running site, see FACTS_DIR

BlankForm = Callable[[Clinic, str, dict], str]  # clinic, token field, context -> HTML
NO_FORMS: Mapping[str, BlankForm] = MappingProxyType({})


@dataclass(frozen=True)
class NewSet:
    site: Site
    clinic: Clinic
    files: list[File]
    extras: dict[str, bytes]  # what no address leads to
    about: dict[str, Any]  # for the manifest
    earlier: StoredSet  # whose pages can be used again
    pages: int
    problems: tuple[Problem, ...]


def prepare(
    content_dir: Path,
    published_dir: Path,
    today: date,
    forms: Mapping[str, BlankForm] = NO_FORMS,
    preview: bool = False,
) -> NewSet:
    """Check and render all of ``content_dir`` and ``forms``. Raises ContentError."""
    site = read_site(content_dir)
    problems = preflight(site, published_dir, today)
    clinic, errors = site.data.clinic, errors_among(problems)
    if errors or clinic is None:
        raise ContentError(errors)
    catalog = make_catalog(site)
    now = as_of(catalog, today)
    made_with = toolchain_digest()
    earlier = reusable_set(published_dir, made_with)
    files = list(render(catalog, clinic, today, earlier, preview))
    files += image_files(site, earlier.pages)
    frame = {**menus(now), "is_preview": preview}  # around every page, however it is served
    extras = {MENUS: json.dumps(frame, ensure_ascii=False).encode()}
    extras |= rendered_forms(forms, clinic, catalog, frame, today)
    extras |= error_pages(clinic, frame)
    html = [file.content for file in files if file.content_type == HTML]
    files += static_files_of([*html, *(extras[name] for name in extras if name.endswith(".html"))])
    extras |= facts_of(site)
    extras[REDIRECTS] = json.dumps(redirects_of(site), sort_keys=True).encode()
    extras[CONSENTS] = consents_to_publish(clinic, published_dir)
    about = {"made_with": made_with, "review_by": review_days(now), "made_from": origins(files)}
    return NewSet(site, clinic, files, extras, about, earlier, len(catalog.pages), tuple(problems))


def render(
    catalog: Catalog, clinic: Clinic, today: date, earlier: StoredSet, preview: bool
) -> Iterator[File]:
    yield from render_pages(as_of(catalog, today), today, earlier, preview)
    yield File("/sitemap.xml", XML, sitemap_xml(as_of(catalog, today)).encode())
    for day in days_of_change(clinic, today, last_days(catalog)):
        for file in render_pages(as_of(catalog, day), day, earlier, preview):
            yield replace(file, path=from_day(day, file.path))
    yield File("/robots.txt", TEXT, robots_txt().encode())
    yield File("/site.webmanifest", MANIFEST, web_manifest(clinic).encode())
    card = social_card(clinic.name, catalog.pages["/"].title, settings.BASE_DIR / "static")
    yield File(SOCIAL_CARD, PNG, card)
    yield File("/.well-known/security.txt", TEXT, security_txt(clinic, today).encode())


def render_pages(
    catalog: Catalog, today: date, earlier: StoredSet, preview: bool
) -> Iterator[File]:
    for page in catalog.pages.values():
        context = page_context(catalog, page, today) | {"is_preview": preview}
        digest = hashlib.sha256(repr(context).encode()).hexdigest()
        html = earlier.page_made_from(page.path, digest) or render_context(context).encode()
        yield File(page.path, HTML, html, digest)


def rendered_forms(
    forms: Mapping[str, BlankForm],
    clinic: Clinic,
    catalog: Catalog,
    frame: dict[str, Any],
    today: date,
) -> Iterator[tuple[str, bytes]]:
    place = place_for_token(clinic.consent.version)
    for path, blank_form in forms.items():
        name = f"{FORMS}{path}index.html"
        for day in (today, *days_of_change(clinic, today, last_days(catalog))):
            around = frame | menus(as_of(catalog, day)) | {"notices": clinic.notices_on(day)}
            html = blank_form(clinic, place, around)
            yield name if day == today else from_day(day, name), html.encode()


def error_pages(clinic: Clinic, frame: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Those of the site, and plain ones for a proxy that gets no answer: deploy/nginx."""
    for status in (400, 403, 404, 500, 503):
        html = render_to_string(f"{status}.html", {"clinic": clinic, **frame})
        yield f"{ERRORS}{status}.html", html.encode()
    for status in (400, 413, 414, 429, 431, 503):
        yield f"_errors/{status}.html", error_page(status, phone=clinic.phone)


def facts_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """The data files that the running site reads, as they were checked."""
    for name in by_name:
        file, parsed = site.folder / name, site.data.lines.get(name)
        if parsed or file.exists():
            yield f"{FACTS}{name}", parsed.text.encode() if parsed else file.read_bytes()


def review_days(catalog: Catalog) -> dict[str, str]:
    """When each page's review is due, for the staff overview."""
    pages = catalog.pages.values()
    return {page.path: page.review_by.isoformat() for page in pages if page.review_by}


def origins(files: list[File]) -> dict[str, str]:
    """What each page was made from, to know if it can be used again."""
    return {file.path: file.made_from for file in files if file.made_from}
