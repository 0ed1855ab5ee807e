import logging
import os
import signal
import time

from django import db
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from kapsite.editor.images import prepared, uploads
from kapsite.editor.publication.publishing import publish_waiting
from kapsite.editor.signing_off import reminders
from kapsite.editor.versions import history
from kapsite.inquiries.data_protection import after_restore
from kapsite.inquiries.intake.prerender import blank_form
from kapsite.inquiries.models import heartbeat
from kapsite.inquiries.models.counting.recent_sender import RecentSender
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.inquiries.models.outbox import NoticeKind
from kapsite.inquiries.worker import delivery, jobs, sending
from kapsite.operations import in_use
from kapsite.operations.machines import shared_sets
from kapsite.operations.monitoring import watch

POLL_INTERVAL = 1  # seconds between checks of the outbox
RETRY_INTERVAL = 5  # seconds, while the database is down
JOBS_INTERVAL = 20  # seconds between checks for scheduled jobs
WATCH_INTERVAL = 60  # seconds between checks of the whole site
STAFF_MAIL_INTERVAL = 60  # seconds between two messages to staff, at least
STOP_TIMEOUT = 3  # seconds, for a message that is being sent
logger = logging.getLogger(__name__)
preparing = prepared.Preparing()


class Command(BaseCommand):
    help = (
        "Send the notices that wait in the outbox, publish what editors ask for, tell the lead "
        "what is overdue, and delete what is past its time, until stopped. Two at once do no harm."
    )
    stopping = has_caught_up = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="stop when this parent process is gone"
        )

    def handle(self, *, beside, **options):
        self.check(tags=["keys"], databases=["default"])
        try:
            in_use.mark()
        except in_use.InUse as error:
            raise CommandError(str(error)) from None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.parent = beside
        self.shared_sets = shared_sets.SharedSets(settings.PUBLISHED_DIR)
        self.next_beat = self.next_jobs = self.next_watch = self.next_to_staff = 0.0
        logger.info("The worker has started.")
        while self.should_run():
            self.run_once()
        logger.info("The worker has stopped.")

    def stop(self, *_):
        self.stopping = True
        sending.shorten_timeout(STOP_TIMEOUT)

    def should_run(self) -> bool:
        return not self.stopping and self.parent in (None, os.getppid())

    def run_once(self):
        try:
            db.close_old_connections()
            self.catch_up()
            while self.should_run() and self.send_next():
                self.show_life()
                self.share_pages()
            self.show_life()
            self.run_due_jobs()
            self.watch()
            uploads.process_next()
            has_published = publish_waiting({reverse("inquiries:new"): blank_form})
            self.share_pages()
            has_prepared = preparing.prepare_next()
        except Exception:  # usually the database is down; the worker must outlive that
            logger.exception("The worker could not go on; it tries again in a while")
            self.wait(RETRY_INTERVAL)
        else:
            if not (has_published or has_prepared):  # the next one may be due already
                self.wait(POLL_INTERVAL)

    def catch_up(self):
        """Once, before any mail: a restored backup may hold requests that were deleted since."""
        if not self.has_caught_up:
            if count := after_restore.catch_up():
                logger.warning("%s requests of a restored backup were deleted again.", count)
            self.has_caught_up = True

    def send_next(self) -> bool:
        """Send one message. Staff get at most one a minute, about all requests since the last."""
        can_wait = time.monotonic() < self.next_to_staff
        others = [kind for kind in NoticeKind if kind != NoticeKind.STAFF]
        notice = delivery.send_next(others if can_wait else [])
        if notice and notice.kind == NoticeKind.STAFF:
            self.next_to_staff = time.monotonic() + STAFF_MAIL_INTERVAL
        return notice is not None

    def show_life(self):
        if time.monotonic() >= self.next_beat:
            heartbeat.beat(timezone.now())
            KeyInUse.objects.record()  # staff write with it too, in the processes of the site
            RecentSender.objects.forget_old(timezone.now())
            self.next_beat = time.monotonic() + heartbeat.HEARTBEAT.total_seconds()

    def share_pages(self):
        """With the other machines, if there are any."""
        if shared_sets.are_used():
            self.shared_sets.sync()
            history.catch_up()

    def run_due_jobs(self):
        if time.monotonic() < self.next_jobs:
            return
        self.next_jobs = time.monotonic() + JOBS_INTERVAL
        reminders.send_due(timezone.now())
        while self.should_run() and jobs.run_due():
            self.show_life()

    def watch(self):
        if time.monotonic() >= self.next_watch:
            self.next_watch = time.monotonic() + WATCH_INTERVAL
            watch.watch(timezone.now())

    def wait(self, seconds):
        """Sleep in short steps, so that a signal that arrives just before one is noticed soon."""
        end = time.monotonic() + seconds
        while self.should_run() and time.monotonic() < end:
            time.sleep(min(POLL_INTERVAL, seconds))
