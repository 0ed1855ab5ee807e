"""The inbox: the list of requests, what needs a person now first, and how staff find one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import ExpressionWrapper, F, QuerySet, TextField
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from kapsite.inquiries.access import Act, record_access
from kapsite.inquiries.fields import EncryptedTextField
from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.notices import worker_is_alive
from kapsite.inquiries.search import kinds_of, seal
from kapsite.keys import Unreadable, keyring

from .asked import PAGE, SEARCH, TAB, Asked
from .retention import with_set_aside
from .tabs import TABS, Urgency, count_some, counts, in_digits
from .timing import (
    age,
    days_in_quarantine_left,
    is_overdue,
    span,
    time_left,
)
from .words import how_to_reach, person

ENCRYPTED = tuple(
    field.name for field in Inquiry._meta.fields if isinstance(field, EncryptedTextField)
)
SHOWN = (
    *("reference", "received_at", "contact_by", "voicemail", "times"),
    *("status", "closed_at", "needs_care", "due_at", "opened_at"),
    *(
        f"{person}__{column}"
        for person in ("assigned_to", "opened_by")
        for column in ("username", "first_name", "last_name")
    ),
)
NAME = Inquiry._meta.get_field("name")
PER_PAGE = 50
CAME_FROM = "_changelist_filters"  # Django's name, which its links back to the list follow
SEES_NAMES = "inquiries.see_names_in_list"


class Inbox(admin.ModelAdmin):
    """The change list."""

    @admin.display(description="reference")
    def shown_reference(self, inquiry):
        return inquiry.reference_in_groups

    def get_queryset(self, request):
        """Only the record itself reads what the person typed."""
        inquiries = super().get_queryset(request)
        opens_record = request.resolver_match.url_name == "inquiries_inquiry_change"
        return inquiries if opens_record else inquiries.defer(*ENCRYPTED)

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return redirect(f"{request.path}?{address_of_search(request.POST)}")
        asked = Asked(request.GET, request.user)
        page = Page(asked, sees_names=request.user.has_perm(SEES_NAMES))
        put_on_record(request, asked, page)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Inbox",
            "asked": asked,
            "page": page,
            "tabs": tabs(asked),
            "tab_label": TABS[asked.tab].label,
            "is_narrowed": asked.is_narrowed(),
            "without_filters": asked.address(**dict.fromkeys(asked.filters.fields)),
            "days_in_quarantine": settings.RETENTION_DAYS["quarantine"],
            **troubles(),
        }
        return TemplateResponse(request, "admin/inquiries/inquiry/change_list.html", context)


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
    def reference(self) -> str:
        return self.inquiry.reference_in_groups

    @property
    def opened_by(self) -> str:
        return person(self.inquiry.opened_by)

    @property
    def assigned_to(self) -> str:
        return person(self.inquiry.assigned_to)


class Page:
    """One page of the list. Two queries: the keys in order from an index, then their rows."""

    def __init__(self, asked: Asked, sees_names: bool):
        self.asked = asked
        self.sees_names = sees_names
        self.start = (asked.page - 1) * PER_PAGE
        keys = list(asked.keys()[self.start : self.start + PER_PAGE + 1])
        self.has_next = len(keys) > PER_PAGE
        self.rows = list(self._rows(keys[:PER_PAGE]))

    def _rows(self, keys: list[tuple[int, int]]) -> Iterator[Row]:
        staff = ("assigned_to", "opened_by")
        inquiries: QuerySet = Inquiry.objects.select_related(*staff).only(*SHOWN)
        is_quarantine = self.asked.tab == "quarantine"
        if is_quarantine:
            inquiries = with_set_aside(inquiries)
        if self.sees_names:
            inquiries = inquiries.annotate(stored_name=ExpressionWrapper(F("name"), TextField()))
        found = inquiries.in_bulk([key for key, _ in keys])
        now, way = self.asked.view.now, way_back(self.asked, self.asked.page)
        for key, urgency in keys:
            if inquiry := found.get(key):  # not erased between the two queries
                yield Row(
                    inquiry,
                    Urgency(urgency),
                    name_of(inquiry) if self.sees_names else "",
                    address_of(inquiry.pk, way),
                    age(inquiry, now),
                    "" if inquiry.closed_at else time_left(inquiry, now),
                    span(now - inquiry.opened_at) if inquiry.opened_at else "",
                    is_overdue(inquiry, now) and not inquiry.closed_at,
                    days_in_quarantine_left(inquiry, now) if is_quarantine else None,
                )

    @property
    def first(self) -> int:
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.rows)

    @property
    def total(self) -> str:
        [number] = count_some({"": self.asked.inquiries()}).values()
        return in_digits(number)

    @property
    def next(self) -> str:
        return self.asked.address(**{PAGE: self.asked.page + 1}) if self.has_next else ""

    @property
    def previous(self) -> str:
        before = self.asked.page - 1
        return self.asked.address(**{PAGE: before if before > 1 else ""}) if before else ""


def name_of(inquiry) -> str:
    """Opened one by one: a name that no key opens must not hide the others."""
    try:
        return keyring().decrypt(inquiry.stored_name, NAME.place)
    except Unreadable:
        return "(cannot be read)"


def way_back(asked: Asked, page: int) -> str:
    """What a record's address ends in, so that it leads back to this list."""
    return urlencode({CAME_FROM: asked.address(**{PAGE: page if page > 1 else ""})})


def address_of(key: int, way: str) -> str:
    return f"{reverse('admin:inquiries_inquiry_change', args=[key])}?{way}"


def put_on_record(request, asked: Asked, page: Page) -> None:
    """What was looked at, by names of filters; never what was looked for."""
    names = [f"tab {asked.tab}", *asked.filters.in_use()]
    if asked.page > 1:
        names.append(f"page {asked.page}")
    if asked.sealed:
        names = [*kinds_of(asked.term), *names]
    act = Act.SEARCHED if asked.sealed else Act.LISTED
    record_access(request, act, count=len(page.rows), details=", ".join(names))


def tabs(asked: Asked) -> list[dict]:
    """Each with its count, unless filters are on: then the numbers would say something else."""
    numbers = {} if asked.is_narrowed() else counts(asked.view)
    return [
        {
            "label": tab.label,
            "address": asked.address(**{TAB: name}),
            "is_here": name == asked.tab,
            "number": in_digits(numbers[name]) if numbers else "",
        }
        for name, tab in TABS.items()
    ]


def troubles() -> dict:
    now = timezone.now()
    return {
        "failing_notices": Notice.objects.failing().count(),
        "worker_is_missing": Notice.objects.due(now).exists() and not worker_is_alive(now),
    }


def address_of_search(sent) -> str:
    """What is looked for, sealed. Looked for everywhere, whatever tab and filters were on."""
    term = sent.get(SEARCH, "").strip()
    query = QueryDict(mutable=True)
    if term:
        query[SEARCH] = seal(term)
    return query.urlencode()


def neighbours(request, inquiry) -> tuple[str | None, str | None]:
    """The records before and after in the list that the person came from.

    One that has left the list, because it was dealt with, is followed by the first of the list.
    """
    if CAME_FROM not in request.GET:
        return None, None
    try:
        asked = Asked(QueryDict(request.GET[CAME_FROM]), request.user)
    except BadRequest:
        return None, None
    start = max((asked.page - 1) * PER_PAGE - 1, 0)
    keys = [key for key, _ in asked.keys()[start : asked.page * PER_PAGE + 1]]
    if inquiry.pk not in keys:
        first = next(islice(asked.keys(), 1), None)
        return None, address_of(first[0], way_back(asked, 1)) if first else None
    place = keys.index(inquiry.pk)

    def at(near: int) -> str | None:
        page = (start + near) // PER_PAGE + 1
        return address_of(keys[near], way_back(asked, page)) if 0 <= near < len(keys) else None

    return at(place - 1), at(place + 1)
