"""A data file and its parts, each with a form: how it is read, and how it is written back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from kapsite.content_files.problems import Report
from kapsite.content_files.yaml_reader import Parsed, Place, parse
from kapsite.editor.data_forms.fields.group_lists import GroupList, Posted
from kapsite.editor.data_forms.fields.groups import Group
from kapsite.editor.data_forms.fields.keys import Spec, specs_of, unwrapped
from kapsite.editor.data_forms.fields.sections import Section
from kapsite.pages.syntax.chart_schema import KINDS

from .yaml_writer import rewritten


@dataclass(frozen=True)
class DataFile:
    """A file whose ``schema`` is a model, a dict of models by their names, or a list of models; of
    a chart it is None, because its kind decides.

    Of a dict there is a form for each entry, and of a model with sections one for each of them:
    ``part`` names it, and is "" where one form has everything.
    """

    name: str
    label: str
    help: str
    schema: Any
    noun: str = ""  # what an entry of a dict is called
    name_help: str = ""
    sections: tuple[Section, ...] = ()

    @property
    def is_chart(self) -> bool:
        return self.schema is None

    @property
    def is_list(self) -> bool:
        return get_origin(self.schema) is tuple

    @property
    def is_dict(self) -> bool:
        return get_origin(self.schema) is dict

    @property
    def has_parts(self) -> bool:
        return self.is_dict or bool(self.sections)

    def begun(self, kind: str) -> str:
        """The text of a new chart of this kind; "" for other files."""
        return f"kind: {kind}\n" if self.is_chart and kind in KINDS else ""

    def read(self, text: str) -> Parsed | None:
        """What ``text`` says; None while it can't be read."""
        if all(line.lstrip()[:1] in ("", "#") for line in text.splitlines()):
            return Parsed([] if self.is_list else {}, {(): 1}, text=text)
        report = Report("")
        parsed = parse(text, report, is_list=self.is_list)
        return None if report.problems else parsed

    def parts(self, data: Any) -> Iterator[tuple[str, str]]:
        """The name of each part, and a line about it."""
        for section in self.sections:
            yield section.name, section.label
        for key, entry in data.items() if self.is_dict else ():
            yield key, first_text(entry)

    def section(self, part: str) -> Section | None:
        return next((each for each in self.sections if each.name == part), None)

    def specs(self, data: Any, part: str) -> list[Spec]:
        specs, section = specs_of(self.model_of(data)), self.section(part)
        if self.is_chart:
            return sorted(specs, key=place_in_chart)
        if self.sections:
            return [spec for spec in specs if section and spec.name in section.keys]
        return specs

    def model_of(self, data: Any) -> Any:
        """The schema of what a form is for: of an entry, or of a chart of this kind."""
        if self.is_chart:
            return KINDS.get(str(data.get("kind")), KINDS["bars"])
        if entries := get_args(self.schema):
            return unwrapped(entries[1 if self.is_dict else 0])[0]
        return self.schema

    def raw(self, data: Any, part: str) -> Any:
        """What the file says about ``part``; None if it says nothing."""
        if not self.has_parts:
            return data
        if self.is_dict:
            return data.get(part)
        keys = {spec.name for spec in self.specs(data, part)}
        return {key: value for key, value in data.items() if key in keys}

    def form(self, data: Any, part: str, posted: Posted = None) -> Group | GroupList:
        raw, make_group = self.raw(data, part), partial(Group, self.specs(data, part))
        return GroupList(make_group, raw, posted) if self.is_list else make_group(raw, posted)

    def with_part(self, parsed: Parsed, part: str, values: Any) -> str:
        """The text of the file with ``values`` for ``part``; without it if they are None."""
        return rewritten(parsed.text, parsed.data, self.joined(parsed.data, part, values))

    def joined(self, data: Any, part: str, values: Any) -> Any:
        if not self.has_parts:
            return values
        if self.is_dict:
            return with_entry(data, part, values)
        others = {key: each for key, each in data.items() if key not in self.raw(data, part)}
        both = others | values
        order = [spec.name for spec in specs_of(self.schema)]
        return {key: both[key] for key in (*order, *both) if key in both}

    def with_both(self, began_with: str, own: str, theirs: str) -> str | None:
        """``theirs`` with the parts that ``own`` changed in ``began_with``.

        None if both changed the same part, or if the file has no parts or can't be read.
        """
        before, mine, now = map(self.read, (began_with, own, theirs))
        if not self.has_parts or before is None or mine is None or now is None:
            return None
        for part in {name: None for each in (before, mine) for name, _ in self.parts(each.data)}:
            first, wanted, there = (self.raw(each.data, part) for each in (before, mine, now))
            if wanted in (first, there):
                continue
            if there != first:
                return None
            now = self.read(self.with_part(now, part, wanted))
            if now is None:
                return None
        return now.text

    def free_name(self, data: Any) -> str:
        """The next number for a new source; "" for other entries, which have names of their own."""
        found = [int(name[1:]) for name in data if re.fullmatch(r"S\d+", name)]
        return f"S{max(found, default=0) + 1}" if self.noun == "source" else ""

    def problem_with_name(self, name: str, data: Any) -> str:
        """Why a new entry can't have this name; "" if it can."""
        if name in data:
            return f"There is a {self.noun} with this name. Open it in the list."
        try:
            TypeAdapter(get_args(self.schema)[0]).validate_python(name)
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {})
            return f"{context.get('message', 'Write a name.')} {context.get('fix', '')}".strip()
        return ""

    def in_form(self, part: str, place: Place) -> Place | None:
        """Where in the form of ``part`` a value of the file is; None if it is in another one."""
        if self.is_dict:
            return place[1:] if place[:1] == (part,) else None
        section = self.section(part)
        return None if section and place and place[0] not in section.keys else place

    def part_of(self, place: Place) -> str:
        """The part with the value at ``place``; "" if it is in none."""
        if self.is_dict:
            return str(place[0]) if place else ""
        return next((each.name for each in self.sections if place and place[0] in each.keys), "")


def with_entry(data: Mapping[str, Any], key: str, values: Any) -> dict[str, Any]:
    """A new one stands where its name belongs: S12 after S11, Nurse after Nausea."""
    if values is None:
        return {name: entry for name, entry in data.items() if name != key}
    if key in data:
        return {**data, key: values}
    names = list(data)
    before = [name for name in names if sortable(name) < sortable(key)]
    at = names.index(max(before, key=sortable)) + 1 if before else 0
    return {name: data.get(name, values) for name in (*names[:at], key, *names[at:])}


def sortable(name: str) -> list:
    parts = re.split(r"(\d+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)]


def place_in_chart(spec: Spec) -> tuple[bool, bool, bool]:
    """The numbers are what is edited, so little stands above them; what can stay empty is below,
    and last what has sources of its own.
    """
    return (
        spec.name not in ("title", "measure", "groups"),
        not spec.is_required,
        spec.name == "other_side",
    )


def first_text(entry: Any) -> str:
    texts = entry.values() if isinstance(entry, dict) else [entry]
    return next((text for text in texts if isinstance(text, str)), "")
