"""How the desk and the website are doing, on one page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.decorators import permission_required
from django.utils import timezone
from django.views.decorators.http import require_safe

from kapsite.clinic import days
from kapsite.inquiries.data_protection import retention
from kapsite.inquiries.desk.inbox.tabs import count_some, in_digits
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.inquiries.models.logs.erasure_log import Rule

from . import svg, system_status
from .figures import WEEKS, Figure, Week, in_words, now_open, outcomes, weeks, with_bars

MANY = 5_000  # requests in those weeks: a tenth of a second may pass until they are counted
KEPT = timedelta(minutes=1)


@require_safe
@permission_required("inquiries.view_overview", raise_exception=True)
def overview_page(request):
    log_access(request, Act.OVERVIEW)
    now = timezone.now()
    numbers = counted(now)
    by_week = numbers.by_week
    return admin_page(
        request,
        "overview.html",
        "Overview",
        now=numbers.at,
        weeks=WEEKS,
        waiting=numbers.waiting,
        states=with_bars(numbers.states),
        outcomes=with_bars(numbers.outcomes),
        deletions=numbers.deletions,
        volume=volume_chart(by_week),
        contact=contact_chart(by_week),
        by_week=[
            (week, in_words(week.median), in_words(week.ninetieth)) for week in reversed(by_week)
        ],
        upkeep=system_status.lines(now),
    )


@dataclass(frozen=True)
class Numbers:
    at: datetime
    states: list[Figure]
    waiting: list[Figure]
    by_week: list[Week]
    outcomes: list[Figure]
    deletions: list[tuple[str, str]]  # of each rule, in words


kept: list[Numbers] = []  # the newest, if there was much to count


def counted(now: datetime) -> Numbers:
    """As of now. Where there is much to count, up to a minute old, as the page says."""
    if kept and timedelta(0) <= now - kept[0].at < KEPT:
        return kept[0]
    numbers = Numbers(
        now,
        *now_open(now),
        by_week=weeks(days.today()),
        outcomes=outcomes(now - timedelta(weeks=WEEKS)),
        deletions=upcoming_deletions(),
    )
    kept[:] = [numbers] if sum(week.received for week in numbers.by_week) >= MANY else []
    return numbers


def upcoming_deletions() -> list[tuple[str, str]]:
    found = count_some(dict(retention.deleted_soon()))
    return [(Rule(rule).label, in_digits(number)) for rule, number in found.items() if number]


def volume_chart(by_week: list[Week]) -> dict:
    most = max(week.received for week in by_week)
    layers = [[(week.received / (most or 1), "filled")] for week in by_week]
    title = f"Requests received in each of the last {WEEKS} weeks. The numbers are in the table."
    return chart("volume", title, layers, by_week, f"{most:,}")


def contact_chart(by_week: list[Week]) -> dict:
    longest = max((week.ninetieth or 0 for week in by_week), default=0)
    layers = [
        [
            ((week.ninetieth or 0) / (longest or 1), "hollow"),
            ((week.median or 0) / (longest or 1), "filled"),
        ]
        for week in by_week
    ]
    title = (
        f"Time to first contact in each of the last {WEEKS} weeks. The numbers are in the table."
    )
    return chart("contact", title, layers, by_week, in_words(longest) if longest else "")


def chart(name: str, title: str, layers, by_week: list[Week], top: str) -> dict:
    return {
        "svg": svg.columns(f"{name}-title", title, layers),
        "top": top,
        "first": by_week[0].label,
        "last": by_week[-1].label,
        "is_empty": not any(part for parts in layers for part, _ in parts),
    }
