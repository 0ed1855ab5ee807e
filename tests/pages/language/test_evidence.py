"""A source that can't back a sentence is refused, as far as words tell."""

import pytest

from kapsite.pages.language.evidence import compare, lacking
from tests.pages.render.charts.test_chart import ICONS
from tests.pages.samples import CLAIMS, check_content, make_content, make_page

SOURCES = """\
S1: {title: A trial in depression, kind: trial, check: A, shows: Nine in ten of 185 people.}
S2: {title: A trial, kind: trial, check: A, shows: It was 22.5 in 100., details: Also 12 weeks.}
C1: {title: Lifeline, kind: crisis, check: A, shows: How to call., url: "https://example.org/"}
"""
RULES = CLAIMS.replace("words: [help* people]", "words: [help* people], treatment: true")
MORE = "not_for_treatment: [crisis]\ntopics: [[depress*], [migraine*]]\n"


@pytest.fixture
def problems_of(tmp_path):
    def check(sentence: str) -> list[str]:
        content = make_content(tmp_path, page=make_page(sentence))
        (content / "sources.yaml").write_text(SOURCES)
        (content / "claims.yaml").write_text(RULES + MORE)
        found = map(str, check_content(content))
        return [problem for problem in found if problem.startswith("content/page.md:5: ")]

    return check


@pytest.mark.parametrize(
    "sentence",
    [
        "Of 185 people, nine in ten said so [@S1].",
        "That was 9 in 10 [@S1].",
        "About 23 in 100 did, and 77 did not [@S2].",
        "It was so after 12 weeks [@S2].",
        "Call 1-800-662-4357 or 988 [@C1].",
        "It began in the 1970s [@S1].",
    ],
)
def test_a_figure_that_the_entry_has_is_fine(problems_of, sentence):
    assert problems_of(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("Of 186 people, nine in ten said so [@S1].", "186"),
        ("Eight in ten said so [@S1].", "8"),
        ("Two thirds said so [@S1].", "third"),
        ("Most people said so [@S1].", "most"),
        ("It was so after 40 weeks [@S1; @S2].", "40"),
    ],
)
def test_a_figure_that_the_entry_lacks_is_refused(problems_of, sentence, figures):
    [problem] = problems_of(sentence)
    assert f" have the figure {figures}. Fix: Compare it with the source." in problem


@pytest.mark.parametrize(
    ("names", "figures", "words"),
    [
        (["S1"], ["4"], "The entry of S1 doesn't have the figure 4."),
        (["S1", "S2"], ["4"], "The entries of S1 and S2 don't have the figure 4."),
        (["S1", "S2", "S3"], ["4", "5"],
         "The entries of S1, S2 and S3 don't have the figures 4 and 5."),
    ],
)  # fmt: skip
def test_one_entry_and_many_one_figure_and_many_are_told_apart(names, figures, words):
    assert lacking(names, figures) == words


def test_what_a_treatment_does_cannot_rest_on_a_crisis_line(problems_of):
    [problem] = problems_of("It helps people [@C1].")
    assert "This says what a treatment does, which a crisis source can't back (C1)." in problem


def test_a_study_of_something_else_cannot_back_a_sentence(problems_of):
    [problem] = problems_of("It helps people with migraine [@S1].")
    assert 'The sentence is about "migraine", but the entry of S1 isn\'t.' in problem


def test_a_study_of_the_same_thing_can_back_it(problems_of):
    assert problems_of("It helps people with depression [@S1].") == []


@pytest.mark.parametrize("value", [30, 31])
def test_a_figure_of_a_chart_must_be_in_its_sources_too(tmp_path, value):
    body = '## A\n\n::: chart id="c"\n:::'
    content = make_content(tmp_path, page=make_page(body))
    (content / "charts").mkdir()
    (content / "charts/c.yaml").write_text(ICONS.replace("value: 30", f"value: {value}"))
    found = [problem for problem in map(str, check_content(content)) if "figure" in problem]
    message = '"Ketamine": The entry of S1 doesn\'t have the figure 31.'
    problem = f"content/charts/c.yaml:15: {message} Fix: {compare(['S1'])}"
    assert found == ([problem] if value == 31 else [])
