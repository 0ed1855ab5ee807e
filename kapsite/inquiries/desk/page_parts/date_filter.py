"""A day to filter by, on every page of the desk that does so."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)  # all of them can be converted to any time zone
OUT_OF_RANGE = f"Enter a date from {FIRST.year} to {LAST.year}"


class DateFilter(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": "Enter a date, like 12/31/2026"}
    default_validators = [
        MinValueValidator(FIRST, OUT_OF_RANGE),
        MaxValueValidator(LAST, OUT_OF_RANGE),
    ]

    def __init__(self, label: str):
        super().__init__(label=label, required=False)


def read_day(text: str) -> date | None:
    """None for anything but a day like 2026-12-01 from 2000 to 2199."""
    try:
        return DateFilter("Day").clean(text)
    except ValidationError:
        return None
