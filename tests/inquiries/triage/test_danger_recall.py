"""How many sentences the words of danger find, by kind of warning sign and language.

The fresh sentences were tried on the list before and after it was widened, and only these sums
were looked at, never which sentences were missed:

    =================  =======  =======
    flagged            before   after
    =================  =======  =======
    danger, English    63/112   104/112
    danger, Spanish    35/68    66/68
    harmless, English  30/102   30/102
    harmless, Spanish  7/60     10/60
    =================  =======  =======

The harmless ones were written to come near: many of those that are flagged tell of a death by
suicide in the family or of an old attempt, which the list flags on purpose. Who wrote the
sentences also widened the list, so "after" flatters it: the top of content/danger_words.yaml says
what it found in sentences that others had written. No clinician has read any of them.
"""

from pathlib import Path

import pytest
from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.inquiries.triage.danger import danger_words, find_danger
from tests.yaml_files import read_yaml

HERE = Path(__file__).parent
KINDS = read_yaml(HERE / "danger_sentences.yaml")["kinds"]
FRESH = read_yaml(HERE / "danger_sentences_unseen.yaml")


@pytest.fixture(scope="module")
def words():
    return danger_words.load(settings.CONTENT_DIR / "danger_words.yaml", Report("words"))


def sentences(kinds, group, language):
    return [text for kind in kinds.values() for text in kind[group][language]]


def flagged(texts, words):
    return [text for text in texts if find_danger(text, words)]


@pytest.mark.parametrize(("language", "found", "total"), [("en", 104, 112), ("es", 66, 68)])
def test_as_many_fresh_sentences_of_danger_are_found_as_when_the_list_was_widened(
    words, language, found, total
):
    texts = sentences(FRESH, "danger", language)
    assert len(texts) == total, "These sentences are frozen."
    assert len(flagged(texts, words)) >= found


@pytest.mark.parametrize(("language", "alarms", "total"), [("en", 30, 102), ("es", 10, 60)])
def test_no_more_fresh_harmless_sentences_are_flagged_than_when_the_list_was_widened(
    words, language, alarms, total
):
    texts = sentences(FRESH, "harmless", language)
    assert len(texts) == total, "These sentences are frozen."
    assert len(flagged(texts, words)) <= alarms


@pytest.mark.parametrize(("language", "share"), [("en", 0.88), ("es", 0.96)])
def test_most_indirect_sentences_that_the_list_was_widened_with_are_found(words, language, share):
    texts = sentences(KINDS, "danger", language)
    missed = set(texts) - set(flagged(texts, words))
    assert len(missed) <= (1 - share) * len(texts), missed


@pytest.mark.parametrize("language", ["en", "es"])
def test_of_harmless_sentences_of_these_kinds_at_most_three_in_a_hundred_are_flagged(
    words, language
):
    texts = sentences(KINDS, "harmless", language)
    alarms = flagged(texts, words)
    assert len(alarms) <= 0.03 * len(texts), alarms


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", KINDS)
def test_of_each_kind_at_least_half_are_found(words, kind, language):
    texts = KINDS[kind]["danger"][language]
    assert len(flagged(texts, words)) >= len(texts) / 2


@pytest.mark.parametrize(
    "text",
    [
        "everyone would be happier without me around",
        "I feel like disappearing for good",
        "I bought a rope",
        "todos serían más felices sin mí",
        "me quiero desaparecer para siempre",
        "compré una soga",
        "compre una soga",
    ],
)
def test_a_burden_disappearing_and_means_at_hand_are_found(words, text):
    assert find_danger(text, words) == ("suicide",)
