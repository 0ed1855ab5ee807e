"""Mistakes that are none once another draft is published: a page cites a source that is a draft.

Such drafts are published together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kapsite.clinic import days
from kapsite.content_files.problems import Problem
from kapsite.editor.data_forms.files.data_files import CHART, SOURCES, data_file
from kapsite.editor.models import ContentVersion

from .drafts import NO_TEXTS, Editing, Texts, begin_editing
from .previews.aside import aside

if TYPE_CHECKING:
    from kapsite.editor.data_forms.data_check import CheckedData
    from kapsite.pages.load.site import Site

    from .previews.preview import Checked

C = TypeVar("C", "Checked", "CheckedData")
MOST_DRAFTS = 5  # that are looked at; each takes another check
TOGETHER = "The draft of “{name}” solves this. Publish it …, and both are published together."


def check_with_drafts(page: Editing, text: str, checked: Callable[..., C]) -> C:
    """``page`` with ``text``; an error that another draft would solve can wait, and says which."""
    check = partial(checked, page.current, page.file, text, days.today())
    found = aside(check, NO_TEXTS)
    others = texts_of(drafts_of_others(page.file)) if found.errors else NO_TEXTS
    return aside(with_drafts_named, found, check, others) if others else found


def with_draft_data(site: Site, version: int) -> Site:
    """``site``, as of ``version``, with sources and charts that are drafts, for pages to show."""
    drafts = texts_of(
        each
        for each in ContentVersion.objects.open_drafts()
        if each.file == SOURCES or CHART.fullmatch(each.file)
    )
    if not drafts:
        return site
    from .previews.overlay import with_texts

    found = aside(with_texts, site, version, drafts)
    return found if found.data.sources else site


def drafts_of_others(file: str) -> list[ContentVersion]:
    """Drafts of other files, the newest first."""
    drafts = ContentVersion.objects.open_drafts().exclude(file=file).order_by("-pk")
    return list(drafts[:MOST_DRAFTS])


def texts_of(drafts: Iterable[ContentVersion]) -> Texts:
    return {draft.file: draft.text_of(draft.file) for draft in drafts}


def with_drafts_named(found: C, check: Callable[[Texts], C], drafts: Texts) -> C:
    """What is found with the drafts that solve an error, so that a preview shows what they add."""
    solving, notes = {}, {}
    for name, text in drafts.items():
        left = said_in(check({name: text}).problems)
        file = data_file(name)
        fix = TOGETHER.format(name=file.label if file else name)
        for each in found.errors:
            if (each.line, each.message) not in left:
                solving[name] = text
                message = f"{each.message.removesuffix('.')} yet."
                notes[each] = replace(each, message=message, fix=fix, level="warning", in_form="")
    if not notes:
        return found
    wanted = said_in(found.problems) - said_in(notes)
    seen: C = found
    for texts in (drafts, solving):  # a chart may need its source to be drawn
        seen = check(texts)
        if said_in(seen.errors) <= wanted:
            found = replace(seen, problems=found.problems)
            break
    else:  # with the source that was missing, its figures can be compared
        found = replace(seen, problems=[*found.problems, *new_in(seen.errors, found.problems)])
    return replace(found, problems=[notes.get(each, each) for each in found.problems])


def new_in(problems: Iterable[Problem], before: Iterable[Problem]) -> list[Problem]:
    known = said_in(before)
    return [each for each in problems if (each.line, each.message) not in known]


def said_in(problems: Iterable[Problem]) -> set[tuple[int, str]]:
    return {(each.line, each.message) for each in problems}


def published_together(
    page: Editing, today: date
) -> tuple[list[ContentVersion], dict[str, Checked | CheckedData]]:
    """The draft of ``page`` with those that it can't be published without; and what the check
    found in the files among them that have errors even so."""
    if page.draft is None:
        return [], {}
    pages = [begin_editing(page.current, each.file) for each in drafts_of_others(page.file)]
    others = [each.draft for each in pages if each.draft and not each.is_outdated]
    drafts = {draft.file: draft for draft in (page.draft, *others)}
    texts = texts_of(drafts.values())

    def found_in(file: str, files: Collection[str]) -> Checked | CheckedData:
        from kapsite.editor.data_forms import data_check

        from .previews import preview

        check = data_check.check if data_file(file) else preview.check
        around = {name: texts[name] for name in files if name != file}
        return check(page.current, file, texts[file], today, around)

    def errors(file: str, files: Collection[str]) -> set[tuple[int, str]]:
        return said_in(found_in(file, files).errors)

    needed = aside(with_needed, page.file, drafts, errors)
    found = aside(lambda: {file: found_in(file, needed) for file in needed})
    wrong = {file: each for file, each in found.items() if each.errors}
    return [drafts[file] for file in needed], wrong


def with_needed(
    file: str, others: Collection[str], errors: Callable[[str, Collection[str]], set]
) -> list[str]:
    """``file`` with those of ``others`` that solve an error in it, or in one that does."""
    needed = [file]
    for each in needed:  # grows
        left = errors(each, needed)
        for other in others:
            if left and other not in needed and left - errors(each, [*needed, other]):
                needed.append(other)
                left = errors(each, needed)
    return needed
