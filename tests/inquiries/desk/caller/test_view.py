"""A colleague enters a phone caller: the web form's questions, answered by ear."""

import re

import pytest

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake import tokens
from kapsite.inquiries.models import Access, Inquiry, Notice
from tests.factories import make_answers, make_searchable, make_staff, sign_in

pytestmark = pytest.mark.django_db
ADD = "/admin/inquiries/inquiry/add/"


@pytest.fixture
def maria(client):
    return sign_in(client, make_staff("front-desk", "maria"))


def enter(client, **answers):
    return client.post(ADD, make_answers(**answers))


def test_a_caller_is_stored_as_heard_by_phone_and_the_record_opens(client, maria, settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    response = enter(client, message="Asked about cost.", phone="425 555 0142 ext. 310")
    inquiry = Inquiry.objects.get()
    assert response["location"] == f"/admin/inquiries/inquiry/{inquiry.pk}/change/?step=log"
    assert (inquiry.entered_by, inquiry.consent_text) == (maria, "phone")
    assert inquiry.consent_version == get_clinic().consent.version
    assert inquiry.phone_e164 == "+14255550142;ext=310"
    assert (inquiry.status, inquiry.spam_points, inquiry.flood) == ("new", None, "")
    assert inquiry.reply_by
    assert inquiry.activities.get(kind="received").by == maria
    assert Access.objects.get(act="changed").details == "phone caller entered"
    assert not Notice.objects.exists()  # she knows of it
    record = client.get(response["location"]).text
    assert "Received by phone" in record
    assert "read out on the phone" in record


def test_the_form_starts_with_the_number_and_has_the_text_to_read_aloud(client, maria):
    page = client.get(ADD).text
    asked = [page.index(f'id="{name}') for name in ("phone", "name", "voicemail", "message")]
    assert asked == sorted(asked)
    assert get_clinic().consent.spoken in page
    assert "Version Nov 22, 2026" in page
    assert " checked" not in page.replace("It’s checked", "")  # nothing is selected for them


def test_words_of_danger_count_as_on_the_website_and_staff_get_a_notice(client, maria, settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    enter(client, message="I want to kill myself.")
    inquiry = Inquiry.objects.get()
    assert (inquiry.safety_concern, inquiry.danger) == (True, "suicide")
    assert [notice.kind for notice in Notice.objects.all()] == ["staff"]


def test_sent_twice_it_is_stored_once(client, maria):
    sent = make_answers()
    first, second = client.post(ADD, sent), client.post(ADD, sent)
    assert first["location"] == second["location"]
    assert Inquiry.objects.count() == Access.objects.filter(act="changed").count() == 1


def test_a_flood_from_the_website_neither_hides_nor_refuses_a_caller(client, maria, settings):
    settings.HOURLY_LIMITS = dict.fromkeys(settings.HOURLY_LIMITS, 0)
    assert enter(client).status_code == 302
    assert Inquiry.objects.get().status == "new"


def test_looking_shows_earlier_requests_and_keeps_what_was_typed(client, maria):
    other = make_searchable(name="Omar Moore", safety_concern=True, safety_concern_reason="x")
    make_searchable(name="Someone Else", phone="(206) 555-0177")
    page = client.post(
        ADD, {"phone": "425.555.0142 x3", "name": "Om", "message": "half a sen", "look": "yes"}
    ).text
    assert "Omar Moore" in page
    assert other.reference_in_groups in page
    assert "Someone Else" not in page
    assert "Om" in page
    assert "half a sen" in page
    assert "There is a problem" not in page
    assert Inquiry.objects.count() == 2
    [row] = Access.objects.filter(act="searched")
    assert (row.count, row.details) == (1, "phone caller: phone")


def test_looking_finds_by_email_too_and_a_clinician_gets_no_names(client, every_way):
    sign_in(client, make_staff("clinician", "cleo"))
    other = make_searchable(name="Omar Moore", email="Omar@Example.org")
    page = client.post(ADD, {"email": "omar@example.org", "look": "yes"}).text
    assert other.reference_in_groups in page
    assert "Omar Moore" not in page


def test_the_strictest_rule_of_the_number_is_shown_and_selected(client, maria):
    make_searchable(voicemail="yes")
    make_searchable(voicemail="no")
    page = client.post(ADD, {"phone": "(425) 555-0142", "look": "yes"}).text
    assert "No voicemail</strong> on this number" in page
    assert 'value="no" id="voicemail_2" checked' in page.replace('autocomplete="off" ', "")
    assert enter(client, voicemail="yes", seen=seen()).status_code == 302
    assert Inquiry.objects.latest("pk").voicemail_rule.answer == "no"


def seen():
    return " ".join(str(key) for key in Inquiry.objects.values_list("pk", flat=True))


def test_two_colleagues_who_enter_the_same_caller_learn_of_each_other(client, maria):
    enter(client)
    response = enter(client, name="Ada, again")
    assert response.status_code == 200
    assert "Not saved yet: there’s an open request from this number" in response.text
    assert "Ada, again" in response.text
    assert Inquiry.objects.count() == 1
    assert enter(client, name="Ada, again", seen=seen()).status_code == 302  # both are meant
    assert Inquiry.objects.count() == 2


def look(client):
    return client.post(ADD, {"phone": "(425) 555-0142", "look": "yes"})


def test_however_many_requests_are_open_the_caller_can_be_saved_after_a_look(client, maria):
    for _ in range(12):
        make_searchable()
    [shown] = re.findall(r'name="seen" value="([^"]*)"', look(client).text)
    assert enter(client, seen=shown).status_code == 302


def test_open_requests_come_before_newer_closed_ones(client, maria):
    still_open = make_searchable(received_at="2026-11-01T12:00Z")
    for _ in range(11):
        make_searchable(status="closed", outcome="unreached", closed_at="2026-11-20T12:00Z")
    assert look(client).context["found"][0] == still_open


def test_a_request_withdrawn_after_contact_is_not_offered_to_work_on(client, maria):
    make_searchable(status="contacted", withdrawn_at="2026-11-20T12:00Z")
    page = look(client).text
    assert "Withdrawn: don’t contact them" in page
    assert "Contacted" not in page
    assert "Work on this one instead" not in page
    assert enter(client).status_code == 302


def test_a_closed_request_keeps_nobody_from_saving(client, maria):
    make_searchable(status="closed", outcome="unreached", closed_at="2026-11-20T12:00Z")
    assert enter(client).status_code == 302


def test_about_somebody_under_18_nothing_is_stored_and_there_are_words_to_say(client, maria):
    page = enter(client, is_adult="no", message="She wants to die").text
    assert "Nothing is saved for someone under 18" in page
    assert "What you typed suggests danger" in page
    assert "She wants to die" in page  # to be saved after all if “No” was a slip
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"message": "I want to die"},
        {"message": "I want to die", "look": "yes", "phone": "(425) 555-0142"},
        {"message": "I want to die", "is_adult": "no"},
    ],
)
def test_words_of_danger_stand_above_whatever_else_is_wrong(client, maria, sent):
    page = client.post(ADD, sent).text
    box = page.index("What you typed suggests danger")
    assert "There is a problem" not in page[:box]
    assert "Nothing is saved for someone under 18" not in page[:box]
    assert page.index('role="alert"') < page.index('href="tel:988"') < page.index('name="phone"')
    assert 'href="tel:911"' in page[box:]
    assert not Inquiry.objects.exists()


def test_what_to_do_in_danger_stands_above_the_empty_form_and_needs_no_consent(client, maria):
    page = client.get(ADD).text
    line = page[page.index("If they may be in danger:") : page.index('id="phone')]
    assert "stay on the line" in line
    assert 'href="tel:988"' in line
    assert 'href="tel:911"' in line
    assert "needs no consent" in line
    assert "If they say no, help them all the same" in page
    assert "What you typed suggests danger" not in client.post(ADD, {"message": "Cost?"}).text


def test_nothing_a_caller_said_waits_in_the_tab_for_the_next_caller(client, maria):
    for page in (client.get(ADD).text, client.post(ADD, {"message": "Mr. Private"}).text):
        fields = re.findall("<textarea[^>]*>", page)
        assert fields
        assert all("data-no-draft" in field for field in fields)


def test_email_is_named_only_where_the_form_asks_for_it(client, maria):
    looked = client.post(ADD, {"phone": "(425) 555-0142", "look": "yes"}).text
    assert "Enter a number, then press" in client.get(ADD).text
    assert "None from this number." in looked


def test_where_the_form_asks_for_an_email_it_is_named(client, maria, every_way):
    assert "Enter a number or an email, then press" in client.get(ADD).text


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"phone": "988"}, "must have an area code"),
        ({"phone": "+1 800 273 8255"}, "the number of 988 in American Sign Language"),
        ({"phone": "(425) 654-5433"}, "the number of Quest Ketamine Therapies"),
        ({"phone": "+999 12345678"}, "No country has that code"),
        ({"consent": None}, "Read the text aloud"),
        ({"message": "a\u0301\u0301" * 9_700}, "must be 2,000 characters or fewer"),
        ({"voicemail": None}, "Select if we can leave a voicemail"),
        ({"name": "\u200b\x07"}, "Enter the name we should use"),
    ],
)
def test_what_cannot_be_is_explained_and_nothing_is_lost(client, maria, answers, said):
    response = enter(client, **{"language": "Zyxish"} | answers)
    assert said in response.text
    assert "Zyxish" in response.text
    assert not Inquiry.objects.exists()


def test_an_email_is_stored_without_what_cannot_be_seen(client, maria, every_way):
    enter(client, contact_by="email", email="ada\x00\u202e@example.org", phone="")
    assert Inquiry.objects.get().normalized_email == "ada@example.org"


def test_a_token_that_we_did_not_make_stores_nothing_and_keeps_the_answers(client, maria):
    response = enter(client, token="x", name="Zyxname")
    assert "This page was open for a long time" in response.text
    assert "Zyxname" in response.text
    assert not Inquiry.objects.exists()


def test_another_consent_than_the_one_on_the_page_is_asked_for_again(client, maria):
    response = enter(client, token=tokens.form_token("2020-01-01"))
    assert "The text to read aloud has changed" in response.text
    assert not Inquiry.objects.exists()


def test_however_many_earlier_requests_there_are_it_takes_the_same_queries(
    client, maria, django_assert_max_num_queries
):
    def queries_to_look():
        with django_assert_max_num_queries(40) as queries:
            look(client)
        return len(queries)

    make_searchable()
    first = queries_to_look()
    for _ in range(12):
        make_searchable()
    assert queries_to_look() == first
