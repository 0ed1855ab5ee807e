"""What reads typed text takes twice the time for twice the text, whatever the text is made of.

Far beyond the limits, so that a limit that is raised one day brings no surprise. What is read up
to a small limit only is measured with it in test_growth_of_requests.py.
"""

import unicodedata

import pytest

from kapsite.inquiries.desk.export.spreadsheet import as_text
from kapsite.inquiries.desk.inbox.search import references_in
from kapsite.inquiries.triage.danger import danger_words, find_danger
from kapsite.inquiries.triage.spam import Signals, score
from kapsite.inquiries.triage.spam_words import spam_words
from kapsite.text import cleaning, typed_words
from kapsite.text.names import Beginning, name_words, spellings
from kapsite.text.normalization import email_address, last_four, message_text
from kapsite.text.phone_numbers import phone_numbers
from tests.growth import MOST, cost_of, growth
from tests.hostile_text import ALPHABETS

SIZE = 10_000  # characters


def danger(typed):
    return find_danger(typed, danger_words.in_use())


def spam(typed):
    words = spam_words.in_use()
    return score(Signals(message=typed, name=typed[:100], email=typed[:254], honeypot=typed), words)


READERS = {
    "clean": cleaning.clean,
    "clean line": cleaning.clean_line,
    "shown again": cleaning.without_unseen,
    "shown to staff": cleaning.visible,
    "blank": cleaning.is_blank,
    "name": name_words,
    "name that is looked for": spellings,
    "name that begins so": Beginning("an na").fits,
    "email": email_address,
    "message": message_text,
    "words": lambda typed: list(typed_words.words_of(typed)),
    "danger": danger,
    "spam": spam,
    "phone": phone_numbers,
    "last four": last_four,
    "reference": references_in,
    "cell of a table": as_text,
}


@pytest.mark.parametrize("reader", READERS)
def test_twice_the_text_takes_at_most_twice_the_time(reader):
    read, too_much = READERS[reader], {}
    for alphabet, make in ALPHABETS.items():
        times = growth(lambda size, make=make: cost_of(read, make(size)), SIZE)
        if times > MOST:
            too_much[alphabet] = f"{times:.1f} times"
    assert too_much == {}


def test_a_quadratic_reader_is_noticed():
    make = ALPHABETS["marks out of order"]
    cost = lambda size: cost_of(unicodedata.normalize, "NFC", make(size))  # noqa: E731
    assert growth(cost, SIZE // 2) > 3
