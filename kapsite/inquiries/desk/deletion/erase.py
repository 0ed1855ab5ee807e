"""Erasing the requests of a person who asked for it: one page, one click, and a receipt."""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from kapsite.clinic.days import zone
from kapsite.inquiries.data_protection import erasure
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.permissions import ERASE
from kapsite.inquiries.desk.same_person import all_of_person
from kapsite.inquiries.intake.fields import Question
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.logs.erasure_log import BY_HAND, Erasure, Rule

SCRUB_TIMEOUT = 1  # seconds, to rewrite one table of PostgreSQL; else the worker does it


class EraseForm(forms.Form):
    use_required_attribute = False
    bound_field_class = Question

    requests = forms.TypedMultipleChoiceField(
        label="Requests to delete",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="All have the same phone number or email. Uncheck any from someone else.",
        error_messages={
            "required": "Select at least one request.",
            "invalid_choice": "Select from the requests in the list.",
        },
    )
    rule = forms.ChoiceField(
        label="Reason for deletion",
        choices=[(rule.value, rule.label) for rule in BY_HAND],
        widget=forms.RadioSelect,
        error_messages={"required": "Select a reason."},
    )

    def __init__(self, *args, listed: list[Inquiry], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(each.pk, in_words(each)) for each in listed]
        self.fields["requests"].choices = choices  # type: ignore[attr-defined]
        self.initial["requests"] = [each.pk for each in listed]


def in_words(inquiry: Inquiry) -> str:
    received = f"received {inquiry.received_at.astimezone(zone()):%B %-d, %Y}"
    state = inquiry.get_status_display()
    return f"{inquiry.name}, {inquiry.reference_in_groups}, {received}, {state}"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ERASE, raise_exception=True)
def erase_page(request, pk: int):
    inquiry = get_object_or_404(Inquiry.objects.defer("message"), pk=pk)
    listed = all_of_person(inquiry)
    form = EraseForm(request.POST or None, listed=listed)
    if not form.is_valid():
        for each in listed:
            log_access(request, Act.OPENED, each, details="delete page")
        notes = Activity.objects.filter(inquiry__in=listed, kind=ActivityKind.NOTED).count()
        context = {"form": form, "inquiry": inquiry, "notes": notes}
        title = f"Delete {inquiry.reference_in_groups}"  # a browser keeps titles: no name
        return admin_page(request, "erase.html", title, **context)
    rule, chosen = Rule(form.cleaned_data["rule"]), form.cleaned_data["requests"]
    for each in listed:
        if each.pk in chosen:
            log_access(request, Act.ERASED, each, details=rule.label)
    rows = Inquiry.objects.filter(pk__in=chosen)
    erasure_records = erasure.erase(rows, rule, request.user)
    if not erasure_records:  # someone was faster
        return redirect("admin:inquiries_inquiry_changelist")
    erasure.scrub(SCRUB_TIMEOUT)
    return redirect("admin:inquiries_erasure_receipt", pk=erasure_records[0].pk)


@require_safe
@permission_required(ERASE, raise_exception=True)
def receipt_page(request, pk: int):
    erasure_record = get_object_or_404(Erasure, pk=pk)
    log_access(request, Act.OPENED, erasure_record, details="deletion receipt")
    together = Erasure.objects.filter(at=erasure_record.at, by=erasure_record.by)
    references = [each.reference_in_groups for each in together]
    context = {
        "erasure_record": erasure_record,
        "references": references,
        "is_scrubbed": erasure.is_scrubbed(erasure_record.at),
    }
    return admin_page(
        request, "erasure_receipt.html", f"{', '.join(references)} deleted", **context
    )
