from django.conf import settings
from django.db import migrations, models
from django.db.models import ExpressionWrapper, F, TextField

from kapsite.encryption.keyring import Unreadable, keyring

PLACE = "inquiries_inquiry.topics"


def add_topics(apps, schema_editor):
    """Digests of the topics of requests that came before there were any."""
    inquiries = apps.get_model("inquiries", "Inquiry").objects.exclude(topics="")
    stored = inquiries.annotate(stored=ExpressionWrapper(F("topics"), TextField()))
    digests = apps.get_model("inquiries", "SearchDigest").objects
    for key, sealed in stored.values_list("pk", "stored").iterator():
        try:
            topics = keyring().decrypt(sealed, PLACE).split(",")
        except Unreadable:  # cannot be opened, and so is not found either
            continue
        for topic in topics:
            digest = keyring().digest(f"topic:{topic}")
            digests.get_or_create(inquiry_id=key, digest=digest, defaults={"kind": "topic"})


def remove_topics(apps, schema_editor):
    apps.get_model("inquiries", "SearchDigest").objects.filter(kind="topic").delete()


def without_index(**options):
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0006_access_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField("inquiry", "assigned_to", without_index()),
        migrations.AlterField("inquiry", "opened_by", without_index()),
        migrations.AddIndex(
            "inquiry",
            models.Index(fields=["assigned_to", "-received_at", "status"], name="inquiry_person"),
        ),
        migrations.AddIndex(
            "inquiry",
            models.Index(
                fields=[
                    "status",
                    "needs_care",
                    "due_at",
                    "received_at",
                    "assigned_to",
                    "closed_at",
                ],
                condition=models.Q(closed_at__isnull=True),
                name="inquiry_open",
            ),
        ),
        migrations.AddIndex(
            "inquiry",
            models.Index(
                fields=[
                    "assigned_to",
                    "closed_at",
                    "status",
                    "needs_care",
                    "due_at",
                    "received_at",
                ],
                condition=models.Q(closed_at__isnull=True),
                name="inquiry_mine",
            ),
        ),
        migrations.AlterField(
            "searchdigest",
            "kind",
            models.CharField(
                choices=[
                    ("name", "A word of the name"),
                    ("email", "E-mail"),
                    ("phone", "Phone"),
                    ("last four", "Last four digits"),
                    ("message", "The whole message"),
                    ("topic", "Topic"),
                ],
                max_length=10,
            ),
        ),
        # Last, since PostgreSQL makes no index on a table that has checks still to come.
        migrations.RunPython(add_topics, remove_topics),
    ]
