"""The drawings: small, drawn by one hand, and in the colors of the page."""

import re
from pathlib import Path
from typing import get_args

import pytest
from django.conf import settings

from kapsite.pages.render.drawings import ICONS
from kapsite.pages.syntax.page_schema import Drawing
from kapsite.pages.templatetags.pages import drawing

FOLDER = Path(settings.BASE_DIR, "static", "img", "drawings")
every_drawing = pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.iterdir()))
HAND = {
    "id": "d",
    "fill": "none",
    "stroke-width": "2.25",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}


def source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@every_drawing
def test_a_drawing_is_below_4_kb(name):
    assert (FOLDER / f"{name}.svg").stat().st_size < 4 * 1024


@every_drawing
def test_all_drawings_are_made_with_the_same_pen(name):
    [tag] = re.findall(r"<svg ([^>]+)>", source(name))
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
    assert re.fullmatch(r"0 0 \d+ \d+", attributes.pop("viewBox"))
    attributes.pop("xmlns")
    assert attributes == HAND


@every_drawing
def test_a_drawing_takes_its_colors_from_the_page(name):
    """Every color is a token, so dark and forced colors need no rule here."""
    colors = re.findall(r'(?:fill|stroke)="([^"]+)"', source(name).partition(">")[2])
    assert {color for color in colors if not re.fullmatch(r"var\(--d-[a-z-]+\)", color)} == set()
    tokens = (FOLDER.parents[1] / "css/tokens.css").read_text(encoding="utf-8")
    assert [color for color in colors if f"{color[4:-1]}:" not in tokens] == []


@every_drawing
def test_a_drawing_holds_nothing_but_shapes(name):
    """No words, which only some could read, and nothing the content policy would stop."""
    assert set(re.findall(r"<(\w+)", source(name))) <= {
        "svg",
        "g",
        "path",
        "circle",
        "ellipse",
        "rect",
    }
    assert not re.search(r"style|class|\bon\w+=|href", source(name))


def test_every_drawing_can_be_named_by_a_page():
    assert {file.stem for file in FOLDER.iterdir()} == set(get_args(Drawing))


def test_the_template_and_the_blocks_know_the_same_icons():
    icons = (FOLDER.parent / "icons.svg").read_text(encoding="utf-8")
    assert set(ICONS) <= set(re.findall(r'id="([a-z]+)"', icons))


@every_drawing
def test_a_drawing_takes_the_room_that_it_fills(name):
    [box] = re.findall(r'viewBox="([^"]+)"', source(name))
    assert f'viewBox="{box}"' in drawing(name)


def test_a_drawing_on_a_page_is_not_read_out():
    assert 'aria-hidden="true"' in drawing("room")
    assert '<use href="/static/img/drawings/room.svg#d"/>' in drawing("room")
