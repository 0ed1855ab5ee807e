"""SQLite as the site uses it: durable, ready for several writers, with kept connections."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing, contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from kapsite.database.answer_timeout import answer_within
from kapsite.database.sqlite import base
from kapsite.database.sqlite.base import _idle

pytestmark = pytest.mark.sqlite


@pytest.fixture
def databases(tmp_path, django_db_blocker):
    """Connections like the site's, to one file; one for each thread."""
    with django_db_blocker.unblock():
        yield from make_databases(tmp_path)


def make_databases(tmp_path):
    config = settings.DATABASES["default"] | {"NAME": str(tmp_path / "db.sqlite3")}
    handler = ConnectionHandler({"default": config})
    run(handler["default"], "create table t (n integer)")
    run(handler["default"], "insert into t values (0)")
    yield handler
    handler.close_all()
    for kept in _idle.values():
        while kept:
            kept.pop().close()


@pytest.fixture
def database(databases):
    return databases["default"]


@contextmanager
def atomic(connection):
    """A transaction as ``transaction.atomic`` makes it, on a connection that has no alias."""
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.set_autocommit(True)


def run(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("secure_delete", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 0),  # the cursor waits
        ("trusted_schema", 0),
    ],
)
def test_each_connection_is_set_up(database, pragma, value):
    assert run(database, f"pragma {pragma}") == [(value,)]


def test_of_many_who_read_and_then_write_none_is_lost(databases):
    """Without IMMEDIATE most of them would fail with "database is locked"."""
    errors = []

    def count_up():
        connection = databases["default"]
        try:
            for _ in range(20):
                with atomic(connection), connection.cursor() as cursor:
                    [[n]] = cursor.execute("select n from t").fetchall()
                    cursor.execute("update t set n = %s", [n + 1])
        except OperationalError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert run(databases["default"], "select n from t") == [(160,)]


@pytest.fixture
def other_writer(database):
    with closing(sqlite3.connect(database.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("begin immediate")
        yield other


@pytest.mark.parametrize("values", [None, [1]])
def test_a_statement_waits_until_another_writer_is_ready(
    database, other_writer, values, monkeypatch
):
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 6:
            other_writer.execute("commit")

    monkeypatch.setattr(base.time, "sleep", pause)
    with database.cursor() as cursor:
        cursor.execute("update t set n = %s" if values else "update t set n = 1", values)
    assert run(database, "select n from t") == [(1,)]
    assert pauses == [0.001, 0.002, 0.004, 0.008, 0.016, 0.02]


def test_what_waits_too_long_fails_and_can_be_tried_again(database, other_writer):
    with answer_within(0.01), pytest.raises(OperationalError, match="database is locked"):
        run(database, "update t set n = 1")
    other_writer.execute("commit")
    run(database, "update t set n = 1")


def test_another_fault_does_not_wait(database, monkeypatch):
    monkeypatch.setattr(base.time, "sleep", lambda _: pytest.fail("It waited."))
    with pytest.raises(OperationalError, match="no such table"):
        run(database, "select n from other")


def test_in_a_transaction_nothing_is_waited_for(database, other_writer, monkeypatch):
    """It reads what was there when it began, so it can never write after another writer."""
    monkeypatch.setattr(base.time, "sleep", lambda _: pytest.fail("It waited."))
    run(database, "begin deferred")
    run(database, "select n from t")
    with pytest.raises(OperationalError, match="database is locked"):
        run(database, "update t set n = 1")
    run(database, "rollback")


def test_a_connection_is_kept_from_one_request_to_the_next(database):
    database.ensure_connection()
    first = database.connection
    database.close()
    database.ensure_connection()
    assert database.connection is first


def test_a_connection_in_the_middle_of_a_transaction_is_not_kept(database):
    database.set_autocommit(False)
    run(database, "insert into t values (1)")
    first = database.connection
    database.close()
    assert run(database, "select count(*) from t") == [(1,)]
    assert database.connection is not first


def test_a_restored_file_is_noticed_at_the_next_request(database):
    name = database.settings_dict["NAME"]
    run(database, "pragma wal_checkpoint(truncate)")
    database.close()
    os.rename(name, f"{name}.old")
    with pytest.raises(OperationalError, match="no such table"):
        run(database, "select n from t")


def test_a_copy_of_the_file_alone_lacks_the_newest_rows_and_a_backup_has_them(database, tmp_path):
    name = database.settings_dict["NAME"]
    run(database, "pragma wal_checkpoint(truncate)")
    run(database, "insert into t values (1)")
    shutil.copy(name, tmp_path / "alone")
    run(database, f"vacuum into '{tmp_path / 'backup'}'")
    counts = []
    for copy in ("alone", "backup"):
        with closing(sqlite3.connect(tmp_path / copy)) as opened:
            counts.append(opened.execute("select count(*) from t").fetchone()[0])
    assert counts == [1, 2]
