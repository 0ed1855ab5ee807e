"""How long ago, and how much time is left, in words for a list."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from kapsite.clinic.days import day_of, zone
from kapsite.inquiries.data_protection.retention import delete_on
from kapsite.inquiries.models.choices import ContactBy, Day, Status, Time, Voicemail


def span(length: timedelta) -> str:
    """A length in its largest whole unit: "12 min", "5 h", "1 day", "3 months"."""
    if length >= timedelta(days=365):
        return count(length // timedelta(days=365), "year")
    if length >= timedelta(days=60):
        return count(length // timedelta(days=30), "month")
    if length >= timedelta(days=1):
        return count(length // timedelta(days=1), "day")
    if length >= timedelta(hours=1):
        return f"{length // timedelta(hours=1)} h"
    return f"{max(length // timedelta(minutes=1), 1)} min"


def moment_in_words(moment: datetime) -> str:
    """ "Wed Dec 2, 4:30 PM", at the clinic."""
    local = moment.astimezone(zone())
    return f"{local:%a %b %-d}, {time_in_words(local.time())}"


def time_in_words(at: time) -> str:
    """ "4:30 PM", "9 AM", "noon"."""
    if at == time(12):
        return "noon"
    return f"{at:%-I:%M %p}" if at.minute else f"{at:%-I %p}"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def age(inquiry, now: datetime) -> str:
    return span(now - inquiry.received_at)


def is_overdue(inquiry, now: datetime) -> bool:
    return inquiry.due_at is not None and inquiry.due_at < now


def due_on(inquiry, now: datetime) -> str:
    """ "Today, 1 PM", "Tue Dec 1", "Tue Dec 1, 4:30 PM"; "" where nobody has to act.

    A day without a time ends with the clinic's hours, and a deadline of today names them.
    """
    if inquiry.due_at is None:
        return ""
    due, today = inquiry.due_at.astimezone(zone()), day_of(now)
    day = inquiry.next_action_on or due.date()
    words = "Today" if day == today else f"{day:%a %b %-d}"
    if day.year != today.year:
        words += f", {day.year}"
    at = inquiry.next_action_time if inquiry.next_action_on else due.time()
    is_by_clock = at and (inquiry.next_action_on or day == today)
    return f"{words}, {time_in_words(at)}" if is_by_clock else words


def due_in(inquiry, now: datetime) -> str:
    """ "in 20 min", "tomorrow", "in 5 days", "17 h late", of an appointment "now"."""
    if inquiry.due_at is None:
        return ""
    if is_overdue(inquiry, now):
        return f"{span(now - inquiry.due_at)} late"
    at = planned_at(inquiry) or inquiry.due_at
    days = (day_of(at) - day_of(now)).days
    if days == 0:
        return f"in {span(at - now)}" if at > now else "now"
    return "tomorrow" if days == 1 else f"in {days} days"


def planned_at(inquiry) -> datetime | None:
    """When to act, if that is a time and not a whole day."""
    day, at = inquiry.next_action_on, inquiry.next_action_time
    return datetime.combine(day, at, zone()) if day and at else None


def days_until_spam_is_deleted(inquiry, now: datetime) -> int | None:
    """Days until likely spam is deleted; None for any other request."""
    if inquiry.status != Status.SPAM or not (day := delete_on(inquiry)):
        return None
    return max((day - day_of(now)).days, 0)


WAYS = {ContactBy.CALL: "Call.", ContactBy.TEXT: "Text.", ContactBy.EMAIL: "Email."}
VOICEMAIL: dict[str, str] = {
    Voicemail.YES: "Voicemail is fine",
    Voicemail.DISCREET: "Voicemail: first name and number only",
    Voicemail.NO: "No voicemail",
}


def how_to_reach(inquiry) -> str:
    """ "Call. No voicemail. Mornings." """
    if not inquiry.may_be_contacted:
        return "Withdrawn. Don’t contact them."
    sentences, rule = [WAYS.get(inquiry.contact_by, "")], inquiry.voicemail_rule
    if inquiry.wrong_number:
        sentences = ["Wrong number: don’t call it."]
    elif rule.other:
        sentences.append(f"{VOICEMAIL[rule.answer]} (another request from this number says so).")
    elif inquiry.contact_by == ContactBy.CALL and rule.answer:
        sentences.append(f"{VOICEMAIL[rule.answer]}.")
    if times := good_times(inquiry):
        sentences.append(f"{times}.")
    return " ".join(filter(None, sentences))


def good_times(inquiry) -> str:
    """ "Mornings or evenings", "Mondays or Fridays, mornings"; "" if they didn't say."""
    days = any_of(labels(Day.choices, inquiry.days))
    times = any_of(labels(Time.choices, inquiry.times)).lower()
    words = ", ".join(filter(None, [days, times]))
    return words[:1].upper() + words[1:]


def any_of(words: list[str]) -> str:
    """ "Mornings", "Mornings or Evenings", "Mornings, Afternoons or Evenings"."""
    *first, last = words or [""]
    return f"{', '.join(first)} or {last}" if first else last


def labels(choices, values: str) -> list[str]:
    """The labels of ``values``, which are separated by commas."""
    names = dict(choices)
    return [names.get(value, value) for value in values.split(",") if value]


def person(user) -> str:
    """What colleagues call a staff member; "" for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""


def version_in_words(version: str) -> str:
    """ "Nov 22, 2026" for a version that is a date, as in the clinic's file."""
    with suppress(ValueError):
        day = date.fromisoformat(version)
        return f"{day:%b %-d, %Y}"
    return version


def source_of(inquiry) -> str:
    """ "website", or "by phone, Maria" where a colleague entered it."""
    return f"by phone, {person(inquiry.entered_by)}" if inquiry.entered_by_id else "website"
