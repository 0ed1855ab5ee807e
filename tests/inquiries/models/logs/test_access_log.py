"""The record of who saw what: the database itself refuses to change or delete a row."""

import secrets

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.db.models import ProtectedError

from kapsite.database.append_only import AppendOnly
from kapsite.inquiries.models import Access, Erasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(admin_user):
    return Access.objects.create(by=admin_user, act="exported", count=2, reason="For the board")


@pytest.fixture
def trace():
    return Erasure.objects.create(reference="A2C3E4F5", rule="spam")


def refused(statement):
    """Whether the database refuses ``statement``, sent as anyone with its password could."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        return "never changed or taken away" in str(error)
    return False


def rows(model):
    """As the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")  # noqa: S608
        return cursor.fetchall()


CHANGES = [
    "inquiries_access SET at = '2020-01-01 00:00:00+00:00'",
    "inquiries_access SET by_id = by_id + 1",
    "inquiries_access SET act = 'listed'",
    "inquiries_access SET reference = 'CCCCCCCC'",
    "inquiries_access SET count = NULL",
    "inquiries_access SET count = 3, reason = ''",
    "inquiries_access SET details = 'x'",
    "inquiries_access SET id = id + 7",
    "inquiries_access SET row_id = (SELECT row_id FROM inquiries_activity)",
    "inquiries_erasure SET rule = 'asked'",
    "inquiries_erasure SET reference = ''",
    "inquiries_erasure SET id = id + 7",
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_a_row(row, trace, change):
    before = rows(Access), rows(Erasure)
    assert refused(f"UPDATE {change}")
    assert (rows(Access), rows(Erasure)) == before


@pytest.mark.parametrize("table", ["inquiries_access", "inquiries_erasure"])
def test_the_database_refuses_to_delete_a_row(row, trace, table):
    assert refused(f"DELETE FROM {table}")  # noqa: S608
    assert (len(rows(Access)), len(rows(Erasure))) == (1, 1)


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["inquiries_access", "inquiries_erasure"])
def test_the_database_refuses_to_empty_the_table(row, trace, table):
    connection.check_constraints()  # else it refuses for another reason
    assert refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "REPLACE INTO inquiries_access (id, at, act, reference, details, reason, by_id, row_id) "
        "SELECT id, at, 'listed', '', '', '', by_id, row_id FROM inquiries_access",
        "UPDATE OR REPLACE inquiries_access SET rowid = rowid + 1",
        "UPDATE inquiries_access SET oid = 99",
    ],
)
def test_no_way_around_the_refusal_is_known(row, statement):
    before = rows(Access)
    assert refused(statement)
    assert rows(Access) == before


@pytest.mark.parametrize(
    "reason",
    [
        "''",
        "'No longer so'",
        "(SELECT other.reason FROM inquiries_access other ORDER BY id LIMIT 1)",
    ],
)
def test_a_reason_is_not_changed_except_to_another_key(row, admin_user, reason):
    later = Access.objects.create(by=admin_user, act="exported", reason="Another one")
    assert refused(f"UPDATE inquiries_access SET reason = {reason} WHERE id = {later.pk}")  # noqa: S608
    assert Access.objects.get(pk=later.pk).reason == "Another one"


def test_a_row_without_a_reason_gets_none(admin_user):
    Access.objects.create(by=admin_user, act="listed")
    assert refused("UPDATE inquiries_access SET reason = 'abc:def'")


def test_new_keys_are_taken_up_all_the_same(row, settings):
    new = secrets.token_urlsafe(32)
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    call_command("rotate_keys", verbosity=0)
    settings.FIELD_KEYS = [new]
    assert Access.objects.get().reason == "For the board"


@pytest.mark.parametrize(
    "attempt",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: Access.objects.update(count=0),
        lambda row: Access.objects.all().delete(),
        lambda row: Access.objects.bulk_update([row], ["count"]),
        lambda row: Access.objects.update_or_create(pk=row.pk, defaults={"count": 0}),
    ],
)
def test_nor_does_the_site_try(row, attempt):
    with pytest.raises(AppendOnly):
        attempt(row)


def test_somebody_in_the_record_is_not_deleted(row, admin_user):
    with pytest.raises(ProtectedError):
        User.objects.get(pk=admin_user.pk).delete()


def test_emptying_the_database_by_command_is_refused_too(row, settings):
    with pytest.raises(CommandError), transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
    assert len(rows(Access)) == 1
