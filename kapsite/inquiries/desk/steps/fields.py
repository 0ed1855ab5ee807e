"""Fields of the forms with which staff take a step."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from kapsite.clinic.days import is_skipped, today
from kapsite.inquiries.desk.page_parts.formatting import time_in_words
from kapsite.inquiries.intake.fields import PlainText, Question

FARTHEST_DATE = timedelta(days=366)
FOR_GOOD = "Can’t be changed later"  # the history is append-only


class StepQuestion(Question):
    """Several steps on one page may ask the same, so ids carry the step's name."""

    @property
    def hint_id(self):
        return f"{self.auto_id}-hint"

    @property
    def error_id(self):
        return f"{self.auto_id}-error"


class Note(PlainText):
    def __init__(self, label="Note", required=False, limit=5000, rows=2, **kwargs):
        super().__init__(
            label=label if required else f"{label} (optional)",
            required=required,
            max_length=limit,
            too_long=f"{label} must be {limit:,} characters or fewer",
            widget=forms.Textarea(attrs={"rows": rows, "cols": False, "autocomplete": "off"}),
            **kwargs,
        )


class Day(forms.DateField):
    """A day from today on, and not in another life."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, label="Follow up on", **kwargs):
        words = {"required": "Enter a date", "invalid": "Enter a date, like 12/31/2026"}
        super().__init__(label=label, error_messages=words, **kwargs)

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if value < today():
            raise ValidationError("The date must be today or later")
        if value > today() + FARTHEST_DATE:
            raise ValidationError("The date must be within a year")


class Selection(forms.TypedChoiceField):
    """Not required: nothing selected stands for ``usual``."""

    def __init__(self, name: str, usual=None, **kwargs):
        words = {"invalid_choice": f"Select a {name} from the list"}  # noqa: S608 -- no SQL
        super().__init__(
            required=False, initial=usual, empty_value=usual, error_messages=words, **kwargs
        )


class TimeOfDay(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, label: str, **kwargs):
        words = {"invalid": "Enter a time, like 3:30 PM"}
        formats = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p"]
        super().__init__(label=label, error_messages=words, input_formats=formats, **kwargs)


def problem_with(start: datetime) -> str:
    """Of a day and time that staff entered together."""
    if start <= timezone.now():
        return "The time must be later than now"
    if is_skipped(start):
        words = time_in_words(start.time())
        return f"The clocks skip {words} on that day. Enter another time"
    return ""
