from django.core.management.base import CommandError
from django.core.management.commands import loaddata


class Command(loaddata.Command):
    help = "Refused: fixtures hold plain text and leave out the history."
    requires_system_checks: list[str] = []

    def handle(self, *args, **options):
        raise CommandError(
            "loaddata reads plain text, and would write rows that no key is bound to. To move or "
            'restore a database, see "Back up and restore" in docs/operating.md.'
        )
