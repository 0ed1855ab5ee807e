from django.core.management.base import CommandError
from django.core.management.commands import dumpdata


class Command(dumpdata.Command):
    help = "Refused: it would print names and messages in plain text."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        raise CommandError(
            "dumpdata would print names, numbers and messages in plain text. "
            "manage.py backup copies the database, in which they stay encrypted."
        )
