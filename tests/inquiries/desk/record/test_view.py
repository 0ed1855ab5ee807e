"""The page of one request: what it shows, to whom, and what is logged before."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django import db
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic.days import today
from kapsite.inquiries.desk.steps.registry import BY_NAME
from kapsite.inquiries.models import Activity, Inquiry, Notice, SearchDigest, Undo
from kapsite.inquiries.models.logs.access_log import Access
from tests.encryption.tampering import put, stored, swap
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
SOON = (timezone.now() + timedelta(days=4)).date().isoformat()


@pytest.fixture
def ben():
    return make_staff("clinician", "ben", first_name="Ben")


def a_browser_of(user):
    client = Client()
    sign_in(client, user)
    return client


def record(inquiry):
    return reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])


def step(inquiry, name):
    return reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, name])


def message(inquiry):
    return reverse("admin:inquiries_inquiry_message", args=[inquiry.pk])


def paper(inquiry):
    return reverse("admin:inquiries_inquiry_print", args=[inquiry.pk])


def acts(inquiry):
    """What is logged about it, without what was refused (see models/test_access_log.py)."""
    rows = Access.objects.filter(reference=inquiry.reference).exclude(act="refused").order_by("pk")
    return list(rows.values_list("by__username", "act", "details"))


def kinds(inquiry):
    return list(inquiry.activities.order_by("pk").values_list("kind", flat=True))


def words(text):
    return Page(text).all("body")[0].words


# What is on the page


def test_who_and_how_to_reach_them_stand_on_top(client, ana):
    text = client.get(record(make_inquiry(name="Ada", times="morning"))).text
    page = Page(text)
    assert [each.words for each in page.all("h1")] == ["Ada"]
    [reach] = [each for each in page.all("section") if each["aria-label"] == "How to reach them"]
    assert reach.words == "Call (425) 555-0142 No voicemail Mornings · PST"
    assert '<a class="dial" href="tel:+14255550142">' in text


@pytest.mark.parametrize(
    ("contact_by", "href"),
    [
        ("call", "tel:+14255550142"),
        ("text", "sms:+14255550142"),
        ("email", "mailto:ada@example.org"),
    ],
)
def test_only_the_way_they_asked_for_can_be_clicked(client, ana, contact_by, href):
    both = {"contact_by": contact_by, "email": "Ada@Example.org"}
    hrefs = {"tel:+14255550142", "sms:+14255550142", "mailto:ada@example.org"}
    page = Page(client.get(record(make_inquiry(**both))).text)
    assert {link["href"] for link in page.all("a")} & hrefs == {href}
    spoken_with = make_inquiry(**both, first_contact_at=timezone.now())
    page = Page(client.get(record(spoken_with)).text)
    assert {link["href"] for link in page.all("a")} & hrefs == hrefs


def test_an_extension_is_dialed_and_a_text_goes_to_the_number_without_it(client, ana):
    asked = {"phone": "425.555.0133 ext. 12", "first_contact_at": timezone.now()}
    page = Page(client.get(record(make_inquiry(**asked))).text)
    links: dict = {}
    for link in page.all("a"):
        links.setdefault(link["href"], link.words)
    assert links["tel:+14255550133;ext=12"] == "Call (425) 555-0133 then extension 12"
    assert links["sms:+14255550133"] == "Text (425) 555-0133"
    assert "Texts can’t reach ext. 12: this goes to the main number." in page.all("body")[0].words


def test_what_cannot_be_dialled_is_shown_as_typed(client, ana):
    page = client.get(record(make_inquiry(phone="ask at the shop"))).text
    assert "The number can’t be dialed." in page
    assert "ask at the shop" in page


def test_an_address_that_was_made_up_cannot_add_to_the_link(client, ana):
    odd = make_inquiry(contact_by="email", email="a?cc=eve@example.org&body=x@example.org")
    page = client.get(record(odd)).text
    assert 'href="mailto:a%3Fcc%3Deve@example.org%26body%3Dx@example.org"' in page


def test_it_shows_state_reference_times_topics_and_consent(client, ana):
    inquiry = make_inquiry(topics="depression,pain", times="evening", consent_version="2026-11-22")
    page = words(client.get(record(inquiry)).text)
    for part in (inquiry.reference_in_groups, "New", "Evenings", "Nov 22, 2026"):
        assert part in page
    assert "Depression, Migraine or other pain" in page


def test_a_consent_version_that_is_no_date_is_shown_as_it_is(client, ana):
    page = words(client.get(record(make_inquiry(consent_version="v2"))).text)
    assert "v2" in page


def test_it_says_by_when_somebody_must_act(client, ana):
    late = make_inquiry(reply_by=timezone.now() - timedelta(hours=30))
    assert "1 day late" in client.get(record(late)).text


def test_it_says_why_there_is_a_safety_concern_and_what_the_site_found(client, ana):
    inquiry = make_inquiry(
        safety_concern=True, safety_concern_reason="Said so.", danger="suicide,abuse"
    )
    page = words(client.get(record(inquiry)).text)
    assert "Said so. Call before anything else." in page
    assert "Thoughts of suicide or a crisis; Abuse, violence or not feeling safe" in page


def test_without_a_flag_it_says_what_that_does_not_mean(client, ana):
    page = client.get(record(make_inquiry())).text
    assert "No flag doesn’t mean someone is safe." in page


def test_a_request_that_was_not_checked_for_danger_says_so(client, ana):
    page = client.get(record(make_inquiry(danger="unchecked"))).text
    assert "Not fully checked for words that suggest danger" in page


def test_likely_spam_says_why_and_when_it_is_deleted(client, ana):
    reasons = "There are links\nAll capitals"
    inquiry = make_inquiry(status="spam", spam_points=6, spam_reasons=reasons)
    page = words(client.get(record(inquiry)).text)
    assert "Likely spam. There are links · All capitals. It will" in page
    assert f"It will be deleted on {today() + timedelta(days=14):%A, %B} " in page
    assert "unless someone chooses “Not spam”." in page


def test_a_closed_request_says_when_it_will_be_deleted(client, ana, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"declined": 10}
    closed_at = datetime(2026, 11, 20, 18, 2, tzinfo=UTC)
    inquiry = make_inquiry(status="closed", outcome="declined", closed_at=closed_at)
    page = words(client.get(record(inquiry)).text)
    assert "Scheduled for deletionMon Nov 30, 2026" in page
    assert "Will be deleted" not in client.get(record(make_inquiry())).text


@pytest.mark.parametrize(("role", "leads"), [("lead", True), ("front-desk", False)])
def test_only_the_lead_is_led_to_what_only_the_lead_may_do(client, role, leads):
    sign_in(client, make_staff(role, "lee"))
    inquiry = make_inquiry()
    links = {link["href"] for link in Page(client.get(record(inquiry)).text).all("a")}
    theirs = {
        f"{reverse('admin:inquiries_access_report')}?reference={inquiry.reference}",
        reverse("admin:inquiries_inquiry_erase", args=[inquiry.pk]),
    }
    assert links & theirs == (theirs if leads else set())
    for path in theirs & links:
        assert client.get(path).status_code == 200


def test_it_tells_when_staff_were_told(client, ana):
    inquiry = make_inquiry()
    sent_at = datetime(2026, 11, 20, 18, 2, tzinfo=UTC)
    Notice.objects.create(inquiry=inquiry, kind="staff", state="sent", sent_at=sent_at)
    Notice.objects.create(inquiry=inquiry, kind="acknowledgement")
    page = words(client.get(record(inquiry)).text)
    assert "Email to staff sent Nov 20, 10:02 AM" in page  # at the clinic
    assert "Email to the person not sent yet" in page


def test_the_title_and_the_address_name_nobody(client, ana):
    response = client.get(record(make_inquiry(name="Canary")))
    [title] = [each for each in Page(response.text).all("title") if "svg" not in each.inside]
    assert "Canary" not in title.words
    assert "Request" in title.words


def test_a_record_is_not_kept_in_any_cache(client, ana):
    inquiry = make_inquiry(message="Canary")
    for response in (client.get(record(inquiry)), client.post(message(inquiry))):
        assert "no-store" in response["Cache-Control"]


# The message


def test_the_message_comes_with_the_page_and_that_is_logged(client, ana):
    inquiry = make_inquiry(message="Two medicines\nso far")
    assert "<bdi>Two medicines\nso far</bdi>" in client.get(record(inquiry)).text
    assert (acts(inquiry), kinds(inquiry)) == ([("ana", "message", "")], ["shown"])


def test_one_can_hide_messages_until_one_asks_for_them(client, ana):
    inquiry, other = make_inquiry(message="Canary"), make_inquiry(message="Canary")
    folded = client.post(message(inquiry), {"fold": "yes"})
    assert folded["location"] == record(inquiry)
    for each in (inquiry, other):
        assert "Canary" not in client.get(record(each)).text
    assert kinds(other) == ["viewed"]
    client.post(message(inquiry), {"fold": "no"})
    assert "Canary" in client.get(record(other)).text


def test_a_hidden_message_is_not_on_the_page_and_not_even_read(client, ana):
    inquiry = make_inquiry(message="Canary")
    client.post(message(inquiry), {"fold": "yes"})
    with CaptureQueriesContext(connection) as queries:
        page = client.get(record(inquiry)).text
    assert "Canary" not in page
    assert "Show message" in page
    reads = [q["sql"] for q in queries if '"inquiries_inquiry"."message",' in q["sql"]]
    assert reads == []


def test_showing_the_message_is_put_on_record(client, ana):
    inquiry = make_inquiry(message="Two medicines\nso far")
    page = client.post(message(inquiry)).text
    assert "<bdi>Two medicines\nso far</bdi>" in page
    assert acts(inquiry) == [("ana", "message", "")]
    assert kinds(inquiry) == ["shown"]
    assert Inquiry.objects.get().opened_by == ana


def test_a_message_is_never_shown_by_an_address_alone(client, ana):
    inquiry = make_inquiry(message="Canary")
    response = client.get(message(inquiry))
    assert response.status_code == 405
    assert "Canary" not in response.text
    assert acts(inquiry) == []


def test_who_may_not_read_messages_is_offered_none(client):
    viewer = make_staff(None, "viewer")
    viewer.user_permissions.add(Permission.objects.get(codename="view_inquiry"))
    sign_in(client, viewer)
    inquiry = make_inquiry(message="Canary")
    page = client.get(record(inquiry)).text
    assert "Your role can’t read messages." in page
    assert "Show message" not in page
    response = client.post(message(inquiry))
    assert response.status_code == 403
    assert "Canary" not in response.text
    assert kinds(inquiry) == ["viewed"]


def test_where_nothing_was_written_nothing_is_offered(client, ana):
    page = client.get(record(make_inquiry())).text
    assert "No message." in page
    assert "Show message" not in page


# Logged before it is shown


def test_opening_is_put_on_record_twice_and_marks_the_request(client, ana):
    inquiry = make_inquiry()
    client.get(record(inquiry))
    assert acts(inquiry) == [("ana", "opened", "")]
    assert kinds(inquiry) == ["viewed"]
    stored = Inquiry.objects.get()
    assert stored.opened_by == ana
    assert stored.opened_at
    assert stored.version == 0  # to look is not to change


def test_it_says_who_opened_it_before(client, ana, ben):
    inquiry = make_inquiry()
    assert "last by" not in client.get(record(inquiry)).text
    assert "2 times by 2 people, last by Ana" in words(a_browser_of(ben).get(record(inquiry)).text)


@pytest.mark.parametrize("table", ["Access", "Activity"])
@pytest.mark.parametrize("place", [record, message, paper])
def test_what_cannot_be_put_on_record_is_not_shown(client, ana, monkeypatch, table, place):
    inquiry = make_inquiry(name="Canary", message="Canary")

    def fails(*args, **kwargs):
        raise db.OperationalError("disk full")

    monkeypatch.setattr(f"kapsite.inquiries.models.{table}.save", fails)
    client.raise_request_exception = False
    send = client.get if place is record else client.post
    response = send(place(inquiry), {"message": "yes"} if place is paper else None)
    assert response.status_code == 503
    assert "This part of the site isn’t working right now" in response.text
    assert "Canary" not in response.text
    assert (acts(inquiry), kinds(inquiry)) == ([], [])


def test_a_step_that_cannot_be_put_on_record_is_not_taken(client, ana, monkeypatch):
    inquiry = make_inquiry()

    def fails(*args, **kwargs):
        raise db.OperationalError("disk full")

    monkeypatch.setattr("kapsite.inquiries.models.logs.access_log.Access.save", fails)
    client.raise_request_exception = False
    sent = {"version": 0, "next_action_on": SOON}
    assert client.post(step(inquiry, "no_answer"), sent).status_code == 503
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.version, kinds(inquiry)) == ("new", 0, [])


# What cannot be read


def test_a_number_swapped_with_another_request_is_not_shown_and_the_rest_is(client, ana):
    inquiry = make_inquiry(name="Ada", safety_concern=True, safety_concern_reason="Said so.")
    other = make_inquiry(name="Ben", phone="(206) 555-0199")
    swap(inquiry, other, "phone", "phone_e164")
    page = client.get(record(inquiry)).text
    assert "Can’t be read: phone, number to dial" in words(page)
    assert "It was changed outside this website, or its key is missing." in words(page)
    for there in ("<bdi>Ada</bdi>", "Said so.", "<bdi>(cannot be read)</bdi>"):
        assert there in page
    assert not [gone for gone in ("tel:+", "555-0199", "555-0142", "dialled") if gone in page]


def test_an_address_swapped_with_another_request_is_not_linked(client, ana):
    inquiry, other = (
        make_inquiry(contact_by="email", email=f"{name}@example.org") for name in ("ada", "ben")
    )
    swap(inquiry, other, "normalized_email")
    page = client.get(record(inquiry)).text
    assert "Can’t be read: address to write to" in words(page)
    assert "mailto:" not in page
    assert "<bdi>ada@example.org</bdi>" in page


def test_a_note_that_was_moved_is_not_shown_and_the_others_are(client, ana, ben):
    inquiry, other = make_inquiry(), make_inquiry()
    inquiry.record("noted", by=ben, note="About her")
    moved = other.record("noted", by=ben, note="About him")
    put(moved, inquiry_id=inquiry.pk)
    for page in (client.get(record(inquiry)).text, client.post(paper(inquiry)).text):
        assert "About her" in page
        assert "About him" not in page
        assert "(cannot be read)" in page


def test_a_message_that_was_changed_says_so_when_it_is_asked_for(client, ana):
    inquiry = make_inquiry(name="Ada", message="Two medicines")
    put(inquiry, message=stored(inquiry, "message")[0][:-4] + "AAA=")
    page = client.post(message(inquiry)).text
    assert "(cannot be read)" in page
    assert "<bdi>Ada</bdi>" in page


def test_staff_can_still_work_with_it_and_what_is_stored_stays(client, ana):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so.")
    other = make_inquiry(safety_concern=True, safety_concern_reason="Another reason.")
    swap(inquiry, other, "safety_concern_reason")
    before = stored(inquiry, "safety_concern_reason")
    page = client.post(step(inquiry, "take"), {"version": 0}, follow=True).text
    assert "Assigned to you." in page
    assert "Can’t be read: reason for the safety concern" in words(page)
    assert stored(inquiry, "safety_concern_reason") == before
    client.post(step(inquiry, "clear_safety_concern"), {"version": 1, "note": "Spoke with her."})
    inquiry.refresh_from_db(fields=["safety_concern", "safety_concern_reason"])
    assert (inquiry.safety_concern, inquiry.safety_concern_reason) == (False, "")


def test_a_record_no_key_opens_crashes_nothing(client, ana, settings):
    inquiry = make_inquiry(email="ada@example.org", topics="pain", message="Two medicines")
    inquiry.record("noted", by=ana, note="Rang.")
    settings.FIELD_KEYS = ["A" * 42 + "Q"]
    for response in (
        client.get(record(inquiry)),
        client.post(message(inquiry)),
        client.post(paper(inquiry)),
        client.post(step(inquiry, "take"), {"version": 0}, follow=True),
        client.post(step(inquiry, "take"), {"version": 0}),
        client.post(step(inquiry, "link"), {"version": 1, "to": inquiry.pk}),
    ):
        assert response.status_code in (200, 409)
        assert "(cannot be read)" in response.text


# Steps


def test_a_step_is_a_form_that_leads_back_to_the_record(client, ana):
    inquiry = make_inquiry()
    sent = {"version": 0, "next_action_on": SOON, "note": "Rang twice."}
    response = client.post(step(inquiry, "no_answer"), sent, follow=True)
    assert response.redirect_chain[0][0].startswith(record(inquiry))
    assert [status for _, status in response.redirect_chain] == [302]
    assert "Call saved." in response.text
    assert "Rang twice." in response.text
    assert ("ana", "changed", "No answer") in acts(inquiry)
    assert Inquiry.objects.get().status == "trying"


@pytest.mark.parametrize(
    ("knows", "said"),
    [
        ("yes", "The person they’re asking for knows about it."),
        ("no", "Don’t contact the person they’re asking for: that person doesn’t know yet."),
        ("", "We don’t know if the person they’re asking for knows about it."),
    ],
)
def test_a_request_for_someone_else_says_whom_it_means(client, ana, knows, said):
    inquiry = make_inquiry(for_whom="other", knows=knows)
    assert said in client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/change/").text


SATURDAY = today() + timedelta(days=(5 - today().weekday()) % 7 or 7)


@pytest.mark.parametrize(("name", "done", "form"), [("no_answer", "Call saved.", "wait-form")])
def test_a_closed_day_is_said_after_saving_and_beside_the_date_with_a_way_to_change_it(
    client, ana, name, done, form
):
    inquiry = make_inquiry()
    sent = {"version": 0, "next_action_on": SATURDAY.isoformat()}
    page = client.post(step(inquiry, name), sent, follow=True).text
    day = f"{SATURDAY:%a %b} {SATURDAY.day}"
    closed = f"The clinic is closed on {SATURDAY:%A, %B} {SATURDAY.day}."
    assert re.search(rf"{done} Next try {day}(, 20\d\d)?\. {closed}", page)
    assert "The clinic is closed that day. Change the date." in words(page)
    assert f'href="#{form}"' in page
    assert f'id="{form}"' in page


def test_an_open_day_is_not_warned_about(client, ana):
    monday = SATURDAY + timedelta(days=2)
    inquiry = make_inquiry(status="waiting", next_action_on=monday)
    assert "closed that day" not in client.get(record(inquiry)).text


def test_a_step_that_is_not_offered_says_why(client, ana):
    page = words(client.get(record(make_inquiry(voicemail="no"))).text)
    assert "Left voicemail: They asked us not to leave a voicemail." in page
    assert "/step/voicemail/" not in page


def test_the_rule_for_voicemail_stands_beside_its_button(client, ana):
    page = words(client.get(record(make_inquiry(voicemail="discreet"))).text)
    assert "No answer Spoke Left voicemail" in page
    assert "Voicemail: Say only a first name and the number" in page


CONCERN = {"safety_concern": True, "safety_concern_reason": "Said so."}


def test_with_a_safety_concern_what_to_say_about_it_is_open(client, ana):
    def opened(**fields):
        page = Page(client.get(record(make_inquiry(**fields))).text)
        scripts = [each for each in page.all("details") if each["class"] == "crisis"]
        assert scripts
        return ["open" in each.attributes for each in scripts]

    assert all(opened(**CONCERN))
    assert not any(opened())


def test_the_time_of_the_next_attempt_is_shown(client, ana):
    day = today() + timedelta(days=5)
    planned = {"next_action_on": day, "next_action_time": time(15, 45)}
    inquiry = make_inquiry(status="trying", **planned, **CONCERN)
    due = f"Due {day:%a} {day:%b} {day.day}, 3:45 PM · in 5 days"
    assert due in words(client.get(record(inquiry)).text)
    assert ", 3:45 PM" in words(client.post(paper(inquiry)).text)


@pytest.fixture
def opposite(ana):
    """Two requests from one number: the first allows a voicemail, the second does not."""
    inquiry, second = make_inquiry(voicemail="yes"), make_inquiry(voicemail="no")
    for each in (inquiry, second):
        SearchDigest.objects.add_for(each)
    return inquiry, second


def test_the_strictest_voicemail_rule_of_a_number_stands_in_red_and_in_words(client, opposite):
    inquiry, second = opposite
    text = client.get(record(inquiry)).text
    assert f'<a href="{record(second)}">Open that request</a>' in text
    [strict, *_] = [each.words for each in Page(text).all("li") if each["class"] == "bad"]
    assert strict == (
        "No voicemailAnother request from this number says so. The strictest rule wins. "
        "Open that request"
    )
    page = words(text)
    assert (
        "Left voicemail: Another request from this number asked us not to leave a voicemail."
        in page
    )
    assert "Voicemail is fine" not in page


def test_a_voicemail_that_another_request_forbids_cannot_be_logged(client, opposite):
    inquiry, _ = opposite
    sent = {"version": 0, "next_action_on": today()}
    assert client.post(step(inquiry, "voicemail"), sent).status_code == 409
    assert Inquiry.objects.get(pk=inquiry.pk).attempts == 0


def test_the_printed_page_follows_the_strictest_voicemail_rule(client, opposite):
    page = client.post(f"{LIST}{opposite[0].pk}/print/").text
    assert '<strong class="strict">Call. No voicemail (another request' in page


def test_a_wrong_number_leads_to_its_correction_and_is_a_link_nowhere(client, ana):
    inquiry = make_inquiry(voicemail="yes")
    page = client.post(
        step(inquiry, "wrong_number"), {"version": 0, "then_next": "yes"}, follow=True
    )
    assert "step=correct" in page.redirect_chain[-1][0]
    [correction] = [form for form in Page(page.text).all("form") if form["id"] == "correct-form"]
    assert "Save correction" in correction.words
    opened = [each["id"] for each in Page(page.text).all("details") if "open" in each.attributes]
    assert "step-more" in opened
    shown = words(page.text)
    assert "Wrong number: don’t call it" in shown
    assert "Wrong number saved. Correct it, or find another way to reach them." in shown
    assert not [
        link for link in Page(page.text).all("a") if (link["href"] or "").startswith("tel:+1")
    ]
    assert "Voicemail is fine" not in shown
    assert "Wrong number ·" in words(client.get(LIST).text)
    assert "Wrong number: don’t call it." in words(client.post(paper(inquiry)).text)


def test_after_three_attempts_the_page_proposes_to_close(client, ana):
    inquiry = make_inquiry(status="trying", attempts=3, next_action_on=today())
    page = Page(client.get(record(inquiry)).text)
    assert "3 attempts with no answer." in page.all("body")[0].words
    outcomes = [each for each in page.all("input") if each["name"] == "outcome"]
    chosen = [each["value"] for each in outcomes if "checked" in each.attributes]
    assert chosen == ["unreached"]


def test_a_form_with_a_mistake_comes_back_open_and_filled_in(client, ana):
    inquiry = make_inquiry()
    sent = {"version": 0, "next_action_on": "2020-01-01", "note": "Rang twice."}
    response = client.post(step(inquiry, "no_answer"), sent)
    assert response.status_code == 200
    page = Page(response.text)
    [title] = [each for each in page.all("title") if "svg" not in each.inside]
    assert title.words.startswith("Error:")
    assert opened_pane(page) == "step-log"
    assert 'href="#log-next_action_on"' in response.text
    assert "Rang twice." in response.text
    assert kinds(inquiry) == ["viewed"]


def test_a_change_meanwhile_keeps_what_was_typed_and_says_what_happened(client, ana, ben):
    inquiry = make_inquiry()
    page = client.get(record(inquiry)).text
    seen = hidden(page, "seen")
    sent = {"version": 0, "next_action_on": SOON, "note": "She rang back."}
    a_browser_of(ben).post(step(inquiry, "no_answer"), sent | {"note": "Rang twice."})
    response = client.post(step(inquiry, "spoke"), sent | {"seen": seen})
    assert response.status_code == 409
    told = words(response.text)
    assert "Not saved: someone else updated this request" in told
    assert "Ben" in told
    assert "No answer · Moved to “Trying to reach” — Rang twice." in told
    assert "She rang back." in response.text
    assert hidden(response.text, "version") == "1"
    assert Inquiry.objects.get().status == "trying"
    again = client.post(step(inquiry, "spoke"), sent | {"version": 1})
    assert again.status_code == 302
    assert Inquiry.objects.get().status == "contacted"


def test_a_note_for_a_step_that_is_not_possible_any_more_is_kept_too(client, ana, ben):
    inquiry = make_inquiry()
    sent = {"version": 0, "outcome": "declined"}
    a_browser_of(ben).post(step(inquiry, "close"), sent)
    sent = {"version": 0, "next_action_on": SOON, "note": "She rang back."}
    response = client.post(step(inquiry, "no_answer"), sent)
    assert response.status_code == 409
    assert "“No answer” isn’t possible now." in words(response.text)
    page = Page(response.text)
    assert opened_pane(page) == "step-note"
    [note] = [each for each in page.all("textarea") if each["id"] == "log-note"]
    assert note.words.strip() == "She rang back."


def test_a_button_pressed_twice_saves_once(client, ana):
    inquiry = make_inquiry()
    sent = {"version": 0, "next_action_on": SOON}
    assert client.post(step(inquiry, "no_answer"), sent).status_code == 302
    assert client.post(step(inquiry, "no_answer"), sent).status_code == 409
    inquiry.refresh_from_db()
    assert inquiry.attempts == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "1", "\0", "9" * 30, "9" * 5000, "0x0", "٠"])
def test_no_made_up_version_saves_anything(client, ana, version):
    inquiry = make_inquiry()
    response = client.post(step(inquiry, "take"), {"version": version, "seen": version})
    assert response.status_code == 409
    assert Inquiry.objects.get().assigned_to is None


def test_no_step_is_taken_by_an_address_alone(client, ana):
    inquiry = make_inquiry()
    for name in BY_NAME:
        response = client.get(step(inquiry, name), {"version": 0, "note": "x", "reason": "x"})
        assert response.status_code == 405
    assert Inquiry.objects.get().version == 0
    assert (acts(inquiry), kinds(inquiry)) == ([], [])


def test_the_record_itself_takes_nothing(client, ana):
    inquiry = make_inquiry()
    sent = {"status": "closed", "outcome": "duplicate", "note": "x", "name": "Eve", "version": 0}
    assert client.post(record(inquiry), sent).status_code == 405
    stored = Inquiry.objects.get()
    assert (stored.status, stored.name, stored.version) == ("new", "Ada", 0)


@pytest.mark.parametrize("place", [message, paper, lambda each: step(each, "take")])
def test_every_form_of_the_record_needs_its_token(ana, place):
    careful = Client(enforce_csrf_checks=True)
    sign_in(careful, ana)
    inquiry = make_inquiry(message="Canary")
    response = careful.post(place(inquiry), {"version": 0})
    assert response.status_code == 403
    assert "Canary" not in response.text
    assert (acts(inquiry), kinds(inquiry)) == ([], [])


@pytest.mark.parametrize("role", ["site-admin", None])
def test_who_may_not_see_requests_gets_nothing_here(client, role):
    sign_in(client, make_staff(role, "eve"))
    inquiry = make_inquiry(name="Canary", message="Canary")
    places = [message(inquiry), paper(inquiry), *(step(inquiry, name) for name in BY_NAME)]
    answers = [client.get(record(inquiry)), *(client.post(place) for place in places)]
    answers.append(client.get(f"{LIST}999999/change/"))  # nor whether there is one
    assert {answer.status_code for answer in answers} == {403}
    assert not any("Canary" in answer.text for answer in answers)
    assert kinds(inquiry) == []


def test_who_may_only_look_sees_no_step_and_can_take_none(client):
    viewer = make_staff(None, "viewer")
    viewer.user_permissions.add(Permission.objects.get(codename="view_inquiry"))
    sign_in(client, viewer)
    inquiry = make_inquiry()
    page = client.get(record(inquiry)).text
    assert "/step/" not in page
    assert "Print" not in page
    for name in BY_NAME:
        assert client.post(step(inquiry, name), {"version": 0}).status_code == 403
    assert client.post(paper(inquiry)).status_code == 403
    assert kinds(inquiry) == ["viewed"]


@pytest.mark.parametrize(
    "key", ["999999", "0", "-1", "x", "9" * 30, "9" * 5000, "1_0", "%00", "1.5", "٣"]
)
def test_a_request_that_is_not_there_is_a_sentence_above_the_list(client, ana, key):
    for answer in (
        client.get(f"{LIST}{key}/change/", follow=True),
        client.post(f"{LIST}{key}/message/", follow=True),
        client.post(f"{LIST}{key}/step/take/", {"version": 0}, follow=True),
    ):
        assert answer.redirect_chain[-1][0] == LIST
        assert "That request no longer exists." in answer.text


def test_a_step_with_a_made_up_name_is_not_found(client, ana):
    assert client.post(step(make_inquiry(), "erase"), {"version": 0}).status_code == 404


@pytest.mark.parametrize("place", ["history/", "delete/"])
@pytest.mark.parametrize("key", ["1", "999999", "x"])
def test_the_ways_of_django_beside_ours_are_closed(client, admin_user, key, place):
    sign_in(client, admin_user)
    path = f"{LIST}{key}/{place}"
    assert client.get(path).status_code == 403
    assert client.post(path, {"post": "yes"}).status_code == 403


def test_the_admins_own_log_stays_empty(client, ana):
    inquiry = make_inquiry(message="Canary")
    client.post(message(inquiry))
    client.post(step(inquiry, "note"), {"version": 0, "note": "Canary"})
    assert not LogEntry.objects.exists()


# From one to the next


def test_after_no_answer_the_next_request_of_the_list_is_the_reply(client, ana):
    first, second, third = (make_inquiry(name=name) for name in ("Ada", "Ben", "Cy"))
    way = "?_changelist_filters=tab%3Dnow"
    sent = {"version": 0, "next_action_on": SOON, "then_next": "yes"}
    answer = client.post(step(first, "no_answer") + way, sent, follow=True)
    assert answer.redirect_chain == [(f"{record(second)}{way}#saved-{first.pk}-no_answer", 302)]
    page = Page(answer.text)
    assert [each.words for each in page.all("h1")] == ["Ben"]
    assert "Ada: Call saved. Next try" in words(answer.text)
    assert kinds(second) == ["viewed"]
    assert kinds(third) == []


def test_after_the_last_of_the_list_it_is_the_list(client, ana):
    sent = {"version": 0, "next_action_on": SOON, "then_next": "yes"}
    answer = client.post(step(make_inquiry(), "no_answer"), sent)
    assert answer["location"].startswith(f"{LIST}#saved-")


def test_spoke_stays_and_opens_the_schedule(client, ana):
    inquiry = make_inquiry()
    make_inquiry()
    sent = {"version": 0, "next_action_on": "", "then_next": "yes"}
    answer = client.post(step(inquiry, "spoke"), sent, follow=True)
    assert answer.redirect_chain[0][0].startswith(f"{record(inquiry)}?step=schedule")
    assert opened_pane(Page(answer.text)) == "step-schedule"


@pytest.mark.parametrize(
    ("wanted", "opened"), [("close", "close"), ("", "log"), ("x", "log"), ("note", "log")]
)
def test_the_address_says_which_pane_is_open(client, ana, wanted, opened):
    page = Page(client.get(record(make_inquiry()), {"step": wanted}).text)
    assert opened_pane(page) == f"step-{opened}"


def test_a_step_without_undo_is_said_as_a_message_and_one_with_it_in_its_bar(client, ana):
    inquiry = make_inquiry()
    noted = client.post(step(inquiry, "note"), {"version": 0, "note": "x"}, follow=True).text
    assert "Note saved." in noted
    assert "saved-" not in noted
    taken = client.post(step(inquiry, "take"), {"version": 1}, follow=True).text
    assert f'id="saved-{inquiry.pk}-take"' in taken
    assert taken.count("Assigned to you.") == 1


# From list to list


def test_the_list_that_somebody_came_from_is_kept(client, ana):
    inquiry = make_inquiry()
    came_from = f"{record(inquiry)}?_changelist_filters=tab%3Dnew"
    page = client.get(came_from).text
    [back] = [each for each in Page(page).all("a") if each["class"] == "back"]
    assert (back["href"], back.words) == (f"{LIST}?tab=new", "Back to New")
    response = client.post(step(inquiry, "take") + "?_changelist_filters=tab%3Dnew", {"version": 0})
    assert response["location"] == f"{came_from}#saved-{inquiry.pk}-take"


@pytest.mark.parametrize(
    "strange", ["//evil.example", '"><script>alert(1)</script>', "\r\nSet-Cookie: a=b", "\0"]
)
def test_the_way_back_leads_nowhere_else(client, ana, strange):
    inquiry = make_inquiry()
    response = client.get(record(inquiry), {"_changelist_filters": strange})
    [back] = [a for a in Page(response.text).all("a") if a["class"] == "back"]
    assert back["href"].startswith(f"{LIST}?")
    assert "<script>alert" not in response.text
    sent = client.post(
        step(inquiry, "take"), {"version": 0}, query_params={"_changelist_filters": strange}
    )
    assert sent["location"].startswith(record(inquiry))


# History


def test_the_history_tells_who_did_what_and_when_the_newest_first(client, ana, ben):
    inquiry = make_inquiry()
    at = datetime(2026, 11, 20, 18, 2, tzinfo=UTC)
    for number, note in enumerate(["First.", "Second."]):
        later = at + timedelta(hours=number)
        Activity.objects.create(inquiry=inquiry, kind="noted", by=ben, note=note, at=later)
    text = client.get(record(inquiry)).text
    assert text.index("Second.") < text.index("First.")
    told = words(text)
    assert "Fri Nov 20, 2026 11:02 AM Note · BenSecond. 10:02 AM Note · BenFirst." in told
    assert '<time datetime="2026-11-20T10:02:00-0800">' in text


def test_times_are_those_of_the_clinic(client, ana, clinic_file):
    clinic_file(time_zone="America/New_York")
    inquiry = make_inquiry(received_at=datetime(2026, 11, 20, 18, 2, tzinfo=UTC))
    for page in (client.get(record(inquiry)).text, client.post(paper(inquiry)).text):
        assert "Nov 20, 2026, 1:02 PM" in page.replace("November", "Nov")


def test_what_was_done_in_one_step_is_one_line(client, ana):
    inquiry = make_inquiry()
    client.post(step(inquiry, "no_answer"), {"version": 0, "next_action_on": SOON})
    client.post(step(inquiry, "set_safety_concern"), {"version": 1, "reason": "Sounded low."})
    client.post(step(inquiry, "clear_safety_concern"), {"version": 2, "note": "Is safe."})
    client.post(step(inquiry, "close"), {"version": 3, "outcome": "referred"})
    text = client.get(record(inquiry)).text
    lines = [each.words for each in Page(text).all("b", "span") if each["class"] == "what"]
    assert lines == [
        "Moved to “Closed”",
        "Safety concern cleared",
        "Safety concern flagged",
        "No answer · Moved to “Trying to reach”",
    ]
    assert "Referred elsewhere" in text


def test_looks_are_told_as_a_number(client, ana, ben):
    inquiry = make_inquiry()
    client.get(record(inquiry))
    a_browser_of(ben).get(record(inquiry))
    page = words(client.get(record(inquiry)).text)
    assert "Opened3 times by 2 people" in page


def test_a_step_that_was_undone_is_struck_through(client, ana):
    inquiry = make_inquiry()
    client.post(step(inquiry, "take"), {"version": 0})
    client.post(step(inquiry, "spam"), {"version": 1})
    client.post(reverse("admin:inquiries_undo", args=[Undo.objects.latest("pk").batch]))
    lines = [
        each for each in Page(client.get(record(inquiry)).text).all("li") if "ol" in each.inside
    ]
    assert [each["class"] for each in lines] == ["quiet", "undone", None]
    assert "Moved to “Spam” · Ana · undone" in lines[1].words


def test_what_the_person_changed_since_the_last_call_stands_on_top(client, ana):
    inquiry = make_inquiry()
    inquiry.record("corrected", fields="voicemail")
    assert "<strong>Changed by the person: voicemail</strong>" in client.get(record(inquiry)).text
    client.post(step(inquiry, "no_answer"), {"version": 0, "next_action_on": SOON})
    assert "<strong>Changed by" not in client.get(record(inquiry)).text


def test_the_last_two_notes_stand_above_the_field_for_a_new_one(client, ana, ben):
    inquiry = make_inquiry()
    for note in ("First.", "Second.", "Third."):
        inquiry.record("noted", by=ben, note=note)
    latest = next(
        e for e in Page(client.get(record(inquiry)).text).all("ul") if e["class"] == "recent"
    )
    assert "Third." in latest.words
    assert "Second." in latest.words
    assert "First." not in latest.words


def test_opening_it_again_and_again_is_one_line_a_day(client, ana, ben):
    inquiry = make_inquiry(message="Canary")
    for user in (ana, ana, ben, ana):
        text = a_browser_of(user).get(record(inquiry)).text
    lines = [each.words for each in Page(text).all("li") if each["class"] == "quiet"]
    assert [line.split("·")[1].strip() for line in lines] == ["Ana", "Ben", "Ana"]


# The same person


def make_searchable(**fields):
    inquiry = make_inquiry(**fields)
    SearchDigest.objects.add_for(inquiry)
    return inquiry


def test_requests_with_the_same_number_or_address_are_offered_for_linking(client, ana):
    inquiry = make_searchable(email="ada@example.org")
    same = [
        make_searchable(phone="425.555.0142"),
        make_searchable(phone="(425) 555-0199", email="ADA@example.org"),
    ]
    others = [
        make_searchable(phone="(425) 555-0199", email="eve@example.org"),
        make_searchable(received_at=timezone.now() - timedelta(days=31)),
    ]
    page = client.get(record(inquiry)).text
    assert [each.reference_in_groups in page for each in (*same, *others)] == [True] * 2 + [
        False
    ] * 2


def test_one_number_with_two_extensions_may_be_one_person(client, ana):
    inquiry = make_searchable(phone="425.555.0133 ext. 12")
    same = [make_searchable(phone="425-555-0133"), make_searchable(phone="4255550133x7")]
    page = client.get(record(inquiry)).text
    assert all(each.reference_in_groups in page for each in same)


def test_linking_is_put_on_record_in_both_and_can_be_undone(client, ana):
    first, second = make_searchable(), make_searchable()
    client.post(step(second, "link"), {"version": 0, "to": first.pk})
    second.refresh_from_db()
    assert second.same_person_as == first
    assert (
        first.activities.get(kind="linked").note == f"Same person as {second.reference_in_groups}"
    )
    page = words(client.get(record(first)).text)
    assert f"From the same person {second.reference_in_groups}" in page
    assert "With the same phone number" not in page
    client.post(step(second, "unlink"), {"version": 1})
    second.refresh_from_db()
    assert second.same_person_as is None
    assert kinds(first) == ["linked", "viewed", "linked"]


def test_a_third_request_is_linked_to_the_first(client, ana):
    first, second, third = make_searchable(), make_searchable(), make_searchable()
    client.post(step(second, "link"), {"version": 0, "to": first.pk})
    client.post(step(third, "link"), {"version": 0, "to": second.pk})
    third.refresh_from_db()
    assert third.same_person_as == first


@pytest.mark.parametrize("who", ["a stranger", "itself", "nobody", "nonsense"])
def test_only_a_request_that_was_offered_can_be_linked(client, ana, who):
    inquiry = make_searchable()
    stranger = make_searchable(phone="(425) 555-0199")
    to = {"a stranger": stranger.pk, "itself": inquiry.pk, "nobody": 999_999, "nonsense": "x"}[who]
    client.post(step(inquiry, "link"), {"version": 0, "to": to})
    inquiry.refresh_from_db()
    assert inquiry.same_person_as is None
    assert kinds(inquiry) == ["viewed"]  # the page with the message


# Who else has it open


def test_it_says_who_else_has_it_open(client, ana, ben):
    inquiry = make_inquiry()
    a_browser_of(ben).get(record(inquiry))
    page = words(client.get(record(inquiry)).text)
    assert "Ben opened this request 1 min ago." in page
    assert "Ana opened this" not in page


def test_somebody_who_went_on_to_something_else_has_it_open_no_more(client, ana, ben):
    inquiry, other = make_inquiry(), make_inquiry()
    browser = a_browser_of(ben)
    browser.get(record(inquiry))
    browser.get(record(other))
    assert "Ben opened this" not in words(client.get(record(inquiry)).text)


def test_nor_does_somebody_who_opened_it_long_ago(client, ana, ben):
    inquiry = make_inquiry()
    long_ago = timezone.now() - timedelta(minutes=11)
    Access.objects.create(by=ben, act="opened", reference=inquiry.reference, at=long_ago)
    assert "Ben opened this" not in words(client.get(record(inquiry)).text)


# On paper


def test_printing_is_put_on_record_and_leaves_the_message_out(client, ana):
    inquiry = make_inquiry(message="Canary", name="Ada")
    page = client.post(paper(inquiry)).text
    assert "Ada" in page
    assert "Canary" not in page
    assert "by Ana" in words(page)
    assert acts(inquiry) == [("ana", "printed", "")]
    assert kinds(inquiry) == ["printed"]


def test_paper_has_the_number_to_dial_and_what_was_typed(client, ana):
    page = client.post(paper(make_inquiry(phone="work: 425.555.0133 x12"))).text
    assert "<dt>Phone</dt><dd>(425) 555-0133 ext. 12</dd>" in page
    assert "<dt>Phone as entered</dt><dd><bdi>work: 425.555.0133 x12</bdi></dd>" in page


def test_the_message_is_printed_when_asked_for_and_that_is_put_on_record_too(client, ana):
    inquiry = make_inquiry(message="Canary")
    assert "Canary" in client.post(paper(inquiry), {"message": "yes"}).text
    assert [act for _, act, _ in acts(inquiry)] == ["printed", "message"]
    assert kinds(inquiry) == ["printed", "shown"]


def test_who_may_print_but_not_read_messages_gets_none_on_paper(client):
    clerk = make_staff(None, "clerk")
    codes = ["view_inquiry", "print_inquiry"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=codes))
    sign_in(client, clerk)
    inquiry = make_inquiry(message="Canary")
    assert client.post(paper(inquiry), {"message": "yes"}).status_code == 403
    assert client.post(paper(inquiry)).status_code == 200
    assert [act for _, act, _ in acts(inquiry)] == ["printed"]


def test_nothing_is_printed_by_an_address_alone(client, ana):
    inquiry = make_inquiry()
    assert client.get(paper(inquiry)).status_code == 405
    assert kinds(inquiry) == []


# What somebody typed stays text

HARM = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"
TURNED = "safe\u202egnp.exe\u2066\u200b\x07\x1b[31m"


def typed_everywhere(text):
    return make_inquiry(
        name=text,
        phone=text,
        email=f"{text}@example.org",
        normalized_email=text,
        topics=text,
        message=text,
        safety_concern=True,
        safety_concern_reason=text,
        danger=text,
        spam_reasons=text,
        consent_version="1",
    )


@pytest.mark.parametrize("place", ["record", "message", "paper", "spam"])
def test_no_field_can_bring_markup_into_the_page(client, ana, place):
    page = page_with(HARM, client, ana, place)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("place", ["record", "message", "paper", "spam"])
def test_what_turns_or_hides_text_is_shown_by_its_number(client, ana, place):
    page = page_with(TURNED, client, ana, place)
    assert "safe[U+202E]gnp.exe[U+2066][U+200B][U+0007][U+001B][31m" in page
    assert not [sign for sign in "\u202e\u2066\u200b\x07\x1b" if sign in page]


def page_with(text, client, ana, place):
    inquiry = typed_everywhere(text)
    if place == "spam":
        Inquiry.objects.update(status="spam")
    inquiry.record("noted", by=ana, note=text)
    if place == "message":
        return client.post(message(inquiry)).text
    if place == "paper":
        return client.post(paper(inquiry), {"message": "yes"}).text
    return client.get(record(inquiry)).text


def test_nor_can_what_colleagues_wrote_to_each_other(client, ana, ben):
    inquiry = make_inquiry()
    a_browser_of(ben).post(
        step(inquiry, "close"), {"version": 0, "outcome": "duplicate", "note": HARM + TURNED}
    )
    inquiry.record("noted", by=ben, note=TURNED)  # from before such characters were taken out
    sent = {"version": 0, "next_action_on": HARM, "note": HARM + TURNED}
    page = client.post(step(inquiry, "no_answer"), sent).text
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3  # news, history, my own note
    assert "<script>alert" not in page
    assert not [sign for sign in "\u202e\u2066\u200b\x07\x1b" if sign in page]


def test_the_name_of_a_colleague_stays_text_too(client, ana):
    eve = make_staff("lead", "eve", first_name="<b>Eve</b>")
    inquiry = make_inquiry(assigned_to=eve)
    inquiry.record("noted", by=eve, note="x")
    a_browser_of(eve).get(record(inquiry))
    page = client.get(record(inquiry)).text
    assert "&lt;b&gt;Eve&lt;/b&gt;" in page
    assert "<b>Eve" not in page


# Cost


def test_a_record_costs_the_same_whatever_lies_beside_it(client, ana, ben):
    inquiry = make_searchable()
    few = queries_of(client, inquiry)
    for number in range(20):
        make_searchable(form_token=f"other {number}")
        inquiry.record("noted", by=ben, note="x")
    assert queries_of(client, inquiry) == few
    assert few <= 30


def queries_of(client, inquiry):
    client.get(record(inquiry))
    with CaptureQueriesContext(connection) as queries:
        client.get(record(inquiry))
    return len(queries)


def opened_pane(page):
    [opened] = [
        e["id"] for e in page.all("details") if e["name"] == "step" and "open" in e.attributes
    ]
    return opened


def hidden(page, name):
    return next(each["value"] for each in Page(page).all("input") if each["name"] == name)


def test_a_colleague_who_has_left_stays_named_on_the_requests_they_had(client, ana):
    gone = User.objects.create_user("gone", is_staff=True, is_active=False)
    assert "gone" in words(client.get(record(make_inquiry(assigned_to=gone))).text)


def test_a_note_is_saved_whatever_changed_meanwhile(client, ana):
    inquiry = make_inquiry()
    opened = {"version": 0, "seen": 0}
    client.post(step(inquiry, "take"), opened)  # in another tab
    answer = client.post(step(inquiry, "note"), opened | {"note": "Rang twice."})
    assert answer.status_code == 302
    assert inquiry.activities.get(kind="noted").note == "Rang twice."


def test_a_note_that_is_sent_twice_is_saved_once(client, ana):
    inquiry = make_inquiry()
    sent = {"version": 0, "seen": 0, "note": "Rang twice."}
    assert client.post(step(inquiry, "note"), sent).status_code == 302
    assert client.post(step(inquiry, "note"), sent).status_code == 409
    assert inquiry.activities.filter(kind="noted").count() == 1


def test_ones_own_note_in_another_tab_does_not_conflict_with_a_step(client, ana):
    inquiry = make_inquiry()
    page = client.get(record(inquiry)).text
    opened = {"version": hidden(page, "version"), "seen": hidden(page, "seen")}
    for note in ("Rang twice.", "Rang a third time."):
        client.post(step(inquiry, "note"), opened | {"note": note})
    sent = opened | {"next_action_on": SOON}
    assert client.post(step(inquiry, "no_answer"), sent).status_code == 302
    assert client.post(step(inquiry, "no_answer"), sent).status_code == 409  # pressed twice
    stored = Inquiry.objects.get()
    assert (stored.status, stored.attempts, stored.version) == ("trying", 1, 3)


def test_a_note_of_a_colleague_is_read_before_a_step_is_saved(client, ana, ben):
    inquiry = make_inquiry()
    page = client.get(record(inquiry)).text
    opened = {"version": hidden(page, "version"), "seen": hidden(page, "seen")}
    a_browser_of(ben).post(step(inquiry, "note"), opened | {"note": "Do not call today."})
    client.post(step(inquiry, "note"), opened | {"note": "Rang twice."})
    response = client.post(step(inquiry, "no_answer"), opened | {"next_action_on": SOON})
    assert response.status_code == 409
    assert "Do not call today." in response.text


def test_a_note_that_is_sent_twice_from_the_page_is_saved_once(client, ana):
    inquiry = make_inquiry()
    page = client.get(record(inquiry)).text
    sent = {"version": hidden(page, "version"), "seen": hidden(page, "seen"), "note": "Rang twice."}
    assert client.post(step(inquiry, "note"), sent).status_code == 302
    assert client.post(step(inquiry, "note"), sent).status_code == 409
    assert inquiry.activities.filter(kind="noted").count() == 1


def test_a_note_can_be_added_after_one_that_no_key_opens(client, ana, settings):
    inquiry = make_inquiry()
    settings.FIELD_KEYS, keys = ["A" * 42 + "Q"], settings.FIELD_KEYS
    inquiry.record("noted", by=ana, note="Lost")
    settings.FIELD_KEYS = keys
    answer = client.post(step(inquiry, "note"), {"version": 0, "seen": 1, "note": "Rang twice."})
    assert answer.status_code == 302
