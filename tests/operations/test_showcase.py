"""The page that shows every component, and that it does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from kapsite.operations.showcase import DRAWINGS, FOLDER, components
from kapsite.pages.render.components import COMPONENTS
from tests.html import Page

TEMPLATES = Path(settings.BASE_DIR, "templates")
WHOLE = {
    "ask-bar",
    "header",
    "footer-menu",
    "help-card",
    "contact",
    "hours",
    "icon",
    "menu-link",
    "notices",
    "preview",
}  # shown by base.html
UNSEEN = {"metadata", "linked-data"}  # for machines


@pytest.fixture
def page(rf):
    return Page(components(rf.get("/_components/")).content.decode())


def test_it_shows_every_block_of_content():
    """The lists of sources, hard words and people have pages of their own."""
    shown = set(re.findall(r"^::: ([a-z-]+)", (FOLDER / "blocks.md").read_text(), re.MULTILINE))
    assert shown == set(COMPONENTS) - {"sources", "glossary", "team"}


def test_it_shows_every_include():
    text = (FOLDER / "page.html").read_text() + (TEMPLATES / "inquiries/new.html").read_text()
    includes = {file.stem for file in (TEMPLATES / "includes").glob("*.html")}
    assert {
        name for name in includes - WHOLE - UNSEEN if f"includes/{name}.html" not in text
    } == set()


def test_every_include_says_what_it_is_for():
    files = (TEMPLATES / "includes").glob("*.html")
    assert [file.name for file in files if not file.read_text().startswith("{# ")] == []


def test_it_shows_every_drawing():
    folder = Path(settings.BASE_DIR, "static", "img", "drawings")
    assert set(DRAWINGS) == {file.stem for file in folder.glob("*.svg")}


def test_it_is_a_sound_page(page):
    ids = [element["id"] for element in page.having("id")]
    assert len(ids) == len(set(ids))
    assert len(page.all("h1")) == 1


def test_readers_cannot_open_it(client, db):
    assert client.get("/_components/").status_code == 404
