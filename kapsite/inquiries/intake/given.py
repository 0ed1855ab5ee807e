"""How a person can be reached, as they gave it and pages show it back: a number or address only
masked, so that its owner sees a slip and nobody else learns it.
"""

from dataclasses import dataclass

from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ContactBy, Day, Time
from kapsite.text.masking import mask_email, mask_phone
from kapsite.text.normalization import likely_domain
from kapsite.text.phone_numbers import base_of, extension_of


@dataclass(frozen=True)
class Given:
    inquiry: Inquiry

    @property
    def by_email(self) -> bool:
        return self.inquiry.contact_by == ContactBy.EMAIL

    @property
    def numbers(self) -> list[str]:
        return self.inquiry.phone_e164.split()

    @property
    def masked(self) -> str:
        if self.by_email:
            return mask_email(self.inquiry.normalized_email)
        return " or ".join(map(mask_phone, self.numbers))

    @property
    def ending(self) -> str:
        """The digits that the mask leaves, for people who hear the page; "" for an email."""
        return "" if self.by_email else " or ".join(map(ending_of, self.numbers))

    @property
    def good_times(self) -> str:
        labels = dict([*Day.choices, *Time.choices])
        given = f"{self.inquiry.days},{self.inquiry.times}".split(",")
        return ", ".join(labels[value] for value in given if value)

    @property
    def texts_an_extension(self) -> bool:
        return self.inquiry.contact_by == ContactBy.TEXT and all(map(extension_of, self.numbers))

    @property
    def likely_domain(self) -> str:
        """What was probably meant by the domain of the address."""
        return likely_domain(self.inquiry.normalized_email) if self.by_email else ""


def ending_of(number: str) -> str:
    extension = extension_of(number)
    return base_of(number)[-4:] + (f", extension {extension}" if extension else "")
