"""A page can be shown in previews before its front matter is complete."""

import pytest

from kapsite.content_files.problems import Report
from kapsite.editor.writing.previews.stand_ins import DESCRIPTION, TITLE, completed
from kapsite.pages.syntax import frontmatter


def meta_of(head):
    document = frontmatter.read(f"---\n{head}\n---\n\nWords.\n", Report("a.md"))
    assert document.meta is None
    return completed(document.parsed.data)


def test_a_missing_title_and_description_are_stood_in_for():
    meta = meta_of("title:\ndescription:")
    assert (meta.title, meta.description) == (TITLE, DESCRIPTION)


def test_what_is_right_is_kept():
    meta = meta_of("title: Parking\ndescription: Short\nlead: Behind the house.")
    assert (meta.title, meta.lead, meta.description) == (
        "Parking",
        "Behind the house.",
        DESCRIPTION,
    )


@pytest.mark.parametrize(
    "line",
    ["titles: x", "5: x", "guide: many", "changes:\n  - on: soon", "reading: [", "requires: x"],
)
def test_a_value_with_an_error_is_left_out(line):
    assert meta_of(f"title: Parking\n{line}").title == "Parking"
