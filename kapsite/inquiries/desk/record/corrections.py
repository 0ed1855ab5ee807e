"""What a request had as its name and contact details before they were corrected."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from kapsite.encryption.row_binding import replace_unreadable
from kapsite.inquiries.desk.page_parts.formatting import VOICEMAIL, person
from kapsite.inquiries.models import Inquiry

LABELS = {"name": "Name", "phone": "Phone", "email": "Email"}


class Earlier(NamedTuple):
    label: str
    value: str
    who: str
    at: datetime


def earlier_details(inquiry: Inquiry) -> Iterator[Earlier]:
    """One for each value, the newest correction first."""
    for row in map(replace_unreadable, inquiry.corrected):
        who = person(row.by) or "the person"
        for name, label in LABELS.items():
            if value := getattr(row, name):
                yield Earlier(label, value, who, row.at)
        if row.voicemail:
            yield Earlier("Voicemail", VOICEMAIL[row.voicemail], who, row.at)
