"""The steps staff can take with a request: each is a small form.

A step changes the row, adds to the history and increments the version in one transaction. It
raises Conflict if someone else took a step since the page was opened.
"""

import uuid
from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.db import transaction
from django.utils import timezone

from kapsite.inquiries.desk.page_parts.permissions import CHANGE
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import NEXT, ActivityKind, Status
from kapsite.inquiries.models.request.deadlines import next_due
from kapsite.inquiries.models.request.undo import COLUMNS, Undo, values_of

from .fields import StepQuestion
from .follow_up import closed_then

# Columns that the history names when a step changes them. The state has a column there.
MARKS = (
    "outcome",
    "assigned_to_id",
    "next_action_on",
    "safety_concern",
    "wrong_number",
    "same_person_as_id",
    "duplicate_of_id",
)


class Conflict(Exception):
    """Someone else took a step since the page was opened."""


class NotPossible(Exception):
    """The step does not fit the state of the request."""


class NeedsConfirmation(NotPossible):
    """The form has an error that staff can override; see its ``errors``."""


class Step(forms.Form):
    """Subclasses say in which states they are for, and what they change."""

    bound_field_class = StepQuestion
    use_required_attribute = False

    name: ClassVar[str]  # in its address
    label: ClassVar[str]  # what it is called on the page
    done: ClassVar[str]  # said afterwards
    button: ClassVar[str] = ""  # where it is not the label
    fields_of: ClassVar[str] = ""  # steps of one form share the ids of its fields: that form's name
    states: ClassVar[tuple[str, ...]] = tuple(Status)
    kind: ClassVar[ActivityKind | None] = None  # in the history; None: the move says it all
    attempt: ClassVar[str] = ""
    can_be_undone: ClassVar[bool] = True
    opens_next: ClassVar[bool] = False  # whether the next request may be opened after it
    opens_pane: ClassVar[str] = ""  # the pane of the record that is likely to be used next
    undo: Undo | None = None  # after it was taken, if it can be undone
    after_withdrawal: ClassVar[bool] = False  # offered although the person may not be contacted

    @property
    def adds_only(self) -> bool:
        """Whether it changes nothing that someone else may have changed meanwhile."""
        return False

    @property
    def is_repeated(self) -> bool:
        """Whether the valid form changes nothing, because of a double click."""
        return False

    def __init__(self, inquiry: Inquiry, user, data=None):
        self.inquiry, self.user = inquiry, user
        super().__init__(data, auto_id=f"{self.fields_of or self.name}-%s")
        self.prepare()

    def prepare(self) -> None:
        """Fill in what is proposed, leave out what this request does not need."""

    @property
    def applies(self) -> bool:
        return self.inquiry.status in self.states

    @property
    def is_possible(self) -> bool:
        return self.applies and (self.after_withdrawal or self.inquiry.may_be_contacted)

    @property
    def blocked_reason(self) -> str:
        """Why it is not offered although the state would allow it; in words for staff."""
        return ""

    @property
    def is_offered(self) -> bool:
        may_change = self.user.has_perm(CHANGE)
        return may_change and self.is_possible and not self.blocked_reason

    def change(self, inquiry: Inquiry) -> None:
        """Set what this step changes."""

    def schedule(self, inquiry: Inquiry) -> None:
        """Set when to act next, as the form says."""
        inquiry.next_action_on = self.cleaned_data["next_action_on"]
        inquiry.next_action_time = self.cleaned_data.get("next_action_time")

    def close(self, inquiry: Inquiry, outcome: str) -> None:
        inquiry.status, inquiry.outcome, inquiry.closed_at = Status.CLOSED, outcome, timezone.now()
        inquiry.next_action_on = inquiry.next_action_time = None

    def note_for_history(self) -> str:
        return self.cleaned_data.get("note", "")

    @property
    def warning(self) -> str:
        """What staff should know about what they just saved."""
        return closed_then(self.inquiry) if "next_action_on" in self.fields else ""

    @property
    def logged_as(self) -> str:
        """In the access log."""
        return self.label

    @property
    def summary(self) -> str:
        """What was done, as said afterwards and beside "Undo"."""
        return f"{self.done} {self.warning}".strip()

    def apply(self, version: int, batch: uuid.UUID | None = None) -> None:
        """Take the step, if the request is still at ``version`` and the form is valid.

        Steps with the same ``batch`` are undone together.
        """
        if self.inquiry.version != version:
            raise Conflict
        if not self.is_offered:
            raise NotPossible
        with transaction.atomic():
            # First of all: from here on nobody else can pass with the same version.
            same = Inquiry.objects.filter(pk=self.inquiry.pk, version=version)
            if not same.update(version=version + 1):
                raise Conflict
            self.at = timezone.now()
            before = values_of(self.inquiry)
            self.change(self.inquiry)
            self.inquiry.version = version + 1
            self._save(before["status"])
            for activity in self.history(before):
                activity.save()
            if self.can_be_undone:
                took = {"by": self.user, "at": self.at, "batch": batch or uuid.uuid4()}
                words = {"step": self.name, "label": self.summary[:120]}
                self.undo = Undo.objects.keep(self.inquiry, before, **took, **words)

    def _save(self, was: str) -> None:
        inquiry = self.inquiry
        if inquiry.status != was and inquiry.status not in NEXT[Status(was)]:
            raise NotPossible
        due_at = next_due(inquiry)
        if due_at != inquiry.due_at:
            inquiry.due_at, inquiry.overdue_notified_at = due_at, None
        inquiry.save(update_fields=COLUMNS)

    def history(self, before: dict) -> Iterator[Activity]:
        """One line for what was done, with the note; and one for the move if it says more."""
        inquiry = self.inquiry
        changed = [name for name in MARKS if getattr(inquiry, name) != before[name]]
        fields = ",".join(name.removesuffix("_id") for name in changed)
        common = {"inquiry": inquiry, "by": self.user, "at": self.at}
        details = {"note": self.note_for_history(), "fields": fields}
        moved = {"kind": ActivityKind.MOVED, "to_status": inquiry.status}
        has_moved = inquiry.status != before["status"]
        if self.kind:
            yield Activity(kind=self.kind, attempt=self.attempt, **details, **common)
            details = {}
        elif not has_moved:
            yield Activity(kind=ActivityKind.CHANGED, **details, **common)
        if has_moved:
            yield Activity(**moved, **details, **common)
