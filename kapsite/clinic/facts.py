"""The facts about the clinic, from ``content/clinic.yaml``.

A fact that isn't given is None or empty, and pages leave it out.
"""

import logging
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError, Report, did_you_mean
from kapsite.content_files.validation import Day, HttpsUrl, Model, Paragraph, Text, load, wrong
from kapsite.text.phone_numbers import base_of, is_assigned, phone_numbers, readable

from .opening_hours import OpenHours, ReplyPromise, Weekday, hours_in_words, read_hours

logger = logging.getLogger(__name__)

WORDS = re.compile(r"(?<![a-z])(?!(?:ext|extension|x)[\s.:]*\d)[a-z]+")  # but not "ext. 12"
SHORT = re.compile(r"988|\d11|\d{5,6}")
EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.I
)


class Phone(NamedTuple):
    """A phone number for links (``+14256545433``) and for readers (``(425) 654-5433``).

    With an extension ``+14256545433;ext=12`` and ``(425) 654-5433 ext. 12``.
    """

    number: str
    display: str


def read_phone(value: Any) -> Any:
    number = the_number(value) if isinstance(value, str) else None
    if number is None:
        raise wrong(f'"{value}" isn\'t a phone number.', "Write it like +14256545433.")
    return Phone(number, readable(number))


def the_number(value: str) -> str | None:
    """The one number that ``value`` is; None when it is no number, or says more."""
    found = phone_numbers(value)
    if len(found) != 1 or not is_assigned(found[0]):
        return None
    typed, kept = (re.sub(r"\D", "", text) for text in (value, found[0]))
    is_whole = typed in (kept, kept.removeprefix("1")) or re.search(r"\d.*[A-Z]{3}|\+(?!1)", value)
    return found[0] if is_whole and not WORDS.search(value) else None


def can_be_dialed(value: str) -> bool:
    """Whether it is a number such as 988, a short one for texts, or that of a phone."""
    digits = re.sub(r"[\s().-]", "", value)
    return SHORT.fullmatch(digits) is not None or the_number(value) is not None


def check_crisis_number(value: str) -> str:
    if not can_be_dialed(value):
        raise wrong(
            f'"{value}" isn\'t a number to call or text.',
            "Write only the number, like 988 or 1-800-662-4357. Put other words in call_note.",
        )
    return value


def check_email(value: str) -> str:
    if not EMAIL.fullmatch(value):
        raise wrong(f'"{value}" isn\'t an email address.', "Write it like hello@example.org.")
    return value


def check_time_zone(value: str) -> str:
    """A place. Others, such as EST and Etc/GMT+8, know no daylight saving time."""
    places = {name for name in available_timezones() if "/" in name and name[:4] != "Etc/"}
    if value not in places:
        hint = did_you_mean(value, places)
        raise wrong(f'"{value}" isn\'t a time zone.', f"Write it like America/Los_Angeles. {hint}")
    return value


# The same in words for a caller, unless the clinic writes its own.
SPOKEN = (
    "We’ll write down what you tell us so that we can contact you about your request. We keep it "
    "private, and you can ask us to delete it. Is that OK with you?"
)
CrisisNumber = Annotated[Text, AfterValidator(check_crisis_number)]


class CrisisLine(Model):
    """A service for people in danger: how to reach it, and when a person last tried it."""

    name: Text = Field(title="Name")
    for_whom: Text = Field(alias="for", title="For whom")
    call: CrisisNumber | None = Field(default=None, title="Number to call")
    call_note: Text | None = Field(
        default=None, title="Note for callers", description="Like: then press 1"
    )
    text: CrisisNumber | None = Field(default=None, title="Number for texts")
    text_word: Text | None = Field(
        default=None, title="Word to text", description="As in “Text HOME to 741741”."
    )
    chat: HttpsUrl | None = Field(default=None, title="Web address of its chat")
    checked_on: Day | None = Field(
        default=None, title="Last tried on", description="The day someone last called or texted it."
    )
    source: Text | None = Field(
        default=None, title="Source", description="Its short name, like C1."
    )

    @model_validator(mode="after")
    def can_be_reached(self):
        if not (self.call or self.text or self.chat):
            raise wrong(f'"{self.name}" has no way to reach it.', "Add call, text or chat.")
        return self


class Consent(Model):
    """What a person agrees to before sending the form. A new text needs a new version."""

    version: Text = Field(
        title="Version", description="Change it, like the day, whenever the text changes."
    )
    text: Paragraph = Field(title="What people agree to", description="It stands on the form.")
    spoken: Paragraph = Field(default=SPOKEN, title="What staff read to callers")
    confirmed_by: Text | None = Field(default=None, title="Confirmed by")
    # so that a new text has to be confirmed again
    confirmed_version: Text | None = Field(default=None, title="Version that was confirmed")

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_by is not None and self.confirmed_version == self.version


class Notice(Model):
    """Something for every reader, on these days: "We are closed from December 24 to 26."."""

    text: Paragraph = Field(title="What every page says")
    from_day: Day = Field(alias="from", title="First day")
    until: Day = Field(title="Last day")

    @model_validator(mode="after")
    def ends_after_it_begins(self):
        if self.until < self.from_day:
            raise wrong("The notice ends before it begins.", "Write until: with a later day.")
        return self


class LegalReview(Model):
    """Which lawyer read the health-data policy, and when."""

    by: Text = Field(title="Read by")
    on: Day = Field(title="Read on")


class Clinic(Model):
    name: Text = Field(title="Name of the clinic")
    phone: Annotated[Phone, BeforeValidator(read_phone)] = Field(
        title="Phone", description="Like +14256545433. Every page shows it."
    )
    email: Annotated[Text, AfterValidator(check_email)] | None = Field(
        default=None, title="Email address"
    )
    address: Text | None = Field(
        default=None, title="Street address", description="Like 1 Main Street, Kirkland, WA 98033"
    )
    evaluation: Literal["free"] | None = Field(default=None, title="The first talk costs")
    evaluation_covers: Paragraph | None = Field(default=None, title="What the first talk covers")
    routes: tuple[Text, ...] = Field(
        default=(),
        title="How ketamine is given here",
        description="One on each line, like IV drip.",
    )
    prices: dict[Text, Text] | None = Field(
        default=None, title="Prices", json_schema_extra={"labels": ["What for", "How much"]}
    )
    emergency_plan: Paragraph | None = Field(default=None, title="What happens in an emergency")
    chaperone_policy: Paragraph | None = Field(
        default=None, title="Who can be in the room with a patient"
    )
    clinical_reviewer: Text | None = Field(
        default=None, title="Clinician who answers for medical pages",
        description="Name and credentials. No page shows it.",
    )  # fmt: skip
    legal_review: LegalReview | None = Field(
        default=None, title="The lawyer who has read the health-data policy"
    )
    contact_by: tuple[Literal["call", "text", "email"], ...] = Field(
        min_length=1, title="How people can choose to be reached",
        description="Text: the number must be able to send and receive texts.",
    )  # fmt: skip
    hours: dict[Weekday, Annotated[OpenHours, BeforeValidator(read_hours)]] | None = Field(
        default=None, title="Opening hours",
        description="Like 9 am to 5 pm, or 9 am to noon, 1 pm to 4 pm. A closed day stays empty.",
    )  # fmt: skip
    holidays: tuple[Day, ...] = Field(
        default=(), title="Closed days",
        description="Holidays of this year and the next, one on each line, like 2026-12-25.",
    )  # fmt: skip
    notices: tuple[Notice, ...] = Field(
        default=(),
        title="Notices",
        description="Every page shows them on these days, like “We’re closed.”",
    )
    time_zone: Annotated[Text, AfterValidator(check_time_zone)] = Field(
        default="America/Los_Angeles", title="Time zone"
    )
    reply_promise: ReplyPromise | None = Field(
        default=None, title="How soon a request gets a reply"
    )
    care_hours: Annotated[int, Field(ge=1, le=40)] = Field(
        default=1,
        title="Open hours to reply to a safety concern",
        description="Staff see it; pages don’t.",
    )
    leave_quickly: HttpsUrl | None = Field(
        default=None, title="Where “Leave this page” leads",
        description="Something plain, like the weather. Empty: no button.",
    )  # fmt: skip
    consent: Consent = Field(title="Consent")
    crisis_lines: tuple[CrisisLine, ...] = Field(
        min_length=1, title="Crisis lines", description="Call or text a line before you date it."
    )
    expires: dict[Text, Day] | None = Field(
        default=None, title="Facts that end", json_schema_extra={"labels": ["Fact", "Last day"]},
        description="Its name in the file, like prices. You are reminded before the last day.",
    )  # fmt: skip

    @model_validator(mode="after")
    def can_be_mailed_when_it_says_so(self):
        if "email" in self.contact_by and not self.email:
            raise wrong("contact_by offers email, but there is no address.", "Add `email: …`.")
        return self

    @model_validator(mode="after")
    def promises_only_days_that_are_known(self):
        if self.reply_promise and not self.hours:
            raise wrong("reply_promise counts open days, but there are no hours.", "Add `hours:`.")
        return self

    @model_validator(mode="after")
    def only_known_facts_expire(self):
        for name in self.expires or {}:
            if name == "expires" or not getattr(self, name, None):
                facts = [fact for fact in type(self).model_fields if getattr(self, fact)]
                message = f"\"{name}\" can't expire: it isn't a fact in this file."
                raise wrong(message, did_you_mean(name, facts))
        return self

    @property
    def numbers_of_services(self) -> dict[str, str]:
        """Whose they are, by number: the clinic's own, and those of crisis lines."""
        named = [(self.phone.number, self.name)]
        for line in self.crisis_lines:
            named += [(line.call or "", line.name), (line.text or "", line.name)]
        return {base_of(number): name for text, name in named for number in phone_numbers(text)}

    def notices_on(self, day: date) -> list[str]:
        return [each.text for each in self.notices if each.from_day <= day <= each.until]

    @property
    def facts_to_add(self) -> str:
        """What pages say in the place of an unknown address or hours; "" if both are known."""
        wanted = {"address": self.address, "hours": self.hours}
        unknown = " and ".join(name for name, fact in wanted.items() if not fact)
        words = f"We’re still adding our {unknown}. Call, and we’ll tell you now."
        return words if unknown else ""

    @property
    def hours_in_words(self) -> str:
        return hours_in_words(self.hours or {})


def load_clinic(file: Path, report: Report) -> Clinic | None:
    """The clinic as the file has it now; None when it is broken."""
    return load(file, Clinic, report)


clinic_file = Watched(load_clinic, "clinic.yaml")


def get_clinic() -> Clinic:
    """The clinic as it was published. Raises ContentError when there is none that can be read."""
    return clinic_file.in_use()


def known_clinic() -> Clinic | None:
    """The clinic, or None where ``get_clinic`` raises."""
    try:
        return get_clinic()
    except ContentError as error:
        logger.error("Pages are shown without clinic facts: %s", error)
        return None


def clinic(request) -> dict[str, Any]:
    """The context processor: ``clinic`` and ``notices``, unless its file is broken.

    Pages cope without: an error page must not fail on the file that made it needed.
    """
    found = known_clinic()
    if not found:
        return {}
    today = datetime.now(ZoneInfo(found.time_zone)).date()
    return {"clinic": found, "notices": found.notices_on(today)}
