"""Lists of groups of fields, where a form has each entry of a list, or of a dict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME as REMOVE
from django.forms.formsets import ORDERING_FIELD_NAME as POSITION

from kapsite.content_files.yaml_reader import Place

if TYPE_CHECKING:
    from .groups import Group

MOST_GROUPS, FEW_GROUPS = 100, 4
Posted = Mapping[str, Any] | None


class GroupList:
    """Groups of the same fields, and an empty one to add another. ``make_group`` makes one from
    what the file says, what came, and the prefix of its fields.
    """

    is_list = True  # for templates

    def __init__(
        self,
        make_group: Callable[[Any, Posted, str], Group],
        raw: Any,
        data: Posted = None,
        prefix: str = "",
        label: str = "",
    ):
        self.prefix, self.label, self.help = prefix, label, ""
        self.errors: list[str] = []
        entries = entries_of(raw)
        self.count = len(entries) + 1 if data is None else posted_count(data, self.count_name)
        self.groups = []
        for index in range(min(self.count or 0, MOST_GROUPS)):
            entry = entries[index] if index < len(entries) else {}
            group = make_group(entry, data, self.add_prefix(index))
            add_fields(group, index + 1)
            self.groups.append(group)

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


def entries_of(raw: Any) -> list:
    if isinstance(raw, dict):
        return [{"key": key, "value": value} for key, value in raw.items()]
    return raw if isinstance(raw, list) else []


def add_fields(group: Group, number: int) -> None:
    """Those to move and to remove a group of a list. Keys of a schema have small letters."""
    group.fields[POSITION] = forms.IntegerField(
        label="Position", initial=number, required=False, min_value=1, max_value=MOST_GROUPS,
        widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
    )  # fmt: skip
    group.fields[REMOVE] = forms.BooleanField(label="Remove it", required=False)


def posted_count(data: Mapping[str, Any], name: str) -> int | None:
    """How many groups came; None if that can't be said."""
    text = str(data.get(name, ""))
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) < 6 else MOST_GROUPS + 1


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


def show_at(field: BoundField, message: str) -> None:
    """Show ``message`` as what is wrong with ``field``, whatever was typed there."""
    errors = field.form.errors.setdefault(field.name, field.form.error_class())
    if message not in errors:
        errors.append(message)
