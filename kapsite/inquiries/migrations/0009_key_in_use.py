import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inquiries", "0008_chores"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyInUse",
            fields=[
                ("key_id", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("first_used", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "default_permissions": (),
            },
        ),
    ]
