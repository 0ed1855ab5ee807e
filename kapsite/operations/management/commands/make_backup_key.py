from typing import Any

from django.core.management.base import BaseCommand

from kapsite.operations.backup.age import Identity


class Command(BaseCommand):
    help = "Print a new pair of keys for backups. Nothing is stored."

    def handle(self, **options: Any) -> None:
        identity = Identity.generate()
        self.stdout.write(
            "# The private key opens the backups. Keep these lines in a password manager and on "
            "paper,\n# never on the server: it needs the public key only.\n"
            f"# public key: {identity.to_public()}\n{identity}"
        )
        self.stderr.write(f"In the settings of the site: BACKUP_RECIPIENTS={identity.to_public()}")
