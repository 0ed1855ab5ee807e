from django.db import migrations


class Migration(migrations.Migration):
    """Made the table of a cache that 0004_cache_entries replaces."""

    dependencies = [("accounts", "0001_initial")]
    operations = []
