"""The questions of the web form in the words of a colleague who talks with the person."""

from copy import deepcopy
from typing import Any, NamedTuple

from django import forms

from kapsite.inquiries.models.choices import Aid, ContactBy, ForWhom, Voicemail

from .whose_number import validate_owner


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


def in_words_of_staff(name: str, question: forms.Field) -> Any:
    """A copy of the form's question ``name``."""
    field: Any = deepcopy(question)
    words = WORDS[name]
    field.label, field.help_text, field.template_name = words.label, words.help_text, None
    if hasattr(field, "choices"):
        field.template_name, field.hints = "admin/inquiries/choices.html", {}
        offered = {value for value, _ in field.choices}
        if words.choices:
            field.choices = [each for each in words.choices if each[0] in offered]
    if name == "phone":
        field.validators.append(validate_owner)
    field.widget.attrs["autocomplete"] = "off"  # the browser would fill in the colleague's own
    return field
