import re

import pytest

from kapsite.pages.syntax.citations import near
from tests.html import Page
from tests.pages.samples import check_content, load_catalog, make_content, make_page

SECOND = '<a href="https://doi.org/10.1000/xyz">Second trial</a>'


def marks_in(html: str) -> list[str]:
    return re.findall(r"<summary>(.*?)</summary>", html)


def test_a_paragraph_has_one_mark_at_its_end_that_opens_its_sources(html_of):
    assert html_of("It helped [@S1]. It did not [@S2; @S1].") == (
        '<div class="cited">\n<p>It helped<sup>[1]</sup>. It did not<sup>[2, 1]</sup>.</p>\n'
        ' <details class="src"><summary>2 sources</summary><ol><li value="1">First trial, 2000</li>'
        f'<li value="2">{SECOND}</li></ol></details></div>\n'
    )


def test_a_text_without_sources_has_no_mark(html_of):
    assert (
        html_of("Fine.\n\n- One\n- Two") == "<p>Fine.</p>\n<ul><li>One</li>\n<li>Two</li>\n</ul>\n"
    )


def test_numbers_follow_the_first_use_on_the_page_and_stay(html_of):
    html = html_of("One [@S2]. Two [@S1; @S2].\n\nThree [@S2].")
    assert re.findall(r"<sup>(.*?)</sup>", html) == ["[1]", "[2, 1]", "[1]"]
    assert html.count(f'<li value="1">{SECOND}') == 2


def test_the_lead_counts_as_the_beginning_of_the_page_and_has_its_mark(tmp_path):
    content = make_content(tmp_path, page=make_page("Then [@S1].", lead="First [@S2]."))
    page = load_catalog(content).pages["/page/"]
    assert "<sup>[2]</sup>" in page.html
    assert marks_in(page.lead_html) == ["1 source"]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("- One [@S1].\n- Two [@S2].", ["li", "li"]),
        ("- One [@S1].\n\n- Two [@S2].", ["div", "div"]),
        ("1. One [@S1]\n2. Two [@S2]", ["div"]),
        ("- One [@S1].\n  - Two [@S2].", ["li", "li"]),
        ("| A | B |\n|---|---|\n| One [@S1] | Two. [@S2] |", ["div"]),
        ("::: key-facts\n- **One:** Yes [@S1].\n:::", ["dd"]),
        ("> One [@S1].", ["div"]),
    ],
)
def test_a_list_item_has_a_mark_and_a_list_of_mere_words_or_a_table_has_one_in_all(
    html_of, body, places
):
    marks = [each for each in Page(html_of(body)).all("details") if each["class"] == "src"]
    assert [mark.inside[-1] for mark in marks] == places


def test_an_unknown_source_is_an_error_with_its_line_and_the_one_that_was_meant(problems_with):
    [problem] = problems_with("Fine.\n\nIt helped\nmany [@S11].")
    assert problem == (
        'content/page.md:8: There is no source "S11". Fix: Did you mean "S1"? '
        "Otherwise look in sources.yaml, or add it there."
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("S120", ["S10", "S12", "S20"]), ("S21", ["S12"]), ("S122", ["S12"]), ("S77", []), ("H9", [])],
)
def test_a_suggestion_has_one_digit_less_or_two_swapped(typed, meant):
    words = near(typed, dict.fromkeys(["S10", "S12", "S20", "S79", "R9"]))
    assert re.findall(r'"(\w+)"', words) == meant


def test_a_source_from_memory_may_not_be_cited(problems_with):
    [problem] = problems_with("It helped [@M1].")
    assert problem.startswith('content/page.md:5: The source "M1" is from memory, so')


@pytest.mark.parametrize("slip", ["[@S1", "[@s1]", "[@S1 S2]", "[@]", "[S1]", "[@S1, page 3]"])
def test_a_citation_that_cannot_be_read_is_an_error(problems_with, slip):
    [problem] = problems_with(f"It helped {slip}.")
    assert problem.startswith("content/page.md:5: ")


@pytest.mark.parametrize(
    "body", ["## Heading [@S1]", "::: questions\n### Does it help [@S1]?\nYes.\n:::"]
)
def test_a_citation_may_not_stand_in_a_heading(problems_with, body):
    assert "A heading can't have a link or a citation." in problems_with(body)[0]


def test_a_broken_list_of_sources_is_reported_once_and_not_at_every_citation(tmp_path):
    content = make_content(tmp_path)
    (content / "sources.yaml").write_text("S1: {title: Only a title}\n")
    assert {problem.file for problem in check_content(content)} == {"content/sources.yaml"}
