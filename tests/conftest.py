"""Shared by all tests.

Marks: ``sqlite`` and ``postgresql`` keep a test to that database; on the other it does not
count. ``sqlite`` is also for one that needs some database but can't find another answer there.
A test that skips itself for want of a tool says in its reason what to type; with CI=true in the
environment a skipped test fails the run.
"""

import gc
import os
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.signals import template_rendered

from kapsite.content_files.live_file import Watched
from kapsite.pages.publish.publisher import publish
from tests.clock import Clock
from tests.earlier_tables import begin_with
from tests.emptying import AsMigrated, empty_quickly
from tests.server import once
from tests.yaml_files import read_yaml

STORES = ("test_journey", "test_desk")  # tests in the browser that end in the database
# Where tests start servers, browsers and other programs. They go first: at the end, one of these
# files would run alone while the other processes have nothing left to do.
SLOW = {"browser", "deploy", "intake", "scripts", "security"}
DATABASES = {"db", "transactional_db"}  # the fixtures that give a test the database
CI = os.environ.get("CI") == "true"


def pytest_addoption(parser):
    parser.addoption("--role-matrix", action="store_true", help="print who may do what")


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite: only about SQLite, or the same on both")
    config.addinivalue_line("markers", "postgresql: only about PostgreSQL")


def pytest_collection_modifyitems(config, items):
    elsewhere = {item for item in items if belongs_elsewhere(item)}
    chosen = [item for item in items if item not in elsewhere]
    items[:] = sorted(chosen, key=lambda item: SLOW.isdisjoint(item.nodeid.split("/")))
    config.hook.pytest_deselected(items=[*elsewhere])


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """All that is made here stays: to look for garbage among 8,000 tests takes 0.2 s each time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(10_000)  # objects; with 700 it looks far too often, 5 % of all time


def belongs_elsewhere(item) -> bool:
    """Whether the test is about the other database, or needs none and has run on SQLite."""
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return item.get_closest_marker("postgresql") is not None
    is_about_looks = item.path.parent.name == "browser" and item.path.stem not in STORES
    needs_one = item.get_closest_marker("django_db") or DATABASES & set(item.fixturenames)
    return is_about_looks or not needs_one or item.get_closest_marker("sqlite") is not None


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, count in Counter(report.longrepr[2] for report in skipped).items():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")
    if skipped and CI:
        terminalreporter.write_line("With CI=true nothing may be skipped.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CI and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request, pytestconfig):
    """Give each process a database of its own. On SQLite it has one: its memory."""
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    if connection.vendor == "sqlite":
        begin_with(pytestconfig.cache.mkdir("tables"), connection.creation)
    elif worker:
        connection.settings_dict["TEST"]["NAME"] = f"test_kapsite_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        empty_quickly(AsMigrated(connection))


@pytest.fixture(scope="session")
def published_content() -> Path:
    """The content as published today, to be copied."""
    return once(
        "published-content", lambda folder: publish(settings.CONTENT_DIR, folder, date.today())
    )


@pytest.fixture(scope="session")
def application(published_content):
    """The site as gunicorn serves it, with its static files and pages, in this process."""
    call_command("collectstatic", verbosity=0, interactive=False)
    shutil.copytree(published_content, settings.PUBLISHED_DIR, symlinks=True, dirs_exist_ok=True)
    from kapsite.wsgi import application  # reads the static files, so only now

    return application


@pytest.fixture
def clinic_file(settings, tmp_path):
    """Serve from a copy of clinic.yaml with some facts changed; those of None are left out."""
    content = settings.CONTENT_DIR
    facts = read_yaml(content / "clinic.yaml")
    for name in ("danger_words.yaml", "spam_words.yaml"):
        shutil.copy(content / name, tmp_path)
    settings.CONTENT_DIR = settings.FACTS_DIR = tmp_path

    def write(**changes):
        given = {name: fact for name, fact in (facts | changes).items() if fact is not None}
        (tmp_path / "clinic.yaml").write_text(yaml.safe_dump(given))

    return write


@pytest.fixture
def every_way(clinic_file):
    """A clinic that calls, texts and e-mails."""
    clinic_file(contact_by=["call", "text", "email"], email="hello@example.org")


@pytest.fixture(autouse=True, scope="session")
def contexts_of_whole_pages(django_test_environment):
    """Django's test client copies the context of every template that another one includes, too:
    5 % of all that a page of the desk costs."""

    def render(template, context):
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    Template._render = render


@pytest.fixture(autouse=True, scope="session")
def data_files_read_once():
    """A copy of the word lists in a folder of a test is not read again: that takes most of a
    second."""
    read_new, known = Watched.read_new, {}

    def read_once(self, file):
        content = self, file.read_bytes() if file.is_file() else None
        if content not in known:
            known[content] = read_new(self, file)
        return known[content]

    Watched.read_new = read_once


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def afresh(monkeypatch):
    """Let no health check be answered from the results of another test."""
    from kapsite.operations import views

    monkeypatch.setattr(views, "latest", views.Latest())


@pytest.fixture
def admin_client(admin_user) -> Client:
    """A superuser's browser, signed in with a second factor."""
    from tests.factories import sign_in  # needs the models, so only now

    client = Client()
    sign_in(client, admin_user)
    return client
