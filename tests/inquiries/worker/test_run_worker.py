"""`manage.py run_worker` as a process of its own, on the database that the site uses."""

import math
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.utils import timezone

from kapsite.clinic.days import today
from kapsite.inquiries.models import Notice, heartbeat
from kapsite.inquiries.models.job import JobName, ScheduledJob
from kapsite.inquiries.models.request.notices import notices_for
from kapsite.inquiries.worker.delivery import send_next
from kapsite.operations.management.commands import run_worker
from tests.factories import make_answers, make_inquiry
from tests.mailserver import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[3]
FORM = "/request-evaluation/"


@pytest.fixture(autouse=True)
def _today_s_digest_was_sent(shared_database):
    ScheduledJob.objects.create(name=JobName.DIGEST, done_on=today())


def make_notices(count):
    for _ in range(count):
        Notice.objects.bulk_create(notices_for(make_inquiry()))


def states():
    return list(Notice.objects.values_list("state", flat=True))


def test_two_workers_send_each_notice_once(work, mailbox):
    make_notices(30)
    with work(), work():
        until(lambda: states() == ["sent"] * 30)
    assert sum(map(announced, mailbox.letters)) == 30


def announced(letter) -> int:
    """How many requests a message to staff stands for."""
    many = re.match(r"(\d+) new requests", letter["Subject"])
    return int(many[1]) if many else 1


def test_staff_get_a_message_soon_and_one_a_minute_that_stands_for_all_that_came(
    work, mailbox, client
):
    with work():
        until(lambda: heartbeat.worker_is_alive(timezone.now()))
        client.post(FORM, make_answers())
        until(lambda: states() == ["sent"])
        for _ in range(3):
            client.post(FORM, make_answers())
        time.sleep(3 * run_worker.POLL_INTERVAL)  # longer than it needs to send them
        assert [letter["Subject"][:12] for letter in mailbox.letters] == ["New request "]
    with work():  # one that has just begun has told nobody
        until(lambda: len(mailbox.letters) == 2)
    assert mailbox.letters[1]["Subject"] == "3 new requests"


def test_while_the_mail_server_hangs_the_form_is_taken_and_asked_to_stop_it_ends_cleanly(
    work, mailbox, client
):
    mailbox.fails = "hangs"
    make_notices(1)
    with work() as worker:
        until(lambda: mailbox.asked)
        assert client.post(FORM, make_answers()).status_code == 302
        assert worker.poll() is None
    assert worker.returncode == 0
    assert "The worker has stopped." in worker.log
    assert "Traceback" not in worker.log
    assert mailbox.letters == []
    assert states() == ["waiting"] * 2


def test_what_is_to_be_published_next_does_not_wait(monkeypatch):
    worker, waits = run_worker.Command(), []
    worker.parent, worker.has_caught_up = None, True
    worker.next_beat = worker.next_jobs = worker.next_watch = worker.next_to_staff = math.inf
    monkeypatch.setattr(worker, "wait", waits.append)
    monkeypatch.setattr(worker, "share_pages", lambda: None)
    for is_published, waited in ((True, []), (False, [run_worker.POLL_INTERVAL])):
        monkeypatch.setattr(run_worker, "publish_waiting", lambda _, done=is_published: done)
        worker.run_once()
        assert waits == waited


def test_after_it_was_killed_while_sending_another_one_sends(work, mailbox):
    mailbox.fails = "hangs"
    make_notices(1)
    with work() as worker:
        until(lambda: mailbox.asked)
        worker.kill()
    mailbox.fails = ""
    Notice.objects.update(due_at=timezone.now())  # as if the lease were over
    with work():
        until(lambda: states() == ["sent"])
    assert len(mailbox.letters) == 1


def test_an_outage_of_the_mail_server_is_outlived_through_a_restart(work, mailbox, settings):
    make_notices(3)
    settings.EMAIL_PORT = free_port()  # nobody answers there
    send_next()
    assert Notice.objects.failing().count() == 3
    Notice.objects.update(due_at=timezone.now())  # as if the wait were over
    with work():
        until(lambda: states() == ["sent"] * 3)
    assert [letter["Subject"] for letter in mailbox.letters] == ["3 new requests"]


@pytest.mark.postgresql
def test_it_outlives_a_database_that_was_gone(work, mailbox):
    with work():
        until(lambda: heartbeat.worker_is_alive(timezone.now()))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] > 0
        make_notices(1)
        until(lambda: states() == ["sent"])


@pytest.mark.sqlite
def test_it_outlives_a_database_that_was_away(work, shared_database, mailbox):
    file = Path(shared_database["DATABASE_URL"].removeprefix("sqlite:///"))
    make_notices(1)
    connection.close()
    away = file.with_name("away.sqlite3")
    file.rename(away)
    file.mkdir()
    with work() as worker:
        until(lambda: "The worker could not go on; it tries again in a while" in worker.log)
        file.rmdir()
        away.rename(file)
        until(lambda: mailbox.letters)


def test_it_refuses_to_start_with_keys_of_another_database(settings):
    make_notices(1)
    settings.FIELD_KEYS = [secrets.token_urlsafe(32)]
    with pytest.raises(SystemCheckError, match="FIELD_KEYS: no key opens the newest request"):
        call_command("run_worker")


def test_it_ends_with_the_process_it_was_started_beside(shared_database):
    shell = ["sh", "-c", f"{sys.executable} manage.py run_worker --beside $$ & exec sleep 60"]
    pipe = subprocess.PIPE
    with subprocess.Popen(shell, cwd=ROOT, env=shared_database, stderr=pipe, text=True) as server:
        until(lambda: heartbeat.worker_is_alive(timezone.now()))
        server.kill()
        log = server.stderr.read()  # until the worker has let go of it too
    assert "The worker has stopped." in log
