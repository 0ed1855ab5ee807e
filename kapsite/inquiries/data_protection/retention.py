"""How long closed requests are kept, and which are deleted next.

A request that its sender withdrew goes a day later, or with a safety concern after the next open
day. For the others, days count from the day of closing, in the clinic's time zone; for spam from
the day it was marked. Open requests are never deleted automatically, nor is one that was merged
into an open one: its message and its voicemail answer still count.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from kapsite.clinic import days
from kapsite.clinic.days import day_of, start_of
from kapsite.clinic.deadlines import last_day_over
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models import Activity, Inquiry, Undo
from kapsite.inquiries.models.choices import Status
from kapsite.inquiries.models.logs.erasure_log import Erasure, Rule
from kapsite.inquiries.models.request.inquiry import UNDO_WITHDRAWAL

from . import erasure

SOON = timedelta(days=7)  # how far ahead staff are notified
BATCH = 200  # requests; about 0.1 s, for which a form may have to wait


def delete_on(inquiry: Inquiry) -> date | None:
    """The day on which a request is deleted; None while it is open."""
    if inquiry.status == Status.SPAM:
        since, rule = marked_spam_at(inquiry), Rule.SPAM.value
    elif inquiry.status == Status.CLOSED and (closed := closed_with_merged(inquiry)):
        since, rule = closed, inquiry.outcome
    else:
        return None
    return day_of(since) + timedelta(days=settings.RETENTION_DAYS[rule])


def closed_with_merged(inquiry: Inquiry) -> datetime | None:
    """When it and the request it was merged into were both closed; None while one is open."""
    closed, into = inquiry.closed_at, inquiry.duplicate_of
    if closed is None or into is None:
        return closed
    later = closed_with_merged(into)
    return max(closed, later) if later else None


def closed_with_merged_before(moment: datetime) -> Q:
    """The same for a query. Of several merged in a row, the last goes first, then the others."""
    whole = Q(duplicate_of__closed_at__lt=moment, duplicate_of__duplicate_of=None)
    return Q(closed_at__lt=moment) & (Q(duplicate_of=None) | whole)


def marked_spam_at(inquiry: Inquiry) -> datetime:
    if known := getattr(inquiry, "spam_since", None):
        return known
    last = inquiry.activities.filter(to_status=Status.SPAM).order_by("-at", "-pk")
    return last.values_list("at", flat=True).first() or inquiry.received_at


def with_time_marked_spam(inquiries: QuerySet[Inquiry]) -> QuerySet:
    """With ``spam_since``: when each was marked as spam, or else received."""
    moves = Activity.objects.filter(inquiry=OuterRef("pk"), to_status=Status.SPAM)
    last = Subquery(moves.order_by("-at").values("at")[:1])
    return inquiries.annotate(spam_since=Coalesce(last, "received_at"))


def deleted_by(day: date) -> Iterator[tuple[Rule, QuerySet[Inquiry]]]:
    """For each rule the requests that are deleted on ``day`` or before."""
    for name, kept_days in settings.RETENTION_DAYS.items():
        after = start_of(day - timedelta(days=kept_days - 1))
        if name == Rule.SPAM:
            yield Rule.SPAM, spam_marked_before(after)
        else:
            closed = Inquiry.objects.filter(outcome=name)  # only closed ones have an outcome
            over = closed.filter(closed_with_merged_before(after))
            yield Rule(name), over.order_by("closed_at", "pk")


def spam_marked_before(moment: datetime) -> QuerySet[Inquiry]:
    spam = Inquiry.objects.filter(status=Status.SPAM, received_at__lt=moment)
    marked = with_time_marked_spam(spam).filter(spam_since__lt=moment)
    return marked.order_by("received_at", "pk")


def withdrawn_long_ago() -> QuerySet[Inquiry]:
    """What its sender can no longer take back: see Inquiry.kept_until()."""
    now = timezone.now()
    withdrawn = Inquiry.objects.filter(status=Status.WITHDRAWN)
    seen_by_a_lead = Q(withdrawn_at__lt=start_of(last_day_over(now, get_clinic())))
    over = withdrawn.filter(withdrawn_at__lte=now - UNDO_WITHDRAWAL)
    return over.filter(Q(safety_concern=False) | seen_by_a_lead).order_by("pk")


def due_now() -> Iterator[tuple[Rule, QuerySet[Inquiry]]]:
    """For each rule the requests to delete, the withdrawn ones among them."""
    yield Rule.WITHDRAWN, withdrawn_long_ago()
    yield from deleted_by(days.today())


def deleted_soon() -> list[tuple[Rule, QuerySet[Inquiry]]]:
    """What is deleted within a week, for those who may want to keep some of it."""
    return list(deleted_by(days.today() + SOON))


def purge_batch() -> list[Erasure]:
    """Delete one batch of requests whose retention has ended, and return its erasure records.

    Also deletes what was kept for an undo. Safe to interrupt: a batch is one transaction, and the
    next run continues. Returns an empty list when nothing is left.
    """
    Undo.objects.forget_old(timezone.now())
    for rule, inquiries in due_now():
        keys = list(inquiries.values_list("pk", flat=True)[:BATCH])
        if erasure_records := erasure.erase(inquiries.filter(pk__in=keys), rule):
            return erasure_records
    return []
