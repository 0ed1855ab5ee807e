"""The web form in the words of a colleague who fills it in while somebody is on the phone."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from kapsite.clinic.facts import Clinic
from kapsite.inquiries.desk.whose_number import fault_of_service
from kapsite.inquiries.intake.forms import InquiryForm
from kapsite.inquiries.models.choices import Aid, ContactBy, ForWhom, Voicemail
from kapsite.text.normalization import email_address
from kapsite.text.phone_numbers import phone_numbers


class Wording(NamedTuple):
    label: str
    help_text: str = ""
    choices: tuple[tuple[str, str], ...] = ()


WORDS = {
    "phone": Wording("Number to call", "With the area code and any extension"),
    "name": Wording("Name to use"),
    "email": Wording("Email (optional)"),
    "contact_by": Wording(
        "How should we reach them?",
        choices=((ContactBy.CALL, "Call"), (ContactBy.TEXT, "Text"), (ContactBy.EMAIL, "Email")),
    ),
    "voicemail": Wording(
        "Can we leave a voicemail?",
        choices=(
            (Voicemail.YES, "Yes"),
            (Voicemail.DISCREET, "First name and number only"),
            (Voicemail.NO, "No"),
        ),
    ),
    "days": Wording("Good days (optional)"),
    "times": Wording("Good times (optional)"),
    "for_whom": Wording(
        "Who is it for?",
        choices=(
            (ForWhom.ME, "Themselves"),
            (ForWhom.OTHER, "Someone they care about"),
            (ForWhom.CLINICIAN, "A patient they refer"),
        ),
    ),
    "knows": Wording("Does that person know? (optional)", "If it’s for someone they care about"),
    "is_adult": Wording("Is the person who would be evaluated 18 or older?"),
    "topics": Wording("Would like help with (optional)"),
    "language": Wording("Language (optional)", "If not English"),
    "aids": Wording(
        "Helps them talk (optional)",
        choices=(
            (Aid.INTERPRETER, "An interpreter"),
            (Aid.SIGN, "A sign language interpreter"),
            (Aid.RELAY, "Relay (711)"),
        ),
    ),
    "message": Wording(
        "What they said (optional)",
        "In their words, up to 2,000 characters. It’s checked for words that suggest danger",
    ),
    "consent": Wording("They said yes"),
}
NO_CONSENT = "Read the text aloud and check the box if they said yes. Without it, save nothing"


class CallerForm(InquiryForm):
    """Stored as the web form is, sent twice as once."""

    def __init__(self, clinic: Clinic, data: QueryDict | None = None):
        super().__init__(clinic, data)
        self.fields = {
            name: in_words_of_staff(self.fields[name], words)
            for name, words in WORDS.items()
            if name in self.fields
        }
        self.fields["consent"].error_messages["required"] = NO_CONSENT

    def clean(self):
        super().clean()
        if fault := fault_of_service(self.cleaned_data.get("phone", "")):
            self.add_error("phone", fault)

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


def in_words_of_staff(question: forms.Field, words: Wording) -> forms.Field:
    field: Any = deepcopy(question)
    field.label, field.help_text, field.template_name = words.label, words.help_text, None
    if hasattr(field, "choices"):
        field.template_name, field.hints = "admin/inquiries/choices.html", {}
        offered = {value for value, _ in field.choices}
        if words.choices:
            field.choices = [each for each in words.choices if each[0] in offered]
    field.widget.attrs["autocomplete"] = "off"  # the browser would fill in the colleague's own
    return field
