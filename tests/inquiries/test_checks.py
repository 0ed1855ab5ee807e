import secrets

import pytest
from django.core.checks import run_checks
from django.db import connection

from tests.factories import make_inquiry
from tests.server import running


def problems(**options):
    return [problem.id for problem in run_checks(tags=["keys"], **options)]


@pytest.mark.django_db
def test_keys_that_open_the_newest_request_are_right():
    make_inquiry()
    assert problems(databases=["default"]) == []


@pytest.mark.django_db
def test_keys_of_another_database_are_a_problem(settings):
    make_inquiry()
    settings.FIELD_KEYS = [secrets.token_urlsafe(32)]
    assert problems(databases=["default"]) == ["inquiries.E001"]


@pytest.mark.django_db
def test_only_the_newest_request_counts(settings):
    settings.FIELD_KEYS, keys = [secrets.token_urlsafe(32)], settings.FIELD_KEYS
    make_inquiry()
    settings.FIELD_KEYS = keys
    make_inquiry()
    assert problems(databases=["default"]) == []


@pytest.mark.django_db
def test_a_damaged_value_does_not_keep_the_site_from_starting():
    make_inquiry()
    connection.cursor().execute("UPDATE inquiries_inquiry SET message = name")
    assert problems(databases=["default"]) == []


def test_nothing_is_asked_of_the_database_unless_it_is_named():
    assert problems() == []  # this test has no access to it


@pytest.mark.parametrize(("told", "expected"), [([], ["inquiries.W001"]), (["a@b.org"], [])])
def test_before_deploying_somebody_must_be_told(settings, clinic_file, told, expected):
    clinic_file(hours={"monday": "9 am to 5 pm"})
    settings.NOTIFY_EMAILS = told
    found = run_checks(tags=["inquiries"], include_deployment_checks=True)
    assert [problem.id for problem in found] == expected


def test_before_deploying_the_opening_hours_should_be_known(settings, clinic_file):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    clinic_file()
    [warning] = run_checks(tags=["inquiries"], include_deployment_checks=True)
    assert warning.id == "inquiries.W002"
    assert "like `monday: 9 am to 5 pm`" in warning.hint


@pytest.fixture
def site(shared_database):
    return shared_database | {"WEB_CONCURRENCY": "1"}


def test_the_server_refuses_to_start_with_keys_of_another_database(site):
    make_inquiry()
    other_key = {"FIELD_KEYS": secrets.token_urlsafe(32)}
    with pytest.raises(RuntimeError) as refused, running(site | other_key):
        pass
    log = str(refused.value)
    assert "FIELD_KEYS: no key opens the newest request in the database." in log
    assert "Put back the FIELD_KEYS" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    "away", ["sqlite:////nowhere/db.sqlite3", "postgres://nobody@127.0.0.1:1/none"]
)
def test_the_server_starts_while_the_database_is_away(site, away):
    with running(site | {"DATABASE_URL": away}) as server:
        assert server.get("/healthz").startswith(b"HTTP/1.1 503 ")
