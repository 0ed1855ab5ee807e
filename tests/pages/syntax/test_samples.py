"""What a block begins with, and that it is found where nobody replaced it."""

import pytest

from kapsite.content_files.problems import Report
from kapsite.pages.syntax.markdown import parse
from kapsite.pages.syntax.samples import BLOCKS, PARTS, sample_in


@pytest.mark.parametrize("name", BLOCKS)
def test_a_sample_is_a_block_without_mistakes(name):
    report = Report("page.md")
    parse(BLOCKS[name], report)
    assert BLOCKS[name].startswith(f"::: {name}")
    assert report.problems == []


@pytest.mark.parametrize("text", [*PARTS.values(), *BLOCKS.values()])
def test_every_line_of_a_sample_is_known_again(text):
    lines = [line for line in text.split("\n") if line and not line.startswith(":::")]
    assert all(map(sample_in, lines))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("### March 2019: Name what happened {core}", "Name what happened"),
        ("- **Parking {car}:** Say it in a few words.", "Say it in a few words."),
        ("### Is there parking?", ""),
        ("We say it in a few words.", ""),
        ("", ""),
    ],
)
def test_part_of_a_sample_in_a_line_is_found(line, found):
    assert sample_in(line) == found
