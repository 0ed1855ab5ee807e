"""The drawings: small, drawn by one hand, and in the colours of the page."""

import re
from pathlib import Path
from typing import get_args

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from kapsite.pages.syntax.schema import Drawing

FOLDER = Path(settings.BASE_DIR, "static", "img", "drawings")
every_drawing = pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.iterdir()))
HAND = {
    "id": "d",
    "viewBox": "0 0 240 180",
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "2.25",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}


def source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@every_drawing
def test_a_drawing_is_below_3_kb(name):
    assert (FOLDER / f"{name}.svg").stat().st_size < 3 * 1024


@every_drawing
def test_all_drawings_are_made_with_the_same_pen(name):
    [tag] = re.findall(r"<svg ([^>]+)>", source(name))
    attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
    attributes.pop("xmlns")
    assert attributes == HAND
    assert "stroke-width" not in source(name).partition(">")[2]


@every_drawing
def test_a_drawing_takes_its_colours_from_the_page(name):
    """One flat shape, from a variable; its fallback shows when the file is opened alone."""
    fills = set(re.findall(r'fill="([^"]+)"', source(name).partition(">")[2]))
    assert fills == {"var(--tint, #f6e0b0)"}
    assert "#" not in source(name).replace("#f6e0b0", "")


@every_drawing
def test_a_drawing_holds_nothing_but_shapes(name):
    """No words, which only some could read, and nothing the content policy would stop."""
    assert set(re.findall(r"<(\w+)", source(name))) <= {"svg", "path", "circle"}
    assert not re.search(r"style|class|\bon\w+=|href", source(name))


@pytest.mark.parametrize("name", get_args(Drawing))
def test_every_drawing_that_a_page_may_name_is_there(name):
    frames = [f"path-{frame}" for frame in (1, 2, 3)] if name == "path" else [name]
    assert [frame for frame in frames if not (FOLDER / f"{frame}.svg").is_file()] == []


def test_a_drawing_on_a_page_is_not_read_out():
    markup = render_to_string("includes/drawing.html", {"name": "room"})
    assert 'aria-hidden="true"' in markup
    assert '<use href="/static/img/drawings/room.svg#d"/>' in markup
