import sqlite3
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from kapsite.database.config import connection_problem, database_config
from kapsite.operations import in_use
from kapsite.operations.backup.databases import opened, own_config
from kapsite.operations.backup.move import Refused, move


class Command(BaseCommand):
    help = (
        "Copy the database to an empty one, SQLite or PostgreSQL, while server and worker are "
        "stopped, and compare them. Encrypted values are copied as they are. You can stop it at "
        "any time and run it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", metavar="URL", help="of the new one, as in DATABASE_URL; else it is asked"
        )

    def handle(self, *, to: str | None, **options: Any) -> None:
        url = to or getpass("DATABASE_URL of the new database: ")
        try:
            config = database_config(url, settings.BASE_DIR)
        except ValueError:
            raise CommandError(
                "Write sqlite:///var/new.sqlite3 or postgres://user:password@host/name."
            ) from None
        if problem := connection_problem(config):
            raise CommandError(f"The new database: {problem}")
        try:
            with (
                in_use.nobody(),
                opened(own_config(), "old") as source,
                opened(config, "new") as target,
            ):
                move(source, target, self.stdout.write)
        except (in_use.InUse, Refused) as error:
            raise CommandError(str(error)) from None
        except (OSError, sqlite3.Error, Error) as error:
            # Not its message: PostgreSQL quotes the row.
            raise CommandError(
                f"It stopped: {type(error).__name__}. Check both databases and run it again; it "
                "goes on where it stopped."
            ) from None
        self.stdout.write(
            "All rows are in the new database, as they were. Change DATABASE_URL, start server and "
            "worker, and open a request; then delete the old database."
        )
