"""The web form, worded for a colleague who fills it in during a phone call."""

from collections.abc import Iterator

from django import forms
from django.http import QueryDict

from kapsite.clinic.facts import Clinic
from kapsite.inquiries.intake.forms import InquiryForm
from kapsite.inquiries.models.choices import Voicemail
from kapsite.text.normalization import email_address
from kapsite.text.phone_numbers import phone_numbers

from .questions import WORDS, in_words_of_staff

NO_CONSENT = "Read the text aloud and check the box if they said yes. Without it, save nothing"


class CallerForm(InquiryForm):
    """Stored as the web form is, sent twice as once."""

    def __init__(self, clinic: Clinic, data: QueryDict | None = None):
        super().__init__(clinic, data)
        self.fields = {
            name: in_words_of_staff(name, self.fields[name])
            for name in WORDS
            if name in self.fields
        }
        self.fields["consent"].error_messages["required"] = NO_CONSENT
        # The next caller gets the same form in the same tab: no draft of this one stays there.
        self.fields["message"].widget.attrs["data-no-draft"] = True

    @property
    def numbers(self) -> list[str]:
        """Those typed so far, whether the rest is complete or not."""
        return phone_numbers(self.typed.get("phone") or "")

    @property
    def address(self) -> str:
        typed = self.typed.get("email") or ""
        return email_address(typed) if "@" in typed else ""

    def only_look(self) -> None:
        """Report what is wrong with a number or an email that was typed, and nothing else yet."""
        for name in list(self.errors):
            if name not in {"phone", "email"} or not self.typed.get(name):
                del self.errors[name]

    def propose_voicemail(self, answer: str) -> None:
        """Select a stricter rule that other requests from this number hold, if none is selected."""
        if answer in {Voicemail.DISCREET, Voicemail.NO} and not self.sent.get("voicemail"):
            self.data = proposed = self.sent.copy()
            proposed["voicemail"] = answer

    @property
    def contact_questions(self) -> Iterator[forms.BoundField]:
        """What comes before the earlier requests."""
        return (self[name] for name in ("phone", "name", "email") if name in self.fields)

    @property
    def further_questions(self) -> list[forms.BoundField]:
        elsewhere = {"phone", "name", "email", "message", "consent"}
        found = [self[name] for name in self.fields if name not in elsewhere]
        return [each for each in found if not each.is_hidden]
