"""A stolen database, log of it or backup shows none of the words a person typed."""

import base64
import json
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from django.contrib.auth.models import User
from django.db import connection

from kapsite.inquiries.data_protection import key_rotation
from kapsite.inquiries.models import Access, EarlierContact, Inquiry
from tests.factories import make_answers
from tests.inquiries.data_protection.leaks import (
    CANARIES,
    NOTE,
    OF_STAFF,
    REASON,
    TYPED,
    found_in,
    spellings,
)
from tests.postgres import find_programs

FORM = "/request-evaluation/"


@pytest.fixture
def stolen(shared_database, tmp_path):
    """What a thief would get, as bytes by where they took it from."""

    def take():
        if connection.vendor == "postgresql":
            return from_postgresql(shared_database["DATABASE_URL"])
        return from_sqlite(Path(shared_database["DATABASE_URL"].removeprefix("sqlite:///")))

    return take


def from_sqlite(file: Path) -> dict[str, bytes]:
    taken = {path.name: path.read_bytes() for path in file.parent.glob("db.sqlite3*")}
    assert {"db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm"} <= set(taken)
    backup, copy = file.with_name("backup"), file.with_name("copy")
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM INTO '{backup}'")
        source = cursor.connection
        with sqlite3.connect(copy) as target:
            source.backup(target)
        target.close()
        dump = "\n".join(source.iterdump())
    return taken | {
        "backup": backup.read_bytes(),
        "copy": copy.read_bytes(),
        "dump": dump.encode(),
    }


def from_postgresql(url: str) -> dict[str, bytes]:
    dump = [find_programs() / "pg_dump", url]
    taken = {"pg_dump": subprocess.run(dump, capture_output=True, check=True).stdout}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                taken[table] = b"".join(copy)
        if is_ours(cursor):
            taken |= files_of_postgresql(cursor)
    return taken


def is_ours(cursor) -> bool:
    """May we look into the files of the server? In one of our own we may."""
    cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
    return cursor.fetchone()[0]


def files_of_postgresql(cursor) -> dict[str, bytes]:
    cursor.execute("CHECKPOINT")  # what is in memory goes to the files
    cursor.execute("SELECT current_setting('data_directory')")
    folder = Path(cursor.fetchone()[0])
    cursor.execute("SELECT pg_relation_filepath('inquiries_inquiry')")
    files = [folder / cursor.fetchone()[0], *(folder / "pg_wal").glob("0*")]
    return {str(file): file.read_bytes() for file in files}


@pytest.fixture
def _everything_was_typed(client, admin_client, admin_user, every_way):
    """A form was sent; staff read it, wrote about it, and took it out with a reason."""
    assert client.post(FORM, make_answers(contact_by="email", **TYPED)).status_code == 302
    inquiry = Inquiry.objects.get()
    steps = f"/admin/inquiries/inquiry/{inquiry.pk}/step"
    for name, sent in {"set_safety_concern": {"reason": REASON}, "note": {"note": NOTE}}.items():
        inquiry.refresh_from_db(fields=["version"])
        sent["version"] = str(inquiry.version)
        assert admin_client.post(f"{steps}/{name}/", sent).status_code == 302
    Access.objects.create(by=admin_user, act="exported", reason=REASON)
    earlier = {name: TYPED[name] for name in ("name", "phone", "email")}
    EarlierContact.objects.create(inquiry=inquiry, **earlier)


@pytest.mark.usefixtures("shared_database", "_everything_was_typed")
def test_no_word_that_was_typed_is_in_what_a_thief_would_get(stolen):
    inquiry = Inquiry.objects.get()
    assert (inquiry.name, inquiry.message) == (TYPED["name"], TYPED["message"])
    assert inquiry.activities.get(kind="noted").note == NOTE
    leaks = {place: found_in(data, [*CANARIES, *OF_STAFF]) for place, data in stolen().items()}
    assert {place: found for place, found in leaks.items() if found} == {}


@pytest.mark.usefixtures("shared_database", "_everything_was_typed")
def test_nor_after_the_keys_were_rotated(stolen, settings):
    settings.FIELD_KEYS = ["A" * 42 + "E", *settings.FIELD_KEYS]
    for model in key_rotation.encrypted_columns():
        last = model._base_manager.order_by("pk").last().pk
        assert key_rotation.rewrite_values(model, range(1, last + 1)).rows
    assert not [place for place, data in stolen().items() if found_in(data, CANARIES)]


# First make sure that it could be found


def escapes(value):
    yield "plain", value
    yield "percent", quote(value, safe="")
    yield "percent, in a form", quote_plus(value)
    yield "json", json.dumps(value)
    yield "hex", value.encode().hex()
    yield "hex", value.encode().hex().upper()
    for place, before in enumerate(["", "x", "xx"]):
        inside = f"{before}{value}yy".encode()
        yield f"base64, {place}", base64.b64encode(inside).decode()
        yield f"base64, {place}", base64.urlsafe_b64encode(inside).decode()


@pytest.mark.parametrize("value", [*CANARIES, *OF_STAFF])
def test_every_spelling_would_be_found(value):
    for how, written in escapes(value):
        assert (value, how) in found_in(f"before {written} after", [value]), (how, written)
    assert min(map(len, spellings(value).values())) >= 6
    assert found_in("before after", [value]) == []


@pytest.mark.usefixtures("shared_database")
def test_a_value_stored_in_plain_would_be_found_everywhere(stolen):
    User.objects.create_user("thief", last_name=TYPED["name"])
    found = {place for place, data in stolen().items() if found_in(data, [TYPED["name"]])}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            log = {"pg_wal"} if is_ours(cursor) else set()
        assert {Path(place).parent.name or place for place in found} == {
            "pg_dump",
            "auth_user",
        } | log
    else:
        assert found == {"db.sqlite3-wal", "backup", "copy", "dump"}


@pytest.mark.sqlite
@pytest.mark.usefixtures("shared_database")
def test_a_value_stored_in_plain_would_be_found_in_the_file_itself(stolen):
    User.objects.create_user("thief", last_name=TYPED["name"])
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    User.objects.create_user("other")
    assert found_in(stolen()["db.sqlite3"], [TYPED["name"]])
