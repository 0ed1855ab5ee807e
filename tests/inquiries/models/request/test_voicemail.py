import secrets

import pytest

from kapsite.inquiries.models.request.voicemail import voicemail_rules
from tests.factories import make_inquiry, make_searchable

pytestmark = pytest.mark.django_db
NO_PHONE = {"contact_by": "email", "email": "ada@example.org", "phone": "", "voicemail": ""}
TEXT = {"contact_by": "text", "voicemail": ""}


def store(voicemail="yes", phone="(425) 555-0142", **fields):
    return make_searchable(voicemail=voicemail, phone=phone, **fields)


@pytest.mark.parametrize(
    ("own", "other", "rule"),
    [
        ("yes", "no", "no"),
        ("yes", "discreet", "discreet"),
        ("discreet", "no", "no"),
        ("no", "yes", "no"),
        ("discreet", "yes", "discreet"),
        ("yes", "yes", "yes"),
    ],
)
def test_the_strictest_answer_for_a_number_counts(own, other, rule):
    inquiry, second = store(own), store(other)
    assert inquiry.voicemail_rule.answer == rule
    assert inquiry.voicemail_rule.other == (second.pk if own != rule else None)


def test_a_number_that_is_wrong_for_one_request_gets_no_voicemail_for_any():
    wrong, other = store("yes"), store("yes")
    wrong.wrong_number = True
    wrong.save()
    assert wrong.voicemail_rule == ("no", None)
    assert other.voicemail_rule == ("no", wrong.pk)


@pytest.mark.parametrize("phone", ["+1 425 555 0142", "425.555.0142 ext. 7", "call 4255550142"])
def test_a_number_is_the_same_however_it_was_typed(phone):
    store("no", phone)
    assert store("yes").voicemail_rule.answer == "no"


def test_each_of_several_numbers_counts():
    store("no", "(206) 555-0199")
    assert store("yes", "425 555 0142 or 206 555 0199").voicemail_rule.answer == "no"


@pytest.mark.parametrize("status", ["closed", "spam", "flood"])
def test_a_request_counts_in_any_state(status):
    closed = {"outcome": "declined", "closed_at": "2026-01-02T00:00Z"} if status == "closed" else {}
    store("no", status=status, **closed)
    assert store("yes").voicemail_rule.answer == "no"


def test_of_several_stricter_requests_the_newest_is_named():
    store("no")
    newest = store("no")
    assert store("yes").voicemail_rule.other == newest.pk


def test_a_request_that_was_not_asked_follows_the_others():
    text = make_inquiry(**TEXT)
    assert text.voicemail_rule == ("", None)
    other = store("no")
    assert make_inquiry(**TEXT).voicemail_rule == ("no", other.pk)


def test_other_numbers_change_nothing():
    store("no", "(206) 555-0199")
    assert store("yes").voicemail_rule == ("yes", None)
    assert make_inquiry(**NO_PHONE).voicemail_rule == ("", None)


def test_it_is_found_while_keys_are_changed(settings):
    store("no")
    settings.FIELD_KEYS = [secrets.token_urlsafe(32), *settings.FIELD_KEYS]
    assert store("yes").voicemail_rule.answer == "no"


def test_many_requests_take_one_query(django_assert_num_queries):
    inquiries = [store("yes"), store("no"), store("no", "(206) 555-0199")]
    with django_assert_num_queries(1):
        rules = voicemail_rules(inquiries)
    assert [rules[each.pk].answer for each in inquiries] == ["no", "no", "no"]
