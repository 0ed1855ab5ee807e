import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from kapsite.accounts.models import CacheEntry, StaffSession
from kapsite.clinic.days import zone

LEFT_OUT = [model._meta.db_table for model in (StaffSession, CacheEntry)]


class Command(BaseCommand):
    help = "Copy the SQLite database to var/backups, also while the site runs, without sessions."

    def handle(self, **options: Any) -> None:
        if connection.vendor != "sqlite":
            left_out = " ".join(f"--exclude-table-data={table}" for table in LEFT_OUT)
            raise CommandError(
                "This command copies SQLite. For PostgreSQL type, with the address of the "
                f"database:\n    pg_dump --format=custom {left_out} --file=FILE postgres://…"
            )
        folder = settings.VAR_DIR / "backups"
        folder.mkdir(exist_ok=True)
        unfinished = folder / ".unfinished"
        unfinished.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(unfinished)])
        empty_tables(unfinished)
        made_at = timezone.localtime(timezone=zone())
        copy = unfinished.rename(folder / f"{made_at:%Y-%m-%d-%H%M%S}.sqlite3")
        self.stdout.write(f"The database is copied to {copy}. Keep a copy on another machine.")


def empty_tables(file: Path) -> None:
    """Take the rows of LEFT_OUT out of the database in ``file``, and overwrite them."""
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        copy.execute("PRAGMA journal_mode=MEMORY")  # no file that would hold the rows once more
        with copy:
            for table in LEFT_OUT:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608
