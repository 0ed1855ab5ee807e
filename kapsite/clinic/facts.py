"""The facts about the clinic, from ``content/clinic.yaml``.

A fact that isn't given is None or empty, and pages leave it out.
"""

import logging
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError, did_you_mean
from kapsite.content_files.validation import Day, HttpsUrl, Model, Paragraph, Text, wrong
from kapsite.text.phone_numbers import base_of, phone_numbers

from .checked_values import Phone, check_email, check_time_zone, read_phone
from .opening_hours import OpenHours, ReplyPromise, Weekday, hours_in_words, read_hours
from .parts import Consent, CrisisLine, LegalReview, Notice

logger = logging.getLogger(__name__)

A_YEAR = 365  # days; in it a date needs no year

MAY_END = (
    "address", "chaperone_policy", "clinical_reviewer", "contact_by", "crisis_lines", "email",
    "emergency_plan", "evaluation", "evaluation_covers", "hours", "legal_review", "phone", "prices",
    "reply_promise", "routes",
)  # fmt: skip


class Clinic(Model):
    name: Text = Field(title="Name of the clinic")
    phone: Annotated[Phone, BeforeValidator(read_phone)] = Field(
        title="Phone", description="Like (425) 654-5433. Every page shows it."
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
        description="Holidays of this year and the next.",
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
    safety_concern_hours: Annotated[int, Field(ge=1, le=40)] = Field(
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
        default=None, title="Facts that end",
        json_schema_extra={"labels": ["Fact", "Last day"], "keys": [*MAY_END]},
        description="You are reminded before the last day.",
    )  # fmt: skip

    @model_validator(mode="after")
    def can_be_mailed_when_it_says_so(self):
        if "email" in self.contact_by and not self.email:
            message, fix = "Email is offered, but there is no address.", "Add `email: …`."
            raise wrong(message, fix, ("contact_by",))
        return self

    @model_validator(mode="after")
    def promises_only_days_that_are_known(self):
        if self.reply_promise and not self.hours:
            message, fix = "It counts open days, but there are no hours.", "Add `hours:`."
            raise wrong(message, fix, ("reply_promise",))
        return self

    @model_validator(mode="after")
    def only_known_facts_expire(self):
        for name in self.expires or {}:
            if name == "expires" or not getattr(self, name, None):
                facts = [fact for fact in type(self).model_fields if getattr(self, fact)]
                message = "This isn't a fact in this file, so it can't expire."
                in_form = "Choose a fact that is filled in, or remove it here."
                raise wrong(message, did_you_mean(name, facts), ("expires", name), in_form)
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

    @property
    def today(self) -> date:
        return datetime.now(ZoneInfo(self.time_zone)).date()

    @property
    def closed_days_ahead(self) -> str:
        """The closed days of the next year in words; "" where the hours aren't known either."""
        today = self.today
        ahead = [day for day in sorted(self.holidays) if 0 <= (day - today).days < A_YEAR]
        days = ", ".join(f"{day:%B} {day.day}" for day in ahead)
        return f"Closed {days}" if days and self.hours else ""


clinic_file: Watched[Clinic] = Watched("clinic.yaml", Clinic)


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
    return {"clinic": found, "notices": found.notices_on(found.today)}
