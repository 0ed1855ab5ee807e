"""The inbox: the list of requests, and how staff find one."""

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.shortcuts import redirect
from django.utils import timezone

from kapsite.inquiries.fields import EncryptedTextField
from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.notices import worker_is_alive
from kapsite.inquiries.search import seal, search, unseal

ENCRYPTED = tuple(
    field.name for field in Inquiry._meta.fields if isinstance(field, EncryptedTextField)
)


class Inbox(admin.ModelAdmin):
    """The change list."""

    list_display = (
        "shown_reference",
        "received_at",
        "status",
        "assigned_to",
        "next_action_on",
        "shown_care",
    )
    list_filter = ("status", "needs_care", "assigned_to")
    list_select_related = ("assigned_to",)
    search_fields = ("reference",)
    search_help_text = "Search by reference, name, email, phone or its last four digits"
    show_full_result_count = False

    @admin.display(description="reference", ordering="reference")
    def shown_reference(self, inquiry):
        return inquiry.reference_in_groups

    @admin.display(description="needs care", ordering="needs_care", empty_value="")
    def shown_care(self, inquiry):
        return "⚑ Needs care" if inquiry.needs_care else None  # a red cross in every row alarms

    def get_queryset(self, request):
        """Only the record itself reads what the person typed."""
        inquiries = super().get_queryset(request)
        opens_record = request.resolver_match.url_name == "inquiries_inquiry_change"
        return inquiries if opens_record else inquiries.defer(*ENCRYPTED)

    def get_changelist(self, request, **kwargs):
        return InquiryList

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and SEARCH_VAR in request.POST:
            return redirect(f"{request.path}?{address_of_search(request.POST)}")
        notices = {
            "failing_notices": Notice.objects.failing().count(),
            "worker_is_missing": Notice.objects.due(timezone.now()).exists()
            and not worker_is_alive(timezone.now()),
        }
        return super().changelist_view(request, notices | (extra_context or {}))

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        return queryset.filter(pk__in=search(unseal(search_term)).values("pk")), False


class InquiryList(ChangeList):
    @property
    def looked_for(self):
        return unseal(self.query)


def address_of_search(sent) -> str:
    """The filters that were on, and what is looked for, sealed."""
    query = sent.copy()
    query.pop("csrfmiddlewaretoken", None)
    term = query.pop(SEARCH_VAR)[-1].strip()
    if term:
        query[SEARCH_VAR] = seal(term)
    return query.urlencode()
