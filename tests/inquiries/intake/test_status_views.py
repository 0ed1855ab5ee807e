"""Looking a request up: stages and dates for whoever knows its reference and a contact of it."""

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake import changes, lookup, withdrawal
from kapsite.inquiries.intake.tokens import Pass
from kapsite.inquiries.models import EarlierContact, Inquiry, Notice, SearchDigest
from kapsite.inquiries.models.counting.recent_sender import RecentSender
from kapsite.inquiries.models.request.deadlines import next_due
from kapsite.inquiries.models.request.search_digest import DigestKind
from tests.factories import make_answers
from tests.inquiries.reading import text

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"
STATUS = f"{FORM}status/"
NO_MATCH = "No request matches both."


@pytest.fixture
def inquiry(client):
    client.post(FORM, make_answers(name="Zyxname", message="zyxmessage"))
    return Inquiry.objects.get()


def look_up(client, reference, contact="425-555-0142", **options):
    return client.post(STATUS, {"reference": reference, "contact": contact}, **options)


def act(client, page, **sent):
    """Press a button of the page that was shown."""
    return client.post(
        STATUS, {"pass": re.search('name="pass" value="([^"]+)"', page.text)[1]} | sent
    )


def test_the_reference_and_a_contact_in_any_notation_show_the_stage_and_no_name(client, inquiry):
    written = f"ref. {inquiry.reference[:4].lower()}-{inquiry.reference[4:]}"
    response = look_up(client, written, "+1 (425) 555 0142")
    page = text(response)
    assert page.startswith("We have your request")
    assert "You sent your request" in page
    assert "(•••) •••-0142" in page
    assert not re.search("zyx(name|message)", response.text, re.IGNORECASE)
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_an_email_that_was_given_opens_it_too(client, every_way):
    answers = make_answers(contact_by="email", email="Ada@example.org", phone="", voicemail=None)
    client.post(FORM, answers)
    response = look_up(client, Inquiry.objects.get().reference, "ada@EXAMPLE.org ")
    assert "a•••@example.org" in text(response)


def test_a_wrong_reference_and_a_wrong_contact_get_the_same_answer_for_the_same_work(
    client, inquiry
):
    pages, statements = [], []
    wrong = "A2A2A2A2" if inquiry.reference != "A2A2A2A2" else "C2C2C2C2"
    for reference, contact in [(wrong, "425-555-0142"), (inquiry.reference, "425-555-0199")]:
        with CaptureQueriesContext(connection) as done:
            response = look_up(client, reference, contact)
        assert NO_MATCH in text(response)
        pages.append(response.text.replace(reference, "").replace(contact, ""))
        statements.append(
            [re.sub("'[^']*'|[0-9]+", "", each["sql"]) for each in done.captured_queries]
        )
    assert pages[0] == pages[1]
    assert statements[0] == statements[1]


@pytest.mark.parametrize(
    ("there", "same", "elsewhere"),
    [
        ("203.0.113.9", "203.0.113.9", "203.0.113.10"),
        ("2001:db8:1:2::9", "2001:db8:1:ffff::1", "2001:db8:2:2::9"),
    ],
)
def test_nobody_can_try_many_contacts_with_one_reference_nor_keep_the_person_out(
    client, inquiry, there, same, elsewhere
):
    for number in range(lookup.MOST_PER_REFERENCE):
        response = look_up(client, inquiry.reference, f"425-555-01{number:02}", REMOTE_ADDR=there)
        assert response.status_code == 200
    response = look_up(client, inquiry.reference, REMOTE_ADDR=same)
    assert response.status_code == 429
    assert "There were too many tries." in text(response)
    assert look_up(client, "A2A2A2A2", REMOTE_ADDR=there).status_code == 200
    page = look_up(client, inquiry.reference, REMOTE_ADDR=elsewhere)
    assert text(page).startswith("We have your request")


def test_nobody_can_try_many_references_from_one_network(client, inquiry, monkeypatch):
    monkeypatch.setattr(lookup, "MOST_PER_NETWORK", 2)
    letters = "ACEF"
    statuses = [
        look_up(client, f"{each}2A2A2A2", REMOTE_ADDR="203.0.113.9").status_code for each in letters
    ]
    assert statuses == [200, 200, 429, 429]
    assert look_up(client, inquiry.reference, REMOTE_ADDR="192.0.2.1").status_code == 200


def test_a_network_beyond_its_limit_counts_no_tries_at_a_reference(client, inquiry, monkeypatch):
    monkeypatch.setattr(lookup, "MOST_PER_NETWORK", 1)
    RecentSender.objects.all().delete()
    for _ in range(3):
        look_up(client, inquiry.reference, REMOTE_ADDR="203.0.113.9")
    assert sorted(RecentSender.objects.values_list("sent", flat=True)) == [1, 3]


def test_what_was_typed_wrong_stands_there_again(client):
    response = look_up(client, "", "ada@example.org")
    assert "Enter your reference" in text(response)
    assert 'value="ada@example.org"' in response.text


def test_each_stage_is_told_with_its_date_and_an_attempt_with_its_time(client, inquiry, admin_user):
    now = timezone.now()
    inquiry.record("called", by=admin_user, attempt="no_answer", note="zyxnote")
    inquiry.status, inquiry.next_action_on, inquiry.attempts = "trying", now.date(), 1
    inquiry.save()
    page = text(look_up(client, inquiry.reference))
    assert page.startswith("We tried to reach you")
    assert "We tried 1 time so far." in page
    assert "zyx" not in page
    inquiry.status, inquiry.first_contact_at = "scheduled", now
    inquiry.save()
    page = text(look_up(client, inquiry.reference))
    assert page.startswith("Your evaluation is booked")
    assert f"{now.date():%A, %B} {now.day}" in page


def test_one_that_was_set_aside_as_spam_is_a_received_one(client, inquiry):
    Inquiry.objects.update(status="spam")
    assert text(look_up(client, inquiry.reference)).startswith("We have your request")


# Corrections


def test_a_corrected_number_is_stored_found_and_told_to_staff(client, inquiry):
    page = look_up(client, inquiry.reference)
    done = act(
        client, page, action="change", phone="206 555 0188 ext 7", voicemail="yes", days="friday"
    )
    assert "Your change is saved." in text(done)
    found = Inquiry.objects.get()
    assert (found.phone_e164, found.voicemail, found.days) == (
        "+12065550188;ext=7",
        "yes",
        "friday",
    )
    assert found.version == inquiry.version + 1
    assert found.activities.get(kind="corrected").fields == "phone,voicemail,days,times"
    assert SearchDigest.objects.having(DigestKind.PHONE, "+12065550188").exists()
    assert SearchDigest.objects.having(DigestKind.PHONE, "+14255550142").exists()  # for staff

    assert NO_MATCH in text(look_up(client, inquiry.reference))
    assert found.consent_text == "form"


def test_what_was_corrected_is_kept_for_staff_and_opens_the_request_no_more(client, inquiry):
    page = look_up(client, inquiry.reference)
    act(client, page, action="change", phone="206 555 0188", voicemail="yes")
    [earlier] = EarlierContact.objects.all()
    assert (earlier.phone, earlier.voicemail, earlier.by) == (inquiry.phone, "no", None)
    assert NO_MATCH in look_up(client, inquiry.reference).text
    again = look_up(client, inquiry.reference, "206 555 0188")
    act(client, again, action="change", phone="206 555 0199", voicemail="yes")
    newest = EarlierContact.objects.first()
    assert (newest.phone, newest.voicemail) == ("206 555 0188", "")  # only what was corrected


def test_the_confirmation_leads_to_the_same_changes(client):
    page = client.post(FORM, make_answers(), follow=True)
    act(client, page, action="change", voicemail="discreet")
    assert Inquiry.objects.get().voicemail == "discreet"
    assert Inquiry.objects.get().phone == "(425) 555-0142"  # left empty, it stays


def test_an_old_address_of_a_confirmation_changes_nothing(client):
    page = client.post(FORM, make_answers(), follow=True)
    assert 'name="pass"' in page.text
    Inquiry.objects.update(received_at=timezone.now() - timedelta(minutes=16))
    page = client.get(page.redirect_chain[-1][0])
    assert page.status_code == 200
    assert 'name="pass"' not in page.text
    assert f'href="{STATUS}">check on your request' in page.text


def test_another_way_needs_consent_again_and_says_which_text_was_shown(client, every_way):
    page = client.post(FORM, make_answers(), follow=True)
    change = {"action": "change", "contact_by": "email", "email": "ada@example.org"}
    refused = act(client, page, **change)
    assert "Select the box if we may reach you in this other way" in text(refused)
    assert Inquiry.objects.get().contact_by == "call"
    older = act(client, page, **change, consent="on", consent_version="older")
    assert "Select the box if we may reach you in this other way" in text(older)
    act(client, page, **change, consent="on", consent_version=get_clinic().consent.version)
    found = Inquiry.objects.get()
    assert (found.contact_by, found.normalized_email) == ("email", "ada@example.org")
    assert found.consent_text == "change"


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ({}, {"email": "ada@example.org"}),
        (
            {"contact_by": "email", "email": "ada@example.org", "phone": "", "voicemail": None},
            {"phone": "206 555 0188"},
        ),
    ],
)
def test_a_number_or_an_email_where_none_was_needs_consent_too(client, every_way, given, added):
    page = client.post(FORM, make_answers(**given), follow=True)
    Inquiry.objects.update(consent_version="older")
    change = {"action": "change", "contact_by": "call", "voicemail": "no"} | given | added
    change = {name: value for name, value in change.items() if value}
    refused = act(client, page, **change)
    assert "Select the box if we may reach you in this other way" in text(refused)
    version = get_clinic().consent.version
    done = act(client, page, **change, consent="on", consent_version=version)
    assert "Your change is saved." in text(done)
    found = Inquiry.objects.get()
    assert (found.consent_text, found.consent_version) == ("change", version)
    assert found.phone
    assert found.email


def test_a_number_in_place_of_another_needs_no_new_consent(client, every_way):
    page = client.post(FORM, make_answers(), follow=True)
    change = {"contact_by": "call", "voicemail": "no", "phone": "206 555 0188"}
    assert "Your change is saved." in text(act(client, page, action="change", **change))
    assert Inquiry.objects.get().consent_text == "form"


def test_language_and_help_to_talk_can_be_changed_and_taken_back(client, inquiry):
    page = look_up(client, inquiry.reference)
    change = {"action": "change", "voicemail": "no", "times": "morning"}
    page = act(client, page, **change, language="Spanish", aids=["relay", "interpreter"])
    found = Inquiry.objects.get()
    assert (found.language, found.aids) == ("Spanish", "relay,interpreter")
    assert found.activities.get(kind="corrected").fields == "language,aids"
    assert re.search('name="aids" value="relay"[^>]* checked', page.text)
    act(client, page, **change)
    assert (Inquiry.objects.get().language, Inquiry.objects.get().aids) == ("Spanish", "")


@pytest.mark.parametrize("state", ["new", "trying"])
def test_words_of_danger_in_a_correction_are_due_sooner_and_announced_again(
    client, settings, state
):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    client.post(FORM, make_answers())
    far = timezone.now() + timedelta(days=9)
    Notice.objects.update(state="sent", sent_at=timezone.now())
    Inquiry.objects.update(status=state, reply_by=far, due_at=far, next_action_on=far.date())
    page = look_up(client, Inquiry.objects.get().reference)
    act(client, page, action="change", voicemail="no", language="I want to die")
    found = Inquiry.objects.get()
    assert found.safety_concern
    assert found.due_at == next_due(found)
    assert found.due_at < timezone.now() + timedelta(days=7)
    assert [(each.kind, each.state) for each in Notice.objects.all()] == [("staff", "waiting")]


def test_without_a_difference_it_does_not_say_that_a_change_is_saved(client, inquiry):
    page = look_up(client, inquiry.reference)
    done = text(act(client, page, action="change", voicemail="no", times="morning"))
    assert "so nothing changed." in done
    assert "Your change is saved." not in done
    assert Inquiry.objects.get().version == inquiry.version


@pytest.mark.parametrize("voicemail", ["yes", "made up"])
def test_a_change_to_what_was_closed_meanwhile_is_not_saved_and_says_so(client, inquiry, voicemail):
    page = look_up(client, inquiry.reference)
    Inquiry.objects.update(status="closed", closed_at=timezone.now(), outcome="declined")
    done = text(act(client, page, action="change", voicemail=voicemail))
    assert "Your change is not saved" in done
    assert "Select" not in done
    assert Inquiry.objects.get().voicemail == "no"


@pytest.mark.parametrize("action", ["withdraw", "undo", "change"])
def test_what_is_deleted_while_a_button_is_pressed_is_over(client, inquiry, monkeypatch, action):
    page = look_up(client, inquiry.reference)
    nothing = type(Inquiry.objects.all()).none
    monkeypatch.setattr(type(Inquiry.objects.all()), "select_for_update", nothing)
    response = act(client, page, action=action, voicemail="yes")
    assert response.status_code == 200
    assert "Nothing was changed." in text(response)


@pytest.mark.parametrize("bad", ["", "made up", "x" * 5000])
def test_without_a_good_pass_nothing_is_changed(client, inquiry, bad):
    response = client.post(STATUS, {"pass": bad, "action": "withdraw"})
    assert "Nothing was changed." in text(response)
    assert not Inquiry.objects.get().withdrawn_at


def test_a_pass_ends_after_a_day(client, inquiry, later):
    page = look_up(client, inquiry.reference)
    later(hours=25)
    assert "Nothing was changed." in text(act(client, page, action="withdraw"))


def test_a_change_does_not_make_a_pass_last_longer(client, inquiry, later):
    page = look_up(client, inquiry.reference)
    later(hours=23)
    page = act(client, page, action="change", voicemail="yes")
    later(hours=25)
    assert "Nothing was changed." in text(act(client, page, action="withdraw"))


def test_a_new_number_ends_every_pass_but_that_of_its_own_page(client, inquiry):
    theirs, other = look_up(client, inquiry.reference), look_up(client, inquiry.reference)
    theirs = act(client, theirs, action="change", voicemail="no", phone="206 555 0188")
    assert "Nothing was changed." in text(act(client, other, action="withdraw"))
    act(client, theirs, action="withdraw")
    assert Inquiry.objects.get().withdrawn_at


def test_another_site_cannot_send_these_forms(client, inquiry):
    page = look_up(client, inquiry.reference)
    token = re.search('name="pass" value="([^"]+)"', page.text)[1]
    headers = {"origin": "https://evil.example"}
    response = client.post(STATUS, {"pass": token, "action": "withdraw"}, headers=headers)
    assert response.status_code == 403
    assert not Inquiry.objects.get().withdrawn_at


def test_while_the_database_is_away_what_was_typed_stays(client, inquiry, monkeypatch):
    def fail(*_, **__):
        raise OperationalError

    monkeypatch.setattr(lookup, "find", fail)
    response = look_up(client, inquiry.reference)
    assert response.status_code == 503
    assert "We can’t look it up just now." in text(response)
    assert f'value="{inquiry.reference}"' in response.text


@pytest.mark.parametrize("away", [(changes, "apply"), (Pass, "is_good_for")])
def test_while_the_database_is_away_a_change_stays_filled_in_and_can_be_sent_again(
    client, inquiry, monkeypatch, away
):
    def fail(*_):
        raise OperationalError

    page = look_up(client, inquiry.reference)
    change = {"voicemail": "yes", "phone": "206 555 0188", "days": ["friday"], "aids": ["relay"]}
    with monkeypatch.context() as database:
        database.setattr(*away, fail)
        page = act(client, page, action="change", **change)
    assert page.status_code == 503
    assert "Everything you entered is still here." in text(page)
    assert "There is a problem" not in text(page)
    assert 'value="206 555 0188"' in page.text
    for value in ("yes", "friday", "relay"):
        assert re.search(f'value="{value}"[^>]* checked', page.text)
    assert "Your change is saved." in text(act(client, page, action="change", **change))


@pytest.mark.parametrize("action", ["withdraw", "undo"])
def test_while_the_database_is_away_a_withdrawal_can_be_pressed_again(
    client, inquiry, monkeypatch, action
):
    def fail(*_):
        raise OperationalError

    page = look_up(client, inquiry.reference)
    with monkeypatch.context() as database:
        database.setattr(withdrawal, action, fail)
        page = act(client, page, action=action)
    assert page.status_code == 503
    assert f'name="action" value="{action}"' in page.text
    act(client, page, action=action)
    assert bool(Inquiry.objects.get().withdrawn_at) == (action == "withdraw")


# Once it is closed or withdrawn


def close(inquiry):
    closed = {"status": "closed", "closed_at": timezone.now(), "outcome": "declined"}
    Inquiry.objects.filter(pk=inquiry.pk).update(**closed)
    return "Your request is closed"


def take_back(inquiry):
    withdrawal.withdraw(inquiry.pk, timezone.now())
    return "You withdrew your request"


@pytest.mark.parametrize("end", [close, take_back])
def test_what_is_over_promises_nothing_on_either_page(client, end):
    confirmation = client.post(FORM, make_answers(), follow=True).request["PATH_INFO"]
    inquiry = Inquiry.objects.get()
    headline = end(inquiry)
    for response in (client.get(confirmation), look_up(client, inquiry.reference)):
        page = text(response)
        assert f"<title>{headline}" in response.text
        assert page.startswith(headline)
        for promise in ("We aim to", "What happens now", "While you wait", "Where it stands"):
            assert promise not in page


def test_links_to_change_something_lead_to_the_summary_that_can_be_opened(client, inquiry):
    page = look_up(client, inquiry.reference)
    assert re.search('<details[^>]* id="change"', page.text)
