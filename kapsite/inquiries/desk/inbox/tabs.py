"""The tabs of the inbox: which requests each holds, how many, and in which order.

All but the last three hold what is neither closed nor withdrawn: few rows, which are sorted by
what a person must do now. Their queries say so by ``closed_at IS NULL``, because that is how both
databases recognize the partial index.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerChoices, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from kapsite.clinic.days import day_of
from kapsite.clinic.deadlines import end_of
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.page_parts.permissions import ERASE
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import OPEN, Status

MOST_COUNTED = 1000
UNREACHED = (Status.NEW, Status.TRYING)


class Urgency(IntegerChoices):
    """Why a request stands where it stands: the most urgent first."""

    SAFETY = 0, "Safety concern"
    OVERDUE = 1, "Overdue"
    NEW = 2, "New"
    TODAY = 3, "Due today"
    WAITING = 4, "Waiting"
    LATER = 5, "Later"


@dataclass(frozen=True)
class View:
    """Who looks, and when: the order of the list depends on both."""

    user: Any
    now: datetime

    @property
    def is_of_a_lead(self) -> bool:
        return self.user.has_perm(ERASE)

    @property
    def end_of_today(self) -> datetime:
        return end_of(day_of(self.now), get_clinic())


@dataclass(frozen=True)
class Tab:
    label: str
    holds: Callable[[View], Q]
    is_open: bool = True  # holds what staff work on: nothing that is closed or withdrawn
    newest_by: str = "received_at"  # of a list that isn't open; an index has this order


def of_few(column: str) -> Coalesce:
    """A column in a form that no index has: where few requests are looked at anyway, SQLite would
    rather go through all that a person or a year has in its own index, and PostgreSQL would read
    the rows that two indexes name, where one index has all it needs."""
    return Coalesce(F(column), F(column))


def withdrawn(view: View) -> Q:
    """Requests to delete, and for a lead the safety concerns of those who withdrew."""
    return Q(withdrawn_at__isnull=False)


def in_state(status: Status) -> Callable[[View], Q]:
    return lambda view: Q(status=status)


def acting_now(view: View) -> Q:
    due = Q(status=Status.NEW) | Q(LessThanOrEqual(of_few("due_at"), view.end_of_today))
    is_open = ~Q(status__in=set(Status) - set(OPEN))
    return ~Q(status=Status.FLOOD) & (Q(safety_concern=True) | is_open & due)


TABS: Mapping[str, Tab] = {
    "now": Tab("Now", acting_now),
    "mine": Tab("Mine", lambda view: Q(assigned_to=view.user)),
    "new": Tab("New", in_state(Status.NEW)),
    "trying": Tab("Trying", in_state(Status.TRYING)),
    "waiting": Tab("Waiting", in_state(Status.WAITING)),
    "contacted": Tab("Contacted", in_state(Status.CONTACTED)),
    "scheduled": Tab("Scheduled", in_state(Status.SCHEDULED)),
    "flood": Tab("Flood", in_state(Status.FLOOD)),
    "spam": Tab("Spam", in_state(Status.SPAM)),
    "closed": Tab("Closed", in_state(Status.CLOSED), is_open=False),
    "withdrawn": Tab("Withdrawn", withdrawn, is_open=False, newest_by="withdrawn_at"),
    "all": Tab("All", lambda view: Q(), is_open=False),
}


def urgency(view: View) -> Case:
    return Case(
        When(safety_concern=True, then=Value(Urgency.SAFETY)),
        When(due_at__lt=view.now, then=Value(Urgency.OVERDUE)),
        When(status=Status.NEW, then=Value(Urgency.NEW)),
        When(due_at__lte=view.end_of_today, then=Value(Urgency.TODAY)),
        When(status=Status.WAITING, then=Value(Urgency.WAITING)),
        default=Value(Urgency.LATER),
    )


def in_tab(name: str, view: View) -> QuerySet[Inquiry]:
    inquiries = Inquiry.objects.seen_by(view.user).filter(TABS[name].holds(view))
    if not TABS[name].is_open:
        return inquiries
    inquiries = inquiries.filter(closed_at__isnull=True)
    if name == "now" and view.is_of_a_lead:  # who decides about a withdrawn safety concern
        return inquiries.filter(Q(withdrawn_at__isnull=True) | Q(safety_concern=True))
    return inquiries.contactable()


def in_order(inquiries: QuerySet, name: str, view: View) -> QuerySet:
    """With their urgency. Open ones by it and then by when they are due, others newest first."""
    if not TABS[name].is_open:
        rated = inquiries.annotate(urgency=Value(Urgency.LATER))
        return rated.order_by(f"-{TABS[name].newest_by}", "pk")
    soonest = F("due_at").asc(nulls_last=True)
    rated = inquiries.annotate(urgency=urgency(view))
    if name == "flood":  # after the safety concerns, what is most likely real
        points = F("spam_points").asc(nulls_first=True)
        return rated.order_by("-safety_concern", "-flood", points, "received_at", "pk")
    # Of the safety concerns, the newest that nobody has reached yet.
    unreached = When(safety_concern=True, status__in=UNREACHED, then=F("received_at"))
    newest = Case(unreached).desc(nulls_last=True)
    return rated.order_by(F("urgency").asc(), newest, soonest, "received_at", "pk")


def counts(view: View) -> dict[str, int]:
    """How many requests each tab holds, counted no further than one above ``MOST_COUNTED``."""
    return count_some({name: in_tab(name, view) for name in TABS})


def count_some(inquiries: Mapping[str, QuerySet]) -> dict[str, int]:
    """Count several sets in one statement, none of them further than needed.

    In SQL: with a count() for each the inbox took 8 % longer. An order that was asked for stays,
    since it names the index to PostgreSQL; the one that all requests have goes.
    """
    statements: list[str] = []
    values: list = []
    for each in inquiries.values():
        keys = each.order_by(*each.query.order_by).values("pk")[: MOST_COUNTED + 1]
        statement, of_statement = keys.query.sql_with_params()
        statements.append(f"(SELECT count(*) FROM ({statement}) AS found)")  # noqa: S608
        values += of_statement
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(statements)}", values)
        return dict(zip(inquiries, cursor.fetchone(), strict=True))


def in_digits(number: int, at_least: int = 0) -> str:
    """ "1,000+" where counting stopped; ``at_least`` is how many are known to be there."""
    return f"{max(MOST_COUNTED, at_least):,}+" if number > MOST_COUNTED else f"{number:,}"
