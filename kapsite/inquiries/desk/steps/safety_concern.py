"""Steps that raise a safety concern or resolve it."""

from kapsite.inquiries.models.request.deadlines import raise_concern

from .base import Step
from .fields import Note


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
        raise_concern(inquiry, self.cleaned_data["reason"])

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
