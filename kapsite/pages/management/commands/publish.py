from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.timezone import localdate

from kapsite.content_files.problems import ContentError, listing
from kapsite.inquiries.intake.prerender import blank_form
from kapsite.pages.publish.publisher import publish
from kapsite.staticfiles import NotCollected


class Command(BaseCommand):
    help = "Check all content, render every page and swap the whole set in, or change nothing."
    requires_system_checks: list[str] = []  # publish checks the content itself, and says more

    def handle(self, **options):
        forms = {reverse("inquiries:new"): blank_form}
        try:
            made = publish(settings.CONTENT_DIR, settings.PUBLISHED_DIR, localdate(), forms)
        except ContentError as error:
            self.stderr.write(listing(error.problems, self.style), style_func=str)
            raise CommandError("Nothing was published; readers see what they saw.") from None
        except NotCollected as error:
            raise CommandError(f"{error} First run manage.py collectstatic --noinput.") from None
        except OSError as error:
            place = error.filename or settings.PUBLISHED_DIR
            raise CommandError(
                f"Nothing was published; readers see what they saw. {place}: {error.strerror}. "
                "Check the free space (df -h) and who owns the folder."
            ) from None
        if made.warnings:
            self.stdout.write(listing(made.warnings, self.style))
        if made.damage:
            self.stdout.write(
                f"Repaired {made.pages} pages (set {made.name}). What was damaged: {made.damage}"
            )
        elif made.changed:
            self.stdout.write(f"Published {made.pages} pages (set {made.name}).")
        else:
            self.stdout.write(f"Nothing has changed: {made.pages} pages (set {made.name}).")
