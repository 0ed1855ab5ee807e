from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0010_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="wrong_number",
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveConstraint(
            model_name="activity",
            name="activity_attempt_is_known",
        ),
        migrations.AlterField(
            model_name="activity",
            name="attempt",
            field=models.CharField(
                blank=True,
                choices=[
                    ("spoke", "Spoke with them"),
                    ("voicemail", "Left a voicemail"),
                    ("no_answer", "No answer"),
                    ("wrong", "Wrong number"),
                    ("texted", "Sent a text"),
                    ("emailed", "Sent an email"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "attempt__in",
                        ["", "emailed", "no_answer", "spoke", "texted", "voicemail", "wrong"],
                    )
                ),
                name="activity_attempt_is_known",
            ),
        ),
    ]
