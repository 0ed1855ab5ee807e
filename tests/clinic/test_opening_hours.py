"""Opening hours and the reply promise: any usual way to write them, one way to say them."""

from datetime import date, time

import pytest

from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import OpenHours, clock, hours_in_words, read_clock, read_hours
from kapsite.content_files.problems import Report
from kapsite.content_files.validation import load
from tests.pages.samples import CLINIC, check_content, make_content

NINE_TO_FIVE = OpenHours(time(9), time(17))
WITH_LUNCH = OpenHours(time(9), time(17), ((time(12), time(13)),))


@pytest.fixture
def read(tmp_path):
    """The clinic, and the problems, when ``text`` is added to its file."""

    def read(text):
        file, report = tmp_path / "clinic.yaml", Report("content/clinic.yaml")
        file.write_text(CLINIC.rstrip() + "\n" + text)
        return load(file, Clinic, report), [str(problem) for problem in report.problems]

    return read


@pytest.mark.parametrize(
    "written",
    [
        "9 am to 5 pm", "9am-5pm", "9:00 a.m. to 5:00 p.m.", "9 AM – 5 PM", "9:00 to 17:00",
        "9 am — 5 pm", "09:00-17:00", "9.00–17.00", "0900-1700", "9a-5p", "9 a.m.–5 p.m.",
        "9 to 5 pm", "from 9 am until 5 pm", "9 AM TO 5 PM.", "9 am −− 5 pm",
    ],
)  # fmt: skip
def test_hours_may_be_written_in_any_usual_way(written):
    assert read_hours(written) == NINE_TO_FIVE


@pytest.mark.parametrize("space", ["\xa0", "\u2009", "\u202f", "\u3000"])
def test_spaces_that_look_plain_count_as_plain(read, space):
    written = "hours:\n  monday: 9 am to 5 pm\n  tuesday: 8.30 am – noon\n"
    clinic, problems = read(written.replace(" am", f"{space}am").replace("day: ", f"day{space}: "))
    assert problems == []
    assert clinic.hours == {
        "monday": NINE_TO_FIVE,
        "tuesday": OpenHours(time(8, 30), time(12)),
    }


@pytest.mark.parametrize(
    "written",
    [
        "9 am to 12 pm, 1 pm to 5 pm",
        "9 am to noon and 1 pm to 5 pm",
        "9:00-12:00; 13:00-17:00",
        "9 am – 12 noon / 1 – 5 pm",
        ["9 am to noon", "1 pm to 5 pm"],
    ],
)
def test_a_day_may_have_a_break(written):
    assert read_hours(written) == WITH_LUNCH


def test_parts_of_a_day_that_touch_are_one():
    assert read_hours("9 am to noon, noon to 5 pm") == NINE_TO_FIVE


def test_a_break_is_said_as_people_say_it():
    assert hours_in_words({"monday": WITH_LUNCH}) == "Monday 9 am to noon and 1 pm to 5 pm"


@pytest.mark.parametrize(
    ("written", "opening"),
    [("1 to 5 pm", time(13)), ("9 to 5 pm", time(9)), ("12 to 5 pm", time(12))],
)
def test_a_lone_pm_counts_for_both_ends_where_that_makes_sense(written, opening):
    assert read_hours(written) == (opening, time(17), ())


@pytest.mark.parametrize("written", ["noon", "12 noon", "12 pm", "midday", "12:00", "12\xa0pm"])
def test_noon_may_be_a_word(written):
    assert read_clock(written) == time(12)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0), "12 am"),
        (time(9), "9 am"),
        (time(12), "noon"),
        (time(12, 30), "12:30 pm"),
        (time(17, 5), "5:05 pm"),
    ],
)
def test_a_time_is_said_as_people_say_it(at, words):
    assert clock(at) == words


def test_days_with_the_same_hours_are_said_together(read):
    clinic, _ = read(
        "hours: {friday: 9 am to noon, monday: 9 am to 5 pm, tuesday: 9 am to 5 pm, "
        "wednesday: 9 am to 5 pm, saturday: 9 am to noon}"
    )
    assert clinic.hours_in_words == (
        "Monday to Wednesday 9 am to 5 pm, Friday and Saturday 9 am to noon"
    )


def test_a_day_between_that_is_closed_divides():
    hours = {"monday": NINE_TO_FIVE, "wednesday": NINE_TO_FIVE}
    assert hours_in_words(hours) == "Monday 9 am to 5 pm, Wednesday 9 am to 5 pm"


def test_no_hours_are_no_words():
    assert hours_in_words({}) == ""


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "We aim to reply by noon on the next day we’re open."),
        (2, "We aim to reply by noon on the second day we’re open."),
    ],
)
def test_a_promise_is_two_facts_and_one_sentence(read, days, words):
    clinic, problems = read(
        f"hours: {{monday: 9 am to 5 pm}}\nreply_promise: {{open_days: {days}, by: noon}}"
    )
    assert problems == []
    assert str(clinic.reply_promise) == words


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hours: {monday: 5 to 9 o'clock}", "aren't opening hours. Fix: Write them like 9 am"),
        ("hours: {monday: 9 to 5}", '"9 to 5" ends before it begins. Fix: Write am and pm'),
        ("hours: {monday: 9 am to 25:00}", '"9 am to 25:00" isn\'t a time of day.'),
        ("hours: {monday: 1 to 5}", '"1 to 5" begins at night. Fix: Write am and pm'),
        ("hours: {monday: 12 am to 5 pm}", "12 am is midnight. Fix: Write noon"),
        ("hours: {monday: closed}", "There are no hours here. Fix: Remove the line"),
        ("hours: {monday: }", "There are no hours here. Fix: Remove the line"),
        ("hours:\n  monday: 9 am to 2 pm, 1 pm to 5 pm", "begins before the last one ends"),
        ("hours: {mondey: 9 am to 5 pm}", 'Did you mean "monday"?'),
        ("hours: Mondays", "hours"),
        (
            "reply_promise: {open_days: 1, by: noon}",
            "reply_promise: It counts open days, but there are no hours. Fix: Add `hours:`.",
        ),
        (
            "hours: {monday: 9 am to 5 pm}\nreply_promise: {open_days: 1, by: soon}",
            '"soon" isn\'t a time of day. Fix: Write it like 9 am, 5:30 pm or noon.',
        ),
        (
            "hours: {monday: 9 am to 5 pm}\nreply_promise: {open_days: 1, by: 4}",
            'by: "4" is at night. Fix: Write am or pm',
        ),
        (
            "hours: {monday: 9 am to 5 pm}\nreply_promise: {open_days: 0, by: noon}",
            "open_days",
        ),
        ("hours: {monday: 9 am to 5 pm}\nreply_promise: Soon.", "reply_promise"),
    ],
)
def test_what_cannot_be_understood_is_explained(read, text, problem):
    clinic, [message] = read(text)
    assert clinic is None
    assert problem in message
    assert message.startswith("content/clinic.yaml:")


@pytest.mark.parametrize(("holidays", "warnings"), [("[2026-11-21]", 1), ("[2026-12-25]", 0)])
def test_a_promise_needs_a_closed_day_that_lies_ahead(tmp_path, holidays, warnings):
    content = make_content(tmp_path)
    with (content / "clinic.yaml").open("a") as file:
        file.write(f"reply_promise: {{open_days: 1, by: noon}}\nholidays: {holidays}\n")
    found = [problem.message for problem in check_content(content, date(2026, 11, 22))]
    assert len(found) == warnings
    assert all("no upcoming holidays are listed" in message for message in found)
