"""Content files -> a published set: checked, rendered, compressed, swapped in at once.

A set is a folder of plain files beside their compressed copies, with a manifest for
``server``. ``current`` is a link to the set in use. Sets are named after what is in them, so
publishing the same content twice changes nothing, unless the set was damaged meanwhile.

All content is read and checked each time. A page whose template would show the same as in the
set in use is taken from there, compressed copies too, unless ``toolchain`` differs.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.template.loader import render_to_string

from kapsite.clinic.facts import Clinic
from kapsite.content_files.live_file import by_name
from kapsite.content_files.problems import ContentError, Problem, errors_among
from kapsite.pages.load.site import Site, read_site
from kapsite.security.wsgi.error_pages import error_page

from .catalog import Catalog, make_catalog
from .consents import CONSENTS, consents_to_publish
from .images import image_files
from .launch_record import LAUNCH, launch_record
from .navigation import menus
from .page_html import page_context, render_context
from .preflight import preflight
from .prepared import ERRORS, FORMS, place_for_token
from .published_set import MENUS, REDIRECTS, StoredSet, reusable_set
from .redirects import redirects_of
from .set_writer import File, put_in_use
from .site_files import robots_txt, security_txt, sitemap_xml, web_manifest
from .social_card import SOCIAL_CARD, social_card
from .static_files import static_files_of
from .toolchain import toolchain_digest

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"
MANIFEST = "application/manifest+json"
PNG = "image/png"
FACTS = "_facts/"  # read by the running site, see FACTS_DIR

BlankForm = Callable[[Clinic, str, dict], str]  # clinic, token field, menus -> HTML
NO_FORMS: Mapping[str, BlankForm] = MappingProxyType({})


@dataclass(frozen=True)
class PublishResult:
    """What ``publish`` did: the set's name, its number of pages, whether it differs from before."""

    name: str
    pages: int
    changed: bool
    damage: str = ""  # of the same set, which was written again
    warnings: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()  # what a launch requires, on a public address


def publish(
    content_dir: Path,
    published_dir: Path,
    today: date,
    forms: Mapping[str, BlankForm] = NO_FORMS,
    preview: bool = False,
    launch_anyway: str = "",
) -> PublishResult:
    """Publish all of ``content_dir`` and ``forms``, by path, or leave everything as it was.

    A ``preview`` says so on each page. ``launch_anyway`` is the reason to open a public site while
    something required is missing. Raises ContentError, NotReady, or OSError when the set cannot be
    written.
    """
    site = read_site(content_dir)
    problems = preflight(site, published_dir, today)
    clinic, errors = site.data.clinic, errors_among(problems)
    if errors or clinic is None:
        raise ContentError(errors)
    launch = launch_record(site, published_dir, today, preview, launch_anyway)
    catalog = make_catalog(site)
    made_with = toolchain_digest()
    earlier = reusable_set(published_dir, made_with)
    files = list(render(catalog, clinic, today, earlier, preview))
    files += image_files(site, earlier.pages)
    extras = dict(extra_files(catalog, clinic, forms, preview))
    html = [file.content for file in files if file.content_type == HTML]
    files += static_files_of([*html, *(extras[name] for name in extras if name.endswith(".html"))])
    extras |= facts_of(site)
    extras[REDIRECTS] = json.dumps(redirects_of(site), sort_keys=True).encode()
    extras[CONSENTS] = consents_to_publish(clinic, published_dir)
    if launch:
        extras[LAUNCH] = json.dumps(launch, sort_keys=True).encode()
    name = fingerprint(files, extras, made_with)
    about = {
        "review_by": review_days(catalog),
        "made_with": made_with,
        "made_from": {file.path: file.made_from for file in files if file.made_from},
    }
    replaced = put_in_use(published_dir, name, files, extras, about, earlier.pages)
    changed = replaced.name != name
    damage = "" if changed else replaced.damage
    missing = tuple(launch.get("missing", ()))
    return PublishResult(name, len(catalog.pages), changed, damage, tuple(problems), missing)


def render(
    catalog: Catalog, clinic: Clinic, today: date, earlier: StoredSet, preview: bool
) -> Iterator[File]:
    for page in catalog.pages.values():
        context = page_context(catalog, page, today) | {"is_preview": preview}
        digest = hashlib.sha256(repr(context).encode()).hexdigest()
        html = earlier.page_made_from(page.path, digest) or render_context(context).encode()
        yield File(page.path, HTML, html, digest)
    yield File("/sitemap.xml", XML, sitemap_xml(catalog).encode())
    yield File("/robots.txt", TEXT, robots_txt().encode())
    yield File("/site.webmanifest", MANIFEST, web_manifest(clinic).encode())
    card = social_card(clinic.name, catalog.pages["/"].title, settings.BASE_DIR / "static")
    yield File(SOCIAL_CARD, PNG, card)
    yield File("/.well-known/security.txt", TEXT, security_txt(clinic, today).encode())


def extra_files(
    catalog: Catalog, clinic: Clinic, forms: Mapping[str, BlankForm], preview: bool
) -> Iterator[tuple[str, bytes]]:
    """Name and content of files that are served in a way of their own, or by a proxy that gets no
    answer from the site: deploy/nginx."""
    frame = {**menus(catalog), "is_preview": preview}  # around every page, however it is served
    yield MENUS, json.dumps(frame, ensure_ascii=False).encode()
    for path, blank_form in forms.items():
        place = place_for_token(clinic.consent.version)
        yield f"{FORMS}{path}index.html", blank_form(clinic, place, frame).encode()
    for status in (400, 403, 404, 500, 503):
        context = {"clinic": clinic, **frame}
        yield f"{ERRORS}{status}.html", render_to_string(f"{status}.html", context).encode()
    for status in (400, 413, 414, 429, 431, 503):
        yield f"_errors/{status}.html", error_page(status, phone=clinic.phone)


def facts_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """The data files that the running site reads, as they were checked."""
    for name in by_name:
        file, parsed = site.folder / name, site.data.lines.get(name)
        if parsed or file.exists():
            yield f"{FACTS}{name}", parsed.text.encode() if parsed else file.read_bytes()


def fingerprint(files: list[File], extras: dict[str, bytes], made_with: str) -> str:
    """A name for the set. The code that decides the headers of each file is part of it."""
    digest = hashlib.sha256(made_with.encode())
    for name, content in sorted(extras.items()):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    for file in sorted(files, key=lambda file: file.path):
        digest.update(f"{file.path}\n{file.content_type}\n{len(file.content)}\n".encode())
        digest.update(file.content)
    return digest.hexdigest()[:16]


def review_days(catalog: Catalog) -> dict[str, str]:
    """When each page's review is due, for the staff overview."""
    pages = catalog.pages.values()
    return {page.path: page.review_by.isoformat() for page in pages if page.review_by}
