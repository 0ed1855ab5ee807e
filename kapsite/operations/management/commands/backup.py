import signal
import sqlite3
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from kapsite.editor.versions import history
from kapsite.inquiries.data_protection import after_restore
from kapsite.operations.backup import age, folder, snapshot

NO_KEY = (
    "BACKUP_RECIPIENTS is not set, so nobody could open the backup. Run manage.py make_backup_key, "
    "put the public key into the settings, and keep the private key away from this machine."
)


class Command(BaseCommand):
    help = (
        "Write an encrypted backup of the database and the content to BACKUP_DIR, while the site "
        "runs. It leaves out sessions and counters, and deletes the oldest of too many backups."
    )

    def handle(self, **options: Any) -> None:
        if not settings.BACKUP_RECIPIENTS:
            raise CommandError(NO_KEY)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left behind
        try:
            made = self.back_up()
        except folder.Busy:
            raise CommandError("Another backup is being made. Wait until it is done.") from None
        except snapshot.Unusable as error:
            raise CommandError(f"No backup was made. {error}") from None
        except (OSError, sqlite3.Error, Error) as error:
            words = getattr(error, "strerror", None) or str(error)
            raise CommandError(
                f"No backup was made: {words}. Earlier backups are as they were. Check the disk of "
                f"{settings.BACKUP_DIR}: it needs room for twice the database."
            ) from None
        size = f"{made.size / 1e6:,.1f} MB"
        self.stdout.write(f"{made.file}: {size}, SHA-256 {made.sha256}")
        self.stdout.write("Copy the folder to another machine.")

    def back_up(self) -> folder.Backup:
        with suppress(FileNotFoundError, Error):  # no content; tables of an earlier version
            history.up_to_date()  # what was changed with other programs, too
            after_restore.catch_up()
        made_at = timezone.now()
        with folder.working_folder() as work:
            database, encrypted = work / "database.sqlite3", work / "encrypted"
            snapshot.take(database)
            self.describe(snapshot.inspect(database))
            with database.open("rb") as source, encrypted.open("wb") as target:
                database.unlink()  # it goes with this process, whatever ends that
                digest = age.encrypt(source, target, settings.BACKUP_RECIPIENTS)
            return folder.keep(encrypted, made_at, digest)

    def describe(self, found: snapshot.Report) -> None:
        self.stdout.write(f"{found.rows:,} rows, {found.requests:,} requests: the copy is sound.")
        if found.is_older:
            self.stderr.write("Migrations are missing, so no encrypted value was tried.")
        if found.missing_keys:
            keys = ", ".join(found.missing_keys)
            self.stderr.write(f"FIELD_KEYS lacks keys that encrypted some of them: {keys}.")
        if found.unreadable:
            self.stderr.write(
                f"{found.unreadable} of {found.decrypted + found.unreadable} encrypted values that "
                "were tried can't be read; the log names them. The backup holds them as they are."
            )
