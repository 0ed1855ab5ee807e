"""Rules for the facts about the clinic: one small function for each."""

from collections.abc import Iterator
from datetime import date, timedelta

from kapsite.clinic.opening_hours import ADD_HOURS, NO_HOURS, clock
from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.content_files.yaml_reader import Place
from kapsite.pages.load.site import Site

A_YEAR = timedelta(days=366)
CALL_LINE = "Call or text it, then write today's date in `checked_on`."


def holidays_are_plausible(site: Site, today: date) -> Iterator[Problem]:
    """A typo in a year makes a valid date."""
    clinic = site.data.clinic
    for index, day in enumerate(clinic.holidays if clinic else ()):
        place = "holidays", index
        if day - today > 3 * A_YEAR:
            message = f"The holiday {day} is more than three years away."
            yield in_clinic(site, place, message, "Check its year.")
        elif today - day > A_YEAR:
            level = "error" if today - day > 5 * A_YEAR else "warning"
            message = f"The holiday {day} is more than a year ago."
            yield in_clinic(site, place, message, "Check its year, or remove it.", level)


def notices_are_not_over(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    for index, notice in enumerate(clinic.notices if clinic else ()):
        if notice.until < today:
            message = f"This notice ended on {notice.until}; no reader sees it."
            yield in_clinic(site, ("notices", index), message, "Remove it.", "warning")


def crisis_lines_were_tested(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    for index, line in enumerate(clinic.crisis_lines if clinic else ()):
        place = "crisis_lines", index, "checked_on"
        if line.checked_on is None:
            message, fix = f'No one has tried "{line.name}" yet.', CALL_LINE
            yield in_clinic(site, place, message, fix, "warning")
        elif line.checked_on > today:
            message = f'The check of "{line.name}" ({line.checked_on}) is in the future.'
            yield in_clinic(site, place, message, "Write the date someone last tried it.")
        elif today - line.checked_on > A_YEAR:
            message = f'"{line.name}" was last checked on {line.checked_on}.'
            yield in_clinic(site, place, message, CALL_LINE, "warning")


def crisis_lines_name_known_sources(site: Site, today: date) -> Iterator[Problem]:
    sources, clinic = site.data.sources, site.data.clinic
    if sources is None or clinic is None:
        return
    for index, line in enumerate(clinic.crisis_lines):
        if line.source and line.source not in sources:
            message = f'"{line.name}" names the source "{line.source}", which doesn\'t exist.'
            place = "crisis_lines", index, "source"
            yield in_clinic(site, place, message, did_you_mean(line.source, sources))


def opening_hours_are_known(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    if clinic and not clinic.hours:
        yield in_clinic(site, ("hours",), NO_HOURS, ADD_HOURS, "warning")


def a_reply_promise_has_upcoming_holidays(site: Site, today: date) -> Iterator[Problem]:
    """Otherwise people are promised a reply on a day when the clinic is closed."""
    clinic = site.data.clinic
    if clinic and clinic.reply_promise and not any(day >= today for day in clinic.holidays):
        message = "The reply promise counts open days, but no upcoming holidays are listed."
        fix = "Add the days the clinic is closed in the next twelve months."
        yield in_clinic(site, ("holidays",), message, fix, "warning")


def a_reply_is_promised_within_opening_hours(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    if not (clinic and clinic.reply_promise and clinic.hours):
        return
    by = clinic.reply_promise.by
    if not any(hours.opening < by <= hours.closing for hours in clinic.hours.values()):
        message = f"A reply is promised by {clock(by)}, but the clinic is never open then."
        yield in_clinic(site, ("reply_promise", "by"), message, "Write a time within the hours.")


def in_clinic(site: Site, place: Place, message: str, fix: str, level: str = "error") -> Problem:
    return site.problem("clinic.yaml", place, message, fix, level)


CLINIC_RULES = (
    opening_hours_are_known,
    holidays_are_plausible,
    notices_are_not_over,
    crisis_lines_were_tested,
    crisis_lines_name_known_sources,
    a_reply_promise_has_upcoming_holidays,
    a_reply_is_promised_within_opening_hours,
)
