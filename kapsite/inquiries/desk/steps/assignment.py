"""Steps for notes, safety concerns, assignment and links to other requests."""

from typing import ClassVar

from django import forms
from django.contrib.auth import get_user_model

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.formatting import person as called
from kapsite.inquiries.desk.same_person import others_of
from kapsite.inquiries.models import Activity, Inquiry, Notice
from kapsite.inquiries.models.choices import OPEN, ActivityKind, Status

from .base import CHANGE, Note, Step

ROLES_FROM = "django.contrib.auth.backends.ModelBackend"
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
        help_text="Can’t be changed later",
    )

    @property
    def adds_only(self):
        """But the same note sent twice is one that was saved already."""
        last = self.inquiry.activities.filter(kind=self.kind, by=self.user).first()
        return not last or replace_unreadable(last).note != self.cleaned_data["note"]


class SetSafetyConcern(Step):
    name, label, done = "set_safety_concern", "Flag a safety concern", "Safety concern saved."
    button = "Save safety concern"
    after_withdrawal = True

    reason = Note(
        label="Reason for the safety concern",
        required=True,
        limit=500,
        error_messages={"required": "Enter the reason"},
    )

    @property
    def applies(self):
        return not self.inquiry.safety_concern

    def change(self, inquiry):
        inquiry.raise_concern(self.cleaned_data["reason"])

    def note_for_history(self):
        return self.cleaned_data["reason"]


class ClearSafetyConcern(Step):
    name, label, done = "clear_safety_concern", "Clear safety concern", "Safety concern cleared."
    after_withdrawal = True

    note = Note(
        label="Why it no longer applies",
        required=True,
        error_messages={"required": "Enter why the safety concern no longer applies"},
    )

    @property
    def applies(self):
        return self.inquiry.safety_concern

    def change(self, inquiry):
        inquiry.safety_concern, inquiry.safety_concern_reason = False, ""


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
    able = get_user_model().objects.with_perm(CHANGE, backend=ROLES_FROM)
    return able.filter(is_staff=True).order_by("first_name", "username")


def colleagues(inquiry: Inquiry, user) -> dict[str, list]:
    """For the buttons of "Hand over": oneself first."""
    return {"people": sorted(staff(), key=lambda person: person != user)}


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

    def change(self, inquiry):
        before, person = inquiry.assigned_to_id, self.cleaned_data["assigned_to"]
        inquiry.assigned_to = person
        is_news = inquiry.assigned_to_id != before or self.cleaned_data["note"]
        if person and person != self.user and person.email and is_news:
            Notice.objects.hand_to(inquiry, person)

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
    def warning(self):
        person = self.inquiry.assigned_to
        if not person or person == self.user or person.email:
            return ""
        return f"{called(person)} has no email address in their account: tell them yourself."


class Linking(Step):
    kind = ActivityKind.LINKED
    can_be_undone = False  # it is in the history of two requests, and has a step of its own
    after_withdrawal = True
    words: ClassVar[str]
    other: Inquiry  # the one it is linked with, or was

    def note_for_history(self):
        return f"{self.words} {self.other.reference_in_groups}"

    def history(self, before):
        """In both of them."""
        yield from super().history(before)
        note = f"{self.words} {self.inquiry.reference_in_groups}"
        yield Activity(inquiry=self.other, kind=self.kind, by=self.user, at=self.at, note=note)


class Link(Linking):
    """This request and an earlier or later one come from the same person."""

    name, label, done = "link", "Same person", "Requests linked."
    words = "Same person as"

    to = forms.ModelChoiceField(
        queryset=Inquiry.objects.none(),
        error_messages={
            "required": "Select a request",
            "invalid_choice": "That request has a different phone number and email",
        },
    )

    def prepare(self):
        self.fields["to"].queryset = others_of(self.inquiry)  # type: ignore[attr-defined]

    @property
    def applies(self):
        return self.inquiry.same_person_as_id is None

    def change(self, inquiry):
        chosen = self.cleaned_data["to"]
        self.other = nameless(chosen.same_person_as_id or chosen.pk)
        inquiry.same_person_as = self.other


class Unlink(Linking):
    name, label, done = "unlink", "Not the same person", "Requests unlinked."
    words = "Unlinked from"

    @property
    def applies(self):
        return self.inquiry.same_person_as_id is not None

    def change(self, inquiry):
        self.other = nameless(inquiry.same_person_as_id)
        inquiry.same_person_as = None


def nameless(pk) -> Inquiry:
    """The request without what was typed into it."""
    return Inquiry.objects.only("reference").get(pk=pk)
