"""What the lead is told by mail: what is overdue once, and every day how much waits."""

from datetime import date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from kapsite.clinic import days
from kapsite.inquiries.data_protection import retention
from kapsite.inquiries.desk.reports import system_status
from kapsite.inquiries.intake import withdrawal
from kapsite.inquiries.models import Inquiry, Notice, ScheduledJob, job
from kapsite.inquiries.models.request.notices import notices_for
from kapsite.inquiries.worker import jobs, lead_mail
from kapsite.inquiries.worker.digest import is_time, retry_missed
from kapsite.operations.management.commands import run_worker
from tests.factories import make_inquiry, make_staff
from tests.inquiries.data_protection.leaks import CANARIES, REASON, TYPED, found_in
from tests.waiting import until

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 11, 23)
ZONE = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def lead():
    return make_staff("lead", "lena", email="lena@example.org")


def overdue(**fields):
    inquiry = make_inquiry(**fields)
    Inquiry.objects.filter(pk=inquiry.pk).update(due_at=timezone.now() - HOUR)
    return inquiry


def subjects(mailbox):
    return [letter["Subject"] for letter in mailbox.letters]


def tell():
    return lead_mail.notify_overdue(timezone.now())


def text_of(letter):
    return f"{letter}\n{letter.get_content()}"


# To whom


def test_mail_goes_to_the_leads_who_have_an_address(lead, settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    make_staff("lead", "without-address")
    make_staff("lead", "gone", email="gone@example.org", is_active=False)
    make_staff("front-desk", "ana", email="ana@example.org")
    User.objects.create_superuser("root", "root@example.org")
    assert lead_mail.recipients() == ["lena@example.org"]


def test_without_such_a_lead_it_goes_where_notices_go(settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    assert lead_mail.recipients() == ["front.desk@example.org"]


# What is overdue


def test_the_lead_is_told_once_that_a_request_is_overdue(lead, mailbox):
    inquiry = overdue(**TYPED | {"topics": "depression,anxiety"})
    assert tell()
    assert not tell()
    [letter] = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("lena@example.org", "1 request is overdue")
    assert inquiry.reference_in_groups in letter.get_content()
    assert f"http://localhost:8000/admin/inquiries/inquiry/{inquiry.pk}/change/" in (
        letter.get_content()
    )
    assert found_in(text_of(letter), CANARIES) == []


def test_several_are_told_together_and_long_lists_are_cut(lead, mailbox):
    for _ in range(23):
        overdue()
    tell()
    [letter] = mailbox.letters
    assert letter["Subject"] == "23 requests are overdue"
    assert letter.get_content().count("/change/") == 20
    assert "And 3 more: http://localhost:8000/admin/inquiries/inquiry/" in letter.get_content()


def test_what_is_not_due_yet_or_not_at_all_is_not_told(lead, mailbox):
    make_inquiry()
    Inquiry.objects.filter(pk=make_inquiry().pk).update(due_at=timezone.now() + HOUR)
    assert not tell()
    assert mailbox.letters == []


def test_a_closed_request_is_overdue_no_more(lead, mailbox):
    overdue()
    Inquiry.objects.update(status="closed", outcome="declined", closed_at=timezone.now())
    assert not tell()


def test_a_new_deadline_that_passes_is_told_again(lead, mailbox):
    overdue()
    tell()
    Inquiry.objects.update(due_at=timezone.now())
    assert tell()
    assert len(mailbox.letters) == 2


def test_the_lead_is_told_once_of_a_withdrawn_safety_concern_and_of_no_other_withdrawal(
    lead, mailbox
):
    concern = {"safety_concern": True, "safety_concern_reason": REASON}
    inquiry, other = make_inquiry(**TYPED | concern), make_inquiry()
    for each in (inquiry, other):
        withdrawal.withdraw(each.pk, timezone.now())
    assert lead_mail.notify_withdrawn(timezone.now())
    assert not lead_mail.notify_withdrawn(timezone.now())
    [letter] = mailbox.letters
    assert letter["Subject"] == "1 request was withdrawn – please open now"
    assert f"/admin/inquiries/inquiry/{inquiry.pk}/change/" in letter.get_content()
    assert other.reference_in_groups not in letter.get_content()
    assert found_in(text_of(letter), [*CANARIES, REASON]) == []


@pytest.mark.parametrize("failure", ["refuses", "drops"])
def test_while_the_mail_server_fails_it_is_told_later_and_not_forgotten(lead, mailbox, failure):
    overdue()
    mailbox.fails = failure
    assert not tell()
    mailbox.fails = ""
    assert not tell()  # not at once
    ScheduledJob.objects.update(taken_until=timezone.now())
    assert tell()


def test_nothing_is_locked_while_mail_is_sent(lead, mailbox, django_db_blocker):
    from django.db import connection

    depth = len(connection.savepoint_ids)
    overdue()
    mailbox.meanwhile = lambda: seen.append(len(connection.savepoint_ids))
    seen = []
    tell()
    assert seen == [depth]


def test_nothing_is_sent_when_another_worker_was_faster(lead, mailbox, monkeypatch):
    overdue()
    take = job.ScheduledJob.objects.take

    def take_after_another_worker(*args):
        Inquiry.objects.update(overdue_notified_at=timezone.now())
        return take(*args)

    monkeypatch.setattr(job.ScheduledJob.objects, "take", take_after_another_worker)
    assert not lead_mail.notify_overdue(timezone.now())
    assert mailbox.letters == []
    assert take(job.JobName.OVERDUE, timezone.now())  # it was given back


# The daily digest


def digest(**options):
    said = StringIO()
    call_command("send_digest", stdout=said, **options)
    return said.getvalue().strip()


def test_the_digest_holds_counts_and_links_only(lead, mailbox):
    overdue(**TYPED | {"topics": "depression,anxiety"})
    make_inquiry(safety_concern=True, safety_concern_reason="Zyxcanary")
    assert digest() == "Sent to 1 address."
    [letter] = mailbox.letters
    lines = letter.get_content().splitlines()
    assert {"1 overdue", "1 with a safety concern", "2 not opened yet"} <= set(lines)
    links = [line.partition("http://localhost:8000")[2] for line in lines if "http" in line]
    assert links == ["/admin/inquiries/inquiry/", "/admin/inquiries/inquiry/overview/"]
    assert found_in(text_of(letter), CANARIES) == []


def test_likely_spam_is_counted_until_somebody_opened_it(lead, mailbox):
    for opened_at in (None, None, timezone.now()):
        make_inquiry(status="spam", opened_at=opened_at)
    digest()
    words = mailbox.letters[0].get_content()
    assert "2 marked as likely spam, not opened yet" in words.splitlines()


def test_nothing_is_sent_when_nothing_is_due(lead, mailbox):
    make_inquiry(status="contacted", opened_at=timezone.now())
    assert digest() == "Nothing is due, so nothing was sent."
    assert mailbox.letters == []


def test_what_is_deleted_within_a_week_is_in_it(lead, mailbox):
    closed_at = timezone.now() - 25 * DAY
    make_inquiry(status="closed", outcome="duplicate", closed_at=closed_at)
    digest()
    words = mailbox.letters[0].get_content()
    assert "1 scheduled for deletion this week" in words
    address = "http://localhost:8000/admin/inquiries/inquiry/upcoming-deletions/"
    assert f"Upcoming deletions: {address}" in words


def test_it_goes_out_once_a_day(lead, mailbox, monkeypatch):
    overdue()
    assert digest() == "Sent to 1 address."
    assert digest() == "Today's digest was already sent, or is being sent now."
    tomorrow = days.today() + DAY
    monkeypatch.setattr(days, "today", lambda: tomorrow)
    assert digest() == "Sent to 1 address."
    assert digest(again=True) == "Sent to 1 address."


def test_when_the_mail_server_is_away_it_is_tried_again(lead, mailbox):
    overdue()
    mailbox.fails = "refuses"
    assert "Retrying" in digest()
    mailbox.fails = ""
    ScheduledJob.objects.update(taken_until=timezone.now() - job.LEASE)
    assert digest() == "Sent to 1 address."


# Two leads, one of whom the mail server refuses


@pytest.fixture
def refused_lead(lead, mailbox):
    make_staff("lead", "mia", email="mia@example.org")
    mailbox.refused = {"mia@example.org": "550 no such mailbox"}
    return mailbox


def retry(after=job.LONG_WAIT):
    retry_missed(timezone.now() + after)


def letters_in(mailbox):
    return [(letter["To"], letter["Subject"].split()[0]) for letter in mailbox.letters]


@pytest.mark.parametrize("send", [tell, lambda: digest()])
def test_a_lead_whose_address_was_refused_alone_gets_a_digest_later(refused_lead, send):
    overdue()
    send()
    retry()
    assert [letter["To"] for letter in refused_lead.letters] == ["lena@example.org"]
    refused_lead.refused = {}
    for _ in range(2):
        ScheduledJob.objects.update(taken_until=None)
        retry()
    assert letters_in(refused_lead)[1:] == [("mia@example.org", "Requests")]


def test_a_refused_lead_is_counted_in_the_log_and_on_the_overview(refused_lead, caplog):
    overdue()
    assert digest() == "Sent to 1 address. Not accepted for 1: retrying."
    assert "was not sent to 1 of 2 addresses: SMTPRecipientsRefused" in caplog.text
    ours = [each for each in caplog.records if each.name.startswith("kapsite")]
    assert not [each for each in ours if "mia@" in each.getMessage()]
    [line] = [each for each in system_status.mail(timezone.now()) if "Leads" in each.label]
    assert (line.words, line.is_well) == ("1", False)


def test_a_refused_lead_is_not_tried_again_at_once(refused_lead):
    overdue()
    tell()
    refused_lead.refused = {}
    retry(after=HOUR * 0)
    assert len(refused_lead.letters) == 1


def test_the_next_digest_that_a_refused_lead_accepts_is_the_last_of_it(refused_lead):
    overdue()
    tell()
    refused_lead.refused = {}
    digest()
    retry()
    assert letters_in(refused_lead).count(("mia@example.org", "Requests")) == 1
    assert ScheduledJob.objects.missed() == []


def test_who_is_a_lead_no_more_is_not_tried_again(refused_lead):
    overdue()
    tell()
    refused_lead.refused = {}
    User.objects.filter(username="mia").update(is_active=False)
    retry()
    assert len(refused_lead.letters) == 1
    assert ScheduledJob.objects.missed() == []


def test_with_nobody_to_send_it_to_it_says_so(settings):
    settings.NOTIFY_EMAILS = []
    overdue()
    assert "No recipients" in digest()


@pytest.mark.parametrize(
    ("hours", "starts"),
    [
        (None, time(9)),
        ({"monday": "9:30 am to 5 pm"}, time(9, 30)),
        ({"tuesday": "9 am to 5 pm"}, None),
    ],
)
def test_it_is_time_when_the_clinic_opens_and_never_when_it_is_closed(
    clinic_file, monkeypatch, hours, starts
):
    clinic_file(**({"hours": hours} if hours else {}))
    monkeypatch.setattr(days, "today", lambda: MONDAY)
    assert not is_time(datetime.combine(MONDAY, time(7, 59), ZONE))
    if starts:
        start = datetime.combine(MONDAY, starts, ZONE)
        assert not is_time(start - timedelta(seconds=1))
        assert is_time(start)
    else:
        assert not is_time(datetime.combine(MONDAY, time(23), ZONE))


OVERDUE = "3 requests are overdue"


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_tells_the_lead_and_deletes_what_is_past_its_time(
    work, mailbox, settings
):
    make_staff("lead", "lena", email="lena@example.org")
    for _ in range(3):
        overdue()
    kept = timedelta(days=settings.RETENTION_DAYS["duplicate"])
    make_inquiry(
        status="closed", outcome="duplicate", closed_at=timezone.now() - kept + 3 * DAY
    )  # in the digest: scheduled for deletion this week
    past = make_inquiry(status="closed", outcome="duplicate", closed_at=timezone.now() - 100 * DAY)
    if not is_time(timezone.now()):
        ScheduledJob.objects.create(name="digest", done_on=days.today())
    with work(), work():
        until(lambda: not Inquiry.objects.filter(pk=past.pk).exists())
        until(lambda: ScheduledJob.objects.filter(name="digest", done_on=days.today()).exists())
        until(lambda: not lead_mail.not_notified(timezone.now()).exists())
        until(lambda: OVERDUE in subjects(mailbox))
    assert subjects(mailbox).count(OVERDUE) == 1
    expected = 1 if is_time(timezone.now()) else 0
    assert len([s for s in subjects(mailbox) if s.startswith("Requests on")]) == expected


def test_a_chore_of_the_day_is_done_once_a_day(monkeypatch):
    assert not jobs.purge()
    done = []
    monkeypatch.setattr(retention, "purge_batch", lambda: done.append(1) or [])
    assert not jobs.purge()
    tomorrow = days.today() + DAY
    monkeypatch.setattr(days, "today", lambda: tomorrow)
    jobs.purge()
    assert done == [1]


def test_a_job_that_a_dead_worker_took_is_free_again_after_its_lease():
    now = timezone.now()
    assert ScheduledJob.objects.take(job.JobName.PURGE, now)
    assert not ScheduledJob.objects.take(job.JobName.PURGE, now + job.LEASE / 2)
    assert ScheduledJob.objects.take(job.JobName.PURGE, now + job.LEASE)


def test_a_job_is_not_lost_when_the_clock_is_put_back():
    now = timezone.now()
    assert ScheduledJob.objects.take(job.JobName.PURGE, now)
    assert ScheduledJob.objects.take(job.JobName.PURGE, now - 2 * job.LONG_WAIT)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_keeps_no_notice_back(mailbox, monkeypatch):
    def fail():
        raise RuntimeError

    monkeypatch.setattr(jobs, "run_due", fail)
    worker = run_worker.Command()
    worker.parent, worker.next_beat, worker.next_jobs = None, 0.0, 0.0
    monkeypatch.setattr(worker, "wait", lambda seconds: None)
    for _ in range(2):
        worker.next_to_staff = 0.0
        Notice.objects.bulk_create(notices_for(make_inquiry()))
        worker.run_once()
    assert len(mailbox.letters) == 2
