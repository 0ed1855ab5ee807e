"""Where the problems of a file stand in a form: at their fields, and in a list beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from kapsite.content_files.problems import Problem
from kapsite.content_files.yaml_reader import Parsed
from kapsite.pages.syntax.data_schema import near

from .fields.group_lists import GroupList, show_at
from .fields.groups import Group
from .fields.source_inputs import SourceField
from .files.file_parts import DataFile
from .known_sources import new_source
from .words.field_names import FieldNames

NUMBER = re.compile(r"(?<= › )\d+ › ")  # of an entry


@dataclass(frozen=True)
class Placed:
    """A problem, its field in this form, and in words which one it is and what is wrong."""

    problem: Problem
    field: BoundField | None
    href: str
    label: str
    words: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed yet where it is."""
        is_error = self.problem.level == "error"
        return is_error and self.field is not None and not self.field.value()

    @property
    def is_in_no_entry(self) -> bool:
        """Whether it is about an entry in which nothing was typed."""
        form = self.field.form if self.field is not None else None
        return (
            isinstance(form, Group)
            and bool(NUMBER.search(self.label))
            and not any(form[name].value() for name in form.specs_with_fields)
        )

    @property
    def is_choice(self) -> bool:
        return self.field is not None and self.field.widget_type == "select"

    @property
    def kind(self) -> str:
        """What it is called in every entry."""
        return NUMBER.sub("", self.label)

    def is_search(self, typing: str) -> bool:
        at = self.field
        return at is not None and isinstance(at.field, SourceField) and at.auto_id == typing


def listed(here: Iterable[Placed], typing: str, *, is_new: bool) -> dict[str, Any]:
    """What to list of a form, after errors are shown at their fields. Of something new, what is
    still empty is no error, and what can wait is no news while there is more to fill in.
    ``typing`` is the id of the field with the focus: a word to find a source by isn't finished.
    """
    here = [each for each in here if not each.is_search(typing)]
    still = [each for each in here if is_new and each.is_empty]
    first = {each.kind for each in still}  # another entry may solve it
    here = [
        each
        for each in here
        if each not in still
        and not (each.kind in first if is_new and each.is_choice else each.is_in_no_entry)
    ]
    for each in here:
        if each.field is not None and each.problem.level == "error":
            show_at(each.field, each.words)
    if still:
        here = [each for each in here if each.problem.level == "error"]
    labels: dict[str, str] = {}
    for each in still:  # of what several entries lack, the first
        labels.setdefault(each.kind, each.href)
    return {"here": here, "still": labels}


def placed(
    problems: Iterable[Problem],
    file: DataFile,
    part: str,
    parsed: Parsed,
    form: Group | GroupList,
    names: FieldNames,
) -> tuple[list[Placed], list[Placed]]:
    """The problems about a form, and those about other parts of the file."""
    here, elsewhere, texts = list[Placed](), list[Placed](), dict(parsed.texts())
    for problem in problems:
        place = () if is_about_all(problem) else problem.place or parsed.innermost(problem.line)
        problem = replace(problem, place=place)
        in_form = file.in_form(part, place) if place else ()
        label, words = names.label(place), names.at_field(problem)
        if in_form is None:
            if problem.level == "error":  # what can wait is for its own form to say
                href = names.href(file.name, place)
                elsewhere.append(Placed(problem, None, href, label, words))
            continue
        at = form.field_at(in_form) if place else None
        if at is not None and isinstance(at.field, SourceField):
            words = about_source(texts.get(place, ""), at.field, file) or words
        href = f"#{at.id_for_label or at.auto_id}" if at else ""
        here.append(Placed(problem, at, href, label, words))
    return here, elsewhere


def is_about_all(problem: Problem) -> bool:
    """Whether it is about the file, such as a chart that no page shows, and no field."""
    return problem.level == "warning" and problem.line == 1 and not problem.place


def about_source(typed: str, sources: SourceField, file: DataFile) -> SafeString:
    """What to do about a source that can't be cited; "" if the problem says that itself."""
    if not sources.is_missing(typed):
        return conditional_escape(sources.advice(typed))
    return format_html(
        'There is no source “{}”. {} <a href="{}">Add {}</a>, or type a word of the title.',
        *(typed, near(typed, sources.known), new_source(typed, file), typed),
    )
