"""Keeps PostgreSQL from sampling what people typed.

ANALYZE, which autovacuum runs by itself, copies values into its statistics, where they would stay
when a request is deleted. Nothing is planned by ciphertexts. Without samples of digests, PostgreSQL
takes each for a two hundredth of its table, so a join with requests would read all of these.
"""

from django.apps import apps
from django.db import connections, models


def install(using="default", **_) -> None:
    """Turn sampling off for texts without choices. Receives `post_migrate`."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in apps.get_app_config("inquiries").get_models():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.TextField | models.CharField)
                if is_text and field.column and not field.choices:
                    cursor.execute(
                        f"ALTER TABLE {connection.ops.quote_name(model._meta.db_table)} "
                        f"ALTER COLUMN {connection.ops.quote_name(field.column)} SET STATISTICS 0"
                    )
