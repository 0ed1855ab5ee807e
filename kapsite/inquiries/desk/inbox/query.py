"""What the address of the inbox asks for: a tab, filters, a search and a page.

A closed form: no name of a column and no lookup is ever taken from an address, so the
database can be queried only in the ways listed here.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest
from django.db.models import Exists, F, Lookup, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThanOrEqual, IsNull, LessThan
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from kapsite.clinic.days import start_of
from kapsite.inquiries.desk.page_parts.date_filter import DateFilter
from kapsite.inquiries.desk.page_parts.formatting import person
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import Status, Topic
from kapsite.inquiries.models.request.search_digest import DigestKind, SearchDigest
from kapsite.text.numbers import number_in

from .hand_over import held_by_people_who_left
from .search import keys_of, unseal
from .tabs import TABS, View, in_order, in_tab, of_few

SEARCH, PAGE, TAB = "q", "p", "tab"
NOBODY, LEFT = "nobody", "left"
LAST_PAGE = 300  # 9,000 requests: what is older is found by its date
RARE = 10_000  # requests with a topic
User = get_user_model()


def staff_choices() -> list[tuple[str, str]]:
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("first_name", "username")
    names = [(str(user.pk), person(user)) for user in staff]
    return [("", "Anyone"), (NOBODY, "Unassigned"), (LEFT, "People who left"), *names]


class Filters(forms.Form):
    """Beside the tabs."""

    person = forms.ChoiceField(label="Assigned to", required=False)
    topic = forms.ChoiceField(
        label="Topic", choices=[("", "Any topic"), *Topic.choices], required=False
    )
    since = DateFilter("Received from")
    until = DateFilter("to")

    def __init__(self, data, tab: str, is_search: bool):
        self.tab = tab
        self.is_search = is_search
        super().__init__(data, auto_id="filter-%s", prefix=None)
        # Asked for by the check and twice by the template.
        self.fields["person"].choices = cache(staff_choices)  # type: ignore[attr-defined]

    def in_use(self) -> list[str]:
        return [name for name in self.fields if self.cleaned_data.get(name)]

    def apply(self, inquiries: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
        return inquiries.filter(*self.conditions)

    @cached_property
    def conditions(self) -> list[Q | Exists | Lookup]:
        return list(self._conditions())

    @cached_property
    def is_about_rare(self) -> bool:
        topic = self.cleaned_data.get("topic", "")
        return bool(topic) and with_topic(topic)[:RARE].count() < RARE

    def _conditions(self) -> Iterator[Q | Exists | Lookup]:
        chosen = self.cleaned_data
        are_few = self.is_search or self.tab == "withdrawn" or self.is_about_rare
        if topic := chosen.get("topic"):
            yield about(topic, self.is_about_rare)
        if who := chosen.get("person"):
            yield assigned_to(who, of_few("assigned_to") if are_few else F("assigned_to"))
        are_few |= TABS[self.tab].is_open
        received = of_few("received_at") if are_few else F("received_at")
        if since := chosen.get("since"):
            yield GreaterThanOrEqual(received, start_of(since))
        if until := chosen.get("until"):
            yield LessThan(received, start_of(until + timedelta(days=1)))


def with_topic(topic: str) -> QuerySet[SearchDigest]:
    return SearchDigest.objects.having(DigestKind.TOPIC, topic)


def about(topic: str, is_rare: bool) -> Q | Exists:
    """Of a common topic each request in turn is asked, of a rare one all are collected first."""
    if is_rare:
        return Q(pk__in=with_topic(topic).values("inquiry"))
    return Exists(with_topic(topic).filter(inquiry=OuterRef("pk")))


def assigned_to(who: str, column: F | Coalesce) -> Q | Lookup:
    if who == LEFT:
        return held_by_people_who_left()
    return IsNull(column, True) if who == NOBODY else Exact(column, int(who))


class InboxQuery:
    def __init__(self, address: QueryDict, user):
        """Raises BadRequest for a name that the list does not know."""
        if unknown := set(address) - {SEARCH, PAGE, TAB, *Filters.base_fields}:
            raise BadRequest(f"The list knows no filter {', '.join(sorted(unknown))!r}.")
        self.view = View(user, timezone.now())
        self.sealed = address.get(SEARCH, "")
        self.term = unseal(self.sealed, user) if self.sealed else ""
        self.tab = address.get(TAB, "")
        if self.tab not in TABS:
            self.tab = "all" if self.sealed else "now"
        self.filters = Filters(address, self.tab, is_search=bool(self.sealed))
        self.filters.is_valid()  # what is invalid is reported beside its field, and not applied
        self.page = page_number(address.get(PAGE, ""))

    @cached_property
    def found(self) -> QuerySet | list[int]:
        """The keys that the search finds. To look for a name decrypts many open requests, so only
        once, and not for those that are closed."""
        return keys_of(self.term, whole_words=self.tab == "closed")

    def inquiries(self) -> QuerySet[Inquiry]:
        """Every request that matches, in no order."""
        found = in_tab(self.tab, self.view)
        who = self.filters.cleaned_data.get("person")
        if self.tab == "closed" and who == LEFT:  # theirs are open: see held_by_people_who_left
            found = found.filter(pk=0)
        elif self.tab == "closed" and (self.sealed or who):
            # Asked by its state, SQLite would go through all that are closed.
            others = [each for each in Status if each != Status.CLOSED]
            found = Inquiry.objects.exclude(status__in=others)
        if self.sealed:
            found = found.filter(pk__in=self.found)
        return self.filters.apply(found)

    def keys(self) -> QuerySet:
        """The same in the order of the list, as pairs of key and urgency."""
        found = in_order(self.inquiries(), self.tab, self.view)
        if (self.sealed or self.filters.is_about_rare) and not TABS[self.tab].is_open:
            # As good as by time, and the digests come in this order.
            found = found.order_by("-pk")
        elif self.filters.cleaned_data.get("person") == NOBODY and not TABS[self.tab].is_open:
            # The same for all. Without it PostgreSQL looks for them among all requests.
            found = found.order_by("assigned_to_id", *found.query.order_by)
        return found.values_list("pk", F("urgency"))

    def only_one(self) -> int | None:
        """The key of the one request that the search finds."""
        certain = keys_of(self.term, whole_words=True)
        visible = in_tab(self.tab, self.view).order_by()
        if (
            not isinstance(certain, list)
            or len(visible.filter(pk__in=certain)[:2].values("pk")) == 2
        ):
            return None
        found = [key for key, _ in self.keys()[:2]]
        return found[0] if len(found) == 1 else None

    def is_narrowed(self) -> bool:
        return bool(self.sealed or self.filters.in_use())

    def address(self, **changes) -> str:
        """The query of the same list with other values; one of None or "" is left out."""
        now = {TAB: self.tab, SEARCH: self.sealed}
        now |= {name: self.filters.data[name] for name in self.filters.in_use()}
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in (now | changes).items() if value})
        return query.urlencode()

    @property
    def here(self) -> str:
        """The query of this very page."""
        return self.address(**{PAGE: self.page if self.page > 1 else ""})


def page_number(text: str) -> int:
    number = number_in(text)
    return number if 1 <= number <= LAST_PAGE else 1
