"""After an erasure nothing that was typed is left: not in a row, a freed page or a log."""

import secrets
import sqlite3
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from kapsite.inquiries.data_protection import erasure
from kapsite.inquiries.models import Access, Activity, EarlierContact, Erasure, Inquiry, Notice
from kapsite.inquiries.models.logs.erasure_log import Rule
from kapsite.inquiries.models.request.search_digest import SearchDigest
from kapsite.inquiries.worker import jobs
from tests.factories import make_searchable
from tests.inquiries.data_protection.test_stolen_database import is_ours
from tests.postgres import find_programs

pytestmark = pytest.mark.django_db(transaction=True)
SHORT, LONG = 20, 3000  # bytes of a value: one stands in its row, the other on pages of its own


@pytest.fixture
def ben(shared_database):
    return User.objects.create_user("ben", is_staff=True)


def store(ben, length=SHORT, **fields):
    """A request with all that belongs to one, and typed values of their own."""
    values = {"name": secrets.token_hex(8), "message": secrets.token_hex(length)}
    inquiry = make_searchable(**values | {"form_token": secrets.token_hex(32)} | fields)
    Notice.objects.create(inquiry=inquiry, kind="staff")
    inquiry.record("noted", by=ben, note=secrets.token_hex(length))
    EarlierContact.objects.create(inquiry=inquiry, phone=secrets.token_hex(length))
    Access.objects.create(by=ben, act="opened", reference=inquiry.reference)
    return inquiry


def stored_of(*inquiries):
    """What the database holds of them, as it holds it: ciphertexts and digests that tell apart."""
    keys = ",".join(str(inquiry.pk) for inquiry in inquiries)
    found = []
    with connection.cursor() as cursor:
        for statement in (
            f"SELECT phone FROM inquiries_earliercontact WHERE inquiry_id IN ({keys})",  # noqa: S608
            f"SELECT * FROM inquiries_inquiry WHERE id IN ({keys})",  # noqa: S608
            f"SELECT note FROM inquiries_activity WHERE inquiry_id IN ({keys})",  # noqa: S608
            f"SELECT digest FROM inquiries_searchdigest WHERE inquiry_id IN ({keys})",  # noqa: S608
        ):
            cursor.execute(statement)
            found += [value for row in cursor.fetchall() for value in row if is_long(value)]
    others = SearchDigest.objects.exclude(inquiry__in=inquiries).values_list("digest", flat=True)
    return set(found) - set(others)


def is_long(value):
    return isinstance(value, str) and len(value) >= 40


def remains(values, places):
    """How many of ``values`` are there at least in part, by place."""
    parts = [value[12:36].encode() for value in values]
    found = {place: sum(part in data for part in parts) for place, data in places.items()}
    return {place: count for place, count in found.items() if count}


def files(shared_database):
    """All files of the database as bytes; on PostgreSQL without its write-ahead log."""
    if connection.vendor == "sqlite":
        file = Path(shared_database["DATABASE_URL"].removeprefix("sqlite:///"))
        return {path.name: path.read_bytes() for path in file.parent.glob("db.sqlite3*")}
    with connection.cursor() as cursor:
        if not is_ours(cursor):
            pytest.skip("DATABASE_URL must lead to a PostgreSQL of our own: make test-postgres")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT current_setting('data_directory')")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        files = (folder / "base" / str(cursor.fetchone()[0])).glob("[0-9]*")
        return {file.name: file.read_bytes() for file in files}


def dump(shared_database):
    if connection.vendor == "postgresql":
        command = [find_programs() / "pg_dump", shared_database["DATABASE_URL"]]
        return subprocess.run(command, capture_output=True, check=True).stdout
    return "\n".join(connection.connection.iterdump()).encode()


def take_samples():
    """As PostgreSQL does by itself, to plan its queries."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def erase(*inquiries, by):
    keys = [inquiry.pk for inquiry in inquiries]
    return erasure.erase(Inquiry.objects.filter(pk__in=keys), Rule.ASKED, by)


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_not_even_the_ciphertext_is_left_in_any_file(shared_database, ben, length):
    others = [store(ben, length) for _ in range(40)]
    gone = [others.pop(place) for place in (30, 12, 0)]
    values = stored_of(*gone)
    assert len(values) >= 10
    assert sum(remains(values, files(shared_database)).values()) >= len(values)  # it could be
    erase(*gone, by=ben)
    assert erasure.scrub()
    assert remains(values, files(shared_database)) == {}
    assert remains(values, {"dump": dump(shared_database)}) == {}
    assert remains(stored_of(*others), {"dump": dump(shared_database)})["dump"] > 100


def test_nor_is_what_was_changed_before(shared_database, ben):
    """A value that was written over: earlier than the erasure, and just as gone."""
    inquiry = store(ben, LONG)
    first = stored_of(inquiry)
    inquiry.message = inquiry.safety_concern_reason = secrets.token_hex(LONG // 3)
    inquiry.safety_concern = True
    inquiry.save()
    second = stored_of(inquiry)
    take_samples()
    erase(inquiry, by=ben)
    assert erasure.scrub()
    assert remains(first | second, files(shared_database)) == {}


@pytest.mark.postgresql
def test_what_another_transaction_still_sees_is_not_called_overwritten(shared_database, ben):
    gone = store(ben, LONG)
    values = stored_of(gone)
    with psycopg.connect(shared_database["DATABASE_URL"]) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")  # from now on it sees what is here, and locks nothing
        erase(gone, by=ben)
        assert not erasure.scrub()
        assert remains(values, files(shared_database)) != {}
        other.commit()
    assert erasure.scrub()
    assert remains(values, files(shared_database)) == {}


def test_nor_after_the_daily_purge(shared_database, ben):
    long_ago = timezone.now() - timezone.timedelta(days=4000)
    inquiry = store(ben, LONG, status="closed", outcome="duplicate", closed_at=long_ago)
    values = stored_of(inquiry)
    call_command("purge_inquiries", verbosity=0)
    assert not Inquiry.objects.exists()
    assert remains(values, files(shared_database)) == {}


def test_all_that_belonged_to_it_goes_and_the_trace_and_the_access_record_stay(ben):
    inquiry, other = store(ben), store(ben)
    later = store(ben, same_person_as=inquiry)
    [erasure_record] = erase(inquiry, by=ben)
    assert set(Inquiry.objects.all()) == {other, later}
    for model in (Activity, EarlierContact, Notice, SearchDigest):
        assert not model.objects.filter(inquiry=inquiry.pk).exists()
        assert model.objects.filter(inquiry=other.pk).exists()
    later.refresh_from_db()
    assert later.same_person_as is None
    assert Access.objects.filter(reference=inquiry.reference).exists()
    [stored] = Erasure.objects.all()
    assert (stored.reference, stored.rule, stored.by) == (erasure_record.reference, "asked", ben)


def test_whatever_is_tied_to_a_request_is_thought_of(ben):
    """A table that is added later is emptied too, or its rows let go, without being named."""
    tied = {relation.related_model for relation in Inquiry._meta.related_objects}
    assert {Activity, EarlierContact, Notice, SearchDigest, Inquiry} <= tied
    store(ben)
    erase(Inquiry.objects.get(), by=ben)
    for model in tied:
        assert not model._base_manager.exists()


def test_a_worker_overwrites_what_a_dead_one_left(ben):
    erase(store(ben), by=ben)
    assert erasure.needs_scrub()
    jobs.scrub()
    assert not erasure.needs_scrub()
    erase(store(ben), by=ben)
    assert erasure.needs_scrub()


@pytest.mark.sqlite
def test_while_someone_reads_the_log_it_is_tried_again_for_a_while(
    shared_database, ben, monkeypatch
):
    values = stored_of(inquiry := store(ben))
    file = shared_database["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(file, isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM inquiries_inquiry").fetchone()
        erase(inquiry, by=ben)
        assert not erasure.scrub(0.1)
        assert erasure.needs_scrub()
        monkeypatch.setattr(erasure.time, "sleep", lambda _: reader.execute("COMMIT"))
        assert erasure.scrub()
    assert remains(values, files(shared_database)) == {}


@pytest.mark.postgresql
def test_while_someone_reads_the_tables_are_left_and_nobody_waits_long(shared_database, ben):
    inquiry = store(ben)
    with psycopg.connect(shared_database["DATABASE_URL"]) as reader:
        reader.execute("SELECT count(*) FROM inquiries_inquiry")
        erase(inquiry, by=ben)
        assert not erasure.scrub()
    assert erasure.needs_scrub()
    assert erasure.scrub()
