"""The triggers that protect the logs are there after every `manage.py migrate`."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import Error, connection, models, transaction

from kapsite.editor.versions.action_log import Act, ContentAction, log_action
from kapsite.inquiries.data_protection.append_only_triggers import LOGS
from kapsite.inquiries.models import Access, Erasure

pytestmark = pytest.mark.django_db(transaction=True)


def is_protected(log) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {log._meta.db_table}")  # noqa: S608 -- our own table
            transaction.set_rollback(True)
    except Error as error:
        return "never changed or taken away" in str(error)
    return False


def rebuild(log) -> None:
    """As a migration does that changes a column. SQLite copies the table to a new one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP FUNCTION {log._meta.db_table}_refuse() CASCADE")
        return
    name = "by_name" if log is ContentAction else "reference"
    old = log._meta.get_field(name)
    wider = models.CharField(max_length=old.max_length + 1, blank=old.blank)
    wider.set_attributes_from_name(name)
    with connection.schema_editor() as editor:
        editor.alter_field(log, old, wider)
        editor.alter_field(log, wider, old)


@pytest.mark.parametrize("log", [apps.get_model(name) for name in LOGS])
def test_a_log_is_protected_again_after_its_table_was_rebuilt(log, admin_user):
    Access.objects.create(by=admin_user, act="listed")
    Erasure.objects.create(reference="A2C3E4F5", rule="spam")
    log_action(Act.EXPORTED, admin_user)
    assert is_protected(log)
    rebuild(log)
    assert not is_protected(log)
    call_command("migrate", verbosity=0)
    assert is_protected(log)
    assert log.objects.count() == 1
