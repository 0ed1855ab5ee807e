"""The inbox: the list of requests, what needs a person now first, and how staff find one."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models.lookups import GreaterThan
from django.http import JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_POST

from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.formatting import person
from kapsite.inquiries.desk.page_parts.permissions import CHANGE, SEE_NAMES, VIEW
from kapsite.inquiries.desk.page_parts.undo import undo_bar
from kapsite.inquiries.desk.steps.assignment import staff
from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.choices import Status
from kapsite.inquiries.models.heartbeat import worker_is_alive
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.text.numbers import number_in

from . import bulk
from .flood import FloodForm, in_flood, newest, waiting
from .query import SEARCH, TAB, InboxQuery
from .rows import Page, way_back
from .search import kinds_of, read_term, seal
from .tabs import TABS, View, count_some, counts, in_digits, in_tab, of_few

NOT_SELECTABLE = ("closed", "withdrawn")
# The state that a tab says already.
STATE_OF = {"now": Status.NEW.label} | {
    name: Status(name).label for name in TABS if name in Status and name != "closed"
}


class Inbox(admin.ModelAdmin):
    """The change list."""

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.find(request)
        return self.list_page(request, InboxQuery(request.GET, request.user))

    def find(self, request):
        """To the one request that is found, or to the list of those that are."""
        query = InboxQuery(address_of_search(request), request.user)
        if query.sealed and (only := query.only_one()):
            log_access(request, Act.SEARCHED, count=1, details=names_of(query))
            return redirect("admin:inquiries_inquiry_change", only)
        return redirect(f"{request.path}?{query.address(**{TAB: ''})}")

    @method_decorator([permission_required(CHANGE, raise_exception=True), require_POST])
    def flood_view(self, request):
        """Many requests at once; what cannot be done is said on the list, filled in as it was."""
        form = FloodForm(request.POST)
        if not form.is_valid():
            query = InboxQuery(QueryDict(f"{TAB}=flood"), request.user)
            return self.list_page(request, query, form, status=400)
        keys = form.chosen()
        details = f"flood: {form.cleaned_data['to']}"
        log_access(request, Act.CHANGED, count=len(keys), details=details)
        moved = form.apply(keys, request.user)
        self.message_user(request, form.done(moved), messages.SUCCESS)
        return redirect(f"{reverse('admin:inquiries_inquiry_changelist')}?{TAB}=flood")

    @method_decorator([permission_required(VIEW, raise_exception=True), require_GET])
    def waiting_view(self, request):
        """For an open inbox: how many wait, and how many came since. About nobody: not logged."""
        since = number_in(request.GET.get("since", "0"))
        if since < 0:
            raise BadRequest("since is no key")
        now = in_tab("now", View(request.user, timezone.now()))
        new = now.filter(GreaterThan(of_few("pk"), since))
        found = count_some({"now": now, "new": new})
        return JsonResponse({name: in_digits(number) for name, number in found.items()})

    @method_decorator([permission_required(CHANGE, raise_exception=True), require_POST])
    def bulk_view(self, request):
        """What is done with the selected requests of a page; back to the same list."""
        action, rows = bulk.selected(request.POST)
        if action not in bulk.ACTIONS or not rows:
            self.message_user(request, "Select at least one request first.", messages.WARNING)
        else:
            result = bulk.apply(request, action, rows)
            if result.warning:
                self.message_user(request, result.warning, messages.WARNING)
        query = InboxQuery(request.GET, request.user)
        return redirect(f"{reverse('admin:inquiries_inquiry_changelist')}?{query.here}")

    def list_page(self, request, query, flood_form=None, status=200):
        numbers = {} if query.is_narrowed() else counts(query.view)
        sees_names = request.user.has_perm(SEE_NAMES)
        page = Page(query, sees_names, counted=numbers.get(query.tab))
        log_listing(request, query, page)
        context = {
            "query": query,
            "page": page,
            "groups": page.groups(),
            "columns": 7,
            "here": STATE_OF.get(query.tab, ""),
            "tabs": tabs(query, numbers),
            "inbox_count": in_digits(numbers["now"]) if numbers else None,
            "tab_label": TABS[query.tab].label,
            "is_narrowed": query.is_narrowed(),
            "from_list": f"?{way_back(query, query.page)}",
            "without_filters": query.address(**dict.fromkeys(query.filters.fields)),
            "spam_days": settings.RETENTION_DAYS["spam"],
            "flood_form": flood_form or FloodForm(),
            "newest": newest(in_flood() if query.tab == "flood" else Inquiry.objects.all()),
            "now": query.view.now,
            **self.bulk_context(request, query),
            **troubles(has_flood=bool(numbers.get("flood", True))),
        }
        return admin_page(request, "inquiry/change_list.html", "Inbox", status=status, **context)

    def bulk_context(self, request, query: InboxQuery) -> dict:
        may_change = self.has_change_permission(request)
        selects = may_change and query.tab not in NOT_SELECTABLE
        return {
            "may_change": may_change,
            "selects": selects,
            "colleagues": [(user.pk, person(user)) for user in staff()] if selects else [],
            "undo": undo_bar(request.user, query.view.now),
        }


def log_listing(request, query: InboxQuery, page: Page) -> None:
    act = Act.SEARCHED if query.sealed else Act.LISTED
    log_access(request, act, count=len(page.rows), details=names_of(query))


def names_of(query: InboxQuery) -> str:
    """What was looked at, by names of filters; never what was looked for."""
    names = [f"tab {query.tab}", *query.filters.in_use()]
    if query.page > 1:
        names.append(f"page {query.page}")
    if query.sealed:
        names = [*kinds_of(query.term), *names]
    return ", ".join(names)


def tabs(query: InboxQuery, numbers: dict[str, int]) -> list[dict]:
    """Each with its count, unless filters are on: then the numbers would say something else."""
    return [
        {
            "label": tab.label,
            "address": query.address(**{TAB: name}),
            "is_here": name == query.tab,
            "starts_group": name in ("new", "spam"),
            "number": in_digits(numbers[name]) if numbers else "",
        }
        for name, tab in TABS.items()
        if name != "flood" or numbers.get(name) or name == query.tab
    ]


def troubles(has_flood: bool) -> dict:
    now = timezone.now()
    return {
        "failing_notices": Notice.objects.failing().count(),
        "flood": waiting() if has_flood else {},
        "worker_is_missing": Notice.objects.due(now).exists() and not worker_is_alive(now),
    }


def address_of_search(request) -> QueryDict:
    """What is looked for, sealed. Looked for everywhere, whatever tab and filters were on."""
    term = read_term(request.POST.get(SEARCH, ""))
    query = QueryDict(mutable=True)
    if term:
        query[SEARCH] = seal(term, request.user)
    return query
