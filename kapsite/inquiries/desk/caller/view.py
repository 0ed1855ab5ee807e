"""A person calls instead of writing; a colleague enters the request during the call."""

import logging

from django import db
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from kapsite.clinic.facts import get_clinic
from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.formatting import version_in_words
from kapsite.inquiries.desk.page_parts.permissions import SEE_NAMES
from kapsite.inquiries.desk.same_person import with_contacts
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ConsentText
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.request.queryset import fingerprint
from kapsite.inquiries.models.request.voicemail import rule_for
from kapsite.inquiries.triage.triage import arrival_fields, may_be_in_danger

from .form import CallerForm

MOST_SHOWN = 10  # earlier requests
LONGEST_SEEN = 20_000  # characters of the field that lists the open ones: some 2,000 keys
logger = logging.getLogger(__name__)


class Caller(admin.ModelAdmin):
    """The add view."""

    @method_decorator([sensitive_post_parameters(), sensitive_variables()])
    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.method != "POST":
            return show(request, CallerForm(get_clinic()))
        form = CallerForm(get_clinic(), request.POST)
        if "look" in request.POST:
            form.only_look()
            return show(request, form)
        if form.is_for_a_minor:
            form.errors.clear()
            return show(request, form, is_minor=True)
        if not form.opened or not form.is_valid():
            return show(request, form)
        try:
            return self.save_caller(request, form, form.opened.id)
        except db.Error as error:  # not logged whole: PostgreSQL quotes the row
            logger.error("A phone caller could not be stored: %s", type(error).__name__)
            return show(request, form, look=False, not_stored=True, status=503)

    def save_caller(self, request, form: CallerForm, form_id: str):
        answers = form.answers()
        token = fingerprint(form_id, answers)
        inquiry = Inquiry.objects.filter(form_token=token).first()  # sent twice
        if not inquiry:
            if unseen(request, form):
                return show(request, form, has_unseen=True)
            inquiry = store(request, form_id, answers)
        self.message_user(request, "Request saved. Log this call below.", messages.SUCCESS)
        record = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
        return redirect(f"{record}?step=log")


def store(request, form_id: str, answers: dict) -> Inquiry:
    fields = arrival_fields(answers, timezone.now(), get_clinic())
    fields |= {"entered_by_id": request.user.pk, "consent_text": ConsentText.PHONE}
    with transaction.atomic():
        inquiry, is_new = Inquiry.objects.receive(form_id, fields, None, **answers)
        if is_new:
            log_access(request, Act.CHANGED, inquiry, details="phone caller entered")
    return inquiry


def earlier_requests(form: CallerForm):
    """From the same number or email, whether they have it now or had it before a correction."""
    same = with_contacts(form.numbers, [form.address])
    return Inquiry.objects.active().filter(pk__in=same)


def open_requests(form: CallerForm):
    return earlier_requests(form).contactable().filter(closed_at__isnull=True)


def unseen(request, form: CallerForm) -> bool:
    """Whether an open request from this person was not on the page that was sent.

    It may have come meanwhile: a colleague answered the same caller, or they wrote as well.
    """
    seen = set(request.POST.get("seen", "")[:LONGEST_SEEN].split())
    return any(str(key) not in seen for key in open_requests(form).values_list("pk", flat=True))


def show(request, form: CallerForm, *, look=True, status=200, **context):
    """The form with what was typed, and the earlier requests from the same number or email."""
    found, seen, rule = [], [], None
    if look and form.is_bound and (form.numbers or form.address):
        seen = list(open_requests(form).values_list("pk", flat=True))
        found, rule = find(request, form)
        form.propose_voicemail(rule.answer)
    context |= {
        "form": form,
        "in_danger": form.is_bound and may_be_in_danger(form.typed),
        "has_email": "email" in form.fields,
        "found": found[:MOST_SHOWN],
        "seen": " ".join(map(str, seen)),
        "has_more": len(found) > MOST_SHOWN,
        "rule": rule,
        "has_looked": rule is not None,
        "consent_version": version_in_words(form.clinic.consent.version),
        "sees_names": request.user.has_perm(SEE_NAMES),
    }
    return admin_page(request, "caller.html", "New phone caller", status=status, **context)


def find(request, form: CallerForm):
    """The open ones first: they can be worked on instead."""
    kinds = ["phone"] * bool(form.numbers) + ["email"] * bool(form.address)
    rows = earlier_requests(form).select_related("assigned_to")
    over = Q(closed_at__isnull=False) | Q(withdrawn_at__isnull=False)
    shown = rows.alias(is_over=over).order_by("is_over", "-received_at", "-pk").only(
        "name", "reference", "received_at", "status", "outcome", "closed_at", "attempts",
        "safety_concern", "voicemail", "assigned_to", "withdrawn_at",
    )  # fmt: skip
    found = list(map(replace_unreadable, shown[: MOST_SHOWN + 1]))
    details = f"phone caller: {', '.join(kinds)}"
    log_access(request, Act.SEARCHED, count=len(found), details=details)
    return found, rule_for(form.numbers)
