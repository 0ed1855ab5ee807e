"""The operator gets a mail when a problem of the site begins."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache

from kapsite.operations.alerts.models import Alert, AlertKind
from kapsite.operations.monitoring import health, watch
from kapsite.operations.monitoring.results import Result, Unhealthy

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def broken(settings, monkeypatch):
    """What is wrong at the moment, by name."""
    settings.SECURE = True
    settings.ALERT_EMAILS = ["operator@example.org"]
    cache.clear()
    words: dict[str, str] = {}

    def run():
        for name in ("Published pages", "Disk space", "Worker"):
            fix = "Mend it." if name in words else ""
            yield Result(name, words.get(name, "well"), fix)

    monkeypatch.setattr(health, "run", run)
    monkeypatch.setattr(watch.installation, "backup", lambda: "new")
    return words


def letters() -> list[str]:
    """The subjects of what was sent since they were last asked for."""
    subjects = [letter.subject for letter in mail.outbox]
    mail.outbox.clear()
    return subjects


def test_nothing_is_sent_while_all_is_well(broken):
    watch.watch(NOW)
    assert letters() == []


def test_a_problem_is_mailed_once_with_what_to_do_and_daily_while_it_lasts(broken):
    broken["Disk space"] = "0.1 GB free"
    watch.watch(NOW)
    [letter] = mail.outbox
    assert letter.to == ["operator@example.org"]
    assert "Disk space: 0.1 GB free. Mend it." in letter.body
    letters()
    for minutes in (1, 59, 61, 600):
        watch.watch(NOW + minutes * MINUTE)
    assert letters() == []
    cache.clear()  # its time is the machine's
    watch.watch(NOW + DAY)
    assert letters() == ["1 problem with the website"]


def test_problems_that_begin_together_are_one_mail(broken):
    broken.update({"Disk space": "full", "Published pages": "damaged"})
    Alert.objects.raise_for(AlertKind.PUBLISH, now=NOW)
    watch.watch(NOW)
    [letter] = mail.outbox
    assert letter.subject == "3 problems with the website"
    assert "A change of a page could not be published" in letter.body


def test_one_that_comes_and_goes_is_mailed_at_most_once_an_hour(broken):
    for minutes in range(0, 10, 2):
        broken["Disk space"] = "full"
        watch.watch(NOW + minutes * MINUTE)
        broken.clear()
        watch.watch(NOW + (minutes + 1) * MINUTE)
    assert letters() == ["1 problem with the website"]
    assert not Alert.objects.exists()
    broken["Disk space"] = "full"
    cache.clear()  # as an hour later
    watch.watch(NOW + HOUR)
    assert letters() == ["1 problem with the website"]


def test_a_mail_that_could_not_be_sent_is_tried_again(broken, monkeypatch):
    broken["Disk space"] = "full"
    with monkeypatch.context() as patch:
        patch.setattr(watch.lead_mail, "mail", lambda *_: [])
        watch.watch(NOW)
    assert Alert.objects.get().mailed_at is None
    watch.watch(NOW + MINUTE)
    assert letters() == ["1 problem with the website"]


def test_a_missing_backup_is_a_problem_too(broken, monkeypatch):
    def missing():
        raise Unhealthy("none can be made", "Set BACKUP_RECIPIENTS.")

    monkeypatch.setattr(watch.installation, "backup", missing)
    watch.watch(NOW)
    assert "Backup: none can be made. Set BACKUP_RECIPIENTS." in mail.outbox[0].body


def test_on_localhost_and_without_an_address_nothing_is_sent(broken, settings):
    broken["Disk space"] = "full"
    settings.ALERT_EMAILS = []
    watch.watch(NOW)
    settings.SECURE, settings.ALERT_EMAILS = False, ["operator@example.org"]
    watch.watch(NOW + DAY)
    assert letters() == []


def test_that_the_worker_itself_lives_is_left_to_others(broken):
    broken["Worker"] = "not running"
    watch.watch(NOW)
    assert letters() == []
