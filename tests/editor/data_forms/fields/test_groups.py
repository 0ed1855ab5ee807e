"""A form for a schema: what it shows, and what is written of what was typed."""

from pathlib import Path

import pytest

from kapsite.content_files.problems import Report
from kapsite.content_files.yaml_reader import parse
from kapsite.editor.data_forms.fields.group_lists import MOST_GROUPS, show_at
from kapsite.editor.data_forms.files.front_matter import (
    body_of,
    front_matter_form,
    with_values,
)
from tests.editor.data_forms.posting import posted
from tests.pages.samples import make_page

CHANGES = "\n  - {on: 2026-01-01, note: One}\n  - on: 2026-02-02\n    note: Two"
PAGE = make_page(title="Home", changes=CHANGES)


def typed(text, **fields):
    """The text after ``fields`` were typed into the form of its front matter."""
    form = front_matter_form(text, posted(front_matter_form(text)) | fields)
    assert form.is_valid(), form.errors
    return with_values(text, form.values())


def meta(text):
    return parse(text.split("---")[1], Report("x")).data


@pytest.mark.parametrize("file", sorted(Path("content").rglob("*.md")), ids=str)
def test_a_form_in_which_nobody_changed_anything_changes_nothing(file):
    assert typed(file.read_text()) == file.read_text()


def test_only_what_was_typed_changes():
    assert typed(PAGE, **{"meta-title": " A  new\nhome "}) == PAGE.replace("Home", "A new home")


def test_characters_that_nobody_sees_are_left_out():
    assert typed(PAGE, **{"meta-title": "A\u200b new\x07\u00ad home"}) == PAGE.replace(
        "Home", "A new home"
    )


def test_a_choice_that_is_the_default_is_written_only_when_someone_chooses_it():
    assert "menu_in" not in typed(PAGE)
    assert "menu_in: header" in typed(PAGE, **{"meta-menu_in": "header"})


def test_a_list_has_an_entry_on_each_line():
    after = typed(PAGE, **{"meta-redirect_from": "/a/\r\n\r\n /b/ \r\n"})
    assert meta(after)["redirect_from"] == ["/a/", "/b/"]
    assert "redirect_from" not in typed(after, **{"meta-redirect_from": ""})


def test_the_empty_group_at_the_end_adds_one():
    new = {"meta-changes-2-on": "2026-03-03", "meta-changes-2-note": "Three"}
    assert [each["note"] for each in meta(typed(PAGE, **new))["changes"]] == ["One", "Two", "Three"]


def test_a_group_is_removed_with_a_tick():
    assert meta(typed(PAGE, **{"meta-changes-0-DELETE": "on"}))["changes"] == [
        {"on": "2026-02-02", "note": "Two"}
    ]


@pytest.mark.parametrize(
    ("entry", "position", "order"),
    [(0, "2", "Two One"), (1, "1", "Two One"), (0, "99", "Two One"), (1, "", "One Two")],
)
def test_a_group_moves_to_the_position_that_is_typed(entry, position, order):
    after = typed(PAGE, **{f"meta-changes-{entry}-ORDER": position})
    assert [each["note"] for each in meta(after)["changes"]] == order.split()


def test_what_the_schema_does_not_know_or_allow_is_kept():
    odd = make_page(
        title="Home", odd="a key", menu_in="nowhere", guide="ten", changes="One", x="", uncited="[]"
    )
    assert typed(odd) == odd
    assert meta(typed(odd, **{"meta-menu": "Start"})) == meta(odd) | {"menu": "Start"}


@pytest.mark.parametrize("text", ["", "No front matter", "---\ntitle: [\n---\n", "---\ntitle: A\n"])
def test_a_front_matter_that_cannot_be_read_has_no_form(text):
    assert front_matter_form(text) is None
    assert body_of(text) == text


def test_the_body_is_replaced_as_a_whole():
    form = front_matter_form(PAGE, posted(front_matter_form(PAGE)))
    assert form.is_valid()
    assert body_of(with_values(PAGE, form.values(), "Other words.\n")) == "Other words.\n"


@pytest.mark.parametrize("count", [str(MOST_GROUPS + 1), "9" * 5000])
def test_more_groups_than_there_can_be_are_refused_before_they_are_made(count):
    form = front_matter_form(PAGE, {"meta-changes-count": count})
    assert not form.is_valid()
    assert len(form.inner["changes"].groups) == MOST_GROUPS


@pytest.mark.parametrize("count", ["", "-1", "x", "²"])
def test_a_number_of_groups_that_is_none_takes_nothing_away(count):
    fields = posted(front_matter_form(PAGE)) | {"meta-changes-count": count}
    assert not front_matter_form(PAGE, fields).is_valid()


def test_a_problem_is_shown_at_its_field():
    form = front_matter_form(PAGE)
    show_at(form.field_at(("changes", 1, "on")), "Not a date.")
    show_at(form.field_at(("changes", 0)), "Incomplete.")
    assert form.field_at(("body",)) is None
    changes = form.inner["changes"]
    assert changes.groups[1]["on"].errors == ["Not a date."]
    assert changes.groups[0]["on"].errors == ["Incomplete."]
    assert form.has_errors
