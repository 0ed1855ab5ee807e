from django.db import migrations, models


class Migration(migrations.Migration):
    """The cache from before held pickles; what it counted is over after 15 minutes anyway."""

    dependencies = [("accounts", "0003_sessions")]
    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS accounts_cache", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="CacheEntry",
            fields=[
                ("key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires_at", models.DateTimeField(db_index=True, null=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
