import re

import pytest

from tests.pages.samples import TODAY, check_content, make_content


def test_a_citation_is_a_numbered_link_to_the_source_and_can_be_led_back_to(html_of):
    assert html_of("It helped [@S1].") == (
        '<p>It helped<sup><a href="#s1" id="c1">[1]</a></sup>.</p>\n'
    )


def test_numbers_follow_the_first_use_on_the_page_and_stay(html_of):
    html = html_of("One [@S2]. Two [@S1; @S2].")
    assert re.findall(r'href="#s(\d)"', html) == ["1", "2", "1"]
    assert re.findall(r"\[(\d)\]", html) == ["1", "2", "1"]


def test_the_first_mark_of_a_source_is_where_its_list_leads_back_to(html_of):
    assert html_of("One [@S1]. Two [@S1].").count('id="c1"') == 1


def test_the_lead_counts_as_the_beginning_of_the_page(html_of):
    assert 'href="#s2"' in html_of("Then [@S1].", lead="First [@S2].")


def test_an_unknown_source_is_an_error_with_its_line_and_the_one_that_was_meant(problems_with):
    [problem] = problems_with("Fine.\n\nIt helped\nmany [@S11].")
    assert problem == 'content/page.md:8: There is no source "S11". Fix: Did you mean "S1"?'


def test_a_source_from_memory_may_not_be_cited(problems_with):
    [problem] = problems_with("It helped [@M1].")
    assert problem.startswith('content/page.md:5: The source "M1" is from memory (check: M)')


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
    assert {problem.file for problem in check_content(content, TODAY)} == {"content/sources.yaml"}
