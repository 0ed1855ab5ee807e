"""Times that fit a person and the open hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kapsite.clinic.facts import Clinic
from kapsite.clinic.opening_hours import DAYS, OpenHours, read_hours
from kapsite.inquiries.desk.appointments.times import (
    NO_WISHES,
    SLOTS,
    Wishes,
    call_times,
    free_slots,
    slot_from,
)
from kapsite.inquiries.models import Appointment
from tests.factories import make_inquiry

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 12, 1, 10, 40, tzinfo=ZONE)  # a Tuesday
HOURS = dict.fromkeys(DAYS[:5], read_hours("9 am to noon, 1 pm to 5 pm"))


def clinic(hours: dict[str, OpenHours] | None = HOURS, **facts):
    known = {"time_zone": "America/Los_Angeles", "holidays": (), "hours": hours}
    return Clinic.model_construct(**known | facts)


def slots(wishes=NO_WISHES, names=(), minutes=60, **facts):
    found = free_slots(NOW, wishes, list(names), clinic(**facts), minutes)
    return [f"{slot.start:%a %d %H:%M} {slot.clinician}".strip() for slot in found]


def book(at: str, clinician="", length=60, status="scheduled", **fields):
    inquiry = make_inquiry(status=status, next_action_on=NOW.date())
    starts_at = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    made = {"made_in": 1, "place": "video", "length": length, "clinician": clinician}
    return Appointment.objects.create(inquiry=inquiry, starts_at=starts_at, **made | fields)


def test_six_times_are_proposed_two_on_each_day_the_first_in_an_hour():
    assert slots() == [
        *("Tue 01 13:00", "Tue 01 14:00", "Wed 02 09:00", "Wed 02 10:00"),
        *("Thu 03 09:00", "Thu 03 10:00"),
    ]


def test_a_longer_one_is_proposed_only_where_it_fits():
    assert slots(minutes=120) == [
        *("Tue 01 13:00", "Tue 01 15:00", "Wed 02 09:00", "Wed 02 13:00"),
        *("Thu 03 09:00", "Thu 03 13:00"),
    ]
    book("2026-12-01T14:30")
    assert slots(minutes=90)[0] == "Tue 01 13:00"
    assert slots(minutes=120)[0] == "Wed 02 09:00"


def test_they_fit_the_days_and_times_of_the_person():
    assert slots(Wishes("monday,thursday", "afternoon")) == [
        *("Thu 03 13:00", "Thu 03 14:00", "Mon 07 13:00", "Mon 07 14:00"),
        *("Thu 10 13:00", "Thu 10 14:00"),
    ]
    assert slots(Wishes("", "evening")) == []  # the clinic is closed then


def test_a_holiday_a_break_and_a_closed_day_hold_none():
    found = slots(holidays=(NOW.date(), NOW.date() + timedelta(days=1)))
    assert found[:2] == ["Thu 03 09:00", "Thu 03 10:00"]
    assert not [each for each in found if "12:" in each or each[:3] in ("Sat", "Sun")]


def test_a_time_that_is_taken_goes_to_a_colleague_or_to_nobody():
    book("2026-12-02T09:30", "Ana", length=30)
    assert [each for each in slots(names=["Ana"]) if "Wed" in each] == [
        *("Wed 02 10:00 Ana", "Wed 02 11:00 Ana"),
    ]
    assert "Wed 02 09:00 Ben" in slots(names=["Ana", "Ben"])


@pytest.mark.parametrize("state", ["moved", "canceled"])
def test_what_was_called_off_takes_no_time(state):
    book("2026-12-02T09:00", state=state, ended_in=2)
    book("2026-12-02T09:00", status="contacted")
    assert "Wed 02 09:00" in slots()


def test_a_clinic_that_is_never_open_proposes_nothing():
    assert slots(hours={"sunday": OpenHours(NOW.time(), NOW.time())}) == []


def test_a_slot_is_sent_and_read_back():
    slot = free_slots(NOW, NO_WISHES, ["Dr. Ana Diaz"], clinic(), 90)[0]
    assert slot.value == "2026-12-01T13:00 90 Dr. Ana Diaz"
    assert slot_from(slot.value, ZONE) == slot


@pytest.mark.django_db
def test_the_proposals_take_one_query_however_many_are_booked(django_assert_num_queries):
    for hour in range(9, 17):
        book(f"2026-12-02T{hour:02}:00")
    with django_assert_num_queries(1):
        assert len(slots()) == SLOTS


def calls(wishes=NO_WISHES, now=NOW, **facts):
    return [f"{at:%a %d %H:%M}" for at in call_times(now, wishes, clinic(**facts))[:3]]


def test_calls_are_proposed_later_today_and_as_the_clinic_opens():
    assert calls() == ["Tue 01 13:00", "Wed 02 09:00", "Thu 03 09:00"]
    assert calls(Wishes("", "afternoon")) == ["Tue 01 13:00", "Wed 02 13:00", "Thu 03 13:00"]
    assert calls(Wishes("friday", "")) == ["Fri 04 09:00", "Fri 11 09:00", "Fri 18 09:00"]
    assert calls(now=NOW.replace(hour=16)) == ["Wed 02 09:00", "Thu 03 09:00", "Fri 04 09:00"]


def test_where_nothing_fits_no_call_is_proposed():
    assert calls(Wishes("sunday", "")) == []
