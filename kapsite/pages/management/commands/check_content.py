import sys
from datetime import date
from itertools import groupby

from django.conf import settings
from django.core.management.base import BaseCommand

from kapsite.pages.checks import check_content
from kapsite.problems import errors_among


class Command(BaseCommand):
    help = "Show every problem in the content, with file, line and fix."
    requires_system_checks: list[str] = []  # one of them is this same check

    def handle(self, **options):
        problems = check_content(settings.CONTENT_DIR, date.today())
        for file, group in groupby(problems, key=lambda problem: problem.file):
            self.stdout.write(self.style.MIGRATE_HEADING(file))
            for problem in group:
                style = self.style.ERROR if problem.level == "error" else self.style.WARNING
                self.stdout.write(f"  line {problem.line}: {style(problem.message)}")
                self.stdout.write(f"    Fix: {problem.fix}")
            self.stdout.write("")
        errors = len(errors_among(problems))
        self.stdout.write(f"{count(errors, 'error')}, {count(len(problems) - errors, 'warning')}.")
        if errors:
            sys.exit(1)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
