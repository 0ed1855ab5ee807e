"""Handing a request over: a note that stays, and one mail with nothing but a link."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from kapsite.inquiries.models import Access, Inquiry, Notice, Undo
from kapsite.inquiries.worker.delivery import send_next
from tests.encryption.tampering import stored
from tests.factories import make_inquiry, make_staff
from tests.html import Page

pytestmark = pytest.mark.django_db
NOTE = "Canary note: put her through to me."


@pytest.fixture
def tom():
    return make_staff("lead", "tom", first_name="Tom", email="tom@example.org")


def hand_over(client, inquiry, to, note=NOTE, version=None, **more):
    address = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "assign"])
    at = Inquiry.objects.values_list("version", flat=True).get(pk=inquiry.pk)
    sent = {"assigned_to": to.pk if to else "", "note": note, "seen": 0, **more}
    return client.post(address, sent | {"version": at if version is None else version})


def letters(mailbox):
    while send_next():
        pass
    return mailbox.letters


def test_a_colleagues_name_is_the_button_that_saves(client, ana, tom):
    make_staff("site-admin", "eve", first_name="Eve")  # takes no steps
    inquiry = make_inquiry()
    page = Page(client.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).text)
    buttons = [each for each in page.all("button") if each["name"] == "assigned_to"]
    found = [(each.words, each["value"]) for each in buttons]
    assert found == [("Me", str(ana.pk)), ("Tom", str(tom.pk)), ("No one", "")]


def test_the_colleague_gets_one_mail_that_holds_a_link_and_nothing_else(client, ana, tom, mailbox):
    inquiry = make_inquiry(name="Canary name", message="Canary message", topics="depression")
    assert hand_over(client, inquiry, tom).status_code == 302
    [letter] = letters(mailbox)
    assert (letter["To"], letter["Subject"]) == ("tom@example.org", "A request assigned to you")
    assert f"/admin/inquiries/inquiry/{inquiry.pk}/change/" in letter.get_content()
    found = [word for word in ("anary", "depress", "Tom", "Ana ") if word in str(letter)]
    assert found == []


def test_a_safety_concern_is_announced_without_saying_so(client, ana, tom, mailbox):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so.")
    hand_over(client, inquiry, tom)
    [letter] = letters(mailbox)
    assert letter["Subject"] == "A request assigned to you – please open now"
    assert not [word for word in ("safety", "concern", "danger") if word in str(letter).lower()]


def test_the_note_is_encrypted_in_the_history_and_the_log_has_no_words_of_it(client, ana, tom):
    inquiry = make_inquiry()
    hand_over(client, inquiry, tom)
    rows = inquiry.activities.order_by("pk").values_list("kind", "fields", "by")
    assert list(rows) == [
        ("assigned", "assigned_to", ana.pk),
        ("noted", "assigned_to", ana.pk),
    ]
    note = inquiry.activities.get(kind="noted")
    assert note.note == NOTE
    assert "Canary" not in stored(note, "note")
    entry = Access.objects.get(act="changed")
    assert (entry.details, entry.by, entry.reference) == ("Hand over", ana, inquiry.reference)


def test_undo_takes_the_assignment_back_and_leaves_the_note(client, ana, tom, mailbox):
    inquiry = make_inquiry()
    hand_over(client, inquiry, tom)
    assert Undo.objects.get().apply()
    inquiry.refresh_from_db()
    assert inquiry.assigned_to is None
    assert inquiry.activities.get(kind="noted").note == NOTE
    assert letters(mailbox) == []  # it had not been sent yet
    assert not Notice.objects.exists()


def test_a_later_hand_over_with_a_note_is_more_than_a_note(client, ana, tom):
    inquiry = make_inquiry()
    hand_over(client, inquiry, ana, note="")
    first = Undo.objects.get()
    hand_over(client, inquiry, tom)
    assert not first.apply()
    inquiry.refresh_from_db()
    assert inquiry.assigned_to == tom


def test_a_hand_over_in_another_tab_conflicts_with_a_step(client, ana, tom):
    inquiry = make_inquiry()
    inquiry.record("viewed", by=ana)
    seen = inquiry.activities.get().pk
    hand_over(client, inquiry, tom)
    assert hand_over(client, inquiry, ana, version=0, seen=seen).status_code == 409


def test_a_double_click_sends_one_mail(client, ana, tom, mailbox):
    inquiry = make_inquiry()
    assert hand_over(client, inquiry, tom, version=0).status_code == 302
    assert hand_over(client, inquiry, tom, version=0).status_code == 409
    assert len(letters(mailbox)) == 1
    assert inquiry.activities.filter(kind="noted").count() == 1


@pytest.mark.parametrize("to", ["oneself", "nobody"])
def test_no_mail_goes_to_oneself_or_nobody(client, ana, to):
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    inquiry = make_inquiry()
    assert hand_over(client, inquiry, ana if to == "oneself" else None).status_code == 302
    assert not Notice.objects.exists()


def test_the_same_owner_without_a_note_gets_no_second_mail(client, ana, tom, mailbox):
    inquiry = make_inquiry(assigned_to=tom)
    hand_over(client, inquiry, tom, note="")
    assert not Notice.objects.exists()
    hand_over(client, inquiry, tom)
    assert len(letters(mailbox)) == 1


def test_who_switched_off_meanwhile_is_not_chosen_and_the_note_is_kept(client, ana, tom):
    inquiry = make_inquiry()
    User.objects.filter(pk=tom.pk).update(is_active=False)
    response = hand_over(client, inquiry, tom)
    assert "Select a person from the list" in response.text
    assert NOTE in response.text
    inquiry.refresh_from_db()
    assert inquiry.assigned_to is None
    assert not Notice.objects.exists()


def test_without_an_address_the_page_says_so(client, ana):
    ben = make_staff("clinician", "ben", first_name="Ben")
    response = hand_over(client, make_inquiry(), ben)
    words = "Ben has no email address in their account: tell them yourself."
    assert words in client.get(response.url).text
    assert not Notice.objects.exists()


def gone(inquiry, tom):
    User.objects.filter(pk=tom.pk).update(is_active=False)


def given_on(inquiry, tom):
    Inquiry.objects.filter(pk=inquiry.pk).update(assigned_to=None)


def withdrawn(inquiry, tom):
    now = timezone.now()
    Inquiry.objects.filter(pk=inquiry.pk).update(withdrawn_at=now)


@pytest.mark.parametrize("meanwhile", [gone, given_on, withdrawn])
def test_a_mail_that_is_pointless_by_now_is_dropped(client, ana, tom, mailbox, meanwhile):
    inquiry = make_inquiry()
    hand_over(client, inquiry, tom)
    meanwhile(inquiry, tom)
    assert letters(mailbox) == []
    assert not Notice.objects.exists()


def test_handed_on_before_it_was_sent_only_the_last_colleague_hears_of_it(
    client, ana, tom, mailbox
):
    ben = make_staff("clinician", "ben", email="ben@example.org")
    inquiry = make_inquiry()
    hand_over(client, inquiry, tom)
    hand_over(client, inquiry, ben)
    assert [letter["To"] for letter in letters(mailbox)] == ["ben@example.org"]


def test_several_at_once_are_one_mail_to_each_colleague(client, ana, tom, mailbox):
    ben = make_staff("clinician", "ben", email="ben@example.org")
    for to in (tom, ben, tom):
        hand_over(client, make_inquiry(), to)
    found = {letter["To"]: letter for letter in letters(mailbox)}
    assert len(mailbox.letters) == 2
    assert found["tom@example.org"]["Subject"] == "2 requests assigned to you"
    assert found["tom@example.org"].get_content().count("/change/") == 2
    assert found["ben@example.org"].get_content().count("/change/") == 1


def test_a_failing_server_is_tried_again(client, ana, tom, mailbox, settings):
    hand_over(client, make_inquiry(), tom)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send_next()
    assert Notice.objects.get().state == "waiting"
    settings.EMAIL_PORT = port
    Notice.objects.update(due_at="2000-01-01T00:00Z")
    assert len(letters(mailbox)) == 1
    assert Notice.objects.get().state == "sent"
