"""Facts about the clinic that no calendar or schema refuses, and that cannot be right."""

import pytest

from kapsite.clinic.opening_hours import NO_HOURS
from tests.pages.samples import CLINIC, check_content, make_content

LINES = len(CLINIC.splitlines())


@pytest.fixture
def problems_with(tmp_path):
    """The level, line and words of each problem, when ``text`` is added to the clinic's file.

    That it has no hours aside.
    """

    def check(text: str = "", old: str = "", new: str = "") -> list[tuple[str, int, str]]:
        content = make_content(tmp_path)
        (content / "clinic.yaml").write_text(CLINIC.replace(old, new) + text)
        found = check_content(content)
        assert {problem.file for problem in found} <= {"content/clinic.yaml"}
        return [
            (problem.level, problem.line - LINES, problem.message)
            for problem in found
            if problem.message != NO_HOURS
        ]

    return check


@pytest.mark.parametrize(
    ("day", "level", "message"),
    [
        ("2062-12-25", "error", "The holiday 2062-12-25 is more than three years away."),
        ("2016-12-25", "error", "The holiday 2016-12-25 is more than a year ago."),
        ("2024-12-25", "warning", "The holiday 2024-12-25 is more than a year ago."),
    ],
)
def test_a_holiday_far_away_has_a_slip_in_its_year(problems_with, day, level, message):
    text = f"holidays:\n  - 2026-12-25\n  - {day}\n"
    assert problems_with(text) == [(level, 3, message)]


@pytest.mark.parametrize("day", ["2026-11-26", "2028-01-01", "2026-01-01", "2026-11-29"])
def test_a_holiday_near_today_is_fine_on_any_weekday(problems_with, day):
    assert problems_with(f"holidays: [{day}]\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "holidays:\n  - 2026-12-25\n  - 2026-12-25\n",
        "# more\nholidays:\n  - 2026-12-25\n  - 2026-12-26\n  - 2026-12-25\n",
    ],
)
def test_a_holiday_stands_once(problems_with, text):
    last = text.count("\n")
    first = LINES + text[: text.index("2026-12-25")].count("\n") + 1
    message = f'This list has "2026-12-25" twice (first on line {first}).'
    assert problems_with(text) == [("error", last, message)]


@pytest.mark.parametrize(
    ("day", "level", "words"),
    [("2026-11-23", "error", "in the future"), ("2025-10-01", "warning", "was last checked on")],
)
def test_a_crisis_line_was_tried_within_a_year(problems_with, day, level, words):
    [(found, line, message)] = problems_with(old="2026-11-22", new=day)
    assert (found, LINES + line) == (level, 10)
    assert words in message


def test_a_crisis_line_that_no_one_has_tried_is_named(problems_with):
    [(level, _, message)] = problems_with(old="    checked_on: 2026-11-22\n", new="")
    assert level == "warning"
    assert "No one has tried" in message


def test_a_crisis_line_stands_once(problems_with):
    again = CLINIC[CLINIC.index("  - name") :].replace("988", "911")
    [(level, line, message)] = problems_with(again)
    assert (level, line) == ("error", 1)
    assert "has the same entry twice" in message


@pytest.mark.parametrize(("by", "count"), [("6 pm", 1), ("9 am", 1), ("5 pm", 0), ("12:30 pm", 0)])
def test_a_reply_is_promised_for_a_time_when_the_clinic_is_open(problems_with, by, count):
    text = (
        "hours: {monday: 9 am to noon, tuesday: 9 am to 5 pm}\nholidays: [2026-12-25]\n"
        f"reply_promise: {{open_days: 1, by: {by}}}\n"
    )
    found = problems_with(text)
    assert [(level, line) for level, line, _ in found] == [("error", 3)] * count


def test_hours_that_are_not_known_are_a_warning_with_the_lines_to_add(tmp_path):
    content = make_content(tmp_path)
    (content / "clinic.yaml").write_text(CLINIC)
    [problem] = check_content(content)
    assert (problem.level, problem.file) == ("warning", "content/clinic.yaml")
    assert "by the end of the next working day" in problem.message
    assert "`hours:` to clinic.yaml" in problem.fix
    assert "`monday: 9 am to 5 pm`" in problem.fix


@pytest.mark.parametrize("number", ["(425) 555-0142", "425-555-0142", "+1 425 555 0142"])
def test_a_notice_leaves_the_phone_number_out(problems_with, number):
    notice = f"notices: [{{text: Call {number}., from: 2026-11-20, until: 2026-12-20}}]\n"
    [problem] = problems_with(notice)
    assert "The notice has the clinic's phone number" in str(problem)
    other = notice.replace("0142", "0177")
    assert problems_with(other) == []
