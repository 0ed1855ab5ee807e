"""Steps that record attempts to reach a person, in the way they asked for or another."""

from typing import ClassVar

from django.utils import timezone

from kapsite.clinic.days import today
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.page_parts.formatting import due_on
from kapsite.inquiries.desk.scripts.file import STEPS, all_scripts
from kapsite.inquiries.models.choices import (
    OPEN,
    ActivityKind,
    Attempt,
    ContactBy,
    Status,
    Voicemail,
)

from .base import Step
from .call_back import CallBack
from .fields import FOR_GOOD, Note
from .follow_up import next_attempt, next_open_day

NOT_ASKED_FOR = {
    ContactBy.CALL: "They asked for a call.",
    ContactBy.TEXT: "They asked for a text.",
    ContactBy.EMAIL: "They asked for an email.",
}


class Unanswered(CallBack):
    """Tried, and nothing came back yet. An appointment that was made stands."""

    states = OPEN
    kind = ActivityKind.CALLED
    fields_of = "log"
    opens_next = True
    way: ClassVar[ContactBy]

    note = Note(help_text=FOR_GOOD)

    def proposed_day(self):
        return next_attempt(self.inquiry.attempts + 1, today(), get_clinic())

    def prepare(self):
        if self.inquiry.status == Status.SCHEDULED:
            self.without_date()
        else:
            super().prepare()

    @property
    def logged_as(self):
        """With the name of the script that was used, if it is one for this step."""
        name = self.data.get("script", "")
        fits = name in all_scripts() and STEPS.get(all_scripts()[name].kind) == self.name
        return f"{self.label}, script {name}" if fits else self.label

    @property
    def applies(self):
        address = self.inquiry.email if self.way == ContactBy.EMAIL else self.inquiry.phone
        return super().applies and bool(address)

    @property
    def blocked_reason(self):
        """Only the way they asked for, until they were spoken with and may have said otherwise, or
        their number turned out to be wrong."""
        inquiry = self.inquiry
        if inquiry.wrong_number:
            return "" if self.way == ContactBy.EMAIL else "Wrong number: correct it first."
        if inquiry.contact_by != self.way and not inquiry.first_contact_at:
            return NOT_ASKED_FOR[ContactBy(inquiry.contact_by)]
        return ""

    @property
    def summary(self):
        if self.inquiry.status == Status.SCHEDULED:
            return super().summary
        when = due_on(self.inquiry, timezone.now()).replace("Today", "today")
        return f"{self.done} Next try {when}. {self.warning}".strip()

    def change(self, inquiry):
        inquiry.attempts += 1
        if inquiry.status != Status.SCHEDULED:
            inquiry.status = Status.TRYING
            self.schedule(inquiry)


class NoAnswer(Unanswered):
    name, label, done = "no_answer", "No answer", "Call saved."
    attempt = Attempt.NO_ANSWER
    way = ContactBy.CALL


class LeftVoicemail(Unanswered):
    name, label, done = "voicemail", "Left voicemail", "Voicemail saved."
    attempt = Attempt.VOICEMAIL
    way = ContactBy.CALL

    @property
    def rule(self):
        """What they allowed, to be read before it is done."""
        if self.inquiry.voicemail_rule.answer == Voicemail.DISCREET:
            return "Say only a first name and the number, not the clinic’s name or the reason."
        return "They said voicemail is fine."

    @property
    def blocked_reason(self):
        rule = self.inquiry.voicemail_rule
        if rule.answer == Voicemail.NO and not self.inquiry.wrong_number:
            who = "Another request from this number" if rule.other else "They"
            return f"{who} asked us not to leave a voicemail."
        if not self.inquiry.voicemail:
            return "They weren’t asked about voicemail."
        return super().blocked_reason


class Texted(Unanswered):
    name, label, done = "texted", "Sent a text", "Text saved."
    attempt = Attempt.TEXTED
    way = ContactBy.TEXT


class Emailed(Unanswered):
    name, label, done = "emailed", "Sent an email", "Email saved."
    attempt = Attempt.EMAILED
    way = ContactBy.EMAIL


class WrongNumber(Unanswered):
    """They weren't tried at all, so the request stays as due as it was."""

    name, label, done = "wrong_number", "Wrong number", "Wrong number saved."
    attempt = Attempt.WRONG_NUMBER
    way = ContactBy.CALL
    opens_next = False
    opens_pane = "correct"

    def prepare(self):
        self.without_date()

    @property
    def applies(self):
        return super().applies and not self.inquiry.wrong_number

    @property
    def blocked_reason(self):
        return ""  # it may answer a text

    @property
    def summary(self):
        return f"{self.done} Correct it, or find another way to reach them."

    def change(self, inquiry):
        inquiry.attempts += 1
        inquiry.wrong_number = True


class RightNumber(Step):
    """Without a correction: someone misdialed."""

    name, label, done = "right_number", "The number is right", "You can call this number again."

    @property
    def applies(self):
        return self.inquiry.wrong_number

    def change(self, inquiry):
        inquiry.wrong_number = False


class Spoke(Step):
    """A request counts as reached however it was reached; a canceled appointment counts as made."""

    name, label, done = "spoke", "Spoke", "Call saved."
    states = OPEN
    kind = ActivityKind.CALLED
    attempt = Attempt.SPOKE
    fields_of = "log"
    opens_pane = "schedule"

    note = Note(help_text=FOR_GOOD)

    def change(self, inquiry):
        inquiry.attempts = 0
        inquiry.first_contact_at = inquiry.first_contact_at or timezone.now()
        if inquiry.status != Status.SCHEDULED:
            inquiry.status = Status.CONTACTED
            inquiry.next_action_on = next_open_day(today(), get_clinic(), 2)
            inquiry.next_action_time = None
