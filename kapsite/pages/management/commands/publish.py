from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django import db
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from kapsite.clinic import days
from kapsite.content_files.problems import ContentError, listing
from kapsite.editor.versions.action_log import Act
from kapsite.editor.versions.terminal import Busy, content_folder, log
from kapsite.inquiries.intake.prerender import blank_form
from kapsite.operations.machines import shared_sets
from kapsite.pages.publish.launch_record import NotReady
from kapsite.pages.publish.making.set_writer import go_back
from kapsite.pages.publish.publisher import PublishResult, differences_of, publish
from kapsite.pages.publish.static_storage import NotCollected

NOT_READY = (
    "Nothing was published: {site} isn't ready to launch. Still missing: {missing}. "
    "manage.py check_launch says who can supply each. To show the site before that, marked as a "
    "preview, add --preview. To launch without them, add --launch-anyway and the reason in quotes."
)

NOT_SHARED = (
    "The other machines don't have it yet. The worker of this one shares it once the database can "
    "be used, unless another machine has published since."
)
NOT_RECORDED = "The database can't be reached, so the history doesn't show what you publish now."


class Command(BaseCommand):
    help = "Check all content, render every page and swap the whole set in, or change nothing."
    requires_system_checks: list[str] = []  # publish checks the content itself, and says more

    def add_arguments(self, parser):
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--preview",
            action="store_true",
            help="show on every page that the site isn't open yet, and keep search engines away",
        )
        how.add_argument(
            "--launch-anyway",
            metavar="REASON",
            help="open a public site although something required is missing; staff see the reason",
        )
        how.add_argument("--diff", action="store_true", help="say what would change for readers")
        how.add_argument("--undo", action="store_true", help="go back to the set before")

    def handle(
        self, *, preview: bool, launch_anyway: str | None, diff: bool, undo: bool, **options
    ):
        if launch_anyway is not None and not launch_anyway.strip():
            raise CommandError('Say why, like --launch-anyway "The hours follow on Monday".')
        with self.faults_in_words():
            if diff:
                lines = differences_of(*self.sources())
                self.stdout.write("\n".join(lines) or "Readers would see no difference.")
                return
            with content_folder() as is_recorded:
                if not is_recorded:
                    self.stderr.write(NOT_RECORDED)
                if undo:
                    self.undo()
                else:
                    made = publish(*self.sources(), preview, (launch_anyway or "").strip())
                    log(Act.PUBLISHED, f"Set {made.name}")
                    self.report(made, preview)
            self.share()

    def sources(self) -> tuple[Path, Path, date, dict]:
        forms = {reverse("inquiries:new"): blank_form}
        return settings.CONTENT_DIR, settings.PUBLISHED_DIR, days.today(), forms

    @contextmanager
    def faults_in_words(self):
        try:
            yield
        except ContentError as error:
            self.stderr.write(listing(error.problems, self.style), style_func=str)
            raise CommandError("Nothing was published; readers see what they saw.") from None
        except NotReady as error:
            raise CommandError(NOT_READY.format(site=settings.SITE_URL, missing=error)) from None
        except Busy as error:
            raise CommandError(str(error)) from None
        except NotCollected as error:
            raise CommandError(f"{error} First run manage.py collectstatic --noinput.") from None
        except OSError as error:
            place = error.filename or settings.PUBLISHED_DIR
            raise CommandError(
                f"Nothing was published; readers see what they saw. {place}: {error.strerror}. "
                "Check the free space (df -h) and who owns the folder."
            ) from None

    def report(self, made: PublishResult, preview: bool):
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
        if preview:
            self.stdout.write("It is a preview: every page says so, and search engines skip it.")
        elif made.missing:
            missing = ", ".join(made.missing)
            self.stdout.write(f"Missing or out of date: {missing}. See manage.py check_launch.")

    def share(self):
        """With the other machines, if there may be any."""
        if not shared_sets.are_used():
            return
        try:
            is_shared = shared_sets.SharedSets(settings.PUBLISHED_DIR).sync()
        except db.Error:  # also of a database that isn't migrated yet
            is_shared = False
        if not is_shared:
            self.stdout.write(NOT_SHARED)

    def undo(self):
        before = go_back(settings.PUBLISHED_DIR)
        if not before:
            raise CommandError("There is no set before this one. Readers see what they saw.")
        log(Act.UNDONE, f"Set {before.name}")
        self.stdout.write(
            f"Readers see set {before.name} again, as it was before. The files in the content "
            "folder are as you left them: publish shows them again."
        )
