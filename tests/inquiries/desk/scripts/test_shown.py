"""Scripts as staff see them: filled in, and nothing that this person did not allow."""

from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic.days import today
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.scripts.file import scripts_file
from kapsite.inquiries.desk.scripts.shown import scripts_for
from kapsite.inquiries.models import Access
from tests.factories import make_inquiry, make_searchable, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
TEL, SMS, MAILTO = "tel:+14255550142", "sms:+14255550142", "mailto:ana@example.org"
EVERY_WAY = (TEL, SMS, MAILTO)


@pytest.fixture
def maria():
    return User(username="maria", first_name="Maria")


def shown(inquiry, user, links=EVERY_WAY):
    return {each.name: each for some in scripts_for(inquiry, user, links).values() for each in some}


def test_each_script_stands_beside_its_step_with_the_names_filled_in(maria):
    found = scripts_for(make_inquiry(name="Dr. Ana Ruiz"), maria, EVERY_WAY)
    assert set(found) == {"call", "schedule", "hand over", "close"}
    opening = found["call"][0]
    assert opening.words[:2] == [
        "Hello, may I speak with Ana?",
        "Hi Ana, this is Maria. You got in touch with us. Can you talk in private right now?",
    ]
    assert get_clinic().name in opening.words[2]


@pytest.mark.parametrize(
    ("answer", "name"),
    [("yes", "voicemail-full"), ("discreet", "voicemail-number"), ("no", "voicemail-none")],
)
def test_only_the_voicemail_they_allowed_is_shown(maria, answer, name):
    names = shown(make_inquiry(voicemail=answer), maria)
    assert [each for each in names if each.startswith("voicemail")] == [name]


def test_the_strictest_request_from_a_number_decides_about_voicemail(maria):
    inquiry, _stricter = make_searchable(voicemail="yes"), make_searchable(voicemail="no")
    names = shown(inquiry, maria)
    assert "voicemail-none" in names
    assert "voicemail-full" not in names


@pytest.mark.parametrize(
    ("links", "kinds"),
    [
        ([TEL], {"say", "safety", "voicemail"}),
        ([SMS], {"say", "safety", "text"}),
        ([MAILTO], {"say", "safety", "email"}),
        ([], {"say", "safety"}),
    ],
)
def test_only_the_ways_they_may_be_reached_have_words(maria, links, kinds):
    found = shown(make_inquiry(), maria, links)
    assert {each.script.kind for each in found.values()} == kinds


def test_someone_who_asked_not_to_be_contacted_has_no_scripts(maria):
    inquiry = make_inquiry(status="contacted", withdrawn_at=timezone.now())
    assert scripts_for(inquiry, maria, EVERY_WAY) == {}


def test_a_text_opens_with_its_words_on_every_phone(maria):
    script = shown(make_inquiry(name="Zoë & Ana"), maria)["text-hello"]
    number, _, body = script.link.partition("?&body=")
    assert number == SMS
    assert unquote(body) == " ".join(script.words)
    assert "Zo%C3%AB" in body
    assert not set(body) & set(" &?=#+")


def test_an_email_opens_with_a_neutral_subject_and_its_paragraphs(maria):
    script = shown(make_inquiry(name="Ana&bcc=x@example.org"), maria)["email-hello"]
    address = urlsplit(script.link)
    assert f"{address.scheme}:{address.path}" == MAILTO
    assert parse_qs(address.query) == {
        "subject": ["Your message"],
        "body": ["\r\n\r\n".join(script.words)],
    }


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("(cannot be read)", "[first name]"),
        ("Mr. Dr. Ana", "Ana"),
        ("Dr.", "[first name]"),
        ("李小龙", "李小龙"),
        ("Ana\u202e Ruiz", "Ana"),
    ],
)
def test_a_name_is_filled_in_as_far_as_there_is_one(maria, name, first):
    words = shown(make_inquiry(name=name), maria)["opening"].words
    assert words[0] == f"Hello, may I speak with {first}?"


def test_braces_in_a_name_stand_for_nothing(maria):
    words = shown(make_inquiry(name="{clinic}"), maria)["opening"].words
    assert words[0] == "Hello, may I speak with {clinic}?"


def test_an_account_without_a_first_name_shows_where_to_say_it():
    words = shown(make_inquiry(), User(username="maria"))["opening"].words
    assert "this is [your first name]" in words[1]


@pytest.mark.parametrize("text", [None, "opening: {titel: x}"])
def test_without_a_readable_file_there_are_simply_no_scripts(
    maria, clinic_file, tmp_path, monkeypatch, text
):
    clinic_file()
    monkeypatch.setattr(scripts_file, "value", None)
    if text:
        (tmp_path / "desk").mkdir()
        (tmp_path / scripts_file.name).write_text(text)
    assert scripts_for(make_inquiry(), maria, EVERY_WAY) == {}


# On the record


def texted(**fields):
    return make_inquiry(name="Zoë Ruiz", contact_by="text", voicemail="", **fields)


def record_of(client, inquiry):
    return client.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]))


def log_text(client, inquiry, script):
    address = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "texted"])
    sent = {"version": 0, "next_action_on": today() + timedelta(days=1), "script": script}
    return client.post(address, sent)


def test_each_script_stands_beside_its_step_on_the_record(client, ana):
    page = Page(record_of(client, texted()).text)
    titles = [each.words for each in page.all("h3") if each["id"] and each["id"][:4] == "say-"]
    assert titles == ["What to say Not reviewed yet"] * 4
    [link] = [a["href"] for a in page.all("a") if "?&body=Hi%20Zo%C3%AB" in (a["href"] or "")][:1]
    assert link.startswith("sms:+14255550142?&body=")


def test_the_name_of_the_script_that_was_sent_is_logged_and_no_word_of_it(client, ana):
    assert log_text(client, texted(), "text-hello").status_code == 302
    entry = Access.objects.get(act="changed")
    assert entry.details == "Sent a text, script text-hello"


@pytest.mark.parametrize("made_up", ["opening", "email-hello", "Zoë has a secret", "", "x" * 9000])
def test_nothing_but_the_name_of_a_fitting_script_reaches_the_log(client, ana, made_up):
    assert log_text(client, texted(), made_up).status_code == 302
    assert Access.objects.get(act="changed").details == "Sent a text"


def test_without_scripts_the_step_works_and_says_that_there_are_none(
    client, ana, clinic_file, monkeypatch
):
    clinic_file()
    monkeypatch.setattr(scripts_file, "value", None)
    inquiry = texted()
    page = record_of(client, inquiry).text
    assert page.count("There’s no script for this step.") == 4
    assert log_text(client, inquiry, "text-hello").status_code == 302


def test_a_withdrawn_request_shows_nothing_to_say(client):
    sign_in(client, make_staff("lead", "lea"))
    inquiry = texted(status="contacted", withdrawn_at=timezone.now())
    page = record_of(client, inquiry).text
    assert "sms:" not in page.replace("sms:988", "")
    assert "may I speak with" not in page
