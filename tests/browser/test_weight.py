"""How much a page weighs on a slow connection, counted in the files that are sent.

A long page may go on arriving while its beginning is read. What must be there after one
round trip is the first view: the styles, and as much HTML as a phone shows at first.
"""

import gzip
import io
import re
import zlib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from django.conf import settings
from PIL import Image, ImageChops

from kapsite.pages.publish.making.variants import QUALITY
from tests.browser.states import FORM, published_paths
from tests.html import Page

FIRST_VIEW = 14 * 1024  # bytes: what TCP sends in its first round trip, RFC 6928
WHOLE_PAGE = 100 * 1024
MUCH_TEXT = 2000  # characters; the first view of a phone shows about half of that
SCRIPTS = 3 * 1024
VISIBLE = 16  # of 255 shades; the edge of a round corner differs a little from time to time
HASH = ".0123456789ab"  # collectstatic puts one in each name; these bytes hardly compress


@pytest.fixture(scope="module")
def published(application) -> dict[str, tuple[Page, bytes]]:
    folder = settings.PUBLISHED_DIR / "current"
    files = {path: folder / path[1:] / "index.html" for path in published_paths()}
    return {
        path: (Page(file.read_text()), Path(f"{file}.br").read_bytes())
        for path, file in files.items()
    }


@pytest.fixture
def pages(published, client, db) -> dict[str, tuple[Page, bytes]]:
    """Every public page by path, with its HTML as it travels."""
    form = client.get(FORM, headers={"accept-encoding": "gzip"}).content
    return published | {FORM: (Page(gzip.decompress(form).decode()), form)}


def pack(content: bytes) -> bytes:
    return brotli.compress(content, quality=QUALITY)


def files_of(page: Page, *, first_view=False) -> dict[str, int]:
    """Each file that ``page`` makes the browser load, with its bytes as they travel."""
    links = [link for link in page.all("link") if link["rel"] in {"stylesheet", "preload", "icon"}]
    if first_view:
        links = [link for link in links if link["rel"] == "stylesheet"]
    addresses = {link["href"] for link in links}
    if not first_view:
        loaded = [each for each in page.all("script", "img") if each["loading"] != "lazy"]
        addresses |= {each["src"] for each in loaded if each["src"]}
        addresses |= fonts_in(addresses)
    return {address: size(address) for address in addresses}


def fonts_in(addresses: set[str]) -> set[str]:
    styles = [static_file(address) for address in addresses if address.endswith(".css")]
    names = {
        name for file in styles for name in re.findall(r"url\(\"\.\./(\S+)\"\)", file.read_text())
    }
    return {f"{settings.STATIC_URL}{name}" for name in names}


@cache
def size(address: str) -> int:
    content = static_file(address).read_bytes()
    is_packed = address.endswith((".woff2", ".png", ".ico", ".webp"))
    return len(content) if is_packed else len(pack(content))


def static_file(address: str):
    path = urlsplit(address).path
    if path.startswith("/images/"):  # of the content
        return settings.PUBLISHED_DIR / "current" / path[1:]
    return settings.STATIC_ROOT / path.removeprefix(settings.STATIC_URL)


def test_the_first_view_of_a_page_takes_one_round_trip(pages, open_page):
    """Cut off where the first round trip ends, a page looks as if it were all there.

    This is looked at where little text has arrived, and on one page of each style sheet.
    """
    window = open_page("about:blank", viewport={"width": 360, "height": 800})
    incomplete, seen = [], set()
    for path, (page, html) in pages.items():
        styles = files_of(page, first_view=True)
        assert styles
        room = FIRST_VIEW - sum(styles.values()) - len(HASH) * len(styles)
        if len(html) <= room or (styles.keys() <= seen and text_in(html[:room]) > MUCH_TEXT):
            continue
        seen |= styles.keys()
        if not looks_whole(window, path, html[:room]):
            incomplete.append(path)
    assert incomplete == []
    assert len(seen) > 1


def test_a_page_is_shown_after_two_requests(pages):
    """The page and its style sheet. The font is preloaded, and text shows without it."""
    for path, (page, _) in pages.items():
        assert len(files_of(page, first_view=True)) == 1, path
        assert all(script["type"] == "module" for script in page.all("script") if script["src"])
        assert [link["as"] for link in page.all("link") if link["rel"] == "preload"] == ["font"]


def text_in(beginning: bytes) -> int:
    """How many characters of its main part a page shows; what is folded away does not count."""
    page = Page(unpacked(beginning).decode(errors="ignore"))
    whole, unseen = page.all("main"), page.all("details", "script")
    return sum(len(each.words) for each in whole) - sum(len(each.words) for each in unseen)


def looks_whole(window, path: str, beginning: bytes) -> bool:
    html = unpacked(beginning).decode(errors="ignore")
    window.goto(path, wait_until="networkidle")
    whole = first_view(window)
    window.route(f"**{path}", lambda route: route.fulfill(body=html, content_type="text/html"))
    window.goto(path, wait_until="networkidle")
    cut_off = first_view(window)
    window.unroute_all()  # the pattern of the home page fits every page
    difference = ImageChops.difference(whole, cut_off)
    return difference.getextrema()[1] < VISIBLE


def first_view(window) -> Image.Image:
    """Without the bar at the bottom, which comes after the text that it belongs to."""
    window.evaluate("document.querySelector('.ask-bar')?.remove()")
    return Image.open(io.BytesIO(window.screenshot())).convert("L")


def unpacked(beginning: bytes) -> bytes:
    """The form travels as gzip, since each answer has a token of its own."""
    if beginning.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(beginning)
    return brotli.Decompressor().process(beginning)


def test_a_page_that_begins_too_slowly_is_noticed(pages, open_page):
    window = open_page("about:blank", viewport={"width": 360, "height": 800})
    _, html = pages["/benefits/"]
    assert looks_whole(window, "/benefits/", html)
    assert not looks_whole(window, "/benefits/", html[:900])
    assert text_in(html[:900]) < MUCH_TEXT < text_in(html)


def test_a_whole_page_stays_small(pages):
    weights = {
        path: len(html) + sum(files_of(page).values()) for path, (page, html) in pages.items()
    }
    assert all(any(".woff2" in address for address in files_of(page)) for page, _ in pages.values())
    assert {path: weight for path, weight in weights.items() if weight > WHOLE_PAGE} == {}


def test_scripts_are_few(pages):
    scripts = {each["src"] for page, _ in pages.values() for each in page.all("script")} - {None}
    assert sum(size(address) for address in scripts) <= SCRIPTS
