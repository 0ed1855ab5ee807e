"""What one row of the list says about a request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property

from django.template.loader import render_to_string

from kapsite.clinic.days import day_of
from kapsite.inquiries.desk.page_parts.formatting import (
    due_in,
    due_on,
    good_times,
    is_overdue,
    person,
    span,
)
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.choices import (
    BY_THE_PERSON,
    ActivityKind,
    Aid,
    Attempt,
    ContactBy,
    ForWhom,
    Status,
    Voicemail,
)
from kapsite.text.cleaning import visible

from .tabs import Urgency

STEPS = {
    Attempt.SPOKE: "Spoke",
    Attempt.VOICEMAIL: "Left voicemail",
    Attempt.TEXTED: "Texted",
    Attempt.EMAILED: "Emailed",
}
AIDS = {Aid.INTERPRETER: "Interpreter", Aid.SIGN: "Sign language", Aid.RELAY: "Relay (711)"}
WRITES = {ForWhom.OTHER: "For someone else", ForWhom.CLINICIAN: "Referral"}
VOICEMAIL = {
    Voicemail.YES: ("vm", "Voicemail OK"),
    Voicemail.DISCREET: ("vm-name", "Voicemail: first name and number only"),
    Voicemail.NO: ("vm-off", "No voicemail"),
}
SOON = timedelta(hours=3)


@cache
def ways(contact_by: str, voicemail: str) -> str:
    """Four fixed places, so that the eye can run down a column: call, voicemail, text, email."""
    places = [("", "")] * 4
    if contact_by == ContactBy.CALL:
        places[0] = ("phone", "Call")
    if contact_by == ContactBy.TEXT:
        places[2] = ("text", "Text")
    if contact_by == ContactBy.EMAIL:
        places[3] = ("mail", "Email")
    if voicemail:
        places[1] = VOICEMAIL[Voicemail(voicemail)]
    return render_to_string("admin/inquiries/inquiry/ways.html", {"places": places})


@dataclass(frozen=True)
class Row:
    inquiry: Inquiry
    urgency: Urgency
    name: str  # "" where the person who looks may not see it
    url: str
    now: datetime
    last: Activity | None  # what was done last, apart from looking at it
    days_to_deletion: int | None = None

    @cached_property
    def reference(self) -> str:
        return self.inquiry.reference_in_groups

    @cached_property
    def who(self) -> str:
        return visible(self.name) or self.reference

    @cached_property
    def key(self) -> str:
        """With the version: what someone changed meanwhile is left alone."""
        return f"{self.inquiry.pk}.{self.inquiry.version}"

    @cached_property
    def ways(self) -> str:
        if not self.inquiry.may_be_contacted:
            return ways("", "")
        return ways(self.inquiry.contact_by, self.voicemail)

    @cached_property
    def voicemail(self) -> str:
        """The rule for their number, where it matters; "" where nobody would dial."""
        rule = self.inquiry.voicemail_rule
        return rule.answer if rule.other or self.inquiry.contact_by == ContactBy.CALL else ""

    @cached_property
    def rule(self) -> str:
        """What nobody who dials may miss; "" if there is nothing."""
        if not self.inquiry.may_be_contacted or self.voicemail != Voicemail.NO:
            return ""
        return "Wrong number" if self.inquiry.wrong_number else "No voicemail"

    @cached_property
    def needs(self) -> str:
        """ "Interpreter · Spanish · Mornings": how and when to talk with them."""
        inquiry = self.inquiry
        if not inquiry.may_be_contacted:
            return "Withdrawn: don’t contact"
        aids = [AIDS[Aid(aid)] for aid in inquiry.aids.split(",") if aid in Aid]
        writes = WRITES.get(ForWhom(inquiry.for_whom), "")
        parts = [*aids, inquiry.language, writes, good_times(inquiry)]
        return visible(" · ".join(filter(None, parts))) or "Any time"

    @cached_property
    def state(self) -> str:
        inquiry = self.inquiry
        label = inquiry.get_outcome_display() if inquiry.outcome else inquiry.get_status_display()
        if inquiry.status == Status.FLOOD:
            return f"{label}: {inquiry.get_flood_display()}"
        counts = inquiry.status == Status.TRYING and inquiry.attempts
        return f"{label}, {inquiry.attempts}" if counts else label

    @cached_property
    def last_step(self) -> str:
        """ "No answer · yesterday"."""
        if not self.last or self.last.kind == ActivityKind.RECEIVED:
            return f"Received {ago(self.inquiry.received_at, self.now)}"
        return f"{words_of(self.last)} · {ago(self.last.at, self.now)}"

    @cached_property
    def is_changed_by_person(self) -> bool:
        """Since a colleague last opened it."""
        if not self.last or self.last.kind not in BY_THE_PERSON:
            return False
        return not self.inquiry.opened_at or self.last.at > self.inquiry.opened_at

    @cached_property
    def owner(self) -> str:
        owner = self.inquiry.assigned_to
        has_left = " (account switched off)" if owner and not owner.is_active else ""
        return person(owner) + has_left

    @cached_property
    def due_at(self) -> datetime | None:
        return None if self.inquiry.closed_at else self.inquiry.due_at

    @cached_property
    def due_on(self) -> str:
        return due_on(self.inquiry, self.now) if self.due_at else ""

    @cached_property
    def due_in(self) -> str:
        return due_in(self.inquiry, self.now) if self.due_at else ""

    @cached_property
    def is_late(self) -> bool:
        return bool(self.due_at) and is_overdue(self.inquiry, self.now)

    @cached_property
    def is_soon(self) -> bool:
        return self.due_at is not None and timedelta(0) < self.due_at - self.now < SOON

    @cached_property
    def why_spam(self) -> str:
        """ "Sounds like advertising · 4 links", or who marked it."""
        if self.last and self.last.to_status == Status.SPAM and self.last.by:
            return f"Marked by {person(self.last.by)}"
        return " · ".join(self.inquiry.spam_reasons.splitlines()) or "No signs of spam were found"

    @cached_property
    def deletion(self) -> str:
        days = self.days_to_deletion
        if days is None:
            return ""
        return {0: "Deleted today", 1: "Deleted tomorrow"}.get(days, f"Deleted in {days} days")


def words_of(activity: Activity) -> str:
    if activity.attempt:
        return STEPS.get(Attempt(activity.attempt), activity.get_attempt_display())
    if activity.to_status:
        return f"To {activity.get_to_status_display()}"
    return activity.get_kind_display()


def ago(at: datetime, now: datetime) -> str:
    """ "5 min ago", "yesterday", "Mon", "Nov 20"."""
    days = (day_of(now) - day_of(at)).days
    if days <= 0 or now - at < timedelta(hours=6):
        return f"{span(now - at)} ago"
    day = day_of(at)
    if days == 1:
        return "yesterday"
    if days < 7:
        return f"{day:%a}"
    return f"{day:%b %-d}" + (f", {day.year}" if day.year != day_of(now).year else "")
