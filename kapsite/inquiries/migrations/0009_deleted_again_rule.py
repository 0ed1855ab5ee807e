from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0008_report_reads_index"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="erasure",
            name="erasure_rule_is_known",
        ),
        migrations.AlterField(
            model_name="erasure",
            name="rule",
            field=models.CharField(
                choices=[
                    ("asked", "Requested by the person"),
                    ("withdrawn", "Withdrawn by the person"),
                    ("minor", "About someone under 18"),
                    ("test", "Test request"),
                    ("repeated", "Deleted again after a restore"),
                    ("spam", "Spam, retention ended"),
                    ("evaluated", "Retention ended: attended evaluation"),
                    ("declined", "Retention ended: decided against it"),
                    ("unsuitable", "Retention ended: not a fit for this treatment"),
                    ("referred", "Retention ended: referred elsewhere"),
                    ("unreached", "Retention ended: could not be reached"),
                    ("duplicate", "Retention ended: duplicate"),
                ],
                max_length=10,
            ),
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
                            "referred",
                            "repeated",
                            "spam",
                            "test",
                            "unreached",
                            "unsuitable",
                            "withdrawn",
                        ],
                    )
                ),
                name="erasure_rule_is_known",
            ),
        ),
    ]
