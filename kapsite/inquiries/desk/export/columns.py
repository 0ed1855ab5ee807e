"""The columns of an export: what each says about a request, written for a spreadsheet."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from kapsite.clinic.days import zone
from kapsite.inquiries.desk.page_parts.formatting import labels
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import Aid, Day, Time, Topic, Voicemail
from kapsite.inquiries.models.request.voicemail import VoicemailRule

from .spreadsheet import as_text, no_formula, phone_as_text, to_dial


class Column(NamedTuple):
    label: str
    value: Callable[[Inquiry], object]
    fields: tuple[str, ...]
    write: Callable[[str], str] = no_formula


def local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment, zone()):%Y-%m-%d %H:%M}" if moment else ""


def next_action(row: Inquiry) -> str:
    day, at = row.next_action_on, row.next_action_time
    return f"{day} {at:%H:%M}" if day and at else str(day or "")


def chosen(label: str, name: str, choices) -> Column:
    return Column(
        label, lambda row: ", ".join(labels(choices.choices, getattr(row, name))), (name,)
    )


def voicemail_words(rule: VoicemailRule) -> str:
    words = Voicemail(rule.answer).label if rule.answer else ""
    return f"{words} (another request from this number)" if rule.other else words


def typed(name: str, label: str, write=as_text) -> Column:
    return Column(label, lambda inquiry: getattr(inquiry, name), (name,), write)


ABOUT_THE_REQUEST = {
    "reference": Column("Reference", lambda row: row.reference_in_groups, ("reference",)),
    "received": Column("Received", lambda row: local(row.received_at), ("received_at",)),
    "source": Column(
        "How it came", lambda row: "By phone" if row.entered_by_id else "Website", ("entered_by",)
    ),
    "state": Column("State", lambda row: row.get_status_display(), ("status",)),
    "outcome": Column("Outcome", lambda row: row.get_outcome_display(), ("outcome",)),
    "first contact": Column(
        "First contact", lambda row: local(row.first_contact_at), ("first_contact_at",)
    ),
    "closed": Column("Closed", lambda row: local(row.closed_at), ("closed_at",)),
    "attempts": Column("Attempts", lambda row: row.attempts, ("attempts",)),
    "next action": Column("Follow-up date", next_action, ("next_action_on", "next_action_time")),
    "appointment": Column(
        "Next appointment",
        lambda row: local(row.appointment.starts_at) if row.appointment else "",
        ("status", "withdrawn_at"),
    ),
    "safety concern": Column(
        "Safety concern", lambda row: "yes" if row.safety_concern else "", ("safety_concern",)
    ),
    "for": Column("For", lambda row: row.get_for_whom_display(), ("for_whom",)),
    "knows": Column("Person knows", lambda row: row.get_knows_display(), ("knows",)),
    "contact by": Column("How to reach", lambda row: row.get_contact_by_display(), ("contact_by",)),
}
ABOUT_THE_PERSON = {
    "name": typed("name", "Name"),
    "phone": typed("phone", "Phone", phone_as_text),
    "number": Column(
        "Phone to dial",
        lambda row: "wrong number" if row.wrong_number else to_dial(row.phone_e164.split()),
        ("phone_e164", "wrong_number"),
    ),
    "voicemail": Column(
        "Voicemail",
        lambda row: voicemail_words(row.voicemail_rule),
        ("voicemail", "phone_e164", "wrong_number"),
    ),
    "email": typed("email", "Email"),
    "language": typed("language", "Language"),
    "aids": chosen("Help to talk", "aids", Aid),
    "days": chosen("Best days", "days", Day),
    "times": chosen("Best times", "times", Time),
}
WHAT_THEY_WROTE = {
    "topics": chosen("Wants help with", "topics", Topic),
    "message": typed("message", "Message"),
}
COLUMNS = ABOUT_THE_REQUEST | ABOUT_THE_PERSON | WHAT_THEY_WROTE
USUAL = ["reference", "received", "state", "outcome", "first contact", "closed"]
