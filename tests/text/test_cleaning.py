"""What is stored is what the person sees: composed, with plain line breaks, nothing hidden."""

import sys
import unicodedata

import pytest

from kapsite.text.cleaning import (
    LONGEST_RUN,
    MADE_OF_MARKS,
    TYPED_FOR_ONE,
    TooLong,
    clean,
    clean_line,
    is_blank,
    normalize,
)
from tests.factories import fill

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Jose\u0301", "José"),
        ("a\r\nb\rc\u2028d\u2029e\x85f\vg\fh", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\tb", "a\tb"),
        ("nul\0l, bell\x07, escape\x1b[31m, c1\x9b\x7f", "null, bell, escape[31m, c1"),
        ("pay\u202egpj.exe\u202c \u2066x\u2069 \u200fy\u200e", "paygpj.exe x y"),
        ("sui\u200bcide \u2060a\ufeffb \xadc", "suicide ab c"),
        ("A\u200dda \u200c", "Ada "),
        ("half a \ud83d character", "half a  character"),
        ("x\U000e0041\U000e0042y", "xy"),
    ],
    ids=ascii,
)  # fmt: skip
def test_nothing_unseen_stays(typed, stored):
    assert clean(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        f"{FAMILY} \U0001f3f3\ufe0f\u200d\U0001f308 \U0001f44d\U0001f3fd \u2764\ufe0f {WALES}",
        "می‌خواهم",  # Persian: a joiner between letters
        "श्री क्‍ष",  # Hindi
        "مرحبا بكم",
        "שלום",
        "你好，世界",
        "葛\U000e0100城市",  # the shape of a letter, as in Japanese names
        "こんにちは",
        "Здравствуйте",
        "ᚠᛇᚻ 𓀀 🜚",
        "naïve œuvre Łódź İstanbul ß",
        "tabs\tand “quotes” – dashes… ½ € № ™",
    ],
)
def test_every_script_and_emoji_stays_whole(typed):
    text = unicodedata.normalize("NFC", typed)
    assert clean(text) == text


def test_a_line_has_no_breaks():
    assert clean_line("Ada\r\nBcc: x\ty") == "Ada Bcc: x y"


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t", "\xa0\u2003\u3000", "\u200d", "\u3164\u2800", "\ufe0f", "\u0301"],
    ids=ascii,
)  # fmt: skip
def test_what_nobody_can_see_is_nothing(text):
    assert is_blank(text)


@pytest.mark.parametrize("text", ["x", " . ", "é", "你", "\U0001f642", "ㅤx"])
def test_what_can_be_seen_is_something(text):
    assert not is_blank(text)


# Limits


def test_of_a_long_run_of_marks_the_first_thirty_stay():
    graves = "\u0316" * 40
    assert clean(f"a{graves}b{graves}") == ("a" + "\u0316" * 30 + "b" + "\u0316" * 30)


@pytest.mark.parametrize("between", ["\u200b", "\0", "\u202e", "\U000e0041"], ids=ascii)
def test_marks_that_come_together_when_the_unseen_goes_are_one_run(between):
    assert clean("a" + f"\u0316{between}" * 40) == "a" + "\u0316" * 30


def test_what_becomes_marks_in_a_normal_form_counts_as_marks():
    unlike = [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.decomposition(sign)
        and unicodedata.combining(unicodedata.normalize("NFKD", sign)[0])
        and not (unicodedata.combining(sign) or MADE_OF_MARKS.match(sign))
    ]
    assert unlike == []
    assert len(clean("a" + "\u0f73" * 40)) == 1 + 2 * LONGEST_RUN


@pytest.mark.parametrize("form", ["NFC", "NFKC", "NFKD"])
@pytest.mark.parametrize("text", ["Tiê\u0301ng Viê\u0323t", "ﬁ ½ …", "שָׁלוֹם", "ｶﾞ", "\u1faf"])
def test_words_of_any_language_have_the_normal_form_that_unicode_gives_them(form, text):
    assert normalize(form, text) == unicodedata.normalize(form, text)


def test_no_letter_is_typed_as_more_characters_than_the_limit_allows():
    letters = map(chr, range(sys.maxunicode + 1))
    typed = (unicodedata.normalize("NFD", x) for x in letters if unicodedata.decomposition(x))
    longest = max((t for t in typed if len(unicodedata.normalize("NFC", t)) == 1), key=len)
    assert len(longest) == TYPED_FOR_ONE
    assert clean(longest * 100, limit=100) == unicodedata.normalize("NFC", longest) * 100


def test_what_is_far_over_the_limit_is_not_even_looked_at():
    with pytest.raises(TooLong):
        clean("a" * 401, limit=100)
    with pytest.raises(TooLong):
        clean("\u200b" * 401, limit=100)


# In the form


@pytest.mark.parametrize("unseen", ["\u200b\u2060", "\u3164", "\u202e ", "\0", "\u2800\xa0"])
def test_a_name_of_unseen_characters_is_empty(unseen):
    assert fill(name=unseen).errors == {"name": ["Enter the name we should use"]}


@pytest.mark.parametrize("field", ["name", "phone", "message"])
@pytest.mark.parametrize("unseen", ["\0", "\u202e", "\u200b", "\x1b", "\ud800"])
def test_unseen_characters_are_taken_out_without_a_word(field, unseen):
    form = fill(**{field: f"425 555{unseen} 0142"})
    assert form.errors == {}
    assert form.answers()[field] == "425 555 0142"
    assert form[field].value() == "425 555 0142"


def test_a_message_keeps_its_lines_and_a_name_has_one():
    form = fill(message="One\r\n\r\ntwo\u2028three", name="Ada\r\nLovelace")
    assert form.errors == {}
    assert form.answers()["message"] == "One\n\ntwo\nthree"
    assert form.answers()["name"] == "Ada Lovelace"


def test_letters_are_counted_as_composed():
    assert fill(name="e\u0301" * 100).errors == {}
