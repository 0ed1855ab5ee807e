"""Mistakes that are none once another draft is published: a page cites a source that is a draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from kapsite.editor.data_forms.data_files import data_file
from kapsite.editor.models import ContentVersion

from .aside import aside
from .drafts import NO_TEXTS, Texts

if TYPE_CHECKING:
    from kapsite.editor.data_forms.data_check import CheckedData

    from .preview import Checked

C = TypeVar("C", "Checked", "CheckedData")
MOST_DRAFTS = 5  # that are looked at; each takes another check
FIRST = "What is missing here is in a draft of {name}. Publish that draft first."


def check_with_drafts(file: str, check: Callable[[Texts], C]) -> C:
    """What ``check`` finds in ``file``; an error that another draft would solve says which one."""
    found = aside(check, NO_TEXTS)
    others = drafts_of_others(file) if found.errors else []
    return aside(with_drafts_named, found, check, others) if others else found


def drafts_of_others(file: str) -> list[tuple[str, str]]:
    """The names and texts of drafts of other files, the newest first."""
    drafts = ContentVersion.objects.open_drafts().exclude(file=file).order_by("-pk")
    return [(draft.file, draft.text_of(draft.file)) for draft in drafts[:MOST_DRAFTS]]


def with_drafts_named(
    found: C, check: Callable[[Texts], C], drafts: Sequence[tuple[str, str]]
) -> C:
    problems = found.problems
    for name, text in drafts:
        left = {(each.line, each.message) for each in check({name: text}).problems}
        file = data_file(name)
        fix = FIRST.format(name=file.label if file else name)
        problems = [
            replace(each, fix=fix)
            if each.level == "error" and (each.line, each.message) not in left
            else each
            for each in problems
        ]
    return replace(found, problems=problems)
