"""The input for a key of a schema, and what it shows for a value."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, get_args, get_origin

from django import forms
from pydantic import TypeAdapter, ValidationError

from kapsite.content_files.text_file import INVISIBLE, UNPRINTABLE

from .keys import Spec, is_choice, words_of
from .many_inputs import ManyInputs, TwoInputs
from .source_inputs import SourceField

PER_ROW = 70  # characters, about
SOURCES = "sources"  # the key under which a chart names them


class Typed(forms.CharField):
    """Text as it was typed. The schema decides whether it is right, when it reads the file."""

    def __init__(self, *, is_one_line: bool = True, **kwargs):
        super().__init__(**kwargs)
        self.is_one_line = is_one_line

    def to_python(self, value):
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        text = INVISIBLE.sub("", UNPRINTABLE.sub("", text))  # as other programs paste them
        return " ".join(text.split()) if self.is_one_line else text


class Lines(Typed):
    """A list with an entry on each line."""

    def __init__(self, **kwargs):
        super().__init__(is_one_line=False, **kwargs)

    def clean(self, value):
        return [" ".join(line.split()) for line in super().clean(value).split("\n") if line.strip()]


class Tick(forms.BooleanField):
    """Yes or no."""

    def clean(self, value):
        return "yes" if super().clean(value) else "no"


def field_of(spec: Spec, raw: Any) -> forms.Field:
    """The field for ``spec``, whose value in the file is ``raw``."""
    words = {
        "label": spec.label,
        "help_text": spec.help,
        "initial": as_typed(spec, raw),
        "required": False,  # that is for the schema to say
    }
    if is_choice(spec.kind):
        return Typed(widget=forms.Select(choices=choices_of(spec, raw)), **words)
    if spec.kind is bool:
        return Tick(**words)
    if get_origin(spec.kind) is tuple:
        if is_choice(spec.item):
            choices = named(get_args(spec.item))
            widget = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=choices, widget=widget, **words)
        if spec.item is date:
            return forms.Field(widget=ManyInputs("Day", date_input), **words)
        if spec.name == SOURCES:
            return SourceField(**words)
        if spec.has_ends and isinstance(words["initial"], list):
            return forms.Field(widget=TwoInputs(spec.labels), **words)
        return Lines(widget=forms.Textarea({"rows": 2}), **words)
    return Typed(widget=widget_of(spec, words["initial"]), is_one_line=spec.is_one_line, **words)


def widget_of(spec: Spec, shown: str) -> forms.Widget:
    if spec.kind is date:
        return date_input(shown)
    if spec.kind in (int, float):
        mode = "numeric" if spec.kind is int else "decimal"
        return forms.TextInput({"inputmode": mode, "class": "short", "autocomplete": "off"})
    rows = min(max(2, len(shown) // PER_ROW + 1), 8)
    return (
        forms.Textarea({"rows": rows}) if spec.is_long else forms.TextInput({"autocomplete": "off"})
    )


def date_input(shown: str) -> forms.Widget:
    """A text input shows what is no date, and its example where a browser has no date input."""
    if shown and not re.fullmatch(r"\d{4}-\d\d-\d\d", shown):
        return forms.TextInput({"autocomplete": "off"})
    return forms.DateInput({"type": "date", "placeholder": "2026-12-25"})


def choices_of(spec: Spec, raw: Any) -> list[tuple[str, str]]:
    """Those of the schema; also what the file has, if it is none of them."""
    known = list(get_args(spec.kind))
    other = [raw] if isinstance(raw, str) and raw not in known else []
    none = [] if spec.default is not None else [("", "Choose" if spec.is_required else "None")]
    return [*none, *((value, spec.in_words(value)) for value in (*known, *other))]


def named(choices: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, words_of(each)) for each in choices]


def as_typed(spec: Spec, raw: Any) -> Any:
    """What the field shows for ``raw``; for a default if there is nothing."""
    is_many = get_origin(spec.kind) is tuple
    if spec.kind is bool:
        return spec.default if raw is None else is_yes(raw)
    has_inputs = is_many and (spec.item is date or spec.name == SOURCES)
    if is_many and spec.has_ends and isinstance(raw, list | None):
        return [str(each) for each in raw or []]
    if is_many and (is_choice(spec.item) or (has_inputs and isinstance(raw, list | None))):
        return raw or []
    if raw is None:
        raw = spec.default if isinstance(spec.default, str | int | float) else ""
    if isinstance(raw, list):
        return ("\n" if is_many else ", ").join(map(str, raw))
    return " ".join(str(raw).split()) if spec.is_one_line else str(raw).strip()


def is_yes(raw: Any) -> bool:
    try:
        return TypeAdapter(bool).validate_python(raw)
    except ValidationError:
        return False
