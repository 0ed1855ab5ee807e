"""The confirmation says what comes next and how, and of what was typed shows only a mask."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models import Inquiry
from tests.encryption.tampering import swap
from tests.factories import make_answers, make_inquiry
from tests.inquiries.reading import text

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
FACTS = {
    "contact_by": ["call", "text", "email"],
    "email": "hello@example.org",
    "hours": {"monday": "9 am to 5 pm", "tuesday": "9 am to 5 pm"},
    "reply_promise": {"open_days": "1", "by": "noon"},
}


@pytest.fixture
def clock(monkeypatch):
    """Set the time for what the site does."""
    return lambda now: monkeypatch.setattr(timezone, "now", lambda: now)


def send(client, **answers):
    return text(client.post(FORM, make_answers(**answers), follow=True))


def test_with_a_promise_it_names_the_day(client, clinic_file, clock):
    clinic_file(**FACTS)
    clock(MONDAY)
    page = send(client)
    assert "We aim to call you by Tuesday at noon ." in page
    assert "If you haven’t heard from us by then, call" in page
    assert Inquiry.objects.get().reply_by.isoformat() == "2026-11-24T20:00:00+00:00"


def test_a_holiday_moves_the_day(client, clinic_file, clock):
    clinic_file(**FACTS, holidays=["2026-11-24"])
    clock(MONDAY)
    assert "by Monday, November 30, at noon" in send(client)


def test_after_the_promise_it_says_to_call_and_names_no_day(client, clinic_file, clock):
    clinic_file(**FACTS)
    clock(MONDAY)
    address = client.post(FORM, make_answers())["location"]
    clock(MONDAY.replace(day=24, hour=13))
    page = text(client.get(address))
    assert "by Tuesday" not in page
    assert "If you don’t hear from us, call" in page
    assert get_clinic().phone.display in page


def test_without_a_promise_it_is_honest(client):
    page = send(client)
    assert "We aim to call you as soon as we can." in page
    assert "If you don’t hear from us" in page
    assert Inquiry.objects.get().reply_by  # for staff


def test_somebody_who_may_be_in_danger_is_due_sooner_and_promised_the_same(
    client, clinic_file, clock
):
    clinic_file(**FACTS)
    clock(MONDAY)
    assert "by Tuesday at noon" in send(client, message="I want to die")
    assert Inquiry.objects.get().reply_by == MONDAY.replace(hour=11)


@pytest.mark.parametrize(
    ("voicemail", "words"),
    [
        ("yes", "If you don’t answer, we may leave a voicemail."),
        ("discreet", "we may leave a voicemail with only a first name and a number."),
        ("no", "We won’t leave a voicemail."),
    ],
)
def test_a_call_shows_the_end_of_the_number_and_the_voicemail_rule(client, voicemail, words):
    page = send(client, phone="425-555-0188", voicemail=voicemail)
    assert "(•••) •••-0188" in page
    assert "ending in 0188" in page
    assert words in page
    assert "425-555" not in page


def test_an_extension_is_shown_and_heard(client):
    page = send(client, phone="425.555.0133 ext. 12")
    assert "(•••) •••-0133 ext. 12" in page
    assert "ending in 0133, extension 12" in page


def test_a_text_says_nothing_of_voicemail(client, every_way):
    page = send(client, contact_by="text", voicemail=None)
    assert "We aim to text you" in page
    assert "If you don’t answer" not in page


def test_a_text_to_an_extension_is_explained(client, every_way):
    words = "A text can’t reach an extension. If yours needs one, please call us."
    asked = {"contact_by": "text", "voicemail": None}
    assert words in send(client, **asked, phone="425.555.0133 ext. 12")
    assert words not in send(client, **asked, phone="425.555.0133 ext. 12 or 206-555-0100")
    assert words not in send(client, phone="425.555.0133 ext. 12")


def test_what_may_be_taken_for_spam_is_promised_nothing_that_does_not_happen(client, caplog):
    pitch = "We can rank your website on the first page of Google with our SEO services"
    page = send(client, message=pitch)
    assert Inquiry.objects.get().status == "spam"
    assert "will read it" not in page
    assert "Sometimes a request is mistaken for spam, or a call doesn’t get through." in page


def test_a_mail_shows_the_first_letter_and_the_domain(client, every_way):
    typed = "Ada.Lovelace@Example.org"
    page = send(client, contact_by="email", email=typed, phone="", voicemail=None)
    assert "Email a•••@example.org" in page
    assert "Did you mean" not in page


def test_a_likely_slip_is_asked_about_after_the_request_is_stored(client, every_way):
    page = send(client, contact_by="email", email="ada@gmial.com", phone="", voicemail=None)
    assert Inquiry.objects.get().email == "ada@gmial.com"
    assert "We have your request" in page
    assert "Did you mean gmail.com?" in page
    assert "If your address is right, you don’t need to do anything." in page


def test_a_person_who_is_emailed_is_told_where_to_look_and_where_to_write(client, every_way):
    page = send(client, contact_by="email", email="ada@example.org", phone="", voicemail=None)
    assert "our email lands in your spam folder, so look there too." in page
    assert "If you don’t hear from us, write to hello@example.org or call" in page
    assert "To change anything else, write to hello@example.org or call" in page


def test_it_says_what_the_reference_is_for(client):
    assert "check on your request with its reference and your number or email." in send(client)


def test_it_names_the_number_that_calls_and_three_steps(client):
    page = send(client)
    steps = ["You sent your request", "We call you", "You decide, in your own time"]
    assert all(step in page for step in steps)
    assert f"From {get_clinic().phone.display}." in page


def test_a_clinician_is_asked_to_keep_caring_for_the_patient(client):
    words = "Please keep caring for your patient"
    assert words in send(client, for_whom="clinician", topics=None)
    assert words not in send(client)


def test_a_value_that_no_key_opens_still_gets_its_thanks_and_help_first(client, settings):
    address = client.post(FORM, make_answers())["location"]
    settings.FIELD_KEYS = ["C" * 20 + "D" * 23]
    response = client.get(address)
    assert response.status_code == 200
    assert text(response).startswith("If you need to talk to someone now")
    assert "We have your request" in text(response)


def test_a_confirmation_shows_no_number_of_another_request(client):
    address = client.post(FORM, make_answers())["location"]
    assert "•••-0142" in text(client.get(address))
    swap(Inquiry.objects.get(), make_inquiry(phone="(206) 555-0199"), "phone", "phone_e164")
    page = text(client.get(address))
    assert "We have your request" in page
    assert "•••" not in page


def test_a_request_that_was_deleted_since_gets_the_helpful_page(client):
    address = client.post(FORM, make_answers())["location"]
    inquiry = Inquiry.objects.get()
    inquiry.activities.model._base_manager.filter(inquiry=inquiry)._raw_delete("default")
    inquiry.delete()
    response = client.get(address)
    assert response.status_code == 410
    assert "You don’t need to send it again." in text(response)
