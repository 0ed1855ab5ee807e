import sqlite3
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from kapsite.database.config import sqlite
from kapsite.inquiries.data_protection import after_restore, erasure
from kapsite.operations import in_use
from kapsite.operations.backup import age, content, snapshot
from kapsite.operations.backup import restore as restoring
from kapsite.operations.backup.databases import opened

SCRUB_TIMEOUT = 600  # seconds, to rewrite one table of PostgreSQL


class Command(BaseCommand):
    help = (
        "Put database and content of a backup in the place of the site's own, while server and "
        "worker are stopped. With --check, only look through the backup and say what is in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a backup")
        parser.add_argument("--check", action="store_true", help="change nothing")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="with the private key; else it is asked"
        )
        parser.add_argument(
            "--without-content", action="store_true", help="leave the content folder as it is"
        )

    def handle(
        self, *, file: Path, check: bool, identity: Path | None, without_content: bool, **_: Any
    ) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}. Backups are in {settings.BACKUP_DIR}.")
        try:
            with restoring.decrypted(file, read_key(identity)) as database:
                found = snapshot.inspect(database, bring_up_to_date=True)
                self.describe(file, found)
                if not check:
                    self.refuse_without_keys(found)
                    self.restore(database, with_content=not without_content)
        except (snapshot.Unusable, in_use.InUse) as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        except age.WrongKey:
            raise CommandError("This key does not open it: it was encrypted to another.") from None
        except age.Damaged:
            raise CommandError(
                "It was cut off or changed, or is no backup. sha256sum -c tells whether it is as "
                "it was written. Take another copy of it, or an earlier backup."
            ) from None
        except (OSError, sqlite3.Error, Error) as error:
            raise CommandError(f"It could not be restored: {error}") from None

    def describe(self, file: Path, found: snapshot.Report) -> None:
        made = f"{found.made_at:%Y-%m-%d %H:%M} UTC"
        newest = f"{found.newest_request:%Y-%m-%d %H:%M} UTC" if found.newest_request else "none"
        tried = found.decrypted + found.unreadable
        self.stdout.write(
            f"{file.name}: made {made} with version {found.version}. It is sound.\n"
            f"{found.rows:,} rows; {found.requests:,} requests, the newest from {newest}.\n"
            f"{found.decrypted:,} of {tried:,} encrypted values that were tried can be read with "
            "FIELD_KEYS."
        )

    def refuse_without_keys(self, found: snapshot.Report) -> None:
        if found.missing_keys:
            keys = ", ".join(found.missing_keys)
            raise snapshot.Unusable(
                f"FIELD_KEYS lacks keys that encrypted some of it ({keys}). Add them behind the "
                "first one."
            )

    def restore(self, database: Path, *, with_content: bool) -> None:
        with in_use.nobody():
            with opened(sqlite(database), "snapshot") as alias:
                wanted = content.files_in_backup(alias)
            if with_content and (place := content.obstacle(wanted)):
                raise snapshot.Unusable(
                    f"{place} cannot be written to, so the content can't be restored. Let the "
                    "site's user write there, or add --without-content."
                )
            aside = restoring.replace_database(database)
            self.stdout.write("The database is restored.")
            if aside:
                self.stdout.write(f"The one before is {aside}: delete it when all is well.")
            if again := after_restore.catch_up():
                erasure.scrub(SCRUB_TIMEOUT)
                self.stdout.write(f"{again} requests that had been deleted were deleted again.")
            if with_content:
                count = content.restore()
                self.stdout.write(f"{count} files changed in {settings.CONTENT_DIR}.")
        self.stdout.write("Run manage.py publish, start server and worker, and open a request.")


def read_key(file: Path | None) -> list[age.Identity]:
    try:
        text = file.read_text() if file else getpass("Private key (AGE-SECRET-KEY-…): ")
        return age.read_identities(text)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None
    except ValueError:
        raise CommandError("There is no private key: it begins with AGE-SECRET-KEY-1.") from None
