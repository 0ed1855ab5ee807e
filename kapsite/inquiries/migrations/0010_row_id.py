"""A random id for each row with encrypted values, to which they are bound from here on.

Values from before do not open any more: they are bound to their column alone.
"""

import uuid
from importlib import import_module

from django.db import migrations, models

import kapsite.encryption.fields

BOUND = ("inquiry", "activity", "access")
NEW_ROW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
triggers = import_module("kapsite.inquiries.migrations.0006_access_append_only")


def fill(apps, schema_editor):
    value = NEW_ROW_ID[schema_editor.connection.vendor]
    for name in BOUND:
        schema_editor.execute(f"UPDATE inquiries_{name} SET row_id = {value}")  # noqa: S608


def drop_triggers(apps, schema_editor):
    """They would refuse to fill the column; SQLite drops them anyway, with the old table."""
    triggers.drop_triggers(apps, schema_editor)


def add_triggers(apps, schema_editor):
    columns = triggers.COLUMNS["inquiries_access"]
    triggers.add_triggers(apps, schema_editor, {"inquiries_access": f"{columns}, row_id"})


def add_earlier_triggers(apps, schema_editor):
    triggers.add_triggers(apps, schema_editor)


def row_id():
    return models.UUIDField(default=uuid.uuid4, editable=False, unique=True)


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0009_key_in_use")]

    operations = [
        migrations.RunPython(drop_triggers, add_earlier_triggers),
        *[migrations.AddField(name, "row_id", models.UUIDField(null=True)) for name in BOUND],
        migrations.RunPython(fill, migrations.RunPython.noop),
        *[migrations.AlterField(name, "row_id", row_id()) for name in BOUND],
        migrations.AlterField(
            "inquiry",
            "phone_normal",
            kapsite.encryption.fields.EncryptedTextField("number to dial", blank=True),
        ),
        migrations.AlterField(
            "inquiry",
            "email_normal",
            kapsite.encryption.fields.EncryptedTextField("address to write to", blank=True),
        ),
        migrations.RunPython(add_triggers, triggers.drop_triggers),
    ]
