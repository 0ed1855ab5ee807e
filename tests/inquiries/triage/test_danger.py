"""Words of danger in a message: found in any spelling, and not in ordinary requests."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.inquiries.triage.danger import LABELS, DangerFile, danger_words, find_danger
from kapsite.text.fuzzy_phrases import GAPS
from tests.yaml_files import read_yaml

HERE = Path(__file__).parent
PHRASES = settings.CONTENT_DIR / "danger_words.yaml"
SENTENCES = read_yaml(HERE / "danger_sentences.yaml")
REAL = read_yaml(HERE / "honest_requests.yaml")


@pytest.fixture(scope="module")
def words():
    report = Report("danger_words.yaml")
    loaded = danger_words.load(PHRASES, report)
    assert report.problems == []
    return loaded


def missed(groups, words):
    return [
        (category, sentence, found)
        for category, sentences in groups.items()
        for sentence in sentences
        if not (found := find_danger(sentence, words)) or category in LABELS.keys() - set(found)
    ]


def false_alarms(sentences, words):
    return [(text, found) for text in sentences if (found := find_danger(text, words))]


def test_every_sentence_that_a_crisis_nurse_would_want_to_see_is_caught(words):
    assert missed(SENTENCES["danger"], words) == []


def test_so_is_every_sentence_that_was_set_aside(words):
    assert missed(SENTENCES["held_out"]["danger"], words) == []


def test_of_ordinary_sentences_that_come_near_at_most_eight_in_a_hundred_are_flagged(words):
    calm = SENTENCES["calm"] + SENTENCES["held_out"]["calm"]
    alarms = false_alarms(calm, words)
    assert len(alarms) <= 0.08 * len(calm), alarms


def test_at_most_one_ordinary_request_in_a_hundred_is_flagged(words):
    messages = [inquiry["message"] for group in REAL.values() for inquiry in group]
    alarms = false_alarms(messages, words)
    assert len(alarms) <= 0.01 * len(messages), alarms


def example(phrase):
    """The shortest text that ``phrase`` describes."""
    return " ".join(part.split("/")[0].rstrip("*") for part in phrase.split() if part not in GAPS)


def test_every_phrase_finds_itself(words):
    file = DangerFile.model_validate(yaml.load(PHRASES.read_text(), yaml.BaseLoader))  # noqa: S506
    groups = {name: getattr(file.danger, name) for name in LABELS}
    groups |= {"harmless": file.harmless, "denial": file.denials, "doubt": file.doubts}
    unfound = [
        (name, phrase)
        for name, phrases in groups.items()
        for phrase in phrases.both()
        if name not in dict(words.finder.find(words.reader.read(example(phrase))))
    ]
    assert unfound == []


@pytest.mark.parametrize(
    "text",
    [
        "I DON'T WANT TO LIVE",
        "I don\u2019t want to live",
        "i dont want to live",
        "I do not want to live",
        "I don't want\r\nto live",
        "I don't waaant to liiive!!!",
        "I don't want to l\u200bive",
        "I d\u00f3n't want to live",
        "\uff29 don't want to live",
        "I dont want 2 live",
        "I don't want, really, to live",
    ],
)
def test_a_phrase_is_found_however_it_is_typed(words, text):
    assert find_danger(text, words) == ("suicide",)


def test_the_gap_in_a_phrase_is_three_words_wide_and_ends_with_the_sentence(words):
    assert find_danger("overheard: kill the lights, not myself", words) == ("suicide",)
    assert find_danger("They kill the old street lights myself", words) == ()
    assert find_danger("Please kill the lights. Myself and Ana agree.", words) == ()


@pytest.mark.parametrize("text", ["", " ", "\u200b", "...", "?!", "👍", "*", "\x00", "9 1 1"])
def test_text_without_words_is_no_danger(words, text):
    assert find_danger(text, words) == ()


def test_the_most_urgent_category_comes_first(words):
    text = "I cut myself, I want to die and I took too many pills"
    assert find_danger(text, words) == ("medical_emergency", "suicide", "self_harm")


def test_a_denial_is_set_aside_only_while_nothing_else_points_to_danger(words):
    assert find_danger("I am not suicidal. I sleep badly.", words) == ()
    assert find_danger("I am not suicidal. I want to die.", words) == ("suicide",)


def test_a_saying_does_not_hide_the_danger_beside_it(words):
    assert find_danger("I was dying to know", words) == ()
    assert find_danger("I was dying to know. I want to die", words) == ("suicide",)


def test_the_longest_message_of_one_word_is_searched_to_the_end(words):
    for filler in ("a", "not ", "want ", "i am ", "no, "):
        text = (filler * 2000)[:1980] + " i want to die"
        assert "suicide" in find_danger(text, words)


MINIMAL = "\n".join(
    ["danger:"]
    + [f"  {name}: {{english: [want to die], spanish: [quiero morir]}}" for name in LABELS]
    + [f"{name}: {{english: [xx], spanish: [yy]}}" for name in ("harmless", "denials", "doubts")]
)


def problems_in(tmp_path, text):
    file = tmp_path / "danger_words.yaml"
    file.write_text(text)
    report = Report("content/danger_words.yaml")
    assert (danger_words.load(file, report) is None) == bool(report.problems)
    return [str(problem) for problem in report.problems]


def test_a_small_phrase_file_is_enough(tmp_path):
    assert problems_in(tmp_path, MINIMAL) == []


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("… want to die", "begins or ends with a gap"),
        ("want to …", "begins or ends with a gap"),
        ("ab*", "would match too many words"),
        ("kill // myself", '"//" in "kill // myself" isn\'t a word'),
        ("(kill) myself", '"(kill)" in "(kill) myself" isn\'t a word'),
    ],
)
def test_a_phrase_that_cannot_work_is_reported_with_its_line(tmp_path, phrase, said):
    text = MINIMAL.replace("english: [want to die]", f'english: ["{phrase}"]', 1)
    [problem] = problems_in(tmp_path, text)
    assert problem.startswith("content/danger_words.yaml:2: ")
    assert said in problem
    assert "Fix: " in problem


def test_a_misspelled_category_is_reported(tmp_path):
    problems = problems_in(tmp_path, MINIMAL.replace("  suicide:", "  suicid:"))
    assert [problem.split(": ")[1] for problem in problems] == [
        '"suicide" is missing. Fix',
        '"suicid" isn\'t a known key. Fix',
    ]
