"""A line that is cut off or doubled by accident does not slip through."""

import pytest

from tests.pages.images import save_image
from tests.pages.samples import check_content, make_content, make_page


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("We rest a\nThen we go home.", 5),
        ("One.\n\nTwo is\nMore.", 7),
        ("- one item\n  Another text.", 5),
    ],
)
def test_a_line_that_runs_into_the_next_sentence_is_an_error(problems_with, body, line):
    assert problems_with(body) == [
        f"content/page.md:{line}: This line doesn't end with a period, but the next begins a new "
        "sentence. Fix: End the sentence, or write all of it on one line."
    ]


@pytest.mark.parametrize(
    ("body", "line"),
    [("We rest and then go home", 5), ("One.\nWe rest and\nthen go home", 7)],
)
def test_a_sentence_without_its_period_is_an_error(problems_with, body, line):
    assert problems_with(body) == [
        f"content/page.md:{line}: This sentence has no period. "
        "Fix: End it with a period, or with a colon when a list follows."
    ]


@pytest.mark.parametrize(
    "body",
    [
        "We rest and\nthen go home.",
        "Bring these things with you:\n\n- water",
        "- a list item needs no stop at all",
        "Call 988",
        "One line\\\nTwo.",
        "| A |\n|---|\n| a cell needs no stop at all |",
        "Did they say when they come home?",
    ],
)
def test_a_whole_sentence_is_fine(problems_with, body):
    assert problems_with(body) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("We rest and then go home.\nWe rest and then go home.", 6),
        ("- we rest and then go home\n- we rest and then go home", 6),
    ],
)
def test_the_same_sentence_twice_in_a_row_is_an_error(problems_with, body, line):
    assert problems_with(body) == [
        f"content/page.md:{line}: This sentence appears twice in a row. Fix: Remove one of them."
    ]


def test_a_sentence_may_be_said_again_further_down(problems_with):
    assert problems_with("We rest and then go home.\n\nYes.\n\nWe rest and then go home.") == []


@pytest.mark.parametrize(
    ("body", "line"),
    [("- one item.\nText below the list.", 6), ("1. one\n2. two\nand text", 7)],
)
def test_text_right_below_a_list_is_an_error(problems_with, body, line):
    [problem, *_] = problems_with(body)
    assert problem == (
        f"content/page.md:{line}: This line would be part of the list item above it. Fix: Leave "
        "an empty line above it, or begin it with two spaces if it belongs there."
    )


@pytest.mark.parametrize(
    "body", ["- one item\n  goes on.", "> - one item\n>   goes on.", "- a\n\nB."]
)
def test_text_that_belongs_to_an_item_or_stands_apart_is_fine(problems_with, body):
    assert problems_with(body) == []


DOOR = "![The blue door of the clinic](images/door.png)"


@pytest.mark.parametrize(
    "body",
    [
        DOOR,
        f"{DOOR}\n{DOOR.lower()}",
        f"{DOOR}\nThis is our door.",
        f"This is our door.\n{DOOR}",
        f"- {DOOR}",
    ],
)
def test_an_image_needs_no_full_stop_and_ends_no_sentence(tmp_path, body):
    content = make_content(tmp_path, page=make_page(body))
    save_image(content, "door.png")
    assert check_content(content) == []


@pytest.mark.parametrize(
    ("citation", "problems"), [("", [("content/page.md", 6, "This image makes a")]), (" [@S1]", [])]
)
def test_what_an_image_says_of_a_treatment_needs_a_source_too(tmp_path, citation, problems):
    body = f"Our door.\n![A chart: 1 in 100 got well](images/door.png){citation}"
    content = make_content(tmp_path, page=make_page(body))
    save_image(content, "door.png")
    found = check_content(content)
    assert [(p.file, p.line, p.message[:18]) for p in found] == problems
