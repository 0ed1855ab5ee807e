"""A sentence is changed as readers see it, and what its words carried stays with them."""

import pytest

from kapsite.editor.structure.places.notation import Sentence

LEAD = "**Before any treatment {hand}:** Fill in a [safety plan](/plan/) at home [@S1; @S2]."


def test_a_sentence_is_shown_without_its_signs():
    assert Sentence(LEAD).words == "Before any treatment: Fill in a safety plan at home."
    assert Sentence("Two\n[lines](/x/#y) and **[bold](/z/)**.").words == "Two lines and bold."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Before any treatment: Fill in a safety plan at home.", LEAD),
        (
            "Before any treatment: Write a safety plan at home.",
            "**Before any treatment {hand}:** Write a [safety plan](/plan/) at home [@S1; @S2].",
        ),
        ("Safety plan: write one.", "[Safety plan](/plan/): write one [@S1; @S2]."),
        ("Ask us first!", "Ask us first [@S1; @S2]!"),
        ("Ask [us](/contact/) first [@S3].", "Ask [us](/contact/) first [@S3]."),
    ],
)
def test_links_sources_and_bold_type_stay_with_their_words(words, said):
    assert Sentence(LEAD).said_as(words) == said


def test_of_the_same_words_twice_only_those_that_led_on_do():
    twice = Sentence("A plan is a [plan](/plan/), and a [plan](/other/).")
    assert twice.said_as("A plan is one plan.") == "A plan is one [plan](/plan/)."
    assert [mark.target for mark in twice.lost("A plan is one plan.")] == ["/other/"]


def test_what_goes_with_its_words_is_named():
    gone = [mark.name for mark in Sentence(LEAD).lost("Fill in a form at home.")]
    assert gone == [
        "the drawing “hand”",
        "the bold type of “Before any treatment:”",
        "the link on “safety plan”",
    ]


def test_lines_stay_where_their_words_stay():
    assert Sentence("One [a](/a/)\ntwo three.").said_as("One a two four.") == (
        "One [a](/a/)\ntwo four."
    )
