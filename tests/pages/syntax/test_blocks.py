import pytest

from kapsite.content_files.problems import Report
from kapsite.pages.syntax.markdown import parse


def parsed(text: str, first_line: int = 1):
    report = Report("page.md")
    return parse(text, report, first_line), [str(problem) for problem in report.problems]


def outline(node) -> list:
    """Names of the blocks, each with those inside it."""
    blocks = [child for child in node.children if child.type == "block"]
    return [(block.meta["name"], outline(block)) for block in blocks]


def test_a_block_holds_what_stands_between_its_marks():
    tree, problems = parsed("Before.\n\n::: note\nInside.\n:::\n\nAfter.")
    assert [child.type for child in tree.children] == ["paragraph", "block", "paragraph"]
    assert problems == []


def test_a_block_needs_no_empty_lines_around_it():
    tree, problems = parsed("Before.\n::: note\nInside.\n:::\nAfter.")
    assert [child.type for child in tree.children] == ["paragraph", "block", "paragraph"]
    assert problems == []


def test_blocks_nest_by_more_colons():
    tree, problems = parsed(":::: steps\n### One\n::: note\nIn.\n:::\n\n### Two\n::::")
    assert (outline(tree), problems) == ([("steps", [("note", [])])], [])


def test_a_block_has_attributes():
    tree, _ = parsed('::: care level="urgent"\n### Call\n:::')
    assert tree.children[0].meta["attributes"] == {"level": "urgent"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("::: stat\n:::", '1: There is no block "stat". Fix: Did you mean "status"?'),
        ("Text.\n\n:::\n", "3: This ::: doesn't close a block. Fix: Remove it, or name the block"),
        ("::: note\nText.", '1: The block "note" isn\'t closed. Fix: Add a line :::'),
        ("::: note\nA\n::: steps\n### B\n:::", '1: The block "note" isn\'t closed.'),
        ("::: note\nA\n::::", "closed. Fix: Add a line ::: where it ends. Line 3 has :::: instead"),
        (":::: note\nA\n:::", '1: The block "note" isn\'t closed. Fix: Add a line ::::'),
        ("::: care\n### A\n:::", '1: The block "care" needs "level". Fix: Write level="…" with'),
        (
            '::: care level="urgnt"\n### A\n:::',
            '1: level="urgnt" isn\'t valid. Fix: Did you mean "urgent"?',
        ),
        (
            '::: care levl="urgent"\n### A\n:::',
            '1: The block "care" has no "levl". Fix: Did you mean "level"?',
        ),
        (
            '::: note title="A"\nB\n:::',
            '1: The block "note" has no "title". Fix: Remove title="A".',
        ),
        ("::: care level=urgent\n### A\n:::", '1: "level=urgent" in the block "care" can\'t be'),
        ("::: care level=“urgent”\n### A\n:::", "with straight quotes."),
    ],
)
def test_a_slip_in_a_block_is_reported_with_line_and_fix(text, problem):
    _, problems = parsed(text)
    assert problem in problems[0]


@pytest.mark.parametrize(
    "text",
    [
        "::: note\nA\n::::\n\nB",
        ":::: note\nA\n:::\n\nB",
        ":::: note\n::: action\n:::\nA\n:::\n\nB",
        "::::: note\nA\n:::\n\n::: note\nA\n:::",
    ],
)
def test_a_block_closed_by_another_number_of_colons_is_one_slip(text):
    tree, problems = parsed(text)
    assert len(problems) == 1
    assert len(tree.children) == 2


@pytest.mark.parametrize(
    "opening", ["help-now", "sources", "glossary", 'status of="kap"', 'chart id="onset"']
)
def test_text_in_a_block_that_takes_none_is_not_left_out_unseen(opening):
    _, [problem] = parsed(f"::: {opening}\n\nText.\n:::", first_line=10)
    assert problem.startswith("page.md:12: The block")
    assert "takes no text, so readers wouldn't see this. Fix: Move it below the line :::" in problem


def test_lines_are_those_of_the_file():
    _, [problem] = parsed("Text.\n\n::: nothing-like-it\n:::", first_line=10)
    assert problem.startswith("page.md:12: ")


def test_the_rest_of_the_page_is_read_after_a_slip():
    _, problems = parsed("::: note\nA\n\n::: stat\n:::\n\n:::")
    assert [problem.split(":")[1] for problem in problems] == ["1", "4", "7"]


@pytest.mark.parametrize(
    ("row", "cells"), [("| 1 |", 1), ("| 1 | 2 | 3 |", 3), ("1 | 2 | 3", 3), ("| 1 | 2", None)]
)
def test_a_table_row_with_a_cell_too_many_or_too_few_is_reported(row, cells):
    _, problems = parsed(f"| A | B |\n|---|---|\n{row}\n")
    assert [problem.split(".")[1] for problem in problems] == (
        [f"md:3: This row has {cells} cells, and the first row has 2"] if cells else []
    )


def test_what_would_be_left_out_for_being_too_deep_is_reported():
    _, [problem] = parsed("> " * 60 + "deep")
    assert "nested too deeply" in problem
