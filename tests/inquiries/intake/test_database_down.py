"""The database is away: the person gets every word back, and the phone number."""

import contextlib
import html
import re
import shutil
import sqlite3

import psycopg
import pytest
from django import db
from django.db.backends.sqlite3.base import DatabaseWrapper
from psycopg_pool import PoolTimeout

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models import Inquiry
from tests.earlier_tables import tables_in
from tests.factories import make_answers
from tests.inquiries.reading import text, title

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"


@pytest.fixture
def broken_database():
    """While used, every query fails as it does when the database is away."""

    def breaking(error):
        def fail(*args):
            raise error

        return db.connection.execute_wrapper(fail)

    return breaking


FAILURES = [
    db.OperationalError("database is locked"),
    db.InterfaceError("connection already closed"),
    db.DatabaseError("disk I/O error"),
    db.OperationalError(PoolTimeout("couldn't get a connection after 2.00 sec")),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_database_failure_gives_every_word_back_with_the_phone_number(
    client, broken_database, failure
):
    answers = make_answers(message="Two medicines")
    with broken_database(failure):
        response = client.post(FORM, answers)
    assert response.status_code == 503
    assert text(response).startswith("Your request is not sent yet")
    assert title(response).startswith("Not sent yet: ")
    assert f"call {get_clinic().phone.display}" in text(response)
    assert "Two medicines</textarea>" in response.text
    assert 'value="Ada"' in response.text
    assert not Inquiry.objects.exists()


def test_after_a_database_failure_the_same_page_can_be_sent(client, broken_database):
    answers = make_answers()
    with broken_database(FAILURES[0]):
        response = client.post(FORM, answers)
    token = html.unescape(re.search('name="token" value="([^"]+)"', response.text)[1])
    assert token == answers["token"]
    assert client.post(FORM, answers).status_code == 302
    assert Inquiry.objects.count() == 1


def test_a_database_failure_is_logged_without_a_value(client, broken_database, caplog):
    with broken_database(db.IntegrityError("Failing row contains (Canary)")):
        client.post(FORM, make_answers(name="Canary"))
    assert "IntegrityError" in caplog.text
    assert "Canary" not in caplog.text


def test_the_form_itself_needs_no_database(client, broken_database):
    with broken_database(FAILURES[0]):
        assert client.get(FORM).status_code == 200
        assert client.post(FORM, make_answers(name="")).status_code == 200


def test_the_confirmation_stands_without_the_database(client, broken_database):
    address = client.post(FORM, make_answers())["location"]
    with broken_database(FAILURES[0]):
        response = client.get(address)
    assert response.status_code == 200
    assert "We have your request" in text(response)
    assert Inquiry.objects.get().reference_in_groups not in text(response)


def test_a_confirmation_that_cannot_know_opens_with_help(client, broken_database):
    address = client.post(FORM, make_answers())["location"]
    with broken_database(FAILURES[0]):
        assert text(client.get(address)).startswith("If you need to talk to someone now")


@pytest.fixture
def sqlite_file(tmp_path, pytestconfig, django_db_setup):
    """For one test the site runs on a SQLite file, as it does in production."""
    usual = db.connections["default"]
    file = tmp_path / "db.sqlite3"
    shutil.copy(tables_in(pytestconfig.cache.mkdir("tables")), file)
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.1}
    connect = {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": options}
    other = DatabaseWrapper(usual.settings_dict | connect)
    db.connections["default"] = other
    try:
        yield file
    finally:
        other.close()
        db.connections["default"] = usual


@pytest.mark.sqlite
def test_a_locked_file_gives_the_form_back_and_then_takes_it(client, sqlite_file):
    answers = make_answers()
    with contextlib.closing(sqlite3.connect(sqlite_file)) as other_writer:
        other_writer.execute("BEGIN IMMEDIATE")
        assert client.post(FORM, answers).status_code == 503
    assert client.post(FORM, answers).status_code == 302


@pytest.mark.sqlite
def test_a_full_disk_gives_the_form_back_and_then_takes_it(client, sqlite_file):
    client.post(FORM, make_answers(message="x" * 2000))  # the next one needs a page of its own
    answers = make_answers(message="x" * 2000)
    with db.connection.cursor() as cursor:
        cursor.execute("VACUUM")
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        assert client.post(FORM, answers).status_code == 503
        cursor.execute(f"PRAGMA max_page_count = {pages + 1000}")
    assert client.post(FORM, answers).status_code == 302


@pytest.mark.sqlite
def test_a_file_that_is_gone_gives_the_form_back_and_then_takes_it(client, sqlite_file):
    answers = make_answers()
    db.connection.close()
    sqlite_file.rename(sqlite_file.with_suffix(".away"))
    sqlite_file.mkdir()
    response = client.post(FORM, answers)
    assert response.status_code == 503
    assert get_clinic().phone.display in text(response)
    sqlite_file.rmdir()
    sqlite_file.with_suffix(".away").rename(sqlite_file)
    assert client.post(FORM, answers).status_code == 302


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_gives_the_form_back_and_then_takes_it(client):
    answers = make_answers()
    with db.connection.cursor() as cursor:
        [process] = cursor.execute("SELECT pg_backend_pid()").fetchone()
    parameters = db.connection.get_connection_params()
    with psycopg.connect(**parameters) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    assert client.post(FORM, answers).status_code == 503
    db.close_old_connections()  # as the server does after each request
    assert client.post(FORM, answers).status_code == 302
