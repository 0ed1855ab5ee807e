"""When to look at a request again: what a form proposes, and staff may change."""

from datetime import date, timedelta
from itertools import islice

from kapsite.clinic.deadlines import hours_on, open_days
from kapsite.clinic.facts import Clinic, get_clinic
from kapsite.inquiries.desk.page_parts.formatting import time_in_words
from kapsite.inquiries.models import Inquiry

ENOUGH_ATTEMPTS = 3  # without an answer; then closing is proposed
DAYS_BETWEEN = (1, 2, 4)  # open days after the first, the second and each later attempt


def next_open_day(today: date, clinic: Clinic, number: int = 1) -> date:
    """The ``number``-th day after ``today`` on which the clinic is open."""
    after = today + timedelta(days=1)
    days = (day for day, _, _ in open_days(after, clinic))
    return next(islice(days, number - 1, None), today + timedelta(days=number))


def next_attempt(unanswered: int, today: date, clinic: Clinic) -> date:
    """When to try again after ``unanswered`` attempts: a little later each time."""
    place = min(max(unanswered, 1), len(DAYS_BETWEEN)) - 1
    return next_open_day(today, clinic, DAYS_BETWEEN[place])


def closed_day(inquiry: Inquiry) -> date | None:
    """The day of the next step, if the clinic is closed then.

    Not for an attempt at a set time because of a safety concern: that one is meant.
    """
    day = inquiry.next_action_on
    is_meant = inquiry.safety_concern and inquiry.next_action_time is not None
    return day if day and not is_meant and not hours_on(day, get_clinic()) else None


def closed_then(inquiry: Inquiry) -> str:
    """A warning, if the clinic is closed on the day or at the time of the next step."""
    day, at = inquiry.next_action_on, inquiry.next_action_time
    if day is None or (at and inquiry.safety_concern):  # that one is meant
        return ""
    hours = hours_on(day, get_clinic())
    if hours and (at is None or any(start <= at < end for start, end in hours.spans)):
        return ""
    time = f", at {time_in_words(at)}" if at else ""
    return f"The clinic is closed on {day:%A, %B %-d}{time}."
