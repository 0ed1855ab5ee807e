"""Likely spam is set aside, and no request for help is."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from kapsite.inquiries.spam import THRESHOLD, Signals, SpamScore, load_spam_words, score
from kapsite.problems import Report

HERE = Path(__file__).parent
REAL = yaml.safe_load((HERE / "inquiries_real.yaml").read_text())
SPAM = yaml.safe_load((HERE / "inquiries_spam.yaml").read_text())
ORDINARY = {"phone": "4255550142", "seconds": 95}
HELP = "I have had depression for years and my doctor told me about you."


@pytest.fixture(scope="module")
def words():
    report = Report("spam_words.yaml")
    loaded = load_spam_words(settings.CONTENT_DIR / "spam_words.yaml", report)
    assert report.problems == []
    return loaded


@pytest.fixture(scope="module")
def judge(words):
    return lambda **signals: score(Signals(**(ORDINARY | signals)), words)


def those_found(inquiries, judge, likely):
    return [
        (found.points, found.reasons, inquiry["message"])
        for inquiry in inquiries
        if (found := judge(**inquiry)).is_likely == likely
    ]


@pytest.mark.parametrize("group", REAL)
def test_no_real_request_is_set_aside(judge, group):
    assert those_found(REAL[group], judge, likely=True) == []


def test_of_fifty_spams_at_least_forty_eight_are_set_aside(judge):
    assert len(SPAM["inquiries"]) == 50
    missed = those_found(SPAM["inquiries"], judge, likely=False)
    assert len(missed) <= 2, missed


@pytest.mark.parametrize(("group", "at_most"), [("later", 11), ("held_out", 10)])
def test_of_spam_that_shows_only_in_its_words_no_more_slips_through_than_did(judge, group, at_most):
    missed = those_found(SPAM[group], judge, likely=False)
    assert len(missed) <= at_most, missed


@pytest.mark.parametrize(
    "signals",
    [
        {"seconds": 0},
        {"seconds": 700_000},
        {"seconds": None},
        {"trap": "4255550142"},
        {"from_address": 50},
        {"same_text": 50},
        {"phone": "5555555555"},
        {"phone": "+7 916 555 01 42", "email": "anna@example.ru"},
        {"message": "PLEASE CALL ME AS SOON AS YOU CAN"},
        {"message": f"{HELP} https://example.org/a"},
        {"message": f"{HELP} https://example.org/a https://example.org/b"},
        {"message": f"{HELP} https://example.org/a https://example.org/b https://example.org/c"},
        {"message": "У меня депрессия и я не знаю, что мне делать дальше"},
        {"message": "私はうつ病で、どうすればいいのか分かりません。助けてください。"},
        {"message": "I have depression and work for a marketing agency"},
        {"message": "WhatsApp me please"},
    ],
    ids=str,
)
def test_nothing_that_an_honest_sender_may_do_is_enough_by_itself(judge, signals):
    found = judge(**{"message": HELP} | signals)
    assert found.points < THRESHOLD, found


@pytest.mark.parametrize(
    "signals",
    [
        {"trap": "http://example.net"},
        {"name": "Great offers www.example.net"},
        {"message": "[url=http://example.net]here[/url]"},
        {"message": '<a href="http://example.net">here</a>'},
        {"message": "We can rank your website on the first page of Google with our SEO services"},
        {"message": "Look at this thing, everybody wants it https://example.net/thing"},
        {"message": "the same words from many places", "same_text": 4, "seconds": 1},
        {"message": "hello there", "from_address": 6, "seconds": 1},
    ],
    ids=str,
)
def test_clear_spam_is_set_aside(judge, signals):
    found = judge(**signals)
    assert found.is_likely, found


def test_an_empty_form_sent_calmly_gives_no_reason(judge):
    assert judge(message="") == SpamScore(0, ())


def test_short_messages_may_repeat(judge):
    assert judge(message="Please call me", same_text=40).points == 0


def test_spanish_is_no_sign(judge):
    assert judge(message="Quisiera una cita para mi depresión, gracias").points == 0


def test_words_of_ones_own_life_outweigh_words_of_business(judge):
    pitch = "We offer SEO and backlinks to grow your clients"
    assert judge(message=pitch).is_likely
    life = "I sell SEO and backlinks to my clients. Depressed, panic attacks, my wife is worried."
    assert judge(message=life).points < 3


def test_the_reasons_hold_nothing_that_was_typed(judge):
    canary = "xylophone"
    found = judge(
        name=f"{canary} www.example.net",
        message=f"[url]{canary}[/url] https://{canary}.example.net backlinks telegram {canary}",
        email=f"{canary}@example.ru",
        trap=canary,
    )
    assert len(found.reasons) > 5
    assert canary not in " ".join(found.reasons)


@pytest.mark.parametrize(
    "text", ["-" * 2000, "a." * 1000, "[url" * 500, "http://" * 280, "seo " * 500]
)
def test_the_longest_message_is_judged_to_the_end(judge, text):
    assert isinstance(judge(message=text).points, int)


def test_points_out_of_range_are_reported_with_their_line(tmp_path):
    file = tmp_path / "spam_words.yaml"
    file.write_text(
        "kinds:\n  - reason: Offers\n    points: 9\n    phrases: [we offer]\n"
        "business: [seo]\npersonal: [my doctor]\ntopics: [ketamin*]\n"
    )
    report = Report("content/spam_words.yaml")
    assert load_spam_words(file, report) is None
    [problem] = report.problems
    assert problem.line == 3
