"""The fields of the form: what people may type, and the message for each error."""

import unicodedata
from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from kapsite.text import cleaning
from kapsite.text.normalization import (
    email_address,
    in_letters,
    sign_no_mail_reaches,
    without_marks,
)
from kapsite.text.phone_numbers import Fault, find_fault, phone_numbers

OPTIONAL = " (optional)"  # at the end of a label


class Question(forms.BoundField):
    """A label, a hint, an error and a control, tied together by ids."""

    @property
    def hint_id(self):
        return f"{self.name}-hint"

    @property
    def error_id(self):
        return f"{self.name}-error"

    @property
    def aria_describedby(self):
        ids = [self.hint_id] * bool(self.help_text) + [self.error_id] * bool(self.errors)
        return " ".join(ids)

    @property
    def answers(self):
        """Each choice with its hint, or "". The hint describes it and is not part of its name."""
        hints = getattr(self.field, "hints", {})
        found = [(choice, hints.get(choice.data["value"], "")) for choice in self]
        for choice, hint in found:
            if hint:
                name = choice.id_for_label
                choice.data["attrs"] |= {
                    "aria-labelledby": f"{name}-label",
                    "aria-describedby": f"{name}-hint",
                }
        return found

    @property
    def asked(self):
        return str(self.label).removesuffix(OPTIONAL)

    @property
    def is_optional(self):
        return str(self.label).endswith(OPTIONAL)

    @property
    def first_control_id(self):
        return self.subwidgets[0].id_for_label


class PlainText(forms.CharField):
    """Text as it was typed, without what cannot be seen. One that is much too long is not read."""

    clean_text = staticmethod(cleaning.clean)
    max_length: int

    def __init__(self, *, max_length: int, too_long: str, **kwargs):
        super().__init__(max_length=max_length, **kwargs)
        self.error_messages["max_length"] = too_long

    def read(self, sent) -> str | None:
        """The text that was sent; None if it is over the limit."""
        try:
            typed = self.clean_text(sent or "", self.max_length).strip()
        except cleaning.TooLong:
            return None
        return typed if len(typed) <= self.max_length else None

    def to_python(self, value):
        typed = self.read(value)
        if typed is None:
            raise ValidationError(self.error_messages["max_length"], "max_length")
        return "" if cleaning.is_blank(typed) else typed

    def widget_attrs(self, widget):
        return {}  # no maxlength: it would cut off what is pasted without a word

    def bound_data(self, data, initial):
        """What the form shows again: all of it, even what is over the limit."""
        typed = self.read(data)
        return cleaning.without_unseen(data) if typed is None else typed


class Line(PlainText):
    clean_text = staticmethod(cleaning.clean_line)


class PhoneNumber(Line):
    """A number as typed; only one that could never be dialed is refused."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "spellcheck": "false"})

    def clean(self, value):
        typed = super().clean(value)
        if typed and not phone_numbers(typed):
            fault, code = find_fault(typed)
            raise ValidationError(UNDIALABLE[fault, bool(code)].format(code=code))
        return typed


NO_AREA_CODE = "The phone number must have an area code, like (425) 555-0142"
UNDIALABLE = {  # by what is wrong, and whether the country code is known
    (Fault.NO_AREA_CODE, False): NO_AREA_CODE,
    (Fault.NO_SUCH_CODE, False): "No country has that code. For the US and Canada it’s 1, "
    "like +1 425 555 0142",
    (Fault.TOO_SHORT, False): NO_AREA_CODE,
    (Fault.TOO_SHORT, True): "The phone number has too few digits for the country code +{code}",
    (Fault.TOO_LONG, False): "The phone number has too many digits. If it isn’t from the US or "
    "Canada, start it with + and the country code",
    (Fault.TOO_LONG, True): "The phone number has too many digits for the country code +{code}",
    (Fault.WRONG_LENGTH, True): "The phone number doesn’t have the right number of digits for "
    "the country code +{code}",
}


class EmailAddress(Line):
    """An address as typed; only one that no mail could reach is refused."""

    widget = forms.EmailInput(
        attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "off"}
    )
    is_address = EmailValidator("The email address must look like name@example.com")

    def clean(self, value):
        typed = super().clean(value)
        if typed:
            address = email_address(typed)
            if sign := sign_no_mail_reaches(address):
                self._refuse(sign, without_marks(address))
            self.is_address(address)
        return typed

    def _refuse(self, sign, likely):
        name = unicodedata.name(sign[0], "")  # "а" in Cyrillic looks right
        words = f"We can’t send mail to an address with “{sign}”"
        words += "" if name.startswith("LATIN") else f" ({name.capitalize()})"
        if likely.isascii():
            words += f". Did you mean {in_letters(likely)}?"
        raise ValidationError(words)


class Radios(forms.ChoiceField):
    """One of several answers; ``hints`` are shown with some of them."""

    widget = forms.RadioSelect

    def __init__(self, *, hints: Mapping[str, str] | None = None, **kwargs):
        super().__init__(**kwargs)
        self.hints = hints or {}


class Checkboxes(forms.MultipleChoiceField):
    """Any of several answers, or none; ``hints`` are shown with some of them."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, hints: Mapping[str, str] | None = None, **kwargs):
        super().__init__(required=False, **kwargs)
        self.hints = hints or {}


def pick_one(label, choices, message, **kwargs):
    messages = {"required": message, "invalid_choice": message}
    return Radios(label=label, choices=choices, error_messages=messages, **kwargs)


def pick_any(label, choices, **kwargs):
    messages = {"invalid_choice": "Select from the answers listed"}
    return Checkboxes(label=label, choices=choices, error_messages=messages, **kwargs)
