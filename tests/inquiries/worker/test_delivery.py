"""What is sent, over a real connection to a mail server."""

import re
import sqlite3
import time
from calendar import day_name
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from kapsite.clinic.deadlines import in_words, promised_by
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.reports import system_status
from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.outbox import NoticeQuerySet, NoticeState
from kapsite.inquiries.models.request.notices import notices_for
from kapsite.inquiries.worker import delivery, messages, sending
from kapsite.inquiries.worker.delivery import send_next
from tests.encryption.tampering import swap
from tests.factories import make_inquiry

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Canary name",
    "phone": "(425) 555-0188",
    "email": "canary@example.org",
    "topics": "depression",
    "message": "Canary message",
}
PARTS = ("anary", "555-0188", "5550188", "epression")  # none is short enough to come up by chance


def make_notices(**overrides):
    inquiry = make_inquiry(**{"contact_by": "email", "email": "ada@example.org"} | overrides)
    Notice.objects.bulk_create(notices_for(inquiry))
    return inquiry


def send_all():
    while send_next():
        pass


def states():
    return dict(Notice.objects.values_list("kind", "state"))


def make_due():
    """As if the wait were over."""
    Notice.objects.update(due_at="2000-01-01T00:00Z")


# The words


def test_staff_get_the_reference_and_where_to_read_it(mailbox):
    inquiry = make_notices(contact_by="call")
    send_all()
    [letter] = mailbox.letters
    assert letter["To"] == "front.desk@example.org"
    assert letter["Subject"] == f"New request {inquiry.reference_in_groups}"
    body = letter.get_content()
    assert inquiry.reference_in_groups in body
    assert f"http://localhost:8000/admin/inquiries/inquiry/{inquiry.pk}/change/" in body
    assert Inquiry.objects.get().notified_at


CONCERN = {"safety_concern": True, "safety_concern_reason": "Words that suggest danger"}


def test_staff_are_asked_to_open_a_safety_concern_now_without_health_data(mailbox):
    inquiry = make_notices(contact_by="call", **CONCERN)
    send_all()
    [letter] = mailbox.letters
    expected = f"New request – please open now: {inquiry.reference_in_groups}"
    assert letter["Subject"] == expected
    assert not [word for word in ("danger", "safety", "suicid") if word in str(letter).lower()]


def test_among_several_a_safety_concern_comes_first(mailbox):
    make_notices(contact_by="call")
    urgent = make_notices(contact_by="call", **CONCERN)
    send_all()
    [letter] = mailbox.letters
    assert letter["Subject"] == "2 new requests – please open now"
    lines = letter.get_content().splitlines()
    references = [line for line in lines if re.match("[A-Z0-9]{4} [A-Z0-9]{4}", line)]
    assert references[0] == f"{urgent.reference_in_groups} – please open now"
    assert "please open now" not in references[1]


def test_staff_are_asked_to_check_what_was_set_aside(mailbox):
    inquiry = make_notices(status="spam", contact_by="call", **TYPED)
    send_all()
    [letter] = mailbox.letters
    assert letter["Subject"] == f"Likely spam to check: {inquiry.reference_in_groups}"
    body = letter.get_content()
    assert (
        'choose "Not spam" if it’s a real person. Otherwise it will be deleted after 14 days.'
        in body
    )
    assert f"/admin/inquiries/inquiry/{inquiry.pk}/change/" in body
    assert not [part for part in PARTS if part in str(letter)]


def test_one_message_to_staff_stands_for_all_that_wait(mailbox):
    inquiries = [make_notices(contact_by="call") for _ in range(3)]
    send_all()
    [letter] = mailbox.letters
    assert letter["Subject"] == "3 new requests"
    body = letter.get_content()
    assert "3 people asked for an evaluation" in body
    for inquiry in inquiries:
        assert inquiry.reference_in_groups in body
        assert f"/admin/inquiries/inquiry/{inquiry.pk}/change/" in body
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert not Inquiry.objects.filter(notified_at=None).exists()


def test_such_a_message_says_nothing_about_the_people(mailbox):
    for _ in range(2):
        make_notices(contact_by="call", **TYPED)
    send_all()
    words = str(mailbox.letters[0])
    assert not [part for part in PARTS if part in words]


def test_likely_spam_stands_apart_from_what_is_new(mailbox):
    make_notices(contact_by="call")
    make_notices(contact_by="call", status="spam", **TYPED)
    send_all()
    [letter] = mailbox.letters
    assert letter["Subject"] == "1 new request, 1 likely spam to check"
    assert 'choose "Not spam"' in letter.get_content()


def test_of_very_many_the_first_are_named_and_the_others_counted(mailbox):
    for _ in range(25):
        make_notices(contact_by="call")
    send_all()
    [letter] = mailbox.letters
    assert letter["Subject"] == "25 new requests"
    assert "And 5 more: http://localhost:8000/admin/inquiries/inquiry/" in letter.get_content()
    assert letter.get_content().count("/change/") == messages.LISTED


def test_those_that_failed_together_are_sent_together(mailbox):
    for _ in range(3):
        make_notices(contact_by="call")
    mailbox.fails = "refuses"
    send_all()
    assert len(set(Notice.objects.values_list("due_at", flat=True))) == 1
    mailbox.fails = ""
    make_due()
    send_all()
    assert [letter["Subject"] for letter in mailbox.letters] == ["3 new requests"]


def test_a_request_that_was_erased_meanwhile_is_left_out(mailbox, monkeypatch):
    inquiry, other = (make_notices(contact_by="call") for _ in range(2))
    claim = NoticeQuerySet.claim_alike

    def erase_meanwhile(self, now, notice):
        claimed = claim(self, now, notice)
        other.delete()
        return claimed

    monkeypatch.setattr(NoticeQuerySet, "claim_alike", erase_meanwhile)
    send_all()
    assert mailbox.letters[0]["Subject"] == f"New request {inquiry.reference_in_groups}"


def test_the_person_is_told_that_it_arrived_what_comes_next_and_where_help_is(mailbox):
    make_notices()
    send_all()
    letter = mailbox.letters[1]
    assert letter["To"] == "ada@example.org"
    assert letter["Subject"] == "We have your message"
    body = letter.get_content()
    assert "write back to this address as soon as we can." in body
    assert "call or text 988" in body
    assert "(425) 654-5433" in body


def test_mail_to_a_domain_in_other_letters_is_taken_by_a_usual_mail_server(mailbox):
    make_notices(email="ada@straße.münchen.de")
    send_all()
    assert mailbox.letters[1]["To"] == "ada@xn--strae-oqa.xn--mnchen-3ya.de"


def test_the_person_is_told_by_when_if_the_clinic_promises_it(mailbox, clinic_file):
    every_day = dict.fromkeys(map(str.lower, day_name), "9 am to 5 pm")
    clinic_file(hours=every_day, reply_promise={"open_days": "1", "by": "noon"})
    inquiry = make_notices()
    send_all()
    end = promised_by(inquiry.received_at, get_clinic())
    assert f"write back to this address {in_words(end, timezone.now())}." in (
        mailbox.letters[1].get_content()
    )


def test_a_promise_that_is_over_is_not_repeated(mailbox, clinic_file):
    every_day = dict.fromkeys(map(str.lower, day_name), "9 am to 5 pm")
    clinic_file(hours=every_day, reply_promise={"open_days": "1", "by": "noon"})
    make_notices(received_at=timezone.now() - timedelta(days=3))
    send_all()
    assert "as soon as we can." in mailbox.letters[1].get_content()


def letters_to_people(mailbox):
    return [each["To"] for each in mailbox.letters if each["To"] != "front.desk@example.org"]


@pytest.mark.parametrize(
    "change",
    [
        {"withdrawn_at": timezone.now(), "status": "contacted"},
        {"withdrawn_at": timezone.now(), "withdrawn_from": "new", "status": "withdrawn"},
        {"contact_by": "call", "phone": "(425) 555-0142", "voicemail": "no"},
        {"status": "closed", "outcome": "declined", "closed_at": timezone.now()},
        {"status": "spam"},
    ],
)
def test_whoever_withdrew_or_chose_another_way_since_gets_no_letter(mailbox, monkeypatch, change):
    """Even if that happens after the letter was taken from the outbox."""
    inquiry = make_notices()
    compose = messages.compose

    def change_first(notices):
        for name, value in change.items():
            setattr(inquiry, name, value)
        inquiry.save()
        return compose(notices)

    monkeypatch.setattr(delivery, "compose", change_first)
    send_all()
    assert letters_to_people(mailbox) == []
    assert not Notice.objects.filter(kind="acknowledgement").exists()


def test_a_corrected_address_gets_the_letter_and_the_earlier_one_does_not(mailbox):
    inquiry = make_notices()
    inquiry.email = "corrected@example.org"
    inquiry.normalize_contacts()
    inquiry.save()
    send_all()
    assert letters_to_people(mailbox) == ["corrected@example.org"]
    make_notices(email="corrected@example.org")
    send_all()
    assert letters_to_people(mailbox) == ["corrected@example.org"]


def test_nobody_gets_a_second_letter_by_corrections_of_others(mailbox):
    make_notices(email="victim@example.org")
    other = make_notices(email="eve@example.org")
    other.email = "victim@example.org"
    other.normalize_contacts()
    other.save()
    send_all()
    assert letters_to_people(mailbox) == ["victim@example.org"]


def test_no_letter_repeats_what_the_person_wrote(mailbox):
    make_notices(**TYPED)
    send_all()
    assert [letter["To"] for letter in mailbox.letters] == [
        "front.desk@example.org",
        "canary@example.org",
    ]
    del mailbox.letters[1]["To"]
    told = "".join(letter.as_string() for letter in mailbox.letters)
    assert not [part for part in PARTS if part in told]


@pytest.mark.parametrize("word", ["ketamine", "quest", "therap", "treat", "evaluat", "clinic"])
def test_the_letter_to_the_person_names_no_treatment(mailbox, word):
    make_notices()
    send_all()
    assert word not in mailbox.letters[1].as_string().lower()


def test_the_letter_to_the_person_has_no_number_by_which_it_could_be_traced(mailbox):
    inquiry = make_notices()
    send_all()
    letter = mailbox.letters[1].as_string()
    assert inquiry.reference not in letter
    assert inquiry.reference_in_groups not in letter
    assert "http" not in letter


def test_machines_are_asked_for_no_answer(mailbox):
    make_notices()
    send_all()
    assert {letter["Auto-Submitted"] for letter in mailbox.letters} == {"auto-generated"}


def test_an_address_with_a_line_break_adds_no_header(mailbox):
    make_notices(email="ada@example.org\nBcc: eve@example.org")
    send_all()
    assert [letter["To"] for letter in mailbox.letters] == ["front.desk@example.org"]
    assert Notice.objects.get(kind="acknowledgement").error == "ValueError"


# Failures of the mail server

SILENT = {"hangs", "drips"}  # ways to fail in which only a timeout ends the wait


@pytest.mark.parametrize(
    ("fails", "error", "acknowledgement"),
    [
        ("refuses", "SMTPDataError", "waiting"),
        ("refuses address", "SMTPRecipientsRefused", "waiting"),
        ("hangs", "SMTPServerDisconnected", "unsure"),
        ("drips", "SMTPServerDisconnected", "unsure"),
        ("drops", "SMTPServerDisconnected", "unsure"),
    ],
)
def test_a_failing_server_leaves_both_notices_where_staff_see_them(
    mailbox, monkeypatch, fails, error, acknowledgement
):
    if fails in SILENT:
        monkeypatch.setattr(sending, "SENDING_TIMEOUT", 1)
    mailbox.fails = fails
    make_notices()
    send_all()
    assert states() == {"staff": "waiting", "acknowledgement": acknowledgement}
    assert set(Notice.objects.values_list("attempts", "error")) == {(1, error)}
    assert Inquiry.objects.get().notified_at is None


@pytest.mark.parametrize("fails", ["refuses", "refuses address", "hangs", "drips", "drops"])
def test_when_the_server_is_well_again_staff_are_told_and_the_person_at_most_once(
    mailbox, monkeypatch, fails
):
    if fails in SILENT:
        monkeypatch.setattr(sending, "SENDING_TIMEOUT", 1)
    mailbox.fails = fails
    make_notices()
    send_all()
    mailbox.fails = ""
    make_due()
    send_all()
    assert states()["staff"] == NoticeState.SENT
    got = [letter["To"] for letter in mailbox.letters]
    assert got.count("front.desk@example.org") == (2 if fails == "drops" else 1)
    assert got.count("ada@example.org") == (0 if fails in SILENT else 1)


def test_two_copies_of_a_letter_carry_the_same_id(mailbox):
    mailbox.fails = "drops"
    make_notices(contact_by="call")
    send_all()
    make_due()
    send_all()
    one, other = mailbox.letters
    assert one["Message-ID"] == other["Message-ID"]


def test_with_no_server_at_all_the_person_is_written_to_later(mailbox, settings):
    make_notices()
    settings.EMAIL_PORT = 1
    send_all()
    assert states() == {"staff": "waiting", "acknowledgement": "waiting"}
    assert set(Notice.objects.values_list("error", flat=True)) == {"ConnectionRefusedError"}
    settings.EMAIL_PORT = mailbox.port
    make_due()
    send_all()
    assert len(mailbox.letters) == 2


def test_a_server_that_only_hangs_at_the_farewell_has_taken_the_letter(mailbox, monkeypatch):
    monkeypatch.setattr(sending, "PARTING_TIMEOUT", 0.5)
    mailbox.fails = "hangs at the end"
    make_notices()
    send_all()
    assert set(states().values()) == {"sent"}


def test_an_address_that_no_key_opens_waits_for_its_key(mailbox, settings):
    make_notices()
    keys, settings.FIELD_KEYS = settings.FIELD_KEYS, ["A" * 42 + "Q"]
    send_all()
    assert states() == {"staff": "sent", "acknowledgement": "waiting"}
    settings.FIELD_KEYS = keys
    make_due()
    send_all()
    assert states() == {"staff": "sent", "acknowledgement": "sent"}


def test_nothing_is_sent_to_an_address_swapped_with_another_request(mailbox):
    swap(make_notices(), make_notices(email="eve@example.org"), "email", "normalized_email")
    send_all()
    assert {letter["To"] for letter in mailbox.letters} == {"front.desk@example.org"}


def test_with_nobody_left_to_tell_the_notice_waits(mailbox, settings):
    make_notices(contact_by="call")
    settings.NOTIFY_EMAILS = []
    send_all()
    assert Notice.objects.get().error == "LookupError"


def test_a_failure_is_logged_without_an_address(mailbox, caplog):
    caplog.set_level("DEBUG")
    mailbox.fails = "refuses address"
    make_notices(**TYPED)
    send_all()
    assert "was not sent, attempt 1: SMTPRecipientsRefused" in caplog.text
    told = [record.getMessage() for record in caplog.records if record.name.startswith("kapsite")]
    assert not [line for line in told if "anary" in line or "desk" in line]


# Several addresses for notices

DESK, LEAD = "front.desk@example.org", "lead@example.org"
FOR_NOW, FOR_GOOD = "450 mailbox is full", "550 no such mailbox"


@pytest.fixture
def two_addresses(mailbox, settings):
    settings.NOTIFY_EMAILS = [DESK, LEAD]
    return mailbox


def recipients_of(mailbox):
    return [letter["To"] for letter in mailbox.letters]


def send_again():
    make_due()
    send_all()


@pytest.mark.parametrize("refused", [DESK, LEAD])
@pytest.mark.parametrize("answer", [FOR_NOW, FOR_GOOD])
def test_a_refused_address_alone_is_tried_again_until_it_accepts(two_addresses, refused, answer):
    other = LEAD if refused == DESK else DESK
    two_addresses.refused = {refused: answer}
    inquiry = make_notices(contact_by="call")
    send_all()
    send_again()
    assert recipients_of(two_addresses) == [other]
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.error) == ("waiting", 2, "SMTPRecipientsRefused")
    two_addresses.refused = {}
    send_again()
    assert recipients_of(two_addresses) == [other, refused]
    assert inquiry.reference_in_groups in two_addresses.letters[1]["Subject"]
    assert Notice.objects.get().state == NoticeState.SENT
    send_again()
    assert len(two_addresses.letters) == 2


def test_a_refused_address_is_counted_where_staff_and_the_operator_look(
    two_addresses, caplog, admin_client
):
    two_addresses.refused = {LEAD: FOR_GOOD}
    inquiry = make_notices(contact_by="call")
    send_all()
    assert "(staff) was not sent to 1 of 2 addresses, attempt 1: SMTPRecipients" in caplog.text
    ours = [each for each in caplog.records if each.name.startswith("kapsite")]
    assert not [each for each in ours if LEAD in each.getMessage()]
    [line] = [each for each in system_status.mail(timezone.now()) if "not sent" in each.label]
    assert (line.words, line.is_well) == ("1, 1 of them only to some addresses", False)
    page = admin_client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/change/").text
    assert "sent to some addresses, not to all, tried 1 time (SMTPRecipientsRefused)" in page


def test_staff_count_as_notified_when_one_of_them_is(two_addresses):
    two_addresses.refused = {LEAD: FOR_GOOD}
    make_notices(contact_by="call")
    send_all()
    assert Inquiry.objects.get().notified_at


def test_addresses_that_were_all_refused_are_each_tried_again(two_addresses):
    two_addresses.refused = {DESK: FOR_NOW, LEAD: FOR_GOOD}
    make_notices(contact_by="call")
    send_all()
    assert Inquiry.objects.get().notified_at is None
    two_addresses.refused = {LEAD: FOR_GOOD}
    send_again()
    two_addresses.refused = {}
    send_again()
    assert recipients_of(two_addresses) == [DESK, LEAD]


def test_an_address_that_stands_twice_gets_one_letter(mailbox, settings):
    settings.NOTIFY_EMAILS = [DESK, LEAD, DESK, DESK.title()]
    mailbox.refused = {LEAD: FOR_NOW}
    make_notices(contact_by="call")
    send_all()
    mailbox.refused = {}
    send_again()
    assert [each.lower() for each in recipients_of(mailbox)] == [DESK, LEAD]


def test_a_refused_address_gets_one_letter_for_all_that_it_missed(two_addresses):
    two_addresses.refused = {LEAD: FOR_NOW}
    for _ in range(3):
        make_notices(contact_by="call")
    send_all()
    two_addresses.refused = {}
    send_again()
    expected = [(DESK, "3 new requests"), (LEAD, "3 new requests")]
    assert [(each["To"], each["Subject"]) for each in two_addresses.letters] == expected


def test_what_one_address_missed_does_not_mix_with_what_is_new_for_all(two_addresses):
    two_addresses.refused = {LEAD: FOR_NOW}
    missed = make_notices(contact_by="call")
    send_all()
    two_addresses.refused = {}
    new = make_notices(contact_by="call")
    send_again()
    got = [(each["To"], each["Subject"].partition("request ")[2]) for each in two_addresses.letters]
    first, second = missed.reference_in_groups, new.reference_in_groups
    assert got == [(DESK, first), (DESK, second), (LEAD, second), (LEAD, first)]


def test_a_corrected_address_gets_what_the_wrong_one_refused(two_addresses, settings):
    two_addresses.refused = {LEAD: FOR_GOOD}
    make_notices(contact_by="call")
    send_all()
    settings.NOTIFY_EMAILS = [DESK, "lea@example.org"]
    send_again()
    assert recipients_of(two_addresses) == [DESK, "lea@example.org"]


def test_without_the_refused_address_in_the_settings_the_notice_is_sent(two_addresses, settings):
    two_addresses.refused = {LEAD: FOR_GOOD}
    make_notices(contact_by="call")
    send_all()
    settings.NOTIFY_EMAILS = [DESK]
    send_again()
    assert states() == {"staff": "sent"}
    assert recipients_of(two_addresses) == [DESK]


@pytest.mark.parametrize("answer", ["421 closing", "hangs"])
def test_an_address_at_which_the_server_fails_keeps_no_other_from_its_letter(
    two_addresses, settings, answer
):
    if answer in SILENT:
        settings.EMAIL_TIMEOUT = 1
    two_addresses.refused = {DESK: answer}
    make_notices(contact_by="call")
    send_all()
    assert recipients_of(two_addresses) == [LEAD]
    assert states() == {"staff": "waiting"}


# The database meanwhile


@pytest.mark.sqlite
def test_while_a_letter_is_taken_others_can_write(shared_database, mailbox):
    file = shared_database["DATABASE_URL"].removeprefix("sqlite:///")
    written = []

    def write():
        with sqlite3.connect(file, timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
            written.append(True)
        other.close()

    mailbox.meanwhile = write
    make_notices()
    send_all()
    assert written == [True, True]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_letter_is_sent(mailbox, monkeypatch):
    within = []
    send = sending.send

    def look_and_send(message):
        within.append(connection.in_atomic_block)
        send(message)

    monkeypatch.setattr(delivery, "send", look_and_send)
    make_notices()
    send_all()
    assert within == [False, False]


def test_the_deadline_counts_for_the_whole_letter(mailbox, monkeypatch):
    """A byte at a time is an answer each time, so the connection's own time-out never comes."""
    monkeypatch.setattr(sending, "SENDING_TIMEOUT", 1)
    mailbox.fails = "drips"
    make_notices(contact_by="call")
    started = time.monotonic()
    send_all()
    assert mailbox.asked == 1
    assert time.monotonic() - started < 30
