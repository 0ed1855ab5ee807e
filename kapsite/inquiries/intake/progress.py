"""What a person reads about their request: on the confirmation, and when they look it up later.

Stages and dates: never a name, a message or an answer of staff.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from kapsite.clinic.days import zone
from kapsite.clinic.deadlines import in_words, promised_by
from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import clock
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind, ContactBy, Status, Voicemail

from .given import Given

VOICEMAIL = {
    Voicemail.YES: "If you don’t answer, we may leave a voicemail.",
    Voicemail.DISCREET: "If you don’t answer, we may leave a voicemail with only a first name "
    "and a number.",
    Voicemail.NO: "We won’t leave a voicemail.",
}


class Stage(NamedTuple):
    """One of the three steps. ``state`` is "done", "now" or "" for what is ahead."""

    title: str
    text: str
    state: str


@dataclass(frozen=True)
class Progress:
    inquiry: Inquiry
    clinic: Clinic
    now: datetime

    @cached_property
    def given(self) -> Given:
        return Given(self.inquiry)

    @property
    def reply_by(self) -> str:
        """ "by Tuesday at noon"; "" if the clinic promises nothing, or the time is over."""
        end = promised_by(self.inquiry.received_at, self.clinic)
        return in_words(end, self.now) if end and self.now < end else ""

    @property
    def calling_from(self) -> str:
        """The number or address of the clinic that they will see; "" if it is not known."""
        return (self.clinic.email or "") if self.given.by_email else self.clinic.phone.display

    @property
    def voicemail(self) -> str:
        is_called = self.inquiry.contact_by == ContactBy.CALL
        return VOICEMAIL[Voicemail(self.inquiry.voicemail)] if is_called else ""

    @property
    def is_closed(self) -> bool:
        return self.inquiry.status == Status.CLOSED

    @property
    def can_change(self) -> bool:
        return self.inquiry.may_be_contacted and not self.is_closed

    @cached_property
    def headline(self) -> tuple[str, str]:
        """The stage, and a sentence about it. One set aside as spam is a received one."""
        inquiry = self.inquiry
        if inquiry.status == Status.WITHDRAWN:
            words = f"We won’t contact you. We’ll delete your request after {self.deleted_after}."
            return "You withdrew your request", words
        if not inquiry.may_be_contacted:
            return (
                "You asked us to delete your request",
                "A person here will delete it. We won’t contact you.",
            )
        if inquiry.duplicate_of_id:
            return (
                "We put your requests together",
                "You sent more than one, so we answer them as one. You don’t need to do anything.",
            )
        if self.is_closed:
            return "Your request is closed", f"We closed it on {on_day(inquiry.closed_at)}."
        if inquiry.status == Status.SCHEDULED:
            return "Your evaluation is booked", f"It’s on {self.next_date}."
        if inquiry.first_contact_at:
            return "We’ve been in touch", f"We reached you on {on_day(inquiry.first_contact_at)}."
        if self.last_attempt:
            return (
                "We tried to reach you",
                f"We last tried on {in_full(self.last_attempt)}. We’ll try again, or you can "
                "call us.",
            )
        return "We have your request", f"We aim to {inquiry.contact_by} you {self.when}."

    @property
    def deleted_after(self) -> str:
        """When the site may delete it, if it is withdrawn now or was before."""
        return in_full(self.inquiry.kept_until(self.inquiry.withdrawn_at or self.now))

    @property
    def when(self) -> str:
        return self.reply_by or "as soon as we can"

    @property
    def next_date(self) -> str:
        day, at = self.inquiry.next_action_on, self.inquiry.next_action_time
        words = f"{day:%A, %B %-d}" if day else "a day that we agreed"
        return f"{words}, at {clock(at)}" if at else words

    @property
    def last_attempt(self) -> datetime | None:
        if self.inquiry.status != Status.TRYING:
            return None
        tried = self.inquiry.activities.filter(kind=ActivityKind.CALLED).order_by("-at")
        return tried.values_list("at", flat=True).first()

    @property
    def stages(self) -> list[Stage]:
        inquiry = self.inquiry
        received = Stage("You sent your request", in_full(inquiry.received_at), "done")
        reached = Stage(f"We {inquiry.contact_by} you", self.what_to_expect, "now")
        decide = Stage(
            "You decide, in your own time", "You can ask anything, say no, or take more time.", ""
        )
        if inquiry.first_contact_at:
            reached = Stage("We’ve been in touch", on_day(inquiry.first_contact_at), "done")
            decide = decide._replace(state="now")
        if inquiry.status == Status.SCHEDULED:
            decide = Stage("Your evaluation", self.next_date, "now")
        return [received, reached, decide]

    @property
    def what_to_expect(self) -> str:
        """ "From (425) 654-5433. If you don’t answer, …"."""
        sender = f"From {self.calling_from}." if self.calling_from else ""
        tries = self.inquiry.attempts
        tried = f"We tried {tries} time{'s' if tries > 1 else ''} so far." if tries else ""
        return " ".join(filter(None, [sender, self.voicemail, tried]))


def on_day(moment: datetime | None) -> str:
    """ "Thursday, November 26", at the clinic."""
    local = timezone.localtime(moment, zone())
    return f"{local:%A, %B %-d}"


def in_full(moment: datetime | None) -> str:
    """ "Thursday, November 26, at 12:05 pm", at the clinic."""
    return f"{on_day(moment)}, at {clock(timezone.localtime(moment, zone()).time())}"
