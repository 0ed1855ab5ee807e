"""By when a request is answered, in the clinic's time zone, on its open days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kapsite.clinic.deadlines import in_words, promised_by, reply_due
from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import DAYS, OpenHours, ReplyPromise

SEATTLE = ZoneInfo("America/Los_Angeles")
NINE_TO_FIVE = OpenHours(time(9), time(17))
WORKDAYS = dict.fromkeys(DAYS[:5], NINE_TO_FIVE)
NOON_NEXT_DAY = ReplyPromise(open_days=1, by="noon")


def clinic(hours=WORKDAYS, promise=NOON_NEXT_DAY, **facts):
    """Not validated: nothing here depends on its name or consent."""
    known = {"time_zone": "America/Los_Angeles", "holidays": (), "safety_concern_hours": 1}
    return Clinic.model_construct(hours=hours, reply_promise=promise, **known | facts)


def at(day, clock="10:00", zone=SEATTLE):
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)


def promised(received, **facts):
    return in_words(promised_by(received, clinic(**facts)), received)


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (at("2026-11-23"), "by Tuesday at noon"),  # a Monday
        (at("2026-11-23", "00:00"), "by Tuesday at noon"),
        (at("2026-11-23", "23:59"), "by Tuesday at noon"),
        (at("2026-11-27"), "by Monday at noon"),
        (at("2026-11-28"), "by Monday at noon"),
        (at("2026-11-29", "23:59"), "by Monday at noon"),
    ],
)
def test_the_promise_ends_on_the_next_open_day(received, words):
    assert promised(received) == words


def test_the_clinics_day_counts_and_not_that_of_the_server():
    in_london = at("2026-11-24", "07:30", ZoneInfo("Europe/London"))  # still Monday in Seattle
    assert promised(in_london) == "by Tuesday at noon"


def test_a_holiday_is_not_an_open_day():
    assert promised(at("2026-11-25"), holidays=(date(2026, 11, 26),)) == "by Friday at noon"


def test_the_year_may_end_between():
    holidays = (date(2027, 1, 1),)
    end = promised_by(at("2026-12-31", "16:00"), clinic(holidays=holidays))
    assert end == at("2027-01-04", "12:00")


def test_of_several_open_days_the_right_one_counts():
    promise = ReplyPromise(open_days=3, by="5 pm")
    assert promised(at("2026-11-26"), promise=promise) == "by Tuesday at 5 pm"


def test_a_day_more_than_a_week_ahead_is_named_with_its_date():
    holidays = tuple(date(2026, 12, 24) + timedelta(days) for days in range(9))
    assert promised(at("2026-12-23"), holidays=holidays) == "by Monday, January 4, at noon"


def test_the_same_weekday_a_week_later_is_named_with_its_date():
    hours = {"monday": NINE_TO_FIVE}
    assert promised(at("2026-11-23"), hours=hours) == "by Monday, November 30, at noon"


def test_on_the_day_itself_it_says_today():
    end = promised_by(at("2026-11-23"), clinic())
    assert in_words(end, at("2026-11-24", "08:00")) == "by noon today"
    assert in_words(end, at("2026-11-26", "08:00")) == "by Tuesday, November 24, at noon"


@pytest.mark.parametrize("hours", [("09:00", "11:30"), ("13:00", "17:00")])
def test_a_promise_outside_the_hours_of_that_day_ends_with_them(hours):
    opening, closing = map(time.fromisoformat, hours)
    end = promised_by(at("2026-11-23"), clinic({"tuesday": OpenHours(opening, closing)}))
    assert end.time() == closing


@pytest.mark.parametrize("day", ["2026-03-07", "2026-10-31"])  # before the clocks change
def test_noon_is_noon_after_the_clocks_have_changed(day):
    every_day = dict.fromkeys(DAYS, NINE_TO_FIVE)
    end = promised_by(at(day), clinic(every_day))
    assert end.time() == time(12)
    assert end.utcoffset() != at(day).utcoffset()


@pytest.mark.parametrize(
    "facts",
    [
        {"promise": None},
        {"promise": None, "hours": None},
        {"holidays": tuple(date(2026, 11, 23) + timedelta(days) for days in range(100))},
    ],
)
def test_what_is_not_known_is_not_promised(facts):
    assert promised_by(at("2026-11-23"), clinic(**facts)) is None


# Staff


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (at("2026-11-23", "10:15"), at("2026-11-23", "11:15")),
        (at("2026-11-23", "16:30"), at("2026-11-24", "09:30")),
        (at("2026-11-23", "16:00"), at("2026-11-23", "17:00")),
        (at("2026-11-27", "18:00"), at("2026-11-30", "10:00")),
        (at("2026-11-23", "03:00"), at("2026-11-23", "10:00")),
    ],
)
def test_somebody_who_may_be_in_danger_is_due_after_one_open_hour(received, due):
    assert reply_due(received, clinic(), safety_concern=True) == due


def test_an_ordinary_request_is_due_when_the_promise_ends():
    received = at("2026-11-23")
    assert reply_due(received, clinic(), safety_concern=False) == at("2026-11-24", "12:00")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (at("2026-11-23"), at("2026-11-24", "17:00")),  # a Monday
        (at("2026-11-23", "03:00"), at("2026-11-24", "17:00")),
        (at("2026-11-27", "18:00"), at("2026-11-30", "17:00")),
        (at("2026-11-28"), at("2026-11-30", "17:00")),
    ],
)
@pytest.mark.parametrize("hours", [None, {}, WORKDAYS])
def test_without_a_promise_a_request_is_due_by_the_end_of_the_next_working_day(
    received, due, hours
):
    assert reply_due(received, clinic(hours, None), safety_concern=False) == due


def test_while_the_clinic_stays_closed_a_request_is_due_the_next_day():
    closed = tuple(date(2026, 11, 20) + timedelta(days) for days in range(100))
    due = reply_due(at("2026-11-23"), clinic(holidays=closed), safety_concern=False)
    assert due == at("2026-11-25", "00:00")


def test_a_break_does_not_count_as_open_time():
    with_lunch = OpenHours(time(9), time(17), ((time(12), time(13)),))
    monday = clinic(dict.fromkeys(DAYS, with_lunch))
    assert reply_due(at("2026-11-23", "11:30"), monday, safety_concern=True) == at(
        "2026-11-23", "13:30"
    )
    assert reply_due(at("2026-11-23", "12:30"), monday, safety_concern=True) == at(
        "2026-11-23", "14:00"
    )
    assert promised_by(at("2026-11-23"), monday) == at("2026-11-24", "12:00")


@pytest.mark.parametrize("hours", [None, {}])
def test_without_known_hours_the_hour_is_one_of_the_clock(hours):
    received = at("2026-11-22", "03:00")
    due = reply_due(received, clinic(hours, None), safety_concern=True)
    assert due == at("2026-11-22", "04:00")


def test_somebody_in_danger_is_never_due_later_than_others():
    received, careless = at("2026-11-23"), clinic(safety_concern_hours=400)
    assert reply_due(received, careless, safety_concern=True) == promised_by(received, careless)


def test_an_open_hour_has_sixty_minutes_when_the_clocks_change():
    night = {"sunday": OpenHours(time(0), time(6))}  # clocks go from 2 to 3 on March 8
    due = reply_due(at("2026-03-08", "01:30"), clinic(night, None), safety_concern=True)
    assert due - at("2026-03-08", "01:30").astimezone(UTC) == timedelta(hours=1)
    assert due == at("2026-03-08", "03:30")
