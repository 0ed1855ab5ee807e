"""The database of a running site fails in earnest, and comes back.

The person has every word back with the phone number, within ten seconds; pages go on; the log
says that something could not be stored, and not what; then the same page can be sent again.
"""

import contextlib
import os
import re
import resource
import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from kapsite.clinic.facts import get_clinic
from tests.factories import make_answers
from tests.postgres import OPTIONS, find_programs, private_cluster, unprivileged_user
from tests.server import site

FORM = "/request-evaluation/"
TYPED = {"name": "Canary Ann", "phone": "(425) 555-0142", "message": "Canary & <two>\nmedicines"}
LONGEST_ANSWER = 10  # seconds


class Visitor:
    """Fills in the form as the site sends it, and presses the button as often as needed."""

    def __init__(self, server):
        self.server = server
        token = re.search('name="token" value="([^"]+)"', self.ask("GET", FORM).page)[1]
        self.answers = make_answers(token=unescape(token), **TYPED)

    def send(self):
        return self.ask("POST", FORM, urlencode(self.answers, doseq=True))

    def ask(self, method, path, body=None):
        started = time.monotonic()
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, path, body, {"Host": "localhost"} | kind)
        answer = connection.getresponse()
        answer.page = unescape(answer.read().decode())
        answer.seconds = time.monotonic() - started
        connection.close()
        return answer


def assert_nothing_is_lost(visitor, answer):
    assert answer.status == 503
    assert answer.seconds < LONGEST_ANSWER
    assert "<title>Not sent yet: " in answer.page
    assert "Your request is not sent yet" in answer.page
    for value in visitor.answers.values():
        for text in [value] if isinstance(value, str) else value:
            assert text in answer.page
    assert get_clinic().phone.display in answer.page
    assert "no-store" in answer.headers["Cache-Control"]


def assert_it_outlives(fault, server, references):
    """Before, during and after ``fault``; ``references`` asks the database which are stored."""
    visitor = Visitor(server)
    before = references()
    with fault:
        assert_nothing_is_lost(visitor, visitor.send())
        assert visitor.ask("GET", "/help-now/").status == 200
        form = visitor.ask("GET", FORM)
        assert (form.status, form.seconds < LONGEST_ANSWER) == (200, True)
    assert references() == before
    answer = visitor.send()
    assert answer.status == 302, answer.page
    [reference] = references() - before
    page = visitor.ask("GET", answer.headers["Location"]).page
    assert f"{reference[:4]} {reference[4:]}" in page
    assert "An inquiry could not be stored: " in server.log
    assert not [
        text for text in ("Canary", "555-0142", "5550142", "medicines") if text in server.log
    ]


# SQLite


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("disk") / "data"


@pytest.fixture(scope="module")
def on_sqlite(data):
    data.mkdir()
    with site(DATABASE_URL=f"sqlite:///{data}/db.sqlite3", WEB_CONCURRENCY="1") as server:
        yield server


def references_in(file):
    with contextlib.closing(sqlite3.connect(file)) as database:
        return {row[0] for row in database.execute("SELECT reference FROM inquiries_inquiry")}


@contextlib.contextmanager
def no_room_for(server):
    """No file can grow, as on a full disk."""
    worker = int(re.findall(r"Booting worker with pid: (\d+)", server.log)[-1])
    usual = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        yield
    finally:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, usual)


@contextlib.contextmanager
def another_writer(file):
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextlib.contextmanager
def gone(folder):
    away = folder.with_name("away")
    folder.rename(away)
    try:
        yield
    finally:
        away.rename(folder)


@pytest.mark.sqlite
def test_a_full_disk(on_sqlite, data):
    file = data / "db.sqlite3"
    assert_it_outlives(no_room_for(on_sqlite), on_sqlite, lambda: references_in(file))


@pytest.mark.sqlite
def test_another_writer_that_never_ends(on_sqlite, data):
    file = data / "db.sqlite3"
    assert_it_outlives(another_writer(file), on_sqlite, lambda: references_in(file))


@pytest.mark.sqlite
def test_while_a_form_waits_for_another_writer_pages_are_read_and_then_it_is_stored(
    on_sqlite, data
):
    visitor, reader = Visitor(on_sqlite), Visitor(on_sqlite)
    with ThreadPoolExecutor(1) as pool:
        with another_writer(data / "db.sqlite3"):
            sent = pool.submit(visitor.send)
            for _ in range(10):
                assert reader.ask("GET", "/help-now/").status == 200
                assert not sent.done()
                time.sleep(0.05)  # within these the form has reached the only worker
        assert sent.result().status == 302


@pytest.mark.sqlite
def test_a_disk_that_is_gone_and_comes_back(on_sqlite, data):
    file = data / "db.sqlite3"
    assert_it_outlives(gone(data), on_sqlite, lambda: references_in(file))


# PostgreSQL, one of our own for the server that is made to fail


@pytest.fixture(scope="module")
def cluster():
    with private_cluster() as environment:
        yield Path(environment["DATABASE_URL"].partition("host=")[2])


@pytest.fixture(scope="module")
def on_postgres(cluster):
    url = f"postgres://kapsite@/postgres?host={cluster}"
    with site(DATABASE_URL=url, WEB_CONCURRENCY="1") as server:
        yield server


def references_at(cluster):
    with psycopg.connect(f"host={cluster} user=kapsite dbname=postgres") as database:
        return {row[0] for row in database.execute("SELECT reference FROM inquiries_inquiry")}


@contextlib.contextmanager
def stopped(cluster):
    control(cluster, "stop", "-m", "fast")
    yield
    options = f"{OPTIONS.format('off')} -c unix_socket_directories={cluster}"
    control(cluster, "start", "-o", options)


def control(cluster, *arguments):
    command = [find_programs() / "pg_ctl", "-D", cluster / "data", "-w", *arguments]
    with (cluster / "log").open("ab") as log:
        subprocess.run(
            command, check=True, cwd=cluster, stdout=log, stderr=log, **unprivileged_user()
        )


@contextlib.contextmanager
def frozen(cluster):
    """All processes of the server stand still, their connections stay open."""
    processes = processes_of(cluster)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


def processes_of(cluster):
    parent = (cluster / "data/postmaster.pid").read_text().split()[0]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(parent), *map(int, children)]


@pytest.mark.postgresql
def test_a_postgresql_that_is_stopped_and_started(on_postgres, cluster):
    assert_it_outlives(stopped(cluster), on_postgres, lambda: references_at(cluster))


@pytest.mark.postgresql
def test_a_postgresql_that_is_frozen(on_postgres, cluster):
    assert_it_outlives(frozen(cluster), on_postgres, lambda: references_at(cluster))


@pytest.mark.postgresql
def test_health_is_red_while_postgresql_is_frozen(on_postgres, cluster):
    visitor = Visitor(on_postgres)
    with frozen(cluster):
        answer = visitor.ask("GET", "/healthz")
    assert (answer.status, answer.page) == (503, "not ok\n")
    assert answer.seconds < LONGEST_ANSWER


@pytest.mark.postgresql
def test_the_thanks_stand_while_postgresql_is_frozen(on_postgres, cluster):
    visitor = Visitor(on_postgres)
    receipt = visitor.send().headers["Location"]
    with frozen(cluster):
        answer = visitor.ask("GET", receipt)
    assert (answer.status, answer.seconds < LONGEST_ANSWER) == (200, True)
    assert "We have your request" in answer.page
