"""A corrected name, number, email or voicemail permission; what it was before stays."""

import pytest
from django.db import connection

from kapsite.inquiries.data_protection import key_rotation
from kapsite.inquiries.desk.inbox.search import search
from kapsite.inquiries.desk.same_person import likely_duplicates
from kapsite.inquiries.desk.steps.contact_details import key_of
from kapsite.inquiries.models import Access, EarlierContact, Inquiry
from kapsite.inquiries.models.request.earlier_contact import CORRECTED
from tests.factories import make_searchable, make_staff, sign_in
from tests.inquiries.reading import text

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"


@pytest.fixture
def tom(client):
    return sign_in(client, make_staff("front-desk", "tom", first_name="Tom"))


@pytest.fixture
def inquiry():
    contacts = {"name": "Omar Mor", "phone": "206.555.0124", "email": "omar@example.org"}
    return make_searchable(**contacts, voicemail="yes", message="I have tried two medicines")


def correct(client, inquiry, **changes):
    inquiry = Inquiry.objects.get(pk=inquiry.pk)
    now = {key_of(name): getattr(inquiry, name) for name in CORRECTED}
    changes = {key_of(name): value for name, value in changes.items()}
    path = f"{LIST}{inquiry.pk}/step/correct/"
    return client.post(path, now | {"version": inquiry.version} | changes, follow=True)


def test_the_original_stays_marked_previously_with_who_and_when(client, tom, inquiry):
    page = correct(client, inquiry, phone="206.555.0142 x310", name="Omar Moore")
    inquiry.refresh_from_db()
    assert (inquiry.name, inquiry.phone) == ("Omar Moore", "206.555.0142 x310")
    assert inquiry.phone_e164 == "+12065550142;ext=310"
    assert "<s><bdi>206.555.0124</bdi></s>" in page.text
    assert "<s><bdi>Omar Mor</bdi></s>" in page.text
    assert "Previously" in text(page)
    assert "Phone, corrected by Tom," in text(page)


def test_who_and_when_is_logged_without_any_value(client, tom, inquiry):
    correct(client, inquiry, email="Zyxnew@example.org", voicemail="no")
    done = inquiry.activities.get(kind="changed")
    assert (done.by, done.fields, done.note) == (tom, "email,voicemail", "")
    assert Access.objects.get(act="changed").details == "Correct contact details"
    page = text(client.get(f"{LIST}{inquiry.pk}/change/"))
    assert "Changed: email, voicemail" in page


def test_search_finds_it_by_what_was_and_by_what_is(client, tom, inquiry):
    correct(client, inquiry, phone="(206) 555-0199", name="Umar", email="umar@example.org")
    for term in ("0124", "0199", "206 555 0124", "Omar", "Umar", "omar@example.org"):
        assert list(search(term)) == [inquiry], term


def test_requests_from_an_earlier_number_may_be_of_the_same_person(client, tom, inquiry):
    other, stranger = make_searchable(phone="206 555 0124"), make_searchable(phone="206 555 0777")
    correct(client, inquiry, phone="(206) 555-0199")
    assert likely_duplicates(Inquiry.objects.get(pk=inquiry.pk)) == [other]
    assert likely_duplicates(other) == [inquiry]
    assert likely_duplicates(stranger) == []


def test_with_a_number_of_another_person_it_is_said_whose_rules_hold(client, tom, inquiry):
    other = make_searchable(phone="(425) 555-0142", voicemail="no")
    page = correct(client, inquiry, phone="425 555 0142")
    assert f"Request {other.reference_in_groups} has the same number or email" in text(page)
    assert "The strictest answer counts for both: no voicemail." in text(page)
    assert Inquiry.objects.get(pk=inquiry.pk).voicemail_rule.answer == "no"


def test_an_earlier_number_no_longer_binds_others_to_its_voicemail_answer(client, tom, inquiry):
    correct(client, inquiry, voicemail="no")
    correct(client, inquiry, phone="(206) 555-0199")
    assert make_searchable(phone="206 555 0124", voicemail="yes").voicemail_rule.answer == "yes"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": "911"}, "must have an area code"),
        ({"phone": "(425) 654-5433"}, "the number of Quest Ketamine Therapies"),
        ({"phone": ""}, "Enter the number: it’s how they want to be reached"),
        ({"voicemail": ""}, "Select if we can leave a voicemail"),
        ({"email": "оmar@example.org"}, "We can’t send mail"),
        ({"name": "\u202e"}, "Enter the name we should use"),
        ({"name": "a" * 29_000}, "must be 100 characters or fewer"),
        ({}, "Nothing is different yet"),
    ],
)
def test_what_cannot_be_is_explained_and_changes_nothing(client, tom, inquiry, changes, said):
    assert said in text(correct(client, inquiry, **changes))
    assert not EarlierContact.objects.exists()
    assert Inquiry.objects.get(pk=inquiry.pk).version == 0


def test_a_colleague_who_was_quicker_is_a_conflict(client, tom, inquiry):
    correct(client, inquiry, name="Omar Moore")
    page = correct(client, inquiry, version=0, name="Oscar")
    assert page.status_code == 409
    assert Inquiry.objects.get(pk=inquiry.pk).name == "Omar Moore"


def test_what_cannot_be_read_is_not_overwritten(client, tom, inquiry):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inquiries_inquiry SET phone = 'changed'")
    page = client.post(f"{LIST}{inquiry.pk}/step/correct/", {"version": 0, "name": "New"})
    assert page.status_code == 409
    assert not EarlierContact.objects.exists()


def test_a_correction_between_two_keys_is_rotated_with_the_rest(client, tom, inquiry, settings):
    settings.FIELD_KEYS = ["A" * 42 + "E", *settings.FIELD_KEYS]
    correct(client, inquiry, phone="(206) 555-0199")
    assert list(key_rotation.without_digests()) == [inquiry]  # its topics and message are old
    key_rotation.rewrite_digests(range(1, inquiry.pk + 1))
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert search("0124").exists()
    assert search("0199").exists()
