"""The reading grade of a page."""

import pytest

from kapsite.pages.language.readability import Readability, Reading
from kapsite.pages.language.sentences import Sentence

HARD = (
    "Individuals experiencing considerable psychological difficulties frequently require "
    "comprehensive multidisciplinary evaluation."
)


def grade(*texts: str, terms: tuple[str, ...] = ()) -> float | None:
    sentences = [Sentence(text, line) for line, text in enumerate(texts, 5)]
    return Readability(terms).read(sentences).grade


# Syllables divided as the CMU Pronouncing Dictionary has them.
DIVIDED = """
Some peo·ple feel bet·ter with·in a day, and some do not. The ef·fect of·ten fades in days or
weeks. No one can prom·ise you a re·sult. A ther·a·pist will help you get read·y and will stay
with you. You may feel diz·zy, slee·py or a·fraid for an hour or two. Tell the team a·bout
ev·er·y med·i·cine you take, and do not drive un·til the next day. You can ask ques·tions, slow
down or say no at an·y time. That is your right, and a good clin·ic will a·gree.
"""


def test_the_grade_is_near_one_counted_by_hand():
    text = " ".join(DIVIDED.replace("·", "").split())
    words, sentences = len(text.split()), text.count(". ") + 1
    by_hand = 0.39 * words / sentences + 11.8 * (words + DIVIDED.count("·")) / words - 15.59
    assert grade(*text.split(". ")) == pytest.approx(by_hand, abs=0.5)


def test_a_glossary_term_counts_as_one_short_word():
    text = "People with treatment-resistant depression may want to ask about it."
    assert grade(text, terms=("Treatment-resistant depression",)) == pytest.approx(
        grade("People with x may want to ask about it."), abs=0.1
    )
    assert grade(text) > grade(text, terms=("Treatment-resistant depression",)) + 3


@pytest.mark.parametrize("name", ["Evgeny Krupitsky", "PTSD", "2,342"])
def test_names_abbreviations_and_numbers_count_as_short_words(name):
    short = " ".join("X" for _ in name.split())
    assert grade(f"We had met {name} there before.") == grade(f"We had met {short} there before.")


def test_a_name_is_known_at_the_start_of_a_sentence_too():
    elsewhere = "We had all met Krupitsky there."
    assert grade(elsewhere, "Krupitsky had met us there.") < grade("Krupitsky had met us there.")


def test_short_fragments_and_labels_do_not_make_a_page_look_easier():
    label = Sentence("A very short and easy heading", 6, "heading", depth=2)
    sentences = [Sentence(HARD, 5), label, Sentence("Go now.", 7)]
    assert Readability(()).read(sentences).grade == grade(HARD)


def test_a_page_of_fragments_has_no_grade():
    assert grade("Yes.", "No.") is None


def test_a_hard_page_names_its_three_hardest_sentences(problems_with):
    easy = "We can talk about it on the phone with you."
    [problem] = problems_with("\n".join([HARD, easy, HARD, easy, HARD, f"{HARD[:-1]} again."]))
    assert problem.startswith("content/page.md:5: The page reads at grade ")
    assert "; its limit is 8. Hardest sentences: line 5 (grade " in problem
    assert all(f"line {line} (grade " in problem for line in (5, 7, 9))
    assert "Split them, or use shorter words. Or set `reading:`" in problem


def test_citations_do_not_count(problems_with):
    easy = "We can talk about it on the phone with you [@S1; @S2]."
    assert problems_with(easy) == []
    assert grade("We can talk about it on the phone with you.") < 8


QUITE_HARD = "A clinician with experience decides about your treatment with you."


@pytest.mark.parametrize(("limit", "count"), [("9", 1), ("12", 0)])
def test_a_page_may_have_a_limit_of_its_own_with_a_reason(problems_with, limit, count):
    own = f"\n  limit: {limit}\n  reason: It quotes a law."
    found = problems_with(QUITE_HARD, reading=own)
    assert [f"; its limit is {limit}." in problem for problem in found] == [True] * count
    assert len(problems_with(QUITE_HARD)) == 1


def test_a_limit_that_is_not_needed_is_a_warning(problems_with):
    own = "\n  limit: 9\n  reason: It quotes a law."
    [problem] = problems_with("We can talk about it on the phone.", reading=own)
    assert problem.startswith("content/page.md:4: The page reads at grade ")
    assert "so it doesn't need its own limit." in problem


@pytest.mark.parametrize(("grade", "shown"), [(-0.7, "below 1"), (0.99, "below 1"), (7.25, "7.2")])
def test_there_is_no_grade_below_the_first(grade, shown):
    assert Reading(9, grade, ()).shown_grade == shown
