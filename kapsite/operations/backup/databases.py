"""Opens databases besides the site's own, for long work, under a name for Django."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from kapsite.database.answer_timeout import answer_within

from .tables import all_models

NO_LIMITS = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
A_DAY = 86_400  # seconds; longer than any copy takes


@contextmanager
def opened(config: dict, alias: str, schema: str = "") -> Iterator[str]:
    """``config`` is that of ``kapsite.database.config``; ``schema`` one of PostgreSQL."""
    if "postgresql" in config["ENGINE"]:
        path = f" -c search_path={schema}" if schema else ""
        usual = config["OPTIONS"]
        options = f"{usual.get('options', '')} {NO_LIMITS}{path}"  # of two values the last counts
        config = config | {"OPTIONS": usual | {"options": options}}
    connections.databases[alias] = connections.databases["default"] | config
    try:
        with answer_within(A_DAY):
            yield alias
    finally:
        really_close(connections[alias])
        del connections[alias], connections.databases[alias]


def really_close(connection: BaseDatabaseWrapper) -> None:
    """Our backends would keep it open for the next request."""
    if connection.vendor == "postgresql":
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
    else:
        connection.file = None  # type: ignore[attr-defined]
        connection.close()


def own_config() -> dict:
    return connections["default"].settings_dict


@contextmanager
def one_moment(alias: str) -> Iterator[None]:
    """Inside, reads see the database as it was at one moment, while others write to it."""
    with transaction.atomic(alias), connections[alias].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def migrate(alias: str) -> None:
    call_command("migrate", database=alias, verbosity=0, interactive=False)


def make_tables(alias: str) -> None:
    """All tables of this version of the site, without a row."""
    migrate(alias)
    connection = connections[alias]
    with transaction.atomic(alias), connection.cursor() as cursor:
        for model in reversed(all_models()):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
