"""Steps that add a note, or say whose request it is."""

from django import forms
from django.contrib.auth import get_user_model

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.formatting import person as called
from kapsite.inquiries.desk.page_parts.permissions import CHANGE
from kapsite.inquiries.models import Activity, Notice
from kapsite.inquiries.models.choices import OPEN, ActivityKind, Status

from .base import Step
from .fields import FOR_GOOD, Note

OPENED = (*OPEN, Status.SPAM, Status.FLOOD)


class AddNote(Step):
    name, label, done = "note", "Add a note", "Note saved."
    button = "Save note"
    kind = ActivityKind.NOTED
    can_be_undone = False
    after_withdrawal = True
    fields_of = "log"

    note = Note(
        required=True,
        rows=3,
        error_messages={"required": "Write a note"},
        help_text=FOR_GOOD,
    )

    @property
    def adds_only(self):
        """But the same note sent twice is one that was saved already."""
        last = self.inquiry.activities.filter(kind=self.kind, by=self.user).first()
        return not last or replace_unreadable(last).note != self.cleaned_data["note"]


class Take(Step):
    name, label, done = "take", "Assign to me", "Assigned to you."
    states = OPENED
    kind = ActivityKind.ASSIGNED

    @property
    def applies(self):
        return super().applies and self.inquiry.assigned_to_id != self.user.pk

    def change(self, inquiry):
        inquiry.assigned_to = self.user

    def note_for_history(self):
        return f"To {called(self.user)}"


def staff():
    """Everybody at work who may take a step with a request."""
    able = get_user_model().objects.with_perm(CHANGE)
    return able.filter(is_staff=True).order_by("first_name", "username")


class Colleague(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return called(person)


class Assign(Step):
    """Hand over, with a note that stays in the history and a mail that holds only a link."""

    name, label, done = "assign", "Hand over", "Assignment saved."
    button = "Save assignment"
    states = OPENED
    kind = ActivityKind.ASSIGNED

    note = Note(
        label="Note for your colleague",
        help_text="It stays in the history. The email they get has a link and nothing else",
    )
    assigned_to = Colleague(
        label="Assigned to",
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label="Unassigned",
        error_messages={"invalid_choice": "Select a person from the list"},
    )

    def prepare(self):
        self.fields["assigned_to"].queryset = staff()  # type: ignore[attr-defined]
        self.initial["assigned_to"] = self.inquiry.assigned_to_id

    def people(self):
        """Whom to hand it to; oneself first."""
        return sorted(staff(), key=lambda person: person != self.user)

    def change(self, inquiry):
        before, person = inquiry.assigned_to_id, self.cleaned_data["assigned_to"]
        inquiry.assigned_to = person
        is_news = inquiry.assigned_to_id != before or self.cleaned_data["note"]
        if person and person != self.user and person.email and is_news:
            Notice.objects.hand_to([inquiry.pk], person)

    def note_for_history(self):
        person = self.inquiry.assigned_to
        return f"To {called(person)}" if person else "To nobody"

    def history(self, before):
        """The note is a line of its own: undoing the assignment leaves it there."""
        yield from super().history(before)
        if note := self.cleaned_data["note"]:
            details = {"kind": ActivityKind.NOTED, "fields": "assigned_to", "note": note}
            yield Activity(inquiry=self.inquiry, by=self.user, at=self.at, **details)

    @property
    def summary(self):
        person = self.inquiry.assigned_to
        who = "you" if person == self.user else called(person) or "no one"
        return f"Assigned to {who}. {self.warning}".strip()

    @property
    def warning(self):
        person = self.inquiry.assigned_to
        return without_email(person) if person != self.user else ""


def without_email(colleague) -> str:
    """A warning, if no message can say that something was handed over; None for nobody."""
    if not colleague or colleague.email:
        return ""
    return f"{called(colleague)} has no email address in their account: tell them yourself."
