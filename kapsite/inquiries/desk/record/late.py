"""A step taken on a page that was made before the person withdrew the request, or it was deleted.

What staff did before they could see the withdrawal is kept, as if it had come first: a note or a
call goes into the history, and if they spoke with the person, the withdrawal is a request to delete
that a lead decides about. What can't be kept is shown again, to be saved as a note or copied.
"""

from dataclasses import dataclass

from django import forms
from django.db import transaction

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.steps.base import Conflict, NotPossible
from kapsite.inquiries.desk.steps.registry import BY_NAME
from kapsite.inquiries.intake import withdrawal
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.text import cleaning

NOTES = ("note", "reason")


@dataclass(frozen=True)
class Late:
    """Of which request, None if it is deleted, and whether it was saved: if not, why."""

    inquiry: Inquiry | None
    is_saved: bool = False
    problem: str = ""


def keep(request, key: int, name: str, version: int, seen: int) -> Late | None:
    """Save it if the person withdrew after the history line ``seen``; None if they did not."""
    inquiry = Inquiry.objects.only("withdrawn_at").filter(pk=key).first()
    if inquiry and inquiry.may_be_contacted:
        return None
    try:
        with transaction.atomic():
            inquiry = withdrawn_since(key, seen)
            if inquiry and not was_saved(request, inquiry, name, seen):
                save(request, inquiry, name, version)
            return Late(inquiry, is_saved=inquiry is not None)
    except (Conflict, NotPossible) as error:
        return Late(inquiry, problem=str(error))


def withdrawn_since(key: int, seen: int) -> Inquiry | None:
    found = Inquiry.objects.filter(pk=key, withdrawn_at__isnull=False).defer("message")
    inquiry = found.select_for_update().first() if seen > 0 else None
    if not inquiry:
        return None
    later = inquiry.activities.filter(kind=ActivityKind.WITHDRAWN, pk__gt=seen)
    return replace_unreadable(inquiry) if later.exists() else None


def save(request, inquiry: Inquiry, name: str, version: int) -> None:
    """A note changes nothing else; any other step is a conflict if more than the withdrawal came
    between. Raises Conflict, or NotPossible with what is wrong."""
    with withdrawal.not_withdrawn_yet(inquiry):
        step = BY_NAME[name](inquiry, request.user, request.POST)
        if not (step.is_offered and step.is_valid()):
            raise NotPossible(
                " ".join(str(each) for errors in step.errors.values() for each in errors)
            )
        if not step.adds_only and inquiry.version != version + 1:
            raise Conflict
        step.apply(inquiry.version)
    log_access(request, Act.CHANGED, inquiry, details=step.logged_as)


def was_saved(request, inquiry: Inquiry, name: str, seen: int) -> bool:
    """Whether it is the same step again, as when a button is pressed twice."""
    step = BY_NAME[name]
    mine = inquiry.activities.filter(by=request.user, pk__gt=seen, attempt=step.attempt)
    last = mine.filter(kind=step.kind or ActivityKind.MOVED).first()
    typed = request.POST.get("note", "").split()
    return last is not None and " ".join(typed) in " ".join(replace_unreadable(last).note.split())


def typed_into(request, name: str) -> str:
    """What was entered into the form of a step, as text for a note; "" if nothing was."""
    step, lines, notes = BY_NAME[name], [], []
    for field_name, field in step.base_fields.items():
        value = request.POST.get(field_name, "").strip()
        if not value or isinstance(field, forms.ModelChoiceField):
            continue
        if field_name in NOTES:
            notes.append(value)
        else:
            lines.append(f"{field.label}: {value}")
    if lines or step.kind == ActivityKind.CALLED:
        lines.insert(0, step.label)
    return cleaning.without_unseen("\n".join(lines + notes))
