"""Rules for the facts about the clinic: one small function for each."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import ADD_HOURS, NO_HOURS, clock
from kapsite.clinic.placeholders import typed_by_hand
from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.content_files.yaml_reader import Place
from kapsite.pages.load.site import Site

A_YEAR = timedelta(days=366)
# Where it is, what is wrong, the fix, and the level if it is no error.
Found = tuple[Place, str, str] | tuple[Place, str, str, str]
CALL_LINE = "Call or text it, then write today's date in `checked_on`."


def holidays_are_plausible(clinic: Clinic, today: date) -> Iterator[Found]:
    """A typo in a year makes a valid date."""
    for index, day in enumerate(clinic.holidays):
        place = "holidays", index
        if day - today > 3 * A_YEAR:
            yield place, f"The holiday {day} is more than three years away.", "Check its year."
        elif today - day > A_YEAR:
            level = "error" if today - day > 5 * A_YEAR else "warning"
            message = f"The holiday {day} is more than a year ago."
            yield place, message, "Check its year, or remove it.", level


def notices_are_not_over(clinic: Clinic, today: date) -> Iterator[Found]:
    for index, notice in enumerate(clinic.notices):
        if notice.until < today:
            message = f"This notice ended on {notice.until}; no reader sees it."
            yield ("notices", index), message, "Remove it.", "warning"


def notices_leave_the_phone_number_out(clinic: Clinic, today: date) -> Iterator[Found]:
    """Typed by hand, it would stay when the number changes."""
    for index, notice in enumerate(clinic.notices):
        if "phone" in typed_by_hand(notice.text, {"phone": clinic.phone.display}):
            message = "The notice has the clinic's phone number, which may change."
            fix = "Leave it out. Write “call us”: the number is on every page."
            yield ("notices", index, "text"), message, fix


def crisis_lines_were_tested(clinic: Clinic, today: date) -> Iterator[Found]:
    for index, line in enumerate(clinic.crisis_lines):
        place = "crisis_lines", index, "checked_on"
        if line.checked_on is None:
            yield place, f'No one has tried "{line.name}" yet.', CALL_LINE, "warning"
        elif line.checked_on > today:
            message = f'The check of "{line.name}" ({line.checked_on}) is in the future.'
            yield place, message, "Write the date someone last tried it."
        elif today - line.checked_on > A_YEAR:
            message = f'"{line.name}" was last checked on {line.checked_on}.'
            yield place, message, CALL_LINE, "warning"


def opening_hours_are_known(clinic: Clinic, today: date) -> Iterator[Found]:
    if not clinic.hours:
        yield ("hours",), NO_HOURS, ADD_HOURS, "warning"


def a_reply_promise_has_upcoming_holidays(clinic: Clinic, today: date) -> Iterator[Found]:
    """Otherwise people are promised a reply on a day when the clinic is closed."""
    if clinic.reply_promise and not any(day >= today for day in clinic.holidays):
        message = "The reply promise counts open days, but no upcoming holidays are listed."
        fix = "Add the days the clinic is closed in the next twelve months."
        yield ("holidays",), message, fix, "warning"


def a_reply_is_promised_within_opening_hours(clinic: Clinic, today: date) -> Iterator[Found]:
    by = clinic.reply_promise.by if clinic.reply_promise else None
    hours = clinic.hours.values() if clinic.hours else ()
    if by and hours and not any(day.opening < by <= day.closing for day in hours):
        message = f"A reply is promised by {clock(by)}, but the clinic is never open then."
        yield ("reply_promise", "by"), message, "Write a time within the hours."


def facts_about_the_clinic_hold(site: Site, today: date) -> Iterator[Problem]:
    if clinic := site.data.clinic:
        for place, message, fix, *level in chain(*(rule(clinic, today) for rule in FACT_RULES)):
            yield site.problem("clinic.yaml", place, message, fix, *level)


def crisis_lines_name_known_sources(site: Site, today: date) -> Iterator[Problem]:
    sources, clinic = site.data.sources, site.data.clinic
    if sources is None or clinic is None:
        return
    for index, line in enumerate(clinic.crisis_lines):
        if line.source and line.source not in sources:
            message = f'"{line.name}" names the source "{line.source}", which doesn\'t exist.'
            place = "crisis_lines", index, "source"
            fix = did_you_mean(line.source, sources)
            yield site.problem("clinic.yaml", place, message, fix)


FACT_RULES = (
    opening_hours_are_known,
    holidays_are_plausible,
    notices_are_not_over,
    notices_leave_the_phone_number_out,
    crisis_lines_were_tested,
    a_reply_promise_has_upcoming_holidays,
    a_reply_is_promised_within_opening_hours,
)
CLINIC_RULES = (facts_about_the_clinic_hold, crisis_lines_name_known_sources)
