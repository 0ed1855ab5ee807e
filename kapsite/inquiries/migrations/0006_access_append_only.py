"""The database itself refuses to change or delete what happened.

One change is let through: `manage.py rotate_keys` writes `reason` anew with another key. So that
column may change alone, from one key's mark to another's, and neither from nor to nothing.
`INSERT OR REPLACE` of SQLite would delete without asking a trigger; that is refused too.
Whoever owns the tables can drop the triggers: what the site does, it does not.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TABLES = ("inquiries_access", "inquiries_erasure")
REFUSAL = "This record is added to, never changed or taken away."
COLUMNS = {
    "inquiries_access": "id, at, by_id, act, reference, count, details",
    "inquiries_erasure": "id, at, by_id, rule, reference",
}

SQLITE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END;
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
WHEN ({old}) IS NOT ({new})
BEGIN SELECT RAISE(ABORT, '{refusal}'); END;
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{refusal}'); END;
"""
SQLITE_REASON = """
CREATE TRIGGER inquiries_access_other_key BEFORE UPDATE OF reason ON inquiries_access
WHEN instr(OLD.reason, ':') = 0 OR instr(NEW.reason, ':') = 0 OR
    substr(OLD.reason, 1, instr(OLD.reason, ':')) = substr(NEW.reason, 1, instr(NEW.reason, ':'))
BEGIN SELECT RAISE(ABORT, '{refusal}'); END;
"""
POSTGRESQL = """
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW
WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {table}_refuse();
"""
POSTGRESQL_REASON = """
CREATE TRIGGER inquiries_access_other_key BEFORE UPDATE ON inquiries_access FOR EACH ROW
WHEN (strpos(OLD.reason, ':') = 0 OR strpos(NEW.reason, ':') = 0 OR
    split_part(OLD.reason, ':', 1) = split_part(NEW.reason, ':', 1))
EXECUTE FUNCTION inquiries_access_refuse();
"""


def add_triggers(apps, schema_editor, later_columns=None):
    on_sqlite = schema_editor.connection.vendor == "sqlite"
    statements = [SQLITE, SQLITE_REASON] if on_sqlite else [POSTGRESQL, POSTGRESQL_REASON]
    for table in TABLES:
        columns = (COLUMNS | (later_columns or {}))[table]
        run(
            schema_editor,
            statements[0].format(
                table=table,
                refusal=REFUSAL,
                old=", ".join(f"OLD.{name}" for name in columns.split(", ")),
                new=", ".join(f"NEW.{name}" for name in columns.split(", ")),
            ),
        )
    run(schema_editor, statements[1].format(refusal=REFUSAL))


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        names = [f"{table}_no_{act}" for table in TABLES for act in ("delete", "update", "replace")]
        for name in [*names, "inquiries_access_other_key"]:
            schema_editor.execute(f"DROP TRIGGER {name}")
    else:
        for table in TABLES:
            schema_editor.execute(f"DROP FUNCTION {table}_refuse() CASCADE")


def run(schema_editor, statements):
    """SQLite takes one at a time; in a trigger a semicolon is followed by END."""
    for statement in statements.split(";\nCREATE"):
        text = statement.strip().removeprefix("CREATE").removesuffix(";")
        schema_editor.execute(f"CREATE {text}", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0005_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=8)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("asked", "The person asked for it"),
                            ("minor", "It is about someone under 18"),
                            ("test", "It was sent as a test"),
                            ("quarantine", "Likely spam that nobody restored"),
                            ("evaluated", "Time is up after: came to the evaluation"),
                            ("declined", "Time is up after: decided against it"),
                            ("unsuitable", "Time is up after: not a fit for this treatment"),
                            ("referred", "Time is up after: referred elsewhere"),
                            ("unreached", "Time is up after: could not be reached"),
                            ("duplicate", "Time is up after: asked more than once"),
                            ("spam", "Time is up after: spam"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-pk"),
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Errand",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("overdue", "Tell the lead what is overdue"),
                            ("digest", "Send the daily digest"),
                            ("purge", "Delete what is past its time"),
                        ],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("taken_until", models.DateTimeField(null=True)),
                ("done_on", models.DateField(null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="access",
            index=models.Index(fields=["-at"], name="access_newest"),
        ),
        migrations.AddField(
            model_name="erasure",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["reference"], name="erasure_of_inquiry"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rule__in",
                        [
                            "asked",
                            "declined",
                            "duplicate",
                            "evaluated",
                            "minor",
                            "quarantine",
                            "referred",
                            "spam",
                            "test",
                            "unreached",
                            "unsuitable",
                        ],
                    )
                ),
                name="erasure_rule_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rule__in", ["asked", "minor", "test"]), _negated=True),
                    ("by__isnull", False),
                    _connector="OR",
                ),
                name="erasure_by_hand_names_who",
            ),
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
