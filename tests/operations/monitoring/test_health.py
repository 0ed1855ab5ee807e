"""Every reason why a patient could not be heard turns the health check red, and says what to do."""

import logging
import os
import resource
import secrets
import shutil
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django import db
from django.conf import settings as project
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import timezone

from kapsite.encryption.keyring import Keyring
from kapsite.inquiries.models import Activity, Inquiry, Notice, SearchDigest, heartbeat
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.operations import views
from kapsite.operations.monitoring import health
from kapsite.operations.views import GOOD_FOR, Latest
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from kapsite.security.wsgi.guard import Guard
from tests.clock import Clock
from tests.wsgi import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("afresh", "well")]


@pytest.fixture
def place(published_content, tmp_path, settings):
    """The folder of all that the site writes."""
    settings.VAR_DIR = tmp_path
    settings.PUBLISHED_DIR = tmp_path / "published"
    shutil.copytree(published_content, settings.PUBLISHED_DIR, symlinks=True)
    return tmp_path


@pytest.fixture
def well(place, db):
    """A site on which everything works."""
    heartbeat.beat(timezone.now())


def problems(front=None):
    return {result.name: result for result in health.run(front) if result.fix}


def asked(client):
    response = client.get("/healthz")
    return response.status_code, response.content


def test_a_site_on_which_everything_works_is_well(client):
    assert [str(result) for result in problems().values()] == []
    assert asked(client) == (200, b"ok\n")


def test_outsiders_hear_no_details_and_the_operator_does(client, place, caplog):
    (place / "published/current/manifest.json").unlink()
    assert asked(client) == (503, b"not ok\n")
    assert "Not healthy: Published pages: manifest.json is missing" in caplog.text
    assert "Run manage.py publish." in caplog.text


def words_for(environ, **settings):
    """What /healthz tells a client, behind the guard."""
    with override_settings(**settings):
        site = Guard(views.KnownHealth(WSGIHandler()))
        return [ask(site, "/healthz", **environ).text for _ in range(2)][-1]  # also when repeated


MONITOR = {"TRUSTED_PROXIES": ["127.0.0.1"], "HEALTH_ADDRESSES": ["192.0.2.0/28", "127.0.0.1"]}


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "127.0.0.1"},
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "::ffff:192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 192.0.2.7"},
    ],
)
def test_addresses_that_may_know_read_what_is_wrong_and_what_to_do(environ):
    said = words_for(environ, **MONITOR).splitlines()
    assert (said[0], said[1]) == ("ok", "ok - Published pages: whole.")
    heartbeat.Heartbeat.objects.all().delete()
    views.latest.run_at = float("-inf")
    said = words_for(environ, **MONITOR).splitlines()
    assert said[0] == "not ok"
    assert said[-1].startswith("not ok - Worker: not running. Start manage.py run_worker")


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "192.0.2.77"},
        {"REMOTE_ADDR": ""},  # a socket file
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7, 198.51.100.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "unknown"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
        {"REMOTE_ADDR": "198.51.100.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},  # not trusted
        {"REMOTE_ADDR": "198.51.100.1", "HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)
def test_nobody_else_can_pretend_to_be_one(environ):
    assert words_for(environ, **MONITOR) == "ok\n"


def test_readers_behind_a_proxy_that_is_not_trusted_are_not_taken_for_this_machine():
    environ = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    assert words_for(environ, TRUSTED_PROXIES=[]) == "ok\n"


def test_every_check_has_a_name_and_words_and_none_is_left_out():
    results = list(health.run())
    assert [result.name for result in results] == [*health.ON_DISK, *health.IN_DATABASE]
    assert all(result.words for result in results)


# Published pages


def test_the_pages_that_are_really_served_count(place, settings):
    front = PageServer(None, settings.PUBLISHED_DIR)
    assert problems(front) == {}
    os.truncate(settings.PUBLISHED_DIR / "current/manifest.json", 500)
    assert problems(front).keys() == {"Published pages"}
    assert "from memory until the next restart" in problems(front)["Published pages"].words
    restarted = PageServer(None, settings.PUBLISHED_DIR)
    assert problems(restarted).keys() == {"Published pages"}
    publish(project.CONTENT_DIR, settings.PUBLISHED_DIR, date.today())
    assert problems(front) == problems(restarted) == {}


def test_a_site_without_pages_is_not_well(place):
    shutil.rmtree(place / "published")
    assert problems().keys() == {"Published pages"}


# Disk


def test_a_disk_that_is_nearly_full_is_not_well(monkeypatch):
    usage = type("Usage", (), {"total": 100e9, "free": health.LEAST_ROOM - 1})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert problems().keys() == {"Disk space"}
    assert "0.2 GB free of 100.0" in problems()["Disk space"].words


@contextmanager
def no_room():
    """No file can grow, as on a full disk."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_a_disk_that_takes_nothing_is_not_well():
    with no_room():
        assert "Folders" in problems()


def test_a_folder_that_may_not_be_written_to_is_not_well(place):
    place.chmod(0o555)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may write anywhere; nobody may not
    try:
        found = problems()
    finally:
        os.seteuid(user)
        place.chmod(0o755)
    assert "Folders" in found
    assert "who owns the folder" in found["Folders"].fix


def test_a_folder_that_is_gone_is_not_well(settings, place):
    settings.VAR_DIR = place / "gone"
    assert problems().keys() == {"Folders"}


def test_the_check_leaves_no_file_behind(place):
    before = sorted(place.iterdir())
    problems()
    assert sorted(place.iterdir()) == before


# Database


def test_a_database_that_is_away_ends_the_list_and_is_not_quoted(client, caplog):
    asked_for = []

    def away(execute, sql, *rest):
        asked_for.append(sql)
        raise db.OperationalError("connection to 10.0.0.7 refused")

    with connection.execute_wrapper(away):
        assert problems().keys() == {"Database"}
        assert len([sql for sql in asked_for if "PRAGMA" not in sql]) <= 1
        assert asked(client) == (503, b"not ok\n")
    assert "10.0.0.7" not in caplog.text


@pytest.mark.parametrize("table", [Inquiry, Activity, SearchDigest, Notice])
def test_a_database_that_takes_no_request_is_not_well(table, settings):
    settings.NOTIFY_EMAILS = ["desk@example.org"]

    def broken(execute, sql, params, many, context):
        if f"INSERT INTO {table._meta.db_table} " in sql.replace('"', ""):
            raise db.OperationalError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken):
        found = problems()
    assert found.keys() == {"Request form"}
    assert found["Request form"].words == "the database failed: OperationalError"


def test_a_form_that_cannot_be_rendered_is_not_well(monkeypatch):
    def broken(request):
        raise KeyError("Ada")

    monkeypatch.setattr(health.views, "new", broken)
    found = problems()
    assert found.keys() == {"Request form"}
    assert found["Request form"].words == "fails: KeyError"


def test_the_check_of_the_form_stores_nothing():
    before = [model.objects.count() for model in (Inquiry, Activity, SearchDigest, Notice)]
    assert problems() == {}
    assert [m.objects.count() for m in (Inquiry, Activity, SearchDigest, Notice)] == before


@pytest.mark.parametrize("app", ["inquiries", "accounts", "mfa"])
def test_a_missing_migration_is_not_well(app):
    applied = MigrationRecorder(connection).migration_qs.filter(app=app)
    last = applied.order_by("id").last()
    last.delete()
    found = problems()
    assert found.keys() == {"Migrations"}
    assert found["Migrations"].words == f"not applied: {app}.{last.name}"


def test_a_key_that_older_rows_need_and_that_is_not_there_is_not_well(settings):
    KeyInUse.objects.create(key_id=Keyring([secrets.token_urlsafe(32)]).current)
    found = problems()
    assert found.keys() == {"Encryption keys"}
    assert "rotate_keys" in found["Encryption keys"].fix


@pytest.mark.parametrize("silent_for", [timedelta(minutes=5), -timedelta(hours=2)])
def test_without_a_worker_the_site_is_not_well(silent_for):
    heartbeat.beat(timezone.now() - silent_for)
    assert problems().keys() == {"Worker"}
    heartbeat.Heartbeat.objects.all().delete()
    assert problems().keys() == {"Worker"}


# Asked by machines, and by whoever likes to


@pytest.fixture
def runs(monkeypatch):
    """One entry for each time that the checks were run."""
    counted = []
    run = health.run
    monkeypatch.setattr(health, "run", lambda front: counted.append(front) or run(front))
    return counted


def test_asking_often_costs_as_much_as_asking_once(client, runs, django_assert_num_queries):
    client.get("/healthz")
    with django_assert_num_queries(0):
        for _ in range(50):
            assert asked(client) == (200, b"ok\n")
    assert len(runs) == 1


def test_django_is_asked_only_for_what_is_not_known(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(views, "latest", Latest(clock))
    handler, reached = WSGIHandler(), []
    site = views.KnownHealth(
        lambda environ, start: reached.append(environ["REQUEST_METHOD"]) or handler(environ, start)
    )
    answers = [ask(site, "/healthz") for _ in range(3)]
    assert [(each.status, each.body) for each in answers] == [(200, b"ok\n")] * 3
    assert answers[0].headers.items() >= answers[1].headers.items()
    ask(site, "/healthz", method="POST")
    heartbeat.Heartbeat.objects.all().delete()
    clock.now += GOOD_FOR
    assert [ask(site, "/healthz").status for _ in range(2)] == [503, 503]
    assert reached == ["GET", "POST", "GET"]


def test_after_a_few_seconds_the_checks_are_run_again(runs):
    clock = Clock()
    latest = Latest(clock)
    assert latest.is_well(None)
    heartbeat.Heartbeat.objects.all().delete()
    assert latest.is_well(None)
    clock.now += GOOD_FOR
    assert not latest.is_well(None)
    assert len(runs) == 2


def test_while_the_checks_run_others_get_the_last_answer(monkeypatch):
    clock = Clock()
    latest = Latest(clock)
    assert latest.is_well(None)
    clock.now += GOOD_FOR
    answers = []

    def slow(front):
        answers.append(latest.is_well(None))  # another request, meanwhile
        return []

    monkeypatch.setattr(health, "run", slow)
    latest.is_well(None)
    assert answers == [True]


def test_the_log_says_once_what_is_wrong_and_once_that_it_is_over(caplog):
    caplog.set_level(logging.INFO)
    clock = Clock()
    latest = Latest(clock)
    heartbeat.Heartbeat.objects.all().delete()
    for _ in range(3):
        latest.is_well(None)
        clock.now += GOOD_FOR
    heartbeat.beat(timezone.now())
    latest.is_well(None)
    assert [record.getMessage() for record in caplog.records] == [
        "Not healthy: Worker: not running. Start manage.py run_worker: without it no notice is "
        "sent.",
        "Healthy again: Worker: running.",
    ]


def test_health_can_be_asked_without_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/admin/").status_code == 301
    assert client.get("/healthz").status_code == 200


def test_only_reading_asks_for_health(client):
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200


def test_the_front_that_the_request_came_through_is_checked(client, runs, settings):
    front = PageServer(None, settings.PUBLISHED_DIR)
    client.get("/healthz", **{"kapsite.pages": front})
    assert runs == [front]
