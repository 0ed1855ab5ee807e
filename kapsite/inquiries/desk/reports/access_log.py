"""The page for the access log, filtered by request, person, act and day. Read-only."""

import re
from datetime import timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.views.decorators.http import require_safe

from kapsite.clinic.days import start_of
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.date_filter import DateFilter
from kapsite.inquiries.models import Erasure, Inquiry
from kapsite.inquiries.models.logs.access_log import Access, Act, log_access

ROWS = 50  # on one page
User = get_user_model()


class Filters(forms.Form):
    reference = forms.CharField(required=False, max_length=12)
    person = forms.ModelChoiceField(
        User.objects.filter(is_staff=True).order_by("username"),
        required=False,
        empty_label="Anyone",
    )
    act = forms.ChoiceField(label="What", choices=[("", "Anything"), *Act.choices], required=False)
    since = DateFilter("From")
    until = DateFilter("To")
    before = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,  # what a key may be
        widget=forms.HiddenInput,
    )

    def clean_reference(self) -> str:
        code = re.sub(r"[\s-]", "", self.cleaned_data["reference"]).upper()
        if code and not re.fullmatch("[A-Z0-9]{8}", code):
            raise ValidationError("Enter a reference, like 7K4M W2PA.")
        return code

    @property
    def in_use(self) -> list[str]:
        """Names of the filters in use, for the log entry of this view itself."""
        values = self.cleaned_data if self.is_valid() else {}
        return [name for name, value in values.items() if value and name != "before"]

    def rows(self) -> QuerySet[Access]:
        given = self.cleaned_data
        rows = Access.objects.select_related("by").defer("reason")
        if given["reference"]:
            rows = rows.filter(reference=given["reference"])
        if given["person"]:
            rows = rows.filter(by=given["person"])
        if given["act"]:
            rows = rows.filter(act=given["act"])
        if given["since"]:
            rows = rows.filter(at__gte=start_of(given["since"]))
        if given["until"]:
            rows = rows.filter(at__lt=start_of(given["until"] + timedelta(days=1)))
        last = Access.objects.filter(pk=given["before"] or 0).first()
        if last:
            rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
        return rows


@require_safe
@permission_required("inquiries.view_access", raise_exception=True)
def report_page(request):
    filters = Filters(request.GET)
    found = list(filters.rows()[: ROWS + 1]) if filters.is_valid() else []
    rows, more = found[:ROWS], found[ROWS:]
    reference = filters.cleaned_data.get("reference")
    inquiry = Inquiry.objects.only("reference").filter(reference=reference).first()
    details = ", ".join(filters.in_use)
    log_access(request, Act.REPORT, inquiry, count=len(rows), details=details)
    reasons = reasons_of([row.pk for row in rows if row.act == Act.EXPORTED])
    context = {
        "filters": filters,
        "lines": [(row, reasons.get(row.pk, "")) for row in rows],
        "records": records_of(rows),
        "erasure_records": Erasure.objects.filter(reference=reference) if reference else [],
        "older": address(request, before=rows[-1].pk) if more else "",
        "newest": address(request) if "before" in request.GET else "",
    }
    return admin_page(request, "access_report.html", "Access log", **context)


def records_of(rows: list[Access]) -> dict[str, int]:
    """The keys of those requests that are still there, by reference."""
    named = {row.reference for row in rows if row.reference}
    return dict(Inquiry.objects.filter(reference__in=named).values_list("reference", "pk"))


def reasons_of(keys: list[int]) -> dict[int, str]:
    """Why each export was made."""
    rows = Access.objects.filter(pk__in=keys).only("row_id", "reason")
    return {row.pk: replace_unreadable(row).reason for row in rows}


def address(request, **changes) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"
