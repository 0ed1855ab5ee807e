"""Who a request is from, and how to reach the person safely."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from kapsite.inquiries.desk.page_parts.formatting import (
    VOICEMAIL,
    due_in,
    due_on,
    good_times,
    how_to_reach,
    is_overdue,
    labels,
)
from kapsite.inquiries.desk.steps.follow_up import closed_day
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import Aid, ContactBy, ForWhom, Knows, Status, Voicemail
from kapsite.text.phone_numbers import base_of, extension_of, readable

KNOWS = {
    Knows.YES: "The person they’re asking for knows about it.",
    Knows.NO: "Don’t contact the person they’re asking for: that person doesn’t know yet.",
    "": "We don’t know if the person they’re asking for knows about it.",
}
VOICEMAIL_ICONS: dict[str, str] = {
    Voicemail.YES: "vm",
    Voicemail.DISCREET: "vm-name",
    Voicemail.NO: "vm-off",
}
ICONS = {"Call": "phone", "Text": "text", "Email": "mail"}


@dataclass(frozen=True)
class Way:
    """A link that dials, or opens a letter: the address, and nothing else about the person."""

    href: str
    verb: str
    address: str
    note: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.verb]

    @property
    def parts(self) -> list[str]:
        """The number and what is dialed after it; or the address alone."""
        return self.address.split(" ext. ") if self.verb == "Call" else [self.address]


@dataclass(frozen=True)
class VoicemailLine:
    icon: str
    words: str
    is_strict: bool  # in red
    why: str = ""
    other: int | None = None  # the request that is stricter


@dataclass(frozen=True)
class Contact:
    for_whom: str
    how_to_reach: str
    talk: str
    good_times: str
    preferred: list[Way]
    others: list[Way]
    voicemail: VoicemailLine | None
    numbers: list[str]
    due: str
    is_overdue: bool
    is_spam: bool
    spam_reasons: list[str]
    is_on_closed_day: bool


def ways(inquiry: Inquiry) -> tuple[list[Way], list[Way]]:
    """The way they asked for; and the others, once staff have spoken with them, or where their
    number is wrong.

    None once they withdrew.
    """
    if not inquiry.may_be_contacted:
        return [], []
    numbers = [] if inquiry.wrong_number else inquiry.phone_e164.split()
    email = inquiry.normalized_email
    calls = [Way(f"tel:{number}", "Call", readable(number)) for number in numbers]
    texts = [text_to(number) for number in numbers]
    mails = [Way(f"mailto:{quote(email, safe='@')}", "Email", inquiry.email)] if email else []
    of_kind = {ContactBy.CALL: calls, ContactBy.TEXT: texts, ContactBy.EMAIL: mails}
    preferred = of_kind.pop(ContactBy(inquiry.contact_by))
    may_use_others = inquiry.first_contact_at or inquiry.wrong_number
    others = [way for each in of_kind.values() for way in each] if may_use_others else []
    return preferred, others


def text_to(number: str) -> Way:
    base, extension = base_of(number), extension_of(number)
    note = f"Texts can’t reach ext. {extension}: this goes to the main number." if extension else ""
    return Way(f"sms:{base}", "Text", readable(base), note)


def voicemail_of(inquiry: Inquiry) -> VoicemailLine | None:
    """Only where someone may call; the strictest answer of the number counts."""
    rule = inquiry.voicemail_rule
    if inquiry.wrong_number and inquiry.may_be_contacted:
        return VoicemailLine("vm-off", "Wrong number: don’t call it", is_strict=True)
    may_call = inquiry.contact_by == ContactBy.CALL or inquiry.first_contact_at
    if not inquiry.may_be_contacted or not rule.answer or not (may_call or rule.other):
        return None
    shared = "Another request from this number says so. The strictest rule wins."
    return VoicemailLine(
        icon=VOICEMAIL_ICONS[rule.answer],
        words=VOICEMAIL[rule.answer],
        is_strict=rule.answer == Voicemail.NO or rule.other is not None,
        why=shared if rule.other else "",
        other=rule.other,
    )


def for_whom(inquiry: Inquiry) -> str:
    """Who wrote, if it isn't the person who would be evaluated."""
    if inquiry.for_whom == ForWhom.CLINICIAN:
        return "A clinician is referring a patient. The name and number are the clinician’s."
    if inquiry.for_whom == ForWhom.OTHER:
        return (
            "Asking on behalf of someone else. The name and contact details are those of the "
            f"person who wrote. {KNOWS[inquiry.knows]}"
        )
    return ""


def due_in_words(inquiry: Inquiry, now: datetime) -> str:
    """ "Due Mon Nov 30, 4 PM · in 5 days"; "" where nobody has to act."""
    if inquiry.due_at is None:
        return ""
    what = "Evaluation" if inquiry.status == Status.SCHEDULED else "Due"
    when = due_on(inquiry, now).replace("Today", "today")
    return f"{what} {when} · {due_in(inquiry, now)}"


def contact_of(inquiry: Inquiry, now: datetime) -> Contact:
    preferred, others = ways(inquiry)
    needs = [inquiry.language, *labels(Aid.choices, inquiry.aids)]
    return Contact(
        for_whom=for_whom(inquiry),
        how_to_reach=how_to_reach(inquiry),
        talk=". ".join(filter(None, needs)),
        good_times=good_times(inquiry),
        preferred=preferred,
        others=others,
        voicemail=voicemail_of(inquiry),
        numbers=[readable(number) for number in inquiry.phone_e164.split()],
        due=due_in_words(inquiry, now),
        is_overdue=is_overdue(inquiry, now),
        is_spam=inquiry.status == Status.SPAM,
        spam_reasons=inquiry.spam_reasons.splitlines(),
        is_on_closed_day=closed_day(inquiry) is not None,
    )
