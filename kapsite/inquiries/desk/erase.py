"""Erasing one request because somebody asked for it: one page, one click, and a receipt."""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kapsite.inquiries.data_protection import erasure
from kapsite.inquiries.intake.forms import Question
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.access_log import Act, log_access
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.erasure_log import BY_HAND, Erasure, Rule

from .admin_page import admin_page

SCRUB_TIMEOUT = 1  # seconds, to rewrite one table of PostgreSQL; else the worker does it
MOST = 2**63 - 1  # the largest key a database can hold


class EraseForm(forms.Form):
    use_required_attribute = False
    bound_field_class = Question

    rule = forms.ChoiceField(
        label="Why is it erased?",
        choices=[(rule.value, rule.label) for rule in BY_HAND],
        widget=forms.RadioSelect,
        error_messages={"required": "Select why the request is erased."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_required("inquiries.erase_inquiry", raise_exception=True)
def erase_page(request, pk: int):
    """The page names nobody; looking at it is on record all the same."""
    rows = Inquiry.objects.filter(pk=min(pk, MOST))
    inquiry = get_object_or_404(rows.only("reference", "received_at"))
    form = EraseForm(request.POST or None)
    if not form.is_valid():
        log_access(request, Act.OPENED, inquiry, details="to erase it")
        context = {"form": form, "inquiry": inquiry, "notes": notes_of(inquiry)}
        return admin_page(request, "erase.html", f"Erase {inquiry.reference_in_groups}", **context)
    rule = Rule(form.cleaned_data["rule"])
    log_access(request, Act.ERASED, inquiry, details=rule)
    erasure_records = erasure.erase(rows, rule, request.user)
    if not erasure_records:  # somebody was quicker
        return redirect("admin:inquiries_inquiry_changelist")
    erasure.scrub(SCRUB_TIMEOUT)
    return redirect("admin:inquiries_erasure_receipt", pk=erasure_records[0].pk)


def notes_of(inquiry: Inquiry) -> int:
    return inquiry.activities.filter(kind=ActivityKind.NOTED).count()


@require_safe
@never_cache
@permission_required("inquiries.erase_inquiry", raise_exception=True)
def receipt_page(request, pk: int):
    erasure_record = get_object_or_404(Erasure, pk=min(pk, MOST))
    log_access(request, Act.OPENED, erasure_record, details="the receipt of its erasure")
    reference = erasure_record.reference_in_groups
    context = {
        "erasure_record": erasure_record,
        "reference": reference,
        "is_scrubbed": erasure.is_scrubbed(erasure_record.at),
    }
    return admin_page(request, "erasure_receipt.html", f"{reference} is erased", **context)
