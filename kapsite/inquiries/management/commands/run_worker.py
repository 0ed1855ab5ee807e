import logging
import os
import signal
import time

from django import db
from django.core.management.base import BaseCommand
from django.utils import timezone

from kapsite.inquiries.models import outbox
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.inquiries.models.outbox import NoticeKind
from kapsite.inquiries.models.recent_sender import RecentSender
from kapsite.inquiries.worker import delivery, jobs

POLL = 1  # seconds between looks at the outbox
PAUSE = 5  # seconds, while the database is away
CHORES = 20  # seconds between looks at what else is due
BETWEEN = 60  # seconds between two messages to staff
STOP_TIMEOUT = 3  # seconds, for a message that is being sent
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Send the notices that wait in the outbox, tell the lead what is overdue, and delete what "
        "is past its time, until stopped. Two at once do no harm."
    )
    stopping = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--beside", type=int, metavar="PID", help="stop when this parent process is gone"
        )

    def handle(self, *, beside, **options):
        self.check(tags=["keys"], databases=["default"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        self.parent = beside
        self.next_beat = self.next_chores = self.next_to_staff = 0.0
        logger.info("The worker sends notices from here on.")
        while self.goes_on():
            self.send_what_is_due()
        logger.info("The worker has stopped.")

    def stop(self, *_):
        self.stopping = True
        delivery.shorten_timeout(STOP_TIMEOUT)

    def goes_on(self) -> bool:
        return not self.stopping and self.parent in (None, os.getppid())

    def send_what_is_due(self):
        try:
            db.close_old_connections()
            while self.goes_on() and self.send_next():
                self.show_life()
            self.show_life()
            self.run_due_jobs()
        except Exception:  # mostly a database that is away; the worker must outlive it
            logger.exception("The worker could not go on; it tries again in a while")
            self.wait(PAUSE)
        else:
            self.wait(POLL)

    def send_next(self) -> bool:
        """To staff at most one message a minute: it stands for all that came meanwhile."""
        can_wait = time.monotonic() < self.next_to_staff
        notice = delivery.send_next([NoticeKind.ACKNOWLEDGEMENT] if can_wait else [])
        if notice and notice.kind == NoticeKind.STAFF:
            self.next_to_staff = time.monotonic() + BETWEEN
        return notice is not None

    def show_life(self):
        if time.monotonic() >= self.next_beat:
            outbox.beat(timezone.now())
            KeyInUse.objects.record()  # staff write with it too, in the processes of the site
            RecentSender.objects.forget_old(timezone.now())
            self.next_beat = time.monotonic() + outbox.HEARTBEAT.total_seconds()

    def run_due_jobs(self):
        if time.monotonic() < self.next_chores:
            return
        self.next_chores = time.monotonic() + CHORES
        while self.goes_on() and jobs.run_due():
            self.show_life()

    def wait(self, seconds):
        """In short sleeps: a signal that came just before one does not cut it short."""
        end = time.monotonic() + seconds
        while self.goes_on() and time.monotonic() < end:
            time.sleep(min(POLL, seconds))
