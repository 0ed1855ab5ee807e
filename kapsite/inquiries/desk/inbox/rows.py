"""One page of the inbox: its rows, and the addresses that lead to a record and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from kapsite.clinic.days import day_of
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.data_protection.retention import with_time_marked_spam
from kapsite.inquiries.desk.formatting import (
    age,
    days_until_spam_is_deleted,
    how_to_reach,
    is_overdue,
    person,
    span,
    time_left,
)
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.voicemail import voicemail_rules

from .query import PAGE, InboxQuery
from .tabs import Urgency, count_some, in_digits

PER_PAGE = 50
CAME_FROM = "_changelist_filters"  # Django's name, which its links back to the list follow
SHOWN = (
    *("reference", "received_at", "contact_by", "phone_e164", "voicemail", "days", "times"),
    *("status", "closed_at", "withdrawn_at", "safety_concern", "due_at", "opened_at", "flood"),
    *("next_action_on", "next_action_time"),
    *(
        f"{person}__{column}"
        for person in ("assigned_to", "opened_by")
        for column in ("username", "first_name", "last_name", "is_active")
    ),
)


@dataclass(frozen=True)
class Row:
    """One request in the list."""

    inquiry: Inquiry
    urgency: Urgency
    name: str  # "" where the person who looks may not see it
    url: str
    age: str
    left: str
    opened: str
    is_overdue: bool
    days_to_deletion: int | None

    @property
    def how(self) -> str:
        return how_to_reach(self.inquiry)

    @property
    def due_on(self) -> date | None:
        """The day of the next step; without one the day by which they are answered."""
        inquiry = self.inquiry
        if inquiry.due_at is None or inquiry.closed_at:
            return None
        return inquiry.next_action_on or day_of(inquiry.due_at)

    @property
    def is_strict(self) -> bool:
        """Withdrawn, or another request from the same number is stricter about voicemail."""
        return not self.inquiry.may_be_contacted or self.inquiry.voicemail_rule.other is not None

    @property
    def reference(self) -> str:
        return self.inquiry.reference_in_groups

    @property
    def opened_by(self) -> str:
        return person(self.inquiry.opened_by)

    @property
    def assigned_to(self) -> str:
        owner = self.inquiry.assigned_to
        has_left = " (account switched off)" if owner and not owner.is_active else ""
        return person(owner) + has_left


class Page:
    """One page of the list. Two queries: the keys in order from an index, then their rows."""

    def __init__(self, query: InboxQuery, sees_names: bool):
        self.query = query
        self.sees_names = sees_names
        self.start = (query.page - 1) * PER_PAGE
        keys = list(query.keys()[self.start : self.start + PER_PAGE + 1])
        self.has_next = len(keys) > PER_PAGE
        self.rows = list(self._rows(keys[:PER_PAGE]))

    def _rows(self, keys: list[tuple[int, int]]) -> Iterator[Row]:
        staff = ("assigned_to", "opened_by")
        shown = (*SHOWN, "name") if self.sees_names else SHOWN
        inquiries: QuerySet = Inquiry.objects.select_related(*staff).only(*shown)
        is_spam = self.query.tab == "spam"
        if is_spam:
            inquiries = with_time_marked_spam(inquiries)
        found = inquiries.in_bulk([key for key, _ in keys])
        rules = voicemail_rules(found.values())
        now, way = self.query.view.now, way_back(self.query, self.query.page)
        for key, urgency in keys:
            if inquiry := found.get(key):  # not erased between the two queries
                inquiry.voicemail_rule = rules[key]
                yield Row(
                    inquiry,
                    Urgency(urgency),
                    replace_unreadable(inquiry).name if self.sees_names else "",
                    address_of(inquiry.pk, way),
                    age(inquiry, now),
                    "" if inquiry.closed_at else time_left(inquiry, now),
                    span(now - inquiry.opened_at) if inquiry.opened_at else "",
                    is_overdue(inquiry, now) and not inquiry.closed_at,
                    days_until_spam_is_deleted(inquiry, now) if is_spam else None,
                )

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.rows)

    @property
    def total(self) -> str:
        [number] = count_some({"": self.query.inquiries()}).values()
        return in_digits(number, at_least=self.last) if self.has_next else f"{self.last:,}"

    @property
    def position(self) -> str:
        """ "1–50 of 120"."""
        return f"{self.first:,}–{self.last:,} of {self.total}"

    @property
    def next(self) -> str:
        return self.query.address(**{PAGE: self.query.page + 1}) if self.has_next else ""

    @property
    def previous(self) -> str:
        before = self.query.page - 1
        return self.query.address(**{PAGE: before if before > 1 else ""}) if before else ""


def way_back(query: InboxQuery, page: int) -> str:
    """What a record's address ends in, so that it leads back to this list."""
    return urlencode({CAME_FROM: query.address(**{PAGE: page if page > 1 else ""})})


def address_of(key: int, way: str) -> str:
    return f"{reverse('admin:inquiries_inquiry_change', args=[key])}?{way}"
