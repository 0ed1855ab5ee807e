"""The report of one month, to print on one page or to open in a spreadsheet."""

import csv
from collections.abc import Iterator
from datetime import date

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kapsite.clinic import days
from kapsite.inquiries.desk.export.spreadsheet import no_formula
from kapsite.inquiries.desk.export.view import BYTE_ORDER_MARK
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.models.logs.access_log import Act, log_access

from .figures import Figure, in_words, with_bars
from .month import DAY, MonthReport, Tally, month_report, next_month

FIRST_YEAR = 2000
COLUMNS = (
    "Part",
    "Item",
    "Received",
    "Reached",
    "Median minutes to first contact",
    "Slowest, minutes",
    "Booked",
    "Attended",
    "Closed",
)


def sees_overview(view):
    return require_safe(permission_required("inquiries.view_overview", raise_exception=True)(view))


@sees_overview
def month_page(request, year: int | None = None, month: int = 1):
    """Without a month, the current one."""
    report = report_for(request, year, month)
    following = next_month(report.first)
    return admin_page(
        request,
        "month_report.html",
        f"Report, {report.first:%B %Y}",
        now=timezone.now(),
        report=report,
        is_current=following > days.today(),
        previous=(report.first - DAY).replace(day=1),
        following=following,
        total=shown(report.total),
        weeks=list(map(shown, report.weeks)),
        weekdays=with_bars([Figure(each.label, each.received) for each in report.weekdays]),
        outcomes=with_bars(report.outcomes),
    )


@sees_overview
def month_csv(request, year: int, month: int):
    report = report_for(request, year, month, "CSV")
    name = f"report-{report.first:%Y-%m}.csv"
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response, quoting=csv.QUOTE_ALL).writerows(table(report))
    return response


def report_for(request, year: int | None, month: int, kind="page") -> MonthReport:
    today = days.today()
    try:
        first = today.replace(day=1) if year is None else date(year, month, 1)
    except (ValueError, OverflowError):
        first = date.max
    if first.year < FIRST_YEAR or first > today:
        raise Http404("There is no report for this month.")
    log_access(request, Act.OVERVIEW, details=f"report {first:%Y-%m}, {kind}")
    return month_report(first, timezone.now())


def shown(tally: Tally) -> dict:
    return {
        "tally": tally,
        "median": in_words(tally.median),
        "slowest": in_words(tally.slowest),
        "reached": tally.percent(tally.reached),
        "booked": tally.percent(tally.booked),
    }


def table(report: MonthReport) -> Iterator[list]:
    """Tidy rows: one for each item, so that a spreadsheet can filter and add them up."""
    yield list(COLUMNS)
    month = f"{report.first:%B %Y}"
    for part, tallies in (
        ("Month", [report.total]),
        ("Week", report.weeks),
        ("Weekday", report.weekdays),
    ):
        for each in tallies:
            label = month if part == "Month" else each.label
            waits = [minutes(each.median), minutes(each.slowest)]
            counts = [each.received, each.reached, *waits, each.booked, each.came, ""]
            yield [part, no_formula(label), *counts]
    for figure in report.outcomes:
        yield ["Outcome", no_formula(figure.label), *[""] * 6, figure.number]


def minutes(seconds: int | None) -> int | str:
    return "" if seconds is None else round(seconds / 60)
