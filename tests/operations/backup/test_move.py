"""A database is moved as it is, encrypted values too, and a move that was stopped goes on."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DataError, connection, connections

from kapsite.database.config import sqlite
from kapsite.editor.versions import history
from kapsite.inquiries.models import Activity, Erasure, Inquiry
from kapsite.inquiries.models.logs.erasure_log import Rule
from kapsite.operations.backup import move as moving
from kapsite.operations.backup import rows
from kapsite.operations.backup.databases import opened, own_config
from kapsite.operations.backup.move import NOTES, Refused, move
from kapsite.operations.backup.rows import different_tables, fingerprint
from tests.factories import make_inquiry, make_staff

pytestmark = pytest.mark.usefixtures("shared_database", "identity")


NEW = {  # a request; the number of one that was deleted is not given again
    "name": "New",
    "for_whom": "me",
    "contact_by": "email",
    "email": "new@example.org",
    "consent_version": "none",
    "form_token": "new",
}


@pytest.fixture
def in_use(content):
    """A site with times, dates, JSON, files, encrypted text, rows that point to a later one."""
    history.up_to_date()
    ben = make_staff(username="ben")
    first = make_inquiry(name="Ada Canary", topics=["anxiety"], next_action_on="2026-12-01")
    make_inquiry(duplicate_of=None, same_person_as=first)
    first.same_person_as = make_inquiry()  # a row that comes later
    first.save()
    first.record("noted", by=ben, note="In her own words")
    Erasure.objects.create(reference="A2A2A2A2", rule=Rule.SPAM)
    make_inquiry().delete()
    return first


def moved(first, alias):
    found = Inquiry.objects.using(alias).get(pk=first.pk)
    note = Activity.objects.using(alias).get(kind="noted")
    assert (found.name, found.same_person_as_id) == (first.name, first.same_person_as_id)
    assert note.note == "In her own words"
    newest = Inquiry.objects.using(alias).order_by("-pk").first()
    assert Inquiry.objects.using(alias).create(**NEW).pk == newest.pk + 2


@pytest.mark.sqlite
def test_everything_is_in_the_new_database_as_it_was(in_use, tmp_path):
    with (
        opened(own_config(), "old") as old,
        opened(sqlite(tmp_path / "new.sqlite3"), "new") as new,
    ):
        move(old, new, print)
        assert different_tables(old, new) == []
        assert NOTES not in connections[new].introspection.table_names()
        moved(in_use, new)


@pytest.mark.postgresql
def test_it_is_the_same_on_sqlite_and_back_on_postgresql(in_use, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE moved")
    config = own_config() | {"NAME": "moved"}
    try:
        with (
            opened(own_config(), "old") as old,
            opened(sqlite(tmp_path / "new.sqlite3"), "between") as between,
            opened(config, "new") as new,
        ):
            move(old, between, print)
            move(between, new, print)
            assert different_tables(old, new) == []
            moved(in_use, between)
            moved(in_use, new)
            refused = pytest.raises(Exception, match="added to, never changed")
            with refused, connections[new].cursor() as cursor:
                cursor.execute("DELETE FROM inquiries_erasure")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE moved")


@pytest.mark.sqlite
def test_a_move_that_was_stopped_goes_on_where_it_stopped(in_use, tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "BATCH", 1)
    for _ in range(3):
        in_use.record("noted", by=User.objects.get(), note="Another")
    written = []

    def write(model, alias, batch):
        written.append((model, batch[0][0]))
        if stops and len([each for each, _ in written if each is Activity]) == 3:
            raise KeyboardInterrupt
        usual(model, alias, batch)

    usual, stops = rows.write, True
    monkeypatch.setattr(rows, "write", write)
    with (
        opened(own_config(), "old") as old,
        opened(sqlite(tmp_path / "new.sqlite3"), "new") as new,
    ):
        with pytest.raises(KeyboardInterrupt):
            move(old, new, print)
        assert fingerprint(Activity, new).rows == 2
        before, stops = len(written), False
        move(old, new, print)
        assert different_tables(old, new) == []
    assert {*written[: before - 1]} & {*written[before:]} == set()


@pytest.mark.sqlite
def test_a_database_that_is_in_use_already_is_refused(in_use, tmp_path):
    other = tmp_path / "other.sqlite3"
    with opened(sqlite(other), "new") as new, connections[new].cursor() as cursor:
        cursor.execute("CREATE TABLE theirs (n integer)")
    with pytest.raises(CommandError, match="not empty: it has the table theirs"):
        call_command("move_database", f"--to=sqlite:///{other}")


@pytest.mark.sqlite
def test_a_change_of_the_old_database_during_the_move_is_noticed(in_use, tmp_path, monkeypatch):
    monkeypatch.setattr(moving, "copy_numbers", lambda *_: Inquiry.objects.update(attempts=5))
    with (
        opened(own_config(), "old") as old,
        opened(sqlite(tmp_path / "new.sqlite3"), "new") as new,
        pytest.raises(Refused, match="These tables differ: inquiries_inquiry"),
    ):
        move(old, new, print)


@pytest.mark.sqlite
@pytest.mark.parametrize("url", ["mysql://host/name", "postgres://host", "x"])
def test_what_is_no_address_of_a_database_is_refused(url):
    with pytest.raises(CommandError, match="Write sqlite"):
        call_command("move_database", f"--to={url}")


@pytest.mark.sqlite
def test_a_server_that_is_not_verified_is_refused():
    with pytest.raises(CommandError, match="sslmode=verify-full"):
        call_command("move_database", "--to=postgres://user:secret@db.example.org/name")


@pytest.mark.sqlite
def test_an_error_of_the_server_shows_no_row(in_use, tmp_path, monkeypatch):
    def fail(*_):
        raise DataError("DETAIL: Failing row contains (Ada Canary)")

    monkeypatch.setattr(rows, "write", fail)
    with pytest.raises(CommandError, match="It stopped: DataError") as stopped:
        call_command("move_database", f"--to=sqlite:///{tmp_path}/new.sqlite3")
    assert "Ada" not in str(stopped.value)
