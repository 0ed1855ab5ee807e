import sys
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kapsite.clinic import days
from kapsite.content_files.problems import errors_among, listing
from kapsite.pages.check import report as page_report
from kapsite.pages.load.site import read_site
from kapsite.pages.publish.making.preflight import preflight


class Command(BaseCommand):
    help = "Show every problem in the content, with file, line and fix."
    requires_system_checks: list[str] = []  # one of them is this same check

    def add_arguments(self, parser):
        parser.add_argument("--report", action="store_true", help="first show a table of all pages")
        parser.add_argument(
            "--due", type=int, metavar="DAYS", help="only list reviews due within so many days"
        )
        parser.add_argument(
            "--today", default="", metavar="YYYY-MM-DD", help="check as if today were this day"
        )

    def handle(self, *, report: bool, due: int | None, today: str, **options):
        day = read_day(today)
        site = read_site(settings.CONTENT_DIR)
        if due is not None:
            self.stdout.write(page_report.due_within(site, day, due))
            return
        if report:
            self.stdout.write(page_report.report(site, day) + "\n\n")
        problems = preflight(site, settings.PUBLISHED_DIR, day)
        self.stdout.write(listing(problems, self.style))
        if errors_among(problems):
            sys.exit(1)


def read_day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else days.today()
    except ValueError:
        raise CommandError(f'"{text}" isn\'t a date. Write it like 2026-11-22.') from None
