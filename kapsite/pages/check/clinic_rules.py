"""What must hold for the facts about the clinic: one small function for each rule."""

from collections.abc import Iterator
from datetime import date, timedelta

from kapsite.clinic.opening_hours import ADD_HOURS, NO_HOURS, clock
from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.content_files.yaml_reader import Place
from kapsite.pages.load.site import Site

A_YEAR = timedelta(days=366)


def holidays_can_be_right(site: Site, today: date) -> Iterator[Problem]:
    """A slip in a year makes a day that no calendar refuses."""
    clinic = site.data.clinic
    for index, day in enumerate(clinic.holidays if clinic else ()):
        place = "holidays", index
        if day - today > 3 * A_YEAR:
            message = f"The holiday {day} is more than three years away."
            yield in_clinic(site, place, message, "Check its year.")
        elif today - day > A_YEAR:
            level = "error" if today - day > 5 * A_YEAR else "warning"
            message = f"The holiday {day} is more than a year past."
            yield in_clinic(site, place, message, "Check its year, or remove it.", level)


def crisis_lines_were_tried(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    for index, line in enumerate(clinic.crisis_lines if clinic else ()):
        place = "crisis_lines", index, "checked_on"
        if line.checked_on > today:
            message = f'"{line.name}" was checked on {line.checked_on}, which is still to come.'
            yield in_clinic(site, place, message, "Write the day on which somebody tried it.")
        elif today - line.checked_on > A_YEAR:
            message = f'"{line.name}" was last checked on {line.checked_on}.'
            fix = "Call or text it, then write the day in checked_on."
            yield in_clinic(site, place, message, fix, "warning")


def crisis_lines_name_known_sources(site: Site, today: date) -> Iterator[Problem]:
    sources, clinic = site.data.sources, site.data.clinic
    if sources is None or clinic is None:
        return
    for index, line in enumerate(clinic.crisis_lines):
        if line.source and line.source not in sources:
            message = f'"{line.name}" names a source "{line.source}" that is not there.'
            place = "crisis_lines", index, "source"
            yield in_clinic(site, place, message, did_you_mean(line.source, sources))


def opening_hours_are_known(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    if clinic and not clinic.hours:
        yield in_clinic(site, ("hours",), NO_HOURS, ADD_HOURS, "warning")


def a_promise_knows_the_next_holiday(site: Site, today: date) -> Iterator[Problem]:
    """Or a person is promised a reply on a day when nobody is there."""
    clinic = site.data.clinic
    if clinic and clinic.reply_promise and not any(day >= today for day in clinic.holidays):
        yield in_clinic(
            site,
            ("holidays",),
            "The reply promise counts open days, and no closed day lies ahead in holidays.",
            "Add the closed days of the next twelve months.",
            "warning",
        )


def a_promise_ends_while_the_clinic_is_open(site: Site, today: date) -> Iterator[Problem]:
    clinic = site.data.clinic
    if not (clinic and clinic.reply_promise and clinic.hours):
        return
    by = clinic.reply_promise.by
    if not any(hours.opening < by <= hours.closing for hours in clinic.hours.values()):
        yield in_clinic(
            site,
            ("reply_promise", "by"),
            f"A reply is promised by {clock(by)}, and the clinic is never open then.",
            "Write a time within the hours.",
        )


def in_clinic(site: Site, place: Place, message: str, fix: str, level: str = "error") -> Problem:
    line = site.data.lines["clinic.yaml"].line(place)
    return Problem(site.name("clinic.yaml"), line, message, fix, level)


CLINIC_RULES = (
    opening_hours_are_known,
    holidays_can_be_right,
    crisis_lines_were_tried,
    crisis_lines_name_known_sources,
    a_promise_knows_the_next_holiday,
    a_promise_ends_while_the_clinic_is_open,
)
