import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core import signing
from django.db import connections

from tests.earlier_tables import tables_in
from tests.mailserver import mail_server
from tests.postgres import end_other_sessions

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def later(monkeypatch):
    """Let the signer's clock run ahead."""
    now = signing.time.time()
    return lambda **ahead: monkeypatch.setattr(
        signing.time, "time", lambda: now + timedelta(**ahead).total_seconds()
    )


@pytest.fixture
def mailbox(settings):
    """A real mail server, to which this process sends; and somebody at the clinic to tell."""
    with mail_server() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.NOTIFY_EMAILS = ["front.desk@example.org"]
        yield mailbox


@pytest.fixture
def shared_database(pytestconfig, tmp_path, transactional_db):
    """For one test, a database that other processes can use too; the environment for them."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kapsite.settings"}
    usual = connections["default"].settings_dict
    if connections["default"].vendor == "postgresql":
        end_other_sessions()
        url = urlsplit(environment["DATABASE_URL"])._replace(path=f"/{usual['NAME']}")
        yield environment | {"DATABASE_URL": urlunsplit(url)}
        return
    file = tmp_path / "db.sqlite3"
    shutil.copy(tables_in(pytestconfig.cache.mkdir("tables")), file)
    with sqlite_in_place(file):
        yield environment | {"DATABASE_URL": f"sqlite:///{file}"}


@contextmanager
def sqlite_in_place(file):
    """Inside, this process too uses the SQLite database in ``file``, set up as in production."""
    usual = connections["default"]
    other = type(usual)(usual.settings_dict | {"NAME": str(file)})
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


class Worker(subprocess.Popen):
    """A running worker; ``log`` is what it has said so far."""

    def __init__(self, file, environment):
        self.file = file
        with file.open("w") as log:
            command = [sys.executable, "manage.py", "run_worker"]
            super().__init__(command, cwd=ROOT, env=environment, stderr=log)

    @property
    def log(self):
        return self.file.read_text()


@pytest.fixture
def work(shared_database, mailbox, tmp_path):
    """Start workers that send to the mailbox."""
    workers = []

    @contextmanager
    def start(**environment):
        to_mailbox = {
            "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
            "NOTIFY_EMAILS": "front.desk@example.org",
        }
        file = tmp_path / f"worker{len(workers)}.log"
        worker = Worker(file, shared_database | to_mailbox | environment)
        workers.append(worker)
        yield worker
        worker.terminate()
        worker.wait(120)

    yield start
    for worker in workers:
        worker.kill()
        worker.wait()
        print(worker.log)  # shown with a test that failed
