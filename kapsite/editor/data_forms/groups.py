"""A form for a schema: its fields, groups of fields in it, and lists of such groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join

from kapsite.content_files.yaml_reader import Place

from .schema_fields import (
    Spec,
    field_of,
    is_choice,
    is_model,
    pairs,
    specs_in,
    specs_of,
    unwrapped,
)

MOST_GROUPS, FEW_GROUPS = 100, 4
EMPTY: tuple = ("", [], {}, None)
POSITION, REMOVE = "move-to", "remove-it"  # no key of a schema has a hyphen
Posted = Mapping[str, Any] | None


@dataclass(frozen=True)
class Part:
    """What a template shows next: one of these is set."""

    field: BoundField | None = None
    group: Group | None = None
    groups: GroupList | None = None

    @property
    def has_errors(self) -> bool:
        inner = self.group or self.groups
        return inner.has_errors if inner else bool(self.field and self.field.errors)


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
    def parts(self) -> Iterator[Part]:
        return (self.part(spec.name) for spec in self.specs)

    def part(self, name: str) -> Part:
        inner = self.inner.get(name)
        if isinstance(inner, GroupList):
            return Part(groups=inner)
        return Part(group=inner) if inner else Part(field=self[name])

    @property
    def title(self) -> str:
        """What it is about, to tell it from its neighbors."""
        shown = (self[spec.name].value() for spec in self.specs if spec.name in self.fields)
        return next((str(value) for value in shown if value and isinstance(value, str)), "")

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


class Item(Group):
    """A group in a list, which can be moved and removed."""

    def __init__(self, *args, number: int, is_new: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.number, self.is_new = number, is_new
        self.fields[POSITION] = forms.IntegerField(
            label="Position", initial=number, required=False, min_value=1, max_value=MOST_GROUPS,
            widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
        )  # fmt: skip
        self.fields[REMOVE] = forms.BooleanField(label="Remove it", required=False)

    @property
    def position(self) -> BoundField:
        return self[POSITION]

    @property
    def remove(self) -> BoundField:
        return self[REMOVE]


class GroupList:
    """Groups of the same fields, and an empty one to add another."""

    def __init__(
        self, specs: list[Spec], raw: Any, data: Posted = None, prefix: str = "", label="", help=""
    ):
        self.specs, self.prefix, self.label, self.help = specs, prefix, label, help
        self.is_dict = isinstance(raw, dict)
        self.errors: list[str] = []
        entries = pairs(raw) if isinstance(raw, dict) else raw if isinstance(raw, list) else []
        self.count = len(entries) + 1 if data is None else posted_count(data, self.count_name)
        self.groups = [
            Item(
                specs, entries[index] if index < len(entries) else {}, data, self.add_prefix(index),
                number=index + 1, is_new=index + 1 == self.count,
            )
            for index in range(min(self.count or 0, MOST_GROUPS))
        ]  # fmt: skip

    @property
    def are_open(self) -> bool:
        """Whether there are so few that all can be seen at once."""
        return len(self.groups) <= FEW_GROUPS

    @property
    def count_name(self) -> str:
        return f"{self.prefix}-count" if self.prefix else "count"

    def add_prefix(self, index: int) -> str:
        return f"{self.prefix}-{index}" if self.prefix else str(index)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(group.has_errors for group in self.groups)

    def is_valid(self) -> bool:
        if self.count is None:
            self.errors.append("Part of this form did not arrive. Load the page again.")
        elif self.count > MOST_GROUPS:
            self.errors.append(f"There can be {MOST_GROUPS} entries at most.")
        return all([not self.errors, *(group.is_valid() for group in self.groups)])

    def values(self) -> list | dict:
        """The groups with something in them, in the order that was asked for."""
        kept = [g for g in self.groups if not g.cleaned_data[REMOVE] and g.values()]
        order = [group for group in kept if POSITION not in group.changed_data]
        for group in sorted(set(kept) - set(order), key=lambda g: g.cleaned_data[POSITION] or 0):
            order.insert(max(0, (group.cleaned_data[POSITION] or MOST_GROUPS) - 1), group)
        return [group.values() for group in order]

    def field_at(self, place: Place) -> BoundField | None:
        index = place[0] if place else 0
        if not isinstance(index, int) or index >= len(self.groups):
            return None
        return self.groups[index].field_at(place[1:])


def errors_in(form: Group | GroupList) -> dict[str, str]:
    """What stands at each field, as HTML, by the field's id."""
    if isinstance(form, GroupList):
        return {field: words for group in form.groups for field, words in errors_in(group).items()}
    found: dict[str, str] = {
        form[name].auto_id: format_html_join(" ", "{}", ((each,) for each in errors))
        for name, errors in form.errors.items()
        if name in form.fields
    }
    for inner in form.inner.values():
        found |= errors_in(inner)
    return found


def show_at(field: BoundField, message: str) -> None:
    """Show ``message`` as what is wrong with ``field``, whatever was typed there."""
    errors = field.form.errors.setdefault(field.name, field.form.error_class())
    if message not in errors:
        errors.append(message)


class PairList(GroupList):
    """A dict with keys of the editor's own, such as prices."""

    def is_valid(self) -> bool:
        is_fine = super().is_valid()
        seen: set[str] = set()
        for group in self.groups if is_fine else ():
            key, value = (group.values().get(name, "") for name in ("key", "value"))
            if group.cleaned_data[REMOVE] or not (key or value):
                continue
            if not (key and value):
                show_at(group["value" if key else "key"], "Write both, or remove it.")
            elif key in seen:
                show_at(group["key"], "This is in the list twice.")
            seen.add(key)
        return is_fine and not self.has_errors

    def values(self) -> dict:
        return {group["key"]: group["value"] for group in super().values()}

    def field_at(self, place: Place) -> BoundField | None:
        keys = [group["key"].value() for group in self.groups]
        index = keys.index(place[0]) if place and place[0] in keys else 0
        return self.groups[index]["value"] if self.groups else None


def posted_count(data: Mapping[str, Any], name: str) -> int | None:
    """How many groups came; None if that can't be said."""
    text = str(data.get(name, ""))
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) < 6 else MOST_GROUPS + 1


def inner_of(spec: Spec, raw: Any, data: Posted, prefix: str) -> Group | GroupList | None:
    """What ``spec`` has below it; None for a single field."""
    inner: Group | GroupList
    if is_model(spec.kind):
        inner = Group(specs_of(spec.kind), raw, data, prefix, spec.label)
    elif get_origin(spec.kind) is dict:
        key, value = (unwrapped(each)[0] for each in get_args(spec.kind))
        if is_choice(key):
            inner = Group(specs_in(spec.kind), raw, data, prefix, spec.label)
        else:
            key = Literal[tuple(spec.keys)] if spec.keys else str
            both = [Spec("key", key, spec.labels[0]), Spec("value", value, spec.labels[1])]
            inner = PairList(both, raw or {}, data, prefix, spec.label)
    elif get_origin(spec.kind) is tuple and is_model(spec.item):
        inner = GroupList(specs_of(spec.item), raw, data, prefix, spec.label)
    else:
        return None
    inner.help = spec.help
    return inner
