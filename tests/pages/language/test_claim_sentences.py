"""How many claims the word lists stop, and how many harmless sentences they stop by mistake."""

from pathlib import Path

import pytest

from tests.pages.claim_gate import needs_source
from tests.yaml_files import read_yaml

SENTENCES = read_yaml(Path(__file__).with_name("claim_sentences.yaml"))


@pytest.mark.parametrize("construction", SENTENCES["claims"])
def test_nine_of_ten_claims_of_each_construction_are_stopped(construction):
    claims = SENTENCES["claims"][construction]
    missed = [sentence for sentence in claims if needs_source(sentence) is None]
    assert len(missed) <= max(1, len(claims) // 10), missed


def test_at_most_one_in_twenty_harmless_sentences_is_stopped():
    harmless = [sentence for group in SENTENCES["harmless"].values() for sentence in group]
    stopped = [sentence for sentence in harmless if needs_source(sentence)]
    assert len(stopped) <= len(harmless) / 20, stopped


@pytest.mark.parametrize(
    "label", ["Say goodbye to panic", "Relief by Friday", "A gentler way", "Peace is within reach"]
)
def test_a_title_cannot_promise_either(label):
    assert needs_source(label, "title")


@pytest.mark.parametrize(
    "label", ["What it may help", "Risks and side effects", "Is it safe?", "Depression", "Prices"]
)
def test_a_title_may_name_what_the_text_is_about(label):
    assert needs_source(label, "title") is None


@pytest.mark.parametrize(
    "text",
    [
        "Get your life back [@S11].",
        "Depression is gone within a day [@C1].",
        "Four out of five people were well again after a day [@S11].",
        "It eases migraine within a day [@S36].",
    ],
)
def test_a_source_that_cannot_back_it_does_not_help(text):
    assert needs_source(text)


@pytest.mark.parametrize("text", ["A medicine that never fails.", "The safest choice of all."])
def test_the_glossary_and_clinic_facts_cannot_promise_either(text):
    assert needs_source(text, "data")
