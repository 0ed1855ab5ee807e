"""Tables about the pages, for the terminal."""

from collections.abc import Sequence
from datetime import date, timedelta

from kapsite.pages.check.rules.expiry_rules import expiring_facts
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site

COLUMNS = ("Page", "Words", "Grade", "Claims", "Citations", "Exempt", "Review", "Reviewed by")


def report(site: Site, today: date) -> str:
    """A row for each page: words, reading grade, claims, citations, exemptions, review."""
    drafts = sorted(site.drafts, key=lambda draft: draft.path)
    rows = [report_row(draft, site, today) for draft in drafts]
    sums = [sum(int(row[column]) for row in rows) for column in (1, 3, 4, 5)]
    total = ("All pages", str(sums[0]), "", *map(str, sums[1:]), "", "")
    return table([COLUMNS, *rows, total])


def report_row(draft: Draft, site: Site, today: date) -> tuple[str, ...]:
    reading = site.data.readability.read(draft.rendered.sentences)
    rules = site.data.claims
    prose = [sentence for sentence in draft.rendered.sentences if not sentence.is_label]
    claims = sum(bool(rules and rules.claim_in(sentence)) for sentence in prose)
    meta = draft.meta
    return (
        draft.path,
        str(reading.words),
        reading.shown_grade,
        str(claims),
        str(sum(draft.rendered.citations.values())),
        str(len(meta.uncited) if meta else 0),
        review_of(meta.review_by if meta else None, today),
        (meta and meta.reviewed_by) or "no one yet",
    )


def review_of(day: date | None, today: date) -> str:
    if day is None:
        return "no date"
    return f"overdue since {day}" if day < today else f"due {day}"


def due_within(site: Site, today: date, days: int) -> str:
    """The pages whose review is due within ``days``, and facts that expire; earliest first."""
    last = today + timedelta(days=days)
    reviews = (
        (draft.meta.review_by, draft.file)
        for draft in site.drafts
        if draft.meta and draft.meta.review_by
    )
    facts = ((fact.day, f"{fact.file}:{fact.line} {fact.name}") for fact in expiring_facts(site))
    due = sorted((day, what) for day, what in (*reviews, *facts) if day <= last)
    if not due:
        return f"No review is due by {last}."
    rows = ((str(day), what, str((day - today).days)) for day, what in due)
    return table([("Due", "Page", "Days"), *rows])


def table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = [all(cell.lstrip("-").replace(".", "").isdigit() or cell in ("", "-")
                   for cell in column[1:]) for column in zip(*rows, strict=True)]  # fmt: skip
    return "\n".join(
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in rows
    )
