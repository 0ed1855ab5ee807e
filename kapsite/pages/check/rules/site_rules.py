"""Rules for the content as a whole: one small function for each.

A rule takes the site and yields problems. Mistakes within single files (schema, blocks, citations,
alternative texts, HTML) are reported while the files are read; see ``load/site.py``.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

from kapsite.content_files.live_file import by_name, stamp_of
from kapsite.content_files.problems import Problem, Report, in_order
from kapsite.pages.load.data_files import Data
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import OTHER_URLS, Site

from .chart_rules import CHART_RULES
from .clinic_rules import CLINIC_RULES
from .data_rules import DATA_RULES, front_matter_has_no_duplicates
from .expiry_rules import facts_are_current
from .file_rules import every_file_is_used
from .link_rules import links_lead_somewhere
from .review_rules import REVIEW_RULES
from .text_rules import TEXT_RULES

Rule = Callable[[Site, date], Iterator[Problem]]


def there_is_a_home_page(site: Site, today: date) -> Iterator[Problem]:
    if "/" not in site.paths:
        yield Problem(site.name("index.md"), 1, "There is no home page.", "Add the file index.md.")


def file_names_make_valid_paths(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        if not re.fullmatch(r"/([a-z0-9-]+/)*", draft.path):
            message = "This file name can't be used as a web address."
            fix = "Use only lowercase letters, digits and hyphens, like what-to-expect.md."
            yield draft.problem_at(1, message, fix)


def every_path_has_one_file(site: Site, today: date) -> Iterator[Problem]:
    files = dict.fromkeys(OTHER_URLS, "the site itself")
    for draft in site.drafts:
        if draft.path in files:
            message = f"The address {draft.path} is already used by {files[draft.path]}."
            yield draft.problem_at(1, message, "Rename one of them.")
        files[draft.path] = draft.file


def titles_menus_and_guide_positions_differ(site: Site, today: date) -> Iterator[Problem]:
    first: dict[tuple[str, object], str] = {}
    for draft in site.drafts:
        for key in ("title", "menu", "guide"):
            value = getattr(draft.meta, key, None)
            if value is None:
                continue
            other = first.setdefault((key, value), draft.file)
            if other != draft.file:
                message = f'{key}: "{value}" is already used by {other}.'
                yield draft.problem((key,), message, "Give one of them a different one.")


def headings_are_in_order(site: Site, today: date) -> Iterator[Problem]:
    """The title is the h1, and no level is skipped."""
    for draft in site.drafts:
        above = 1
        for heading in draft.rendered.headings:
            if heading.level == 1:
                message = "A heading with one # is the page title, which stands in `title`."
                yield draft.problem_at(heading.line, message, "Begin it with ##.")
            elif heading.level > above + 1:
                marks = "#" * above, "#" * heading.level
                message = f"This heading skips a level (from {marks[0]} to {marks[1]})."
                yield draft.problem_at(heading.line, message, f"Begin it with {marks[0]}#.")
            above = max(heading.level, 2)


def required_pages_exist(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        for name in draft.meta.requires if draft.meta else ():
            if f"/{name}/" not in site.paths:
                message = f"This page can't be published without /{name}/."
                yield draft.problem(("requires",), message, f"Put {name}.md back.")


def files_of_other_features_can_be_read(site: Site, today: date) -> Iterator[Problem]:
    for name in by_name.keys() - site.data.lines.keys():
        if stamp := stamp_of(site.folder / name):
            yield from problems_reading(name, site.folder, stamp)


@lru_cache(maxsize=8)  # such lists are long, and most edits are elsewhere
def problems_reading(name: str, folder: Path, stamp: tuple) -> list[Problem]:
    report = Report(f"{folder.name}/{name}")
    by_name[name].load(folder / name, report)
    return report.problems


PAGE_RULES: tuple[Rule, ...] = (  # whose problems are in the files of pages
    there_is_a_home_page,
    file_names_make_valid_paths,
    every_path_has_one_file,
    titles_menus_and_guide_positions_differ,
    headings_are_in_order,
    links_lead_somewhere,
    required_pages_exist,
    front_matter_has_no_duplicates,
    *REVIEW_RULES,
)
DATA_FILE_RULES: tuple[Rule, ...] = (
    *CLINIC_RULES,
    facts_are_current,
    *DATA_RULES,
    *CHART_RULES,
)
RULES: tuple[Rule, ...] = (
    *PAGE_RULES,
    every_file_is_used,
    files_of_other_features_can_be_read,
    *DATA_FILE_RULES,
)


def problems_of(site: Site, today: date) -> list[Problem]:
    """Every problem: of single files, of the words on each page, and of the whole."""
    on_pages = (found for draft in site.drafts for found in problems_on(draft, site.data))
    of_site = (found for rule in RULES for found in rule(site, today))
    return in_order([*site.problems, *on_pages, *of_site])


def problems_on(draft: Draft, data: Data) -> Iterator[Problem]:
    for rule in TEXT_RULES:
        yield from rule(draft, data)
