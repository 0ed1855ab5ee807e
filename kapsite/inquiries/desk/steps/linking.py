"""Steps that say that two requests come from the same person."""

from typing import ClassVar

from django import forms

from kapsite.inquiries.desk.same_person import others_of
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import ActivityKind

from .base import Step


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
