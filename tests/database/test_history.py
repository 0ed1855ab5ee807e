"""A database that another version of the site made is refused, and nothing in it changes."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def test_a_database_of_another_version_is_left_alone_with_a_line_that_says_what_to_do():
    MigrationRecorder(connection).record_applied("inquiries", "0012_one_acknowledgement_a_day")
    with pytest.raises(CommandError) as refused:
        call_command("migrate", verbosity=0)
    said = str(refused.value)
    assert str(connection.settings_dict["NAME"]) in said
    assert "inquiries.0012_one_acknowledgement_a_day" in said
    assert "Nothing was changed or deleted." in said
    assert "Move it away (" in said
    assert "\n" not in said


def test_migrations_of_a_package_that_are_gone_do_not_matter():
    MigrationRecorder(connection).record_applied("usersessions", "0001_initial")
    call_command("migrate", verbosity=0)
