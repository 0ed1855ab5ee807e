import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from kapsite.clinic import days
from kapsite.pages.check.launch import in_words, open_items
from kapsite.pages.load.site import read_site


class Command(BaseCommand):
    help = "List what the clinic must still supply, who has it, and which page waits for it."
    requires_system_checks: list[str] = []  # they are about other things

    def handle(self, **options):
        found = open_items(read_site(settings.CONTENT_DIR), days.today())
        self.stdout.write("\n".join(in_words(found, self.style.MIGRATE_HEADING)))
        if any(each.item.is_required for each in found):
            self.stdout.write("Not ready to launch.")
            sys.exit(1)
        self.stdout.write("Ready to launch.")
