from django.core.management.base import BaseCommand
from django.utils import timezone

from kapsite.inquiries.worker import digest


class Command(BaseCommand):
    help = (
        "Mail the lead how many requests wait: counts and links only, and nothing when nothing "
        "is due. The worker does this every day by itself."
    )

    def add_arguments(self, parser):
        parser.add_argument("--again", action="store_true", help="even if it was sent today")

    def handle(self, *, again, **options):
        self.stdout.write(digest.send_digest(timezone.now(), again))
