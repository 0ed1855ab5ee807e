"""The outbox: what is to be sent, who takes it, and what becomes of it."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from kapsite.inquiries.models import Inquiry, Notice, heartbeat, outbox
from kapsite.inquiries.models.outbox import (
    LEASE,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    NoticeKind,
    NoticeState,
)
from kapsite.inquiries.models.request import notices
from kapsite.inquiries.models.request.notices import notices_for
from tests.factories import make_answers, make_inquiry, make_staff

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_notice(kind=NoticeKind.STAFF, **values):
    if kind == NoticeKind.COLLEAGUE:
        values["recipient"] = make_staff()
    return Notice.objects.create(inquiry=make_inquiry(), kind=kind, **{"due_at": NOW} | values)


def stored(notice):
    return Notice.objects.get(pk=notice.pk)


# What is to be sent


@pytest.fixture
def _somebody_to_tell(settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]


def kinds():
    return set(Notice.objects.values_list("kind", flat=True))


@pytest.mark.usefixtures("_somebody_to_tell")
def test_a_request_is_stored_together_with_the_notice_to_staff(client):
    client.post(FORM, make_answers())
    notice = Notice.objects.get()
    assert (notice.kind, notice.state, notice.attempts) == ("staff", "waiting", 0)
    assert notice.inquiry == Inquiry.objects.get()


@pytest.mark.usefixtures("_somebody_to_tell")
def test_without_its_notice_no_request_is_stored(client, monkeypatch):
    monkeypatch.setattr(notices, "wanted", lambda inquiry: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.post(FORM, make_answers())
    assert not Inquiry.objects.exists()


@pytest.mark.usefixtures("_somebody_to_tell", "every_way")
@pytest.mark.parametrize(
    ("way", "sent"), [("call", {"staff"}), ("email", {"staff", "acknowledgement"})]
)
def test_only_who_chose_email_is_written_to(client, way, sent):
    client.post(FORM, make_answers(contact_by=way, email="ada@example.org"))
    assert kinds() == sent


@pytest.mark.usefixtures("_somebody_to_tell")
def test_a_form_sent_twice_is_told_once(client):
    answers = make_answers()
    client.post(FORM, answers)
    client.post(FORM, answers)
    assert Notice.objects.count() == 1


@pytest.mark.usefixtures("_somebody_to_tell")
def test_likely_spam_without_topic_and_number_is_told_to_nobody_and_not_answered():
    made_up = {"contact_by": "email", "email": "a@b.org", "phone": "555-555-5555"}
    Notice.objects.bulk_create(notices_for(make_inquiry(status="spam", **made_up)))
    assert kinds() == set()


@pytest.mark.usefixtures("_somebody_to_tell")
@pytest.mark.parametrize(
    "given", [{"phone": "425.555.0133 ext. 12"}, {"phone": "", "topics": "pain"}]
)
def test_likely_spam_with_a_topic_or_a_number_is_told_to_staff_and_not_answered(given):
    spam = {"status": "spam", "contact_by": "email", "email": "a@b.org"} | given
    Notice.objects.bulk_create(notices_for(make_inquiry(**spam)))
    assert kinds() == {"staff"}


@pytest.mark.usefixtures("_somebody_to_tell")
def test_a_person_in_danger_is_told_to_staff_even_if_it_looks_like_spam():
    care = {"safety_concern": True, "safety_concern_reason": "danger"}
    Notice.objects.bulk_create(notices_for(make_inquiry(status="spam", **care)))
    assert kinds() == {"staff"}


def write(email="ada@example.org", **fields):
    inquiry = make_inquiry(contact_by="email", email=email, **fields)
    Notice.objects.bulk_create(notices_for(inquiry))
    return inquiry.notices.filter(kind=NoticeKind.ACKNOWLEDGEMENT).exists()


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("ada@example.org", "Ada@Example.org"),
        ("ada@example.org", "ada+1@example.org"),
        ("ada@gmail.com", "a.d.a+kap@googlemail.com"),
    ],
)
def test_a_mailbox_gets_one_acknowledgement_a_day(first, again):
    assert [write(first), write(again)] == [True, False]


def test_staff_are_told_of_each_request_of_the_same_mailbox(settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    for _ in range(3):
        write()
    assert Notice.objects.filter(kind=NoticeKind.STAFF).count() == 3


def test_the_next_day_it_gets_another():
    assert [write(received_at=NOW), write(received_at=NOW + timedelta(days=1))] == [True, True]


def test_other_mailboxes_get_theirs():
    assert [write("ada@example.org"), write("ada@example.com"), write("a.da@example.org")] == [
        True,
        True,
        True,
    ]


def test_the_database_refuses_a_second_one_that_came_at_the_same_moment(monkeypatch):
    write()
    monkeypatch.setattr(outbox.NoticeQuerySet, "was_written_to", lambda *_: False)
    with pytest.raises(IntegrityError, match="mailbox"):
        write()


@pytest.mark.django_db(transaction=True)
def test_then_the_request_is_stored_without_an_acknowledgement(monkeypatch):
    """Another worker stored its request between our look and our writing."""
    write()
    look, looks = outbox.NoticeQuerySet.was_written_to, []

    def miss_once(self, mailbox):
        looks.append(mailbox)
        return len(looks) > 1 and look(self, mailbox)

    monkeypatch.setattr(outbox.NoticeQuerySet, "was_written_to", miss_once)
    asked = {"name": "Ada", "for_whom": "me", "contact_by": "email", "email": "ada@example.org"}
    inquiry, is_new = Inquiry.objects.receive("form", consent_version="1", **asked)
    assert is_new
    assert not inquiry.notices.filter(kind=NoticeKind.ACKNOWLEDGEMENT).exists()


def test_no_address_can_be_read_from_what_is_kept_for_it():
    write()
    [mailbox] = Notice.objects.values_list("mailbox", flat=True)
    assert "example" not in mailbox  # "ada" could come of chance: it is hexadecimal


def test_without_an_address_there_is_nobody_to_tell(client):
    client.post(FORM, make_answers())
    assert kinds() == set()


def test_mail_that_is_only_printed_goes_to_no_person(settings):
    settings.EMAIL_BACKEND = notices.PRINTED  # it would put their address into the log
    Notice.objects.bulk_create(
        notices_for(make_inquiry(contact_by="email", email="ada@example.org"))
    )
    assert kinds() == set()


def test_a_notice_goes_with_its_inquiry():
    inquiry = make_notice().inquiry
    inquiry.delete()
    assert not Notice.objects.exists()


# Who takes it


def test_a_due_notice_is_claimed_once():
    notice = make_notice()
    assert Notice.objects.claim(NOW) == notice
    assert Notice.objects.claim(NOW) is None


def test_two_workers_that_see_the_same_notice_do_not_both_get_it(monkeypatch):
    notice = make_notice()
    seen_by_both = list(Notice.objects.due(NOW))
    monkeypatch.setattr(outbox.NoticeQuerySet, "due", lambda *_: deepcopy(seen_by_both))
    claims = [Notice.objects.claim(NOW), Notice.objects.claim(NOW)]
    assert claims == [notice, None]
    assert stored(notice).attempts == 1


def test_what_a_dead_worker_held_is_tried_again_after_the_lease():
    notice = make_notice()
    Notice.objects.claim(NOW)
    assert Notice.objects.claim(NOW + LEASE - timedelta(seconds=1)) is None
    assert Notice.objects.claim(NOW + LEASE) == notice


def test_an_acknowledgement_that_a_dead_worker_held_is_never_sent_again():
    notice = make_notice(NoticeKind.ACKNOWLEDGEMENT)
    Notice.objects.claim(NOW)
    assert Notice.objects.claim(NOW + timedelta(days=365)) is None
    assert stored(notice).state == NoticeState.UNSURE


def test_new_notices_go_before_those_that_failed():
    make_notice(attempts=3, due_at=NOW - timedelta(days=1))
    new = make_notice()
    assert Notice.objects.claim(NOW) == new


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=5), timedelta(days=4000)])
def test_a_clock_that_is_put_back_delays_no_new_notice(back):
    notice = make_notice()
    assert Notice.objects.claim(NOW - back) == notice


def test_a_clock_that_is_put_back_delays_no_failed_notice_by_more_than_an_hour():
    notice = make_notice(attempts=8, due_at=NOW + timedelta(minutes=50))
    put_back = NOW - timedelta(days=365)
    assert Notice.objects.claim(put_back) == notice


def test_a_clock_that_jumps_ahead_uses_up_no_patience():
    notice = make_notice()
    Notice.objects.claim(NOW + timedelta(days=4000)).mark_failed("TimeoutError", True, NOW)
    assert stored(notice).state == NoticeState.WAITING


# What becomes of it


def fail(notice, surely=True, now=NOW):
    notice.mark_failed("SMTPDataError", surely, now)
    return stored(notice)


def waits():
    notice = make_notice()
    for attempt in range(1, MOST_ATTEMPTS):
        notice.attempts = attempt
        Notice.objects.update(attempts=attempt)
        yield fail(notice).due_at - NOW


def test_each_wait_is_longer_up_to_an_hour_and_all_of_them_last_for_days():
    first, *_, last = every = list(waits())
    assert timedelta(seconds=20) <= first <= timedelta(seconds=30)
    assert timedelta(minutes=40) <= last <= LONGEST_WAIT
    assert timedelta(days=4) < sum(every, timedelta()) < timedelta(days=7)


def test_no_two_notices_wait_equally_long():
    assert len({outbox.wait_after(5) for _ in range(20)}) > 1


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_notice_that_failed_for_days_is_given_up_where_staff_can_see_it(kind):
    notice = make_notice(kind, attempts=MOST_ATTEMPTS)
    assert fail(notice).state == NoticeState.GIVEN_UP
    assert Notice.objects.failing().get() == notice


@pytest.mark.parametrize(
    ("kind", "surely", "state"),
    [
        (NoticeKind.STAFF, True, NoticeState.WAITING),
        (NoticeKind.STAFF, False, NoticeState.WAITING),
        (NoticeKind.ACKNOWLEDGEMENT, True, NoticeState.WAITING),
        (NoticeKind.ACKNOWLEDGEMENT, False, NoticeState.UNSURE),
    ],
)
def test_what_may_have_been_sent_goes_again_to_staff_only(kind, surely, state):
    make_notice(kind)
    assert fail(Notice.objects.claim(NOW), surely).state == state


def test_a_failure_is_kept_as_its_type():
    assert fail(make_notice()).error == "SMTPDataError"


def test_a_late_failure_does_not_undo_what_another_worker_sent():
    make_notice()
    slow = Notice.objects.claim(NOW)
    quick = Notice.objects.claim(NOW + LEASE)
    quick.mark_sent(NOW)
    assert fail(slow).state == NoticeState.SENT


def test_a_late_failure_does_not_free_what_another_worker_holds():
    make_notice()
    slow, _ = Notice.objects.claim(NOW), Notice.objects.claim(NOW + LEASE)
    assert fail(slow).due_at == NOW + 2 * LEASE


def test_only_what_failed_counts_as_failing():
    make_notice()
    make_notice(attempts=1)
    make_notice(state=NoticeState.SENT, sent_at=NOW)
    failed = make_notice(attempts=1, error="TimeoutError")
    assert list(Notice.objects.failing()) == [failed]


# Is someone sending?


def test_a_worker_is_alive_while_it_shows_so():
    assert not heartbeat.worker_is_alive(NOW)
    heartbeat.beat(NOW)
    heartbeat.beat(NOW)
    assert heartbeat.worker_is_alive(NOW + timedelta(minutes=1))
    assert not heartbeat.worker_is_alive(NOW + timedelta(minutes=3))


def test_a_beat_from_the_future_shows_no_life():
    heartbeat.beat(NOW)
    assert not heartbeat.worker_is_alive(NOW - timedelta(days=1))


# Where staff see it

LIST = "/admin/inquiries/inquiry/"


def test_the_record_shows_what_was_sent_about_it(admin_client):
    notice = make_notice(attempts=3, error="SMTPDataError")
    page = admin_client.get(f"{LIST}{notice.inquiry_id}/change/").text
    assert "Email to staff" in page
    assert "not sent yet, tried 3 times (SMTPDataError)" in page


def test_staff_can_change_no_notice_in_the_record(admin_client):
    notice = make_notice()
    data = {"notices-0-state": "sent", "state": "sent", "attempts": "9", "version": "0"}
    admin_client.post(f"{LIST}{notice.inquiry_id}/change/", data)
    admin_client.post(f"{LIST}{notice.inquiry_id}/step/take/", data)
    assert stored(notice).state == NoticeState.WAITING


def test_the_list_says_how_many_messages_could_not_be_sent(admin_client):
    heartbeat.beat(timezone.now())
    make_notice(state=NoticeState.SENT, sent_at=NOW)
    assert "couldn’t be sent" not in admin_client.get(LIST).text
    make_notice(attempts=1, error="TimeoutError")
    assert "1 email about requests couldn’t be sent yet." in admin_client.get(LIST).text
    make_notice(attempts=MOST_ATTEMPTS, error="TimeoutError", state=NoticeState.GIVEN_UP)
    assert "2 emails about requests couldn’t be sent yet." in admin_client.get(LIST).text


def test_the_list_says_when_nobody_sends(admin_client):
    assert "the mail worker isn’t running" not in admin_client.get(LIST).text
    make_notice()
    assert "the mail worker isn’t running" in admin_client.get(LIST).text
    heartbeat.beat(timezone.now())
    assert "the mail worker isn’t running" not in admin_client.get(LIST).text
