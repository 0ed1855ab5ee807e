"""The fields that a schema has, for a form: their labels, what to type, and what they were."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from kapsite.content_files.text_file import INVISIBLE, UNPRINTABLE
from kapsite.content_files.validation import PARAGRAPH, check_plain

NONE = type(None)
LABELS = ("Name", "Value")
MORE_DAYS = 4  # empty inputs below those of a list
NO_ATTRS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Spec:
    """A key of a file. ``kind`` is its type, without ``| None`` and what validates it."""

    name: str
    kind: Any
    label: str = ""
    help: str = ""
    default: Any = None
    is_required: bool = False
    is_long: bool = False
    is_one_line: bool = True
    labels: Any = LABELS  # of the two columns of a dict
    keys: Any = ()  # what can stand in the first; () if anything can

    @property
    def item(self) -> Any:
        """What a list has many of."""
        return unwrapped(get_args(self.kind)[0])[0]


def unwrapped(annotation: Any) -> tuple[Any, list]:
    """The type that is meant, and everything that is noted about it."""
    notes: list[Any] = []
    while True:
        if get_origin(annotation) is Annotated:
            notes += annotation.__metadata__
            annotation = annotation.__origin__
        elif get_origin(annotation) in (Union, UnionType):
            annotation = next(each for each in get_args(annotation) if each is not NONE)
        else:
            return annotation, notes


def specs_of(model: type[BaseModel]) -> list[Spec]:
    return [spec_of(info.alias or name, info) for name, info in model.model_fields.items()]


def spec_of(name: str, info: FieldInfo) -> Spec:
    kind, notes = unwrapped(info.annotation)
    notes += info.metadata
    is_long = PARAGRAPH in notes
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    is_plain = any(getattr(note, "func", None) is check_plain for note in notes)
    return Spec(
        name,
        kind,
        info.title or words_of(name),
        info.description or "",
        None if info.is_required() else info.default,
        info.is_required(),
        is_long,
        not is_long or is_plain,
        extra.get("labels", LABELS),
        extra.get("keys", ()),
    )


def specs_in(mapping: Any) -> list[Spec]:
    """Those of a dict with known keys, such as the days of the week."""
    key, value = (unwrapped(each)[0] for each in get_args(mapping))
    return [Spec(name, value, words_of(name)) for name in get_args(key)]


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def words_of(name: str) -> str:
    return re.sub("[_-]", " ", name).capitalize()


class Typed(forms.CharField):
    """Text as it was typed. The schema decides whether it is right, when it reads the file."""

    def __init__(self, *, is_one_line: bool = True, **kwargs):
        super().__init__(required=False, **kwargs)
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


class DayInputs(forms.Widget):
    """A date input for each day, and empty ones to add some."""

    template_name = "django/forms/widgets/multiwidget.html"
    use_fieldset = True

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["subwidgets"] = [
            date_input(
                day,
                {
                    "id": f"{context['widget']['attrs'].get('id', name)}_{number}",
                    "aria-label": f"Day {number}",
                },
            ).get_context(name, day, None)["widget"]
            for number, day in enumerate([*value, *[""] * MORE_DAYS], 1)
        ]
        return context

    def subwidgets(self, name, value, attrs=None):
        for day in self.get_context(name, value, attrs)["widget"]["subwidgets"]:
            yield {**day, "label": ""}  # it says "Day 1" itself

    def format_value(self, value):
        return value

    def value_from_datadict(self, data, files, name):
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [day.strip() for each in given for day in each.splitlines() if day.strip()]


class Days(forms.Field):
    """A list of days, as they were typed."""

    widget = DayInputs

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)


class Choices(forms.MultipleChoiceField):
    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class Tick(forms.BooleanField):
    """Yes or no."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        return "yes" if super().clean(value) else "no"


def field_of(spec: Spec, raw: Any) -> forms.Field:
    """The field for ``spec``, whose value in the file is ``raw``."""
    words = {"label": spec.label, "help_text": spec.help, "initial": as_typed(spec, raw)}
    if is_choice(spec.kind):
        return Typed(widget=forms.Select(choices=choices_of(spec, raw)), **words)
    if spec.kind is bool:
        return Tick(**words)
    if get_origin(spec.kind) is tuple:
        if is_choice(spec.item):
            return Choices(choices=named(get_args(spec.item)), **words)
        if spec.item is date:
            return Days(**words)
        return Lines(widget=forms.Textarea({"rows": 2}), **words)
    return Typed(widget=widget_of(spec, words["initial"]), is_one_line=spec.is_one_line, **words)


def widget_of(spec: Spec, shown: str) -> forms.Widget:
    if spec.kind is date:
        return date_input(shown)
    if spec.kind in (int, float):
        mode = "numeric" if spec.kind is int else "decimal"
        return forms.TextInput({"inputmode": mode, "class": "short", "autocomplete": "off"})
    return forms.Textarea({"rows": 2}) if spec.is_long else forms.TextInput({"autocomplete": "off"})


def date_input(shown: str, attrs: Mapping[str, str] = NO_ATTRS) -> forms.Widget:
    """A text input shows what is no date, and its example where a browser has no date input."""
    if shown and not re.fullmatch(r"\d{4}-\d\d-\d\d", shown):
        return forms.TextInput({"autocomplete": "off", **attrs})
    return forms.DateInput({"type": "date", "placeholder": "2026-12-25", **attrs})


def choices_of(spec: Spec, raw: Any) -> list[tuple[str, str]]:
    """Those of the schema; also what the file has, if it is none of them."""
    known = list(get_args(spec.kind))
    other = [raw] if isinstance(raw, str) and raw not in known else []
    none = [] if spec.default is not None else [("", "Choose" if spec.is_required else "None")]
    return [*none, *named((*known, *other))]


def named(choices: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(each, words_of(each)) for each in choices]


def as_typed(spec: Spec, raw: Any) -> Any:
    """What the field shows for ``raw``; for a default if there is nothing."""
    is_many = get_origin(spec.kind) is tuple
    if spec.kind is bool:
        return spec.default if raw is None else is_yes(raw)
    if is_many and (is_choice(spec.item) or (spec.item is date and isinstance(raw, list | None))):
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


def pairs(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in values.items()]
