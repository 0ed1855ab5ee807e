"""The outbox: which messages are still to be sent. A row is stored together with its inquiry.

Not a library: the row must be in the transaction of the inquiry, and survive days without a
mail server. django-tasks does not try again, Huey keeps its queue outside the transaction and
Celery wants a broker; one table and one UPDATE are enough.
"""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kapsite.clinic.days import day_of
from kapsite.encryption.keyring import keyring
from kapsite.text.normalization import mailbox_of

from .constraints import one_of

MOST_IN_ONE = 500  # notices that one message to all of staff stands for
LEASE = timedelta(minutes=5)  # longer than one sending can take: see sending.SENDING_TIMEOUT
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 150  # about five days: eight in the first hour, then one every 50 minutes or so


class NoticeKind(models.TextChoices):
    STAFF = "staff", "To staff"
    ACKNOWLEDGEMENT = "acknowledgement", "To the person"
    COLLEAGUE = "colleague", "To a colleague"


class NoticeState(models.TextChoices):
    WAITING = "waiting", "Waiting to be sent"
    SENT = "sent", "Sent"
    UNSURE = "unsure", "May have been sent"  # never again: it could be the second time
    GIVEN_UP = "given up", "Given up"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def was_written_to(self, mailbox: str) -> bool:
        return self.filter(mailbox=mailbox).exists()

    def due(self, now: datetime, kinds: Iterable[str] = ()):
        """What may be tried now. New ones at once; none waits for a clock that was put back."""
        new, put_back = Q(attempts=0), Q(due_at__gt=now + LONGEST_WAIT)
        waiting = self.filter(new | Q(due_at__lte=now) | put_back, state=NoticeState.WAITING)
        return (waiting.filter(kind__in=kinds) if kinds else waiting).order_by("attempts", "pk")

    def claim(self, now: datetime, kinds: Iterable[str] = ()) -> "Notice | None":
        """A due notice that for the time of a lease is ours alone.

        A worker that dies leaves one to staff to be sent again. One to the person counts as
        possibly sent from here on, until it is known that the mail server did not take it.
        """
        return next(filter(partial(self._take, now), self.due(now, kinds)[:20]), None)

    def claim_alike(self, now: datetime, notice: "Notice") -> "list[Notice]":
        """All others that a message to staff, or to one colleague, can stand for."""
        due = self.due(now, [notice.kind]).filter(recipient=notice.recipient_id)
        # The same addresses lack it.
        due = due.filter(accepted_by=notice.accepted_by)
        most = None if notice.recipient_id else MOST_IN_ONE  # all of a hand-over in one message
        return list(filter(partial(self._take, now), due[:most]))

    def _take(self, now: datetime, notice: "Notice") -> bool:
        notice.attempts += 1
        if notice.kind == NoticeKind.ACKNOWLEDGEMENT:
            notice.state = NoticeState.UNSURE
        still = self.filter(pk=notice.pk, state=NoticeState.WAITING, attempts=notice.attempts - 1)
        return bool(
            still.update(attempts=F("attempts") + 1, due_at=now + LEASE, state=notice.state)
        )

    def failing(self):
        return self.filter(
            Q(state=NoticeState.GIVEN_UP) | Q(state=NoticeState.WAITING) & ~Q(error="")
        )

    def announce_again(self, inquiry) -> None:
        """Queue a new message to staff in place of the earlier one, sent or not."""
        self.filter(inquiry=inquiry, kind=NoticeKind.STAFF).delete()
        if settings.NOTIFY_EMAILS:
            self.create(inquiry=inquiry, kind=NoticeKind.STAFF)

    def hand_to(self, keys: Iterable[int], colleague) -> None:
        """Queue a message to ``colleague`` about the requests with ``keys``, in place of those
        about an earlier hand-over."""
        kind, keys = NoticeKind.COLLEAGUE, list(keys)
        self.filter(inquiry__in=keys, kind=kind).delete()
        rows = (self.model(inquiry_id=key, kind=kind, recipient=colleague) for key in keys)
        self.bulk_create(rows)


class Notice(models.Model):
    """A message about an inquiry. Its address and text are made when it is sent."""

    inquiry = models.ForeignKey(
        "inquiries.Inquiry", models.CASCADE, related_name="notices", db_index=False
    )  # its index is that of the constraint below
    kind = models.CharField(max_length=15, choices=NoticeKind)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    created_at = models.DateTimeField("made", default=timezone.now)
    due_at = models.DateTimeField("next attempt", default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField("last error", max_length=60, blank=True)  # its type, no more
    sent_at = models.DateTimeField("sent", null=True, blank=True)
    # Until it is sent to all of NOTIFY_EMAILS: those that have it, one a line.
    accepted_by = models.TextField(blank=True)
    recipient = models.ForeignKey(  # the colleague it was handed to
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # looked for among the few that wait
    )
    # A keyed digest of the person's mailbox and the day, so that one gets at most one each day.
    mailbox = models.CharField(max_length=41, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="notice_due")]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "kind"], name="notice_of_each_kind_once"),
            models.UniqueConstraint(
                fields=["mailbox"], condition=~Q(mailbox=""), name="notice_one_answer_a_day"
            ),
            one_of(NoticeKind, "kind", "notice_kind_is_known"),
            one_of(NoticeState, "state", "notice_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="sent") ^ Q(sent_at__isnull=True),
                name="notice_sent_at_exactly_when_sent",
            ),
            models.CheckConstraint(
                condition=Q(kind="colleague") ^ Q(recipient__isnull=True),
                name="notice_to_a_colleague_names_them",
            ),
        ]

    def __str__(self):
        return f"Notice {self.pk} ({self.kind})"

    def takes_mailbox_of(self, inquiry) -> bool:
        """Whether it may go to the address that ``inquiry`` has now; if that was changed, only if
        the new one got nothing that day."""
        known = keyring().digests(mailbox_and_day(inquiry))
        if self.mailbox in known:
            return True
        if Notice.objects.filter(mailbox__in=known).exists():
            return False
        return bool(Notice.objects.filter(pk=self.pk).update(mailbox=mailbox_today(inquiry)))

    def mark_sent(self, now: datetime) -> None:
        Notice.objects.filter(pk=self.pk).update(
            state=NoticeState.SENT, sent_at=now, error="", accepted_by=""
        )

    def mark_failed(
        self,
        error: str,
        surely: bool,
        now: datetime,
        wait: timedelta | None = None,
        accepted: Iterable[str] = (),
    ) -> None:
        """``surely``: the mail server cannot have taken it, so trying again sends nothing twice.

        ``accepted``: the addresses that have it now, and so are not tried again.
        """
        again = surely or self.kind != NoticeKind.ACKNOWLEDGEMENT
        state = NoticeState.WAITING if again else NoticeState.UNSURE
        if again and self.attempts >= MOST_ATTEMPTS:
            state = NoticeState.GIVEN_UP
        due_at = now + (wait or wait_after(self.attempts))
        # Only while no other worker has taken it since: that one may have sent it.
        mine = Notice.objects.filter(pk=self.pk, attempts=self.attempts).exclude(
            state=NoticeState.SENT
        )
        accepted_by = "\n".join([*self.accepted_by.splitlines(), *accepted])
        mine.update(state=state, error=error[:60], due_at=due_at, accepted_by=accepted_by)


def mailbox_today(inquiry) -> str:
    return keyring().digest(mailbox_and_day(inquiry))


def mailbox_and_day(inquiry) -> str:
    return f"acknowledged:{day_of(inquiry.received_at)}:{mailbox_of(inquiry.normalized_email)}"


def wait_after(attempts: int) -> timedelta:
    """Twice as long each time, up to an hour; at random shorter, so that not all come at once."""
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return wait * random.uniform(0.7, 1)  # noqa: S311 -- no secret
