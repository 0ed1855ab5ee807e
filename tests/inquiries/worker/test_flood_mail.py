"""Staff hear of a flood once, with the count, and of the site's own troubles in the digest."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.utils import timezone

from kapsite.inquiries.desk.reports import system_status
from kapsite.inquiries.models import Inquiry, ScheduledJob, job
from kapsite.inquiries.worker import digest, jobs, lead_mail
from kapsite.operations.alerts.models import Alert, AlertKind
from tests.factories import make_inquiry, make_staff
from tests.inquiries.data_protection.leaks import CANARIES, TYPED, found_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def lead():
    return make_staff("lead", "lena", email="lena@example.org")


def flooded(number=1, at=timedelta(0), **fields):
    for _ in range(number):
        make_inquiry(status="flood", flood="network", **TYPED | fields)
        Alert.objects.raise_for(AlertKind.FLOOD, now=timezone.now() + at)


def worrying(number=1):
    flooded(number, safety_concern=True, safety_concern_reason="Zyxcanary")


def tell(after=timedelta(0)):
    return lead_mail.notify_flood(timezone.now() + after)


def test_one_mail_tells_of_all_of_them_and_of_danger_among_them(mailbox):
    flooded(25)
    worrying(12)
    assert tell()
    [letter] = mailbox.letters
    assert letter["To"] == "front.desk@example.org"
    assert letter["Subject"] == "Flood of requests: 37 to review"
    words = letter.get_content()
    assert "12 of them with a safety concern" in words
    assert "http://localhost:8000/admin/inquiries/inquiry/?tab=flood" in words
    assert found_in(f"{letter}\n{words}", CANARIES) == []


def test_it_is_not_sent_again_while_nothing_more_comes(mailbox):
    flooded()
    tell()
    assert not tell()
    assert not tell(after=60 * MINUTE)
    assert len(mailbox.letters) == 1


def test_while_it_goes_on_it_is_sent_again_after_a_quarter_of_an_hour(mailbox):
    flooded()
    tell()
    flooded(3, at=5 * MINUTE)
    assert not tell(after=14 * MINUTE)
    assert tell(after=16 * MINUTE)
    assert mailbox.letters[-1]["Subject"] == "Flood of requests: 4 to review"


def test_one_that_staff_have_looked_through_is_not_told(mailbox):
    flooded()
    Inquiry.objects.update(status="new")
    tell()
    assert mailbox.letters == []


def test_a_mail_server_that_is_away_is_tried_again(mailbox):
    flooded()
    mailbox.fails = "refuses"
    assert not tell()
    mailbox.fails = ""
    ScheduledJob.objects.update(taken_until=timezone.now() - job.LEASE)
    assert tell()


def test_without_an_address_for_notices_the_leads_are_told(mailbox, settings):
    settings.NOTIFY_EMAILS = []
    flooded()
    tell()
    assert mailbox.letters[0]["To"] == "lena@example.org"


def test_of_two_workers_that_see_it_at_once_one_tells_it(mailbox, monkeypatch):
    flooded()
    take = job.ScheduledJobQuerySet.take

    def take_after_another(self, *args):
        monkeypatch.setattr(job.ScheduledJobQuerySet, "take", take)
        tell()
        return take(self, *args)

    monkeypatch.setattr(job.ScheduledJobQuerySet, "take", take_after_another)
    tell()
    assert len(mailbox.letters) == 1


def test_the_worker_tells_it(mailbox):
    flooded()
    jobs.run_due()
    assert "Flood of requests: 1 to review" in [each["Subject"] for each in mailbox.letters]


# The digest and the overview


def test_the_digest_counts_what_waits_in_a_flood(mailbox):
    flooded(2)
    worrying()
    digest.send_digest(timezone.now())
    lines = mailbox.letters[0].get_content().splitlines()
    assert "3 in a flood, to review" in lines
    assert "1 of these, with a safety concern" in lines


def test_the_digest_tells_the_sites_own_troubles_even_if_nothing_else_is_due(mailbox):
    Alert.objects.raise_for(AlertKind.DISK)
    assert digest.send_digest(timezone.now()) == "Sent to 1 address."
    assert "Disk nearly full: " in mailbox.letters[0].get_content()


def fill_disk(monkeypatch, free):
    usage = namedtuple("Usage", "total used free")(100 * 10**9, 0, free * 10**9)
    monkeypatch.setattr(system_status.shutil, "disk_usage", lambda _: usage)


def test_a_disk_that_fills_up_is_raised_once_an_hour_and_cleared_when_it_has_room(monkeypatch):
    now = timezone.now()
    fill_disk(monkeypatch, free=5)
    for minutes in (0, 1, 59, 61):
        jobs.watch_disk(now + minutes * MINUTE)
    assert Alert.objects.get(kind=AlertKind.DISK).count == 2
    fill_disk(monkeypatch, free=50)
    jobs.watch_disk(now)
    assert not Alert.objects.filter(kind=AlertKind.DISK).exists()


def test_the_overview_tells_them_first():
    Alert.objects.raise_for(AlertKind.FLOOD)
    Alert.objects.raise_for(AlertKind.FLOOD)
    line = system_status.lines(timezone.now())[0]
    assert (line.label, line.is_well) == ("Warning", False)
    assert line.words.startswith("Flood of requests: 2 times since ")


def test_an_old_trouble_is_told_no_more(mailbox):
    Alert.objects.raise_for(AlertKind.DISK, now=timezone.now() - timedelta(days=4))
    assert digest.send_digest(timezone.now()) == "Nothing is due, so nothing was sent."
    assert system_status.lines(timezone.now())[0].label != "Warning"
