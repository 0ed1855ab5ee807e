"""Steps that move a request to another state."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError

from kapsite.clinic.days import today
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models.choices import OPEN, Outcome, Status

from .base import Step
from .call_back import CallBack
from .fields import Note
from .follow_up import ENOUGH_ATTEMPTS, next_open_day


class Dated(CallBack):
    """Something is to be done on a day, or at a time."""

    to: Status
    note = Note()

    def proposed_day(self):
        return next_open_day(today(), get_clinic())

    def change(self, inquiry):
        inquiry.status = self.to
        self.schedule(inquiry)


class Wait(Dated):
    name, label, done = "wait", "Wait until a date", "Follow-up saved."
    button = "Save follow-up"
    states = OPEN
    to = Status.WAITING

    def proposed_day(self):
        return next_open_day(today(), get_clinic(), 5)

    def further_days(self):
        return [today() + timedelta(days=number) for number in (14, 30)]


class Close(Step):
    name, label, done = "close", "Close request", "Request closed."
    states = OPEN

    outcome = forms.ChoiceField(
        label="Outcome",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select an outcome",
            "invalid_choice": "Select an outcome from the list",
        },
    )
    note = Note()

    def prepare(self):
        if is_hard_to_reach(self.inquiry):
            self.initial["outcome"] = Outcome.UNREACHED
        if self.inquiry.safety_concern:
            self.fields["note"].label = "Note"
            self.fields[
                "note"
            ].help_text = "This request has a safety concern: write how it was resolved"

    def clean_note(self):
        if self.inquiry.safety_concern and not self.cleaned_data["note"]:
            raise ValidationError("Write how the safety concern was resolved")
        return self.cleaned_data["note"]

    def change(self, inquiry):
        self.close(inquiry, self.cleaned_data["outcome"])

    def note_for_history(self):
        return "\n".join(
            filter(None, [Outcome(self.inquiry.outcome).label, super().note_for_history()])
        )


class Reopen(Dated):
    name, label, done = "reopen", "Reopen", "Request reopened."
    states = (Status.CLOSED,)

    def change(self, inquiry):
        inquiry.status = Status.CONTACTED if inquiry.first_contact_at else Status.TRYING
        self.schedule(inquiry)
        inquiry.outcome, inquiry.closed_at, inquiry.attempts = "", None, 0
        inquiry.duplicate_of = None


class MarkSpam(Step):
    name, label, done = "spam", "Mark as spam", "Moved to spam."
    states = (*OPEN, Status.FLOOD)

    @property
    def blocked_reason(self):
        return "Clear the safety concern first." if self.inquiry.safety_concern else ""

    def change(self, inquiry):
        inquiry.status, inquiry.next_action_on, inquiry.next_action_time = Status.SPAM, None, None


class Restore(Step):
    name, label, done = "restore", "Not spam", "Moved to New."
    states = (Status.SPAM, Status.FLOOD)

    def change(self, inquiry):
        inquiry.status = Status.NEW


def is_hard_to_reach(inquiry) -> bool:
    return inquiry.status == Status.TRYING and inquiry.attempts >= ENOUGH_ATTEMPTS
