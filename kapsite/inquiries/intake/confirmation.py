"""What a person reads about a request after sending it; of what was typed only a mask."""

from dataclasses import dataclass
from datetime import datetime

from kapsite.clinic.deadlines import in_words, promised_by
from kapsite.clinic.facts import Clinic
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ContactBy, ForWhom, Voicemail
from kapsite.text.masking import mask_email, mask_phone
from kapsite.text.normalization import likely_domain
from kapsite.text.phone_numbers import base_of, extension_of

SHOWN = (
    "reference",
    "received_at",
    "danger",
    "for_whom",
    "contact_by",
    "phone_e164",
    "voicemail",
    "normalized_email",
)  # the fields it is made of
VOICEMAIL = {
    Voicemail.YES: "If you do not answer, we may leave a voicemail.",
    Voicemail.DISCREET: "If you do not answer, we may leave a voicemail with only a first name "
    "and a number.",
    Voicemail.NO: "We will not leave a voicemail.",
}


@dataclass(frozen=True)
class Confirmation:
    inquiry: Inquiry
    clinic: Clinic
    now: datetime

    @property
    def reference(self) -> str:
        return self.inquiry.reference_in_groups

    @property
    def reply_by(self) -> str:
        """ "by Tuesday at noon"; "" if the clinic promises nothing, or the time is over."""
        end = promised_by(self.inquiry.received_at, self.clinic)
        return in_words(end, self.now) if end and self.now < end else ""

    @property
    def for_someone_else(self) -> bool:
        return self.inquiry.for_whom == ForWhom.OTHER

    @property
    def by_email(self) -> bool:
        return self.inquiry.contact_by == ContactBy.EMAIL

    @property
    def masked(self) -> str:
        if self.by_email:
            return mask_email(self.inquiry.normalized_email)
        return " or ".join(map(mask_phone, self.inquiry.phone_e164.split()))

    @property
    def ending(self) -> str:
        """The digits that the mask leaves, for people who hear the page."""
        return " or ".join(map(ending_of, self.inquiry.phone_e164.split()))

    @property
    def voicemail(self) -> str:
        called = self.inquiry.contact_by == ContactBy.CALL
        return VOICEMAIL[Voicemail(self.inquiry.voicemail)] if called else ""

    @property
    def texts_an_extension(self) -> bool:
        numbers = self.inquiry.phone_e164.split()
        return self.inquiry.contact_by == ContactBy.TEXT and all(map(extension_of, numbers))

    @property
    def likely_domain(self) -> str:
        """What was probably meant by the domain of the address."""
        return likely_domain(self.inquiry.normalized_email) if self.by_email else ""


def ending_of(number: str) -> str:
    extension = extension_of(number)
    return base_of(number)[-4:] + (f", extension {extension}" if extension else "")
