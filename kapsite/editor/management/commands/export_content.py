from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kapsite.editor.versions.archive import export
from kapsite.editor.versions.terminal import Busy, content_folder, system_user


class Command(BaseCommand):
    help = "Write all content with its history, drafts and sign-offs into one zip file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="such as content.zip; replaced if it is there")

    def handle(self, *, file: Path, **options):
        try:
            with content_folder():
                versions = export(file, system_user())
        except Busy as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"Nothing was exported. {file}: {error.strerror}.") from None
        self.stdout.write(f"Exported the content and {versions} versions to {file}.")
