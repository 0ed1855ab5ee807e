"""What must hold for the content as a whole: one small function for each rule.

A rule looks at the site and yields problems. What single files get wrong (schema, blocks,
citations, alternative texts, HTML) is reported while they are read; see ``reading.py``.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from kapsite.content_files.live_file import by_name, stamp_of
from kapsite.content_files.problems import Problem, Report, in_order
from kapsite.pages.load.data_files import Data
from kapsite.pages.load.site import OTHER_URLS, Draft, Site

from .chart_rules import CHART_RULES
from .clinic_rules import CLINIC_RULES
from .data_rules import DATA_RULES
from .file_rules import every_file_is_used
from .link_rules import LINK_RULES
from .text_rules import TEXT_RULES

A_YEAR = timedelta(days=366)

Rule = Callable[[Site, date], Iterator[Problem]]


def there_is_a_home_page(site: Site, today: date) -> Iterator[Problem]:
    if not any(draft.path == "/" for draft in site.drafts):
        yield Problem(site.name("index.md"), 1, "There is no home page.", "Add the file index.md.")


def file_names_make_good_addresses(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        if not re.fullmatch(r"/([a-z0-9-]+/)*", draft.path):
            yield Problem(
                draft.file,
                1,
                "The file's name would not make a good address.",
                "Use small letters, digits and hyphens only, like what-to-expect.md.",
            )


def every_address_is_made_once(site: Site, today: date) -> Iterator[Problem]:
    files = dict.fromkeys(OTHER_URLS, "the site itself")
    for draft in site.drafts:
        if draft.path in files:
            yield Problem(
                draft.file,
                1,
                f"The address {draft.path} is already made by {files[draft.path]}.",
                "Rename one of them.",
            )
        files[draft.path] = draft.file


def titles_differ(site: Site, today: date) -> Iterator[Problem]:
    yield from each_value_once(site, "title")


def menu_labels_differ(site: Site, today: date) -> Iterator[Problem]:
    yield from each_value_once(site, "menu")


def guide_positions_differ(site: Site, today: date) -> Iterator[Problem]:
    yield from each_value_once(site, "guide")


def each_value_once(site: Site, key: str) -> Iterator[Problem]:
    first: dict[object, str] = {}
    for draft in site.drafts:
        value = getattr(draft.meta, key, None)
        if value is None:
            continue
        if value in first:
            yield Problem(
                draft.file,
                draft.document.line(key),
                f'{key}: "{value}" is already used by {first[value]}.',
                f"Give one of them another {key}.",
            )
        first.setdefault(value, draft.file)


def headings_are_in_order(site: Site, today: date) -> Iterator[Problem]:
    """The title is the h1, and no level is skipped."""
    for draft in site.drafts:
        above = 1
        for heading in draft.rendered.headings:
            if heading.level == 1:
                yield Problem(
                    draft.file,
                    heading.line,
                    "A heading with one # is the title, and that stands in the front matter.",
                    "Begin it with ##.",
                )
            elif heading.level > above + 1:
                yield Problem(
                    draft.file,
                    heading.line,
                    f"This heading skips a level ({'#' * above} to {'#' * heading.level}).",
                    f"Begin it with {'#' * (above + 1)}.",
                )
            above = max(heading.level, 2)


def pages_that_must_stand_together_do(site: Site, today: date) -> Iterator[Problem]:
    paths = {draft.path for draft in site.drafts}
    for draft in site.drafts:
        for name in draft.meta.requires if draft.meta else ():
            if f"/{name}/" not in paths:
                yield Problem(
                    draft.file,
                    draft.document.line("requires"),
                    f"This page cannot be published without /{name}/.",
                    f"Add {name}.md back.",
                )


def reviews_make_sense(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        meta = draft.meta
        if meta is None:
            continue
        if meta.reviewed_by and not meta.reviewed_on:
            yield Problem(
                draft.file,
                draft.document.line("reviewed_by"),
                "A reviewer is named without a date.",
                "Add `reviewed_on: ` and the day of the review.",
            )
        if meta.reviewed_on and not meta.review_by:
            yield Problem(
                draft.file,
                draft.document.line("reviewed_on"),
                "The next review of this page has no date.",
                "Add `review_by: ` and a day within a year.",
            )
        if meta.reviewed_on and meta.review_by and meta.review_by - meta.reviewed_on > A_YEAR:
            yield Problem(
                draft.file,
                draft.document.line("review_by"),
                f"The next review is due more than a year after the last ({meta.reviewed_on}).",
                "Write a day within a year; half a year where safety, approval or cost is told.",
            )
        if meta.reviewed_on and meta.review_by and meta.review_by <= meta.reviewed_on:
            yield Problem(
                draft.file,
                draft.document.line("review_by"),
                f"The next review is not after the last ({meta.reviewed_on}).",
                "Write a day within a year after it.",
            )
        if meta.review_by and not meta.reviewed_on and meta.review_by - today > A_YEAR:
            yield Problem(
                draft.file,
                draft.document.line("review_by"),
                "The first review is due in more than a year.",
                "Write a day within a year.",
            )
        for index, change in enumerate(meta.changes):
            if change.on > today:
                yield Problem(
                    draft.file,
                    draft.document.line("changes", index, "on"),
                    f"The change on {change.on} is still to come.",
                    "Write the day on which it was made.",
                )
        if meta.reviewed_on and meta.reviewed_on > today:
            yield Problem(
                draft.file,
                draft.document.line("reviewed_on"),
                f"The review on {meta.reviewed_on} has not happened yet.",
                "Write the day on which it was done.",
            )


def reviews_are_in_time(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        if draft.meta and draft.meta.review_by and draft.meta.review_by < today:
            yield Problem(
                draft.file,
                draft.document.line("review_by"),
                f"The review of this page was due on {draft.meta.review_by}.",
                "Have it read again, then set reviewed_on and review_by.",
                "warning",
            )


def files_of_other_features_can_be_read(site: Site, today: date) -> Iterator[Problem]:
    for name in by_name:
        if stamp := stamp_of(site.folder / name):
            yield from problems_reading(name, site.folder, stamp)


@lru_cache(maxsize=8)  # such lists are long, and most edits are elsewhere
def problems_reading(name: str, folder: Path, stamp: tuple) -> list[Problem]:
    report = Report(f"{folder.name}/{name}")
    by_name[name].load(folder / name, report)
    return report.problems


RULES: tuple[Rule, ...] = (
    there_is_a_home_page,
    file_names_make_good_addresses,
    every_address_is_made_once,
    titles_differ,
    menu_labels_differ,
    guide_positions_differ,
    headings_are_in_order,
    *LINK_RULES,
    pages_that_must_stand_together_do,
    reviews_make_sense,
    reviews_are_in_time,
    every_file_is_used,
    files_of_other_features_can_be_read,
    *CLINIC_RULES,
    *DATA_RULES,
    *CHART_RULES,
)


def problems_of(site: Site, today: date) -> list[Problem]:
    """Every problem: of single files, of the words on each page, and of the whole."""
    on_pages = (found for draft in site.drafts for found in problems_on(draft, site.data))
    of_site = (found for rule in RULES for found in rule(site, today))
    return in_order([*site.problems, *on_pages, *of_site])


def problems_on(draft: Draft, data: Data) -> Iterator[Problem]:
    for rule in TEXT_RULES:
        yield from rule(draft, data)
