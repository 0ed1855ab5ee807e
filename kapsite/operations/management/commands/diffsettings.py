from django.core.management.base import CommandError
from django.core.management.commands import diffsettings


class Command(diffsettings.Command):
    help = "Refused: it would print keys and passwords."

    def handle(self, **options):
        raise CommandError(
            "diffsettings would print the keys and the passwords of the database and the mail "
            "server. For one setting: manage.py shell -c 'from django.conf import settings; "
            "print(settings.ALLOWED_HOSTS)'"
        )
