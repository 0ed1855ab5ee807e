"""The data files that have forms: which there are, what one form of each is about, and how it is
written back.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from django.utils.text import slugify
from pydantic import TypeAdapter, ValidationError

from kapsite.clinic.facts import Clinic
from kapsite.clinic.people import Person
from kapsite.content_files.problems import Report
from kapsite.content_files.validation import Text
from kapsite.content_files.yaml_reader import Parsed, Place, parse
from kapsite.pages.syntax.chart_schema import KINDS
from kapsite.pages.syntax.data_schema import Medicines, Source, SourceId, Term

from .groups import Group, GroupList, Posted
from .schema_fields import Spec, specs_of, unwrapped
from .sections import Section
from .yaml_writer import rewritten

CHART = re.compile(r"charts/[a-z0-9-]+\.yaml")


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
            yield slugify(section.label), section.label
        for key, entry in data.items() if self.is_dict else ():
            yield key, first_text(entry)

    def section(self, part: str) -> Section | None:
        return next((each for each in self.sections if slugify(each.label) == part), None)

    def specs(self, data: Any, part: str) -> list[Spec]:
        if not self.has_parts:
            kind = get_args(self.schema)[0] if self.is_list else self.model_of(data)
            specs = specs_of(unwrapped(kind)[0])
            return sorted(specs, key=is_below_groups) if self.is_chart else specs
        if self.is_dict:
            return specs_of(unwrapped(get_args(self.schema)[1])[0])
        section = self.section(part)
        return [spec for spec in specs_of(self.schema) if section and spec.name in section.keys]

    def model_of(self, data: Any) -> Any:
        """The schema; of a chart, that of its kind."""
        return KINDS.get(str(data.get("kind")), KINDS["bars"]) if self.is_chart else self.schema

    def raw(self, data: Any, part: str) -> Any:
        """What the file says about ``part``; None if it says nothing."""
        if not self.has_parts:
            return data
        if self.is_dict:
            return data.get(part)
        keys = {spec.name for spec in self.specs(data, part)}
        return {key: value for key, value in data.items() if key in keys}

    def form(self, data: Any, part: str, posted: Posted = None) -> Group | GroupList:
        raw, specs = self.raw(data, part), self.specs(data, part)
        return (GroupList if self.is_list else Group)(specs, raw, posted)

    def with_part(self, parsed: Parsed, part: str, values: Any) -> str:
        """The text of the file with ``values`` for ``part``; without it if they are None."""
        return rewritten(parsed.text, parsed.data, self.joined(parsed.data, part, values))

    def joined(self, data: Any, part: str, values: Any) -> Any:
        if not self.has_parts:
            return values
        if self.is_dict:
            return with_entry(data, part, values)
        others = {key: each for key, each in data.items() if key not in self.raw(data, part)}
        order = [spec.name for spec in specs_of(self.schema)]
        both = others | values
        return dict(sorted(both.items(), key=lambda item: place_in(order, item[0])))

    def with_both(self, began_with: str, own: str, theirs: str) -> str | None:
        """``theirs`` with the parts that ``own`` changed in ``began_with``.

        None if both changed the same part, or if the file has no parts or can't be read.
        """
        before, mine, now = (
            self.read(text) if text else None for text in (began_with, own, theirs)
        )
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
        found = (each for each in self.sections if place and place[0] in each.keys)
        return next((slugify(section.label) for section in found), "")


def with_entry(data: Mapping[str, Any], key: str, values: Any) -> dict[str, Any]:
    """A new one stands where its name belongs: S12 after S11, Nurse after Nausea."""
    others = {name: entry for name, entry in data.items() if name != key}
    if values is None:
        return others
    if key in data:
        return {name: values if name == key else entry for name, entry in data.items()}
    before = max((n for n in data if sortable(n) < sortable(key)), key=sortable, default=None)
    found = {} if before else {key: values}
    for name, entry in data.items():
        found[name] = entry
        if name == before:
            found[key] = values
    return found


def sortable(name: str) -> list:
    parts = re.split(r"(\d+)", name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)]


def is_below_groups(spec: Spec) -> bool:
    """Of a chart: the numbers are what is edited, so little stands above them."""
    return spec.name not in ("title", "measure", "groups")


def place_in(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def first_text(entry: Any) -> str:
    texts = entry.values() if isinstance(entry, dict) else [entry]
    return next((text for text in texts if isinstance(text, str)), "")


CLINIC_SECTIONS = (
    Section(
        "Name and contact",
        ("name", "phone", "email", "address", "contact_by", "time_zone", "leave_quickly"),
    ),
    Section(
        "Hours and closed days", ("hours", "holidays", "reply_promise", "safety_concern_hours")
    ),
    Section("Notices", ("notices",)),
    Section(
        "Care and prices",
        ("evaluation", "evaluation_covers", "routes", "prices", "emergency_plan",
         "chaperone_policy"),
    ),
    Section("Consent", ("consent",)),
    Section("Crisis lines", ("crisis_lines",)),
    Section("Launch and reminders", ("clinical_reviewer", "legal_review", "expires")),
)  # fmt: skip
FILES = {
    file.name: file
    for file in (
        DataFile(
            "clinic.yaml", "Facts about the clinic",
            "Phone, hours, closed days, notices, prices, crisis lines", Clinic,
            sections=CLINIC_SECTIONS,
        ),
        DataFile("people.yaml", "People", "The team page", tuple[Person, ...]),
        DataFile(
            "sources.yaml", "Sources to cite", "What pages can cite", dict[SourceId, Source],
            "source", "A letter and a number that is free, like S200.",
        ),
        DataFile(
            "glossary.yaml", "Glossary", "Hard words in plain words", dict[Text, Term], "word",
            "As pages write it, with a capital letter: Nausea.",
        ),
        DataFile(
            "medicines.yaml", "Approval status", "Of the three treatments that are never mixed up",
            Medicines,
        ),
    )
}  # fmt: skip


def data_file(name: str) -> DataFile | None:
    if CHART.fullmatch(name):
        return DataFile(name, f"Chart {name[7:-5]}", f"Chart {name[7:-5]}", None)
    return FILES.get(name)


def data_files(names: Collection[str]) -> list[DataFile]:
    """Those with forms among ``names``, charts last."""
    known = [file for name, file in FILES.items() if name in names]
    charts = [name for name in sorted(names) if CHART.fullmatch(name)]
    return known + [file for name in charts if (file := data_file(name))]
