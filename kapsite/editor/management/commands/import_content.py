from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kapsite.content_files.problems import ContentError, listing
from kapsite.editor.versions.archive_import import BadArchive, import_archive
from kapsite.editor.versions.terminal import Busy, content_folder, system_user


class Command(BaseCommand):
    help = "Replace all content by that of an archive, after checking it, or change nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="made by export_content")

    def handle(self, *, file: Path, **options):
        try:
            with content_folder(record_first=False):
                files, versions = import_archive(file, system_user())
        except (Busy, BadArchive) as error:
            raise CommandError(f"Nothing was imported. {error}") from None
        except ContentError as error:
            self.stderr.write(listing(error.problems, self.style), style_func=str)
            raise CommandError("Nothing was imported: the content has these errors.") from None
        except OSError as error:
            raise CommandError(f"Nothing was imported. {file}: {error.strerror}.") from None
        self.stdout.write(f"Imported {files} files and {versions} versions of their history.")
        if not versions:
            self.stdout.write("There is a history here already, so the archive’s was left out.")
        self.stdout.write("Readers see what they saw: manage.py publish shows them the content.")
