"""How many claims the word lists stop, and how many harmless sentences they stop by mistake."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.content_files.validation import load
from kapsite.pages.language.claims import ClaimRules
from kapsite.pages.language.sentences import Sentence

SENTENCES = yaml.safe_load(Path(__file__).with_name("claim_sentences.yaml").read_text())


@cache
def rules() -> ClaimRules:
    return load(settings.CONTENT_DIR / "claims.yaml", ClaimRules, Report("content/claims.yaml"))


def is_stopped(sentence: str) -> bool:
    return rules().claim_in(Sentence(sentence, 1)) is not None


@pytest.mark.parametrize("construction", SENTENCES["claims"])
def test_nine_of_ten_claims_of_each_construction_are_stopped(construction):
    claims = SENTENCES["claims"][construction]
    missed = [sentence for sentence in claims if not is_stopped(sentence)]
    assert len(missed) <= max(1, len(claims) // 10), missed


def test_at_most_one_in_twenty_harmless_sentences_is_stopped():
    harmless = [sentence for group in SENTENCES["harmless"].values() for sentence in group]
    stopped = [sentence for sentence in harmless if is_stopped(sentence)]
    assert len(stopped) <= len(harmless) / 20, stopped


@pytest.mark.parametrize(
    "label", ["Say goodbye to panic", "Relief by Friday", "A gentler way", "Peace is within reach"]
)
def test_a_title_cannot_promise_either(label):
    assert rules().claim_in(Sentence(label, 1, "title", depth=1)).strength != "mention"


@pytest.mark.parametrize(
    "label", ["What it may help", "Risks and side effects", "Is it safe?", "Depression", "Prices"]
)
def test_a_title_may_name_what_the_text_is_about(label):
    claim = rules().claim_in(Sentence(label, 1, "title", depth=1))
    assert claim is None or claim.strength == "mention"
