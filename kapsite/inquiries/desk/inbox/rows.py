"""One page of the inbox: its rows, and the addresses that lead to a record and back."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet, Subquery

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.data_protection.retention import with_time_marked_spam
from kapsite.inquiries.desk.page_parts.addresses import FROM_LIST, addresses
from kapsite.inquiries.desk.page_parts.formatting import days_until_spam_is_deleted
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.request.voicemail import voicemail_rules

from .query import LAST_PAGE, PAGE, InboxQuery
from .row import Row
from .tabs import TABS, Urgency, count_some, in_digits

PER_PAGE = 30
KINDS = {Urgency.SAFETY: "help", Urgency.OVERDUE: "warn"}
OWNER = ("username", "first_name", "last_name", "is_active")
SHOWN = (
    *("reference", "received_at", "contact_by", "phone_e164", "wrong_number"),
    *("voicemail", "days", "times"),
    *("language", "aids", "for_whom", "version", "attempts", "outcome", "withdrawn_at"),
    *("status", "closed_at", "safety_concern", "due_at", "opened_at", "flood"),
    *("next_action_on", "next_action_time"),
    *(f"assigned_to__{column}" for column in OWNER),
)
STEP = ("at", "kind", "attempt", "to_status")
LOOKS = (ActivityKind.VIEWED, ActivityKind.SHOWN, ActivityKind.PRINTED, ActivityKind.EXPORTED)


class Page:
    """One page of the list. Two queries: the keys in order from an index, then their rows."""

    def __init__(self, query: InboxQuery, sees_names: bool, counted: int | None = None):
        """``counted``: how many the whole list has, where that is known already."""
        self.query = query
        self.counted = counted
        self.sees_names = sees_names
        self.start = (query.page - 1) * PER_PAGE
        keys = list(query.keys()[self.start : self.start + PER_PAGE + 1])
        self.has_next = len(keys) > PER_PAGE
        self.rows = list(self._rows(keys[:PER_PAGE]))

    def _rows(self, keys: list[tuple[int, int]]) -> Iterator[Row]:
        is_spam = self.query.tab == "spam"
        shown = (*SHOWN, *(["name"] * self.sees_names), *(["spam_reasons"] * is_spam))
        inquiries: QuerySet = Inquiry.objects.select_related("assigned_to").only(*shown)
        if is_spam:
            inquiries = with_time_marked_spam(inquiries)
        found = inquiries.annotate(last=last_step()).order_by().in_bulk([key for key, _ in keys])
        last = steps(inquiry.last for inquiry in found.values())
        rules = voicemail_rules(found.values())
        now, way = self.query.view.now, way_back(self.query, self.query.page)
        record = addresses("change")
        for key, urgency in keys:
            if inquiry := found.get(key):  # not erased between the two queries
                inquiry.voicemail_rule = rules[key]
                name = replace_unreadable(inquiry).name if self.sees_names else ""
                days = days_until_spam_is_deleted(inquiry, now) if is_spam else None
                url = f"{record(key)}?{way}"
                yield Row(inquiry, Urgency(urgency), name, url, now, last.get(inquiry.last), days)

    def groups(self) -> list[dict]:
        """By urgency, where the list is in that order; with counts while it is all on one page."""
        if not TABS[self.query.tab].is_open or self.query.tab in ("spam", "flood"):
            return [{"rows": self.rows}] if self.rows else []
        is_whole = self.start == 0 and not self.has_next
        found = []
        for urgency, same in groupby(self.rows, lambda row: row.urgency):
            rows = list(same)
            kind = KINDS.get(urgency, "")
            count = len(rows) if is_whole else ""
            found.append({"label": urgency.label, "kind": kind, "rows": rows, "count": count})
        return found

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.rows)

    @property
    def total(self) -> str:
        number = self.counted
        if number is None:
            [number] = count_some({"": self.query.inquiries()}).values()
        return in_digits(number, at_least=self.last) if self.has_next else f"{self.last:,}"

    @property
    def position(self) -> str:
        """ "1–30 of 120"."""
        return f"{self.first:,}–{self.last:,} of {self.total}"

    @property
    def next(self) -> str:
        goes_on = self.has_next and self.query.page < LAST_PAGE
        return self.query.address(**{PAGE: self.query.page + 1}) if goes_on else ""

    @property
    def previous(self) -> str:
        before = self.query.page - 1
        return self.query.address(**{PAGE: before if before > 1 else ""}) if before else ""


def last_step() -> Subquery:
    """The key of what was done last with a request, apart from looking at it."""
    done = Activity.objects.filter(inquiry=OuterRef("pk")).exclude(kind__in=LOOKS)
    return Subquery(done.order_by("-at", "-pk").values("pk")[:1])


def steps(keys: Iterable[int | None]) -> dict[int, Activity]:
    """With nothing that a row does not show."""
    rows = Activity.objects.select_related("by").only(*STEP, *(f"by__{name}" for name in OWNER))
    return rows.order_by().in_bulk([key for key in keys if key])


def way_back(query: InboxQuery, page: int) -> str:
    """What a record's address ends in, so that it leads back to this list."""
    return urlencode({FROM_LIST: query.address(**{PAGE: page if page > 1 else ""})})
