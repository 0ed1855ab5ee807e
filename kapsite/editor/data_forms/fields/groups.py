"""A form for a schema: its fields, groups of fields in it, and lists of such groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal, get_args, get_origin

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join

from kapsite.content_files.yaml_reader import Place

from .group_lists import GroupList, PairList, Posted
from .inputs import field_of
from .keys import Spec, specs_of, unwrapped

EMPTY: tuple = ("", [], {}, None)


class Group(forms.Form):
    """The fields for a model, or for a dict with known keys. ``raw`` is what the file says.

    A field that nobody changed keeps what the file says, to the letter.
    """

    def __init__(
        self, specs: list[Spec], raw: Any, data: Posted = None, prefix: str = "", label=""
    ):
        super().__init__(data, prefix=prefix or None, use_required_attribute=False)
        self.specs, self.label, self.help = specs, label, ""
        self.raw: dict[str, Any] = raw if isinstance(raw, dict) else {}
        self.inner: dict[str, Group | GroupList] = {}
        for spec in specs:
            value = self.raw.get(spec.name)
            if inner := inner_of(spec, value, data, self.add_prefix(spec.name)):
                self.inner[spec.name] = inner
            else:
                self.fields[spec.name] = field_of(spec, value)

    @property
    def parts(self) -> Iterator[BoundField | Group | GroupList]:
        return (self.part(spec.name) for spec in self.specs)

    @property
    def specs_with_fields(self) -> list[str]:
        return [spec.name for spec in self.specs if spec.name in self.fields]

    def part(self, name: str) -> BoundField | Group | GroupList:
        return self.inner.get(name) or self[name]

    @property
    def title(self) -> str:
        """What it is about, to tell it from its neighbors."""
        shown = (self[name].value() for name in self.specs_with_fields)
        return next((value for value in shown if value and isinstance(value, str)), "")

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(inner.has_errors for inner in self.inner.values())

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(inner.is_valid() for inner in self.inner.values())])

    def values(self) -> dict[str, Any]:
        """What the file is to say. Keys that the schema doesn't know stay."""
        found = {spec.name: self.value_of(spec) for spec in self.specs}
        said = {
            key: value
            for key, value in found.items()
            if value not in EMPTY or (key in self.raw and self.raw[key] == value)
        }
        return said | {key: value for key, value in self.raw.items() if key not in found}

    def value_of(self, spec: Spec) -> Any:
        if inner := self.inner.get(spec.name):
            raw, values = self.raw.get(spec.name), inner.values()
            return raw if isinstance(raw, str) and not values else values  # a mistake stays
        if spec.name not in self.changed_data:
            return self.raw.get(spec.name)
        return self.cleaned_data[spec.name]

    def field_at(self, place: Place) -> BoundField | None:
        """The field of the value at ``place``, or the first one of the group that it is."""
        name, rest = (str(place[0]), place[1:]) if place else (self.specs[0].name, ())
        if inner := self.inner.get(name):
            return inner.field_at(rest)
        return self[name] if name in self.fields else None


def inner_of(spec: Spec, raw: Any, data: Posted, prefix: str) -> Group | GroupList | None:
    """What ``spec`` has below it; None for a single field."""
    inner: Group | GroupList
    if specs := specs_of(spec.kind):
        inner = Group(specs, raw, data, prefix, spec.label)
    elif get_origin(spec.kind) is dict:
        key, value = (unwrapped(each)[0] for each in get_args(spec.kind))
        key = Literal[tuple(spec.keys)] if spec.keys else str
        both = [Spec("key", key, spec.labels[0]), Spec("value", value, spec.labels[1])]
        inner = PairList(partial(Group, both), raw or {}, data, prefix, spec.label)
    elif get_origin(spec.kind) is tuple and (specs := specs_of(spec.item)):
        if spec.is_required and not raw:
            raw = [{}, {}]  # so that a new chart can be filled in at once
        inner = GroupList(partial(Group, specs), raw, data, prefix, spec.label)
    else:
        return None
    inner.help = spec.help
    return inner


def fields_in(form: Group | GroupList) -> Iterator[BoundField]:
    """Every field, those of groups and lists too."""
    if isinstance(form, GroupList):
        for group in form.groups:
            yield from fields_in(group)
        return
    yield from (form[name] for name in form.fields)
    for inner in form.inner.values():
        yield from fields_in(inner)


def errors_in(form: Group | GroupList) -> dict[str, str]:
    """What stands at each field, as HTML, by the field's id."""
    return {
        field.auto_id: format_html_join(" ", "{}", ((each,) for each in field.errors))
        for field in fields_in(form)
        if field.errors
    }
