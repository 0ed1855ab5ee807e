"""One person's open requests, handed to a colleague: when someone leaves or is away."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.batches import in_batches
from kapsite.inquiries.desk.page_parts.formatting import count, person
from kapsite.inquiries.desk.page_parts.permissions import CHANGE
from kapsite.inquiries.desk.steps.assignment import Colleague, staff, without_email
from kapsite.inquiries.desk.steps.fields import StepQuestion
from kapsite.inquiries.models import Activity, Inquiry, Notice
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.logs.access_log import Act, log_access

ACCOUNTS = "auth.change_user"  # site admins: they see how many there are, and open none


def held_by_people_who_left() -> Q:
    """Open, and assigned to someone who can't work on it: switched off, or without a role."""
    gone = get_user_model().objects.exclude(pk__in=staff().values("pk"))
    keys = list(gone.values_list("pk", flat=True))
    return Q(assigned_to__in=keys, closed_at__isnull=True, withdrawn_at__isnull=True)


def open_requests_of(owner) -> QuerySet[Inquiry]:
    return Inquiry.objects.contactable().filter(assigned_to=owner, closed_at__isnull=True)


def hand_over(owner, to, by) -> int:
    """Assign all open requests of ``owner`` to ``to``, None for nobody; how many there were.

    Once all are assigned, ``to`` gets one message about them.
    """
    found = list(open_requests_of(owner).values_list("pk", flat=True))
    keys = [key for batch in in_batches(found) for key in assign(batch, owner, to, by)]
    if to and to != by and to.email:
        with transaction.atomic():
            Notice.objects.hand_to(keys, to)
    return len(keys)


@transaction.atomic
def assign(keys: list[int], owner, to, by) -> list[int]:
    """Those of ``keys`` that ``owner`` still had."""
    still = open_requests_of(owner).filter(pk__in=keys)
    keys = list(still.select_for_update().values_list("pk", flat=True))
    still.filter(pk__in=keys).update(assigned_to=to, version=F("version") + 1)
    note = f"From {person(owner)} to {person(to) or 'nobody'}"
    details = {"kind": ActivityKind.ASSIGNED, "fields": "assigned_to", "note": note}
    at = timezone.now()
    Activity.objects.bulk_create(Activity(inquiry_id=key, by=by, at=at, **details) for key in keys)
    return keys


class HandOverForm(forms.Form):
    bound_field_class = StepQuestion
    use_required_attribute = False

    to = Colleague(
        label="Who takes over?",
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label="Leave unassigned",
        error_messages={"invalid_choice": "Select a person from the list"},
    )

    def __init__(self, owner, data=None):
        super().__init__(data)
        self.fields["to"].queryset = staff().exclude(pk=owner.pk)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_page(request, pk: int):
    if not (request.user.has_perm(CHANGE) or request.user.has_perm(ACCOUNTS)):
        raise PermissionDenied
    owner = get_object_or_404(get_user_model(), pk=pk, is_staff=True)
    form = HandOverForm(owner, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        number = open_requests_of(owner).count()
        title = f"Hand over {person(owner)}’s open requests"
        return admin_page(
            request,
            "hand_over.html",
            title,
            form=form,
            owner=owner,
            name=person(owner),
            number=number,
        )
    to = form.cleaned_data["to"]
    moved = hand_over(owner, to, request.user)
    log_access(request, Act.CHANGED, count=moved, details="handed over")
    now = f"assigned to {person(to)}" if to else "unassigned"
    messages.success(request, f"{count(moved, 'request')} now {now}.")
    if moved and to != request.user and (warning := without_email(to)):
        messages.warning(request, warning)
    if request.user.has_perm(ACCOUNTS):
        return redirect("admin:auth_user_change", owner.pk)
    return redirect("admin:inquiries_inquiry_changelist")
