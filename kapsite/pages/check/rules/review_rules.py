"""Rules for the review dates of pages: one small function for each."""

from collections.abc import Iterator
from datetime import date, timedelta

from kapsite.content_files.problems import Problem
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site

A_YEAR = timedelta(days=366)


def review_dates_are_plausible(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        if draft.meta:
            yield from implausible_dates(draft, today)
            yield from future_dates(draft, today)


def implausible_dates(draft: Draft, today: date) -> Iterator[Problem]:
    last, due = draft.meta.reviewed_on, draft.meta.review_by
    if draft.meta.reviewed_by and not last:
        fix = "Add `reviewed_on:` with the date of the review."
        yield draft.problem(("reviewed_by",), "A reviewer is named, but no review date.", fix)
    if last and not due:
        fix = "Add `review_by:` with a date within a year of the last review."
        yield draft.problem(("reviewed_on",), "This page has no date for its next review.", fix)
    if not due:
        return
    if not last and due - today > A_YEAR:
        message = "The first review is due more than a year from now."
        yield draft.problem(("review_by",), message, "Write a date within a year.")
    if last and due <= last:
        message = f"The next review isn't after the last one ({last})."
        yield draft.problem(("review_by",), message, "Write a date within a year after it.")
    if last and due - last > A_YEAR:
        message = f"The next review is due more than a year after the last one ({last})."
        fix = "Write a date within a year, or six months if it covers safety, approval or cost."
        yield draft.problem(("review_by",), message, fix)


def future_dates(draft: Draft, today: date) -> Iterator[Problem]:
    for index, change in enumerate(draft.meta.changes):
        if change.on > today:
            message = f"The date of this change ({change.on}) is in the future."
            yield draft.problem(("changes", index, "on"), message, "Write the date it was made.")
    if draft.meta.reviewed_on and draft.meta.reviewed_on > today:
        message = f"The review date ({draft.meta.reviewed_on}) is in the future."
        yield draft.problem(("reviewed_on",), message, "Write the date of the review.")


def reviews_are_on_time(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        if draft.meta and draft.meta.review_by and draft.meta.review_by < today:
            message = f"The review of this page was due on {draft.meta.review_by}."
            fix = "Have it reviewed, then update `reviewed_on` and `review_by`."
            yield draft.problem(("review_by",), message, fix, "warning")


def pages_end_in_time(site: Site, today: date) -> Iterator[Problem]:
    for draft in site.drafts:
        last = draft.meta and draft.meta.expires_on
        if last and draft.path == "/":
            yield draft.problem(("expires_on",), "The home page can't end.", "Remove this date.")
        elif last and last < today:
            message = f"The last day of this page was {last}: readers only see that it has ended."
            fix = "Remove the page, or write a later day."
            yield draft.problem(("expires_on",), message, fix, "warning")


REVIEW_RULES = (review_dates_are_plausible, reviews_are_on_time, pages_end_in_time)
