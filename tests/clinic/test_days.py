from datetime import UTC, date, datetime

import pytest
from django.http import HttpResponse
from django.utils import timezone

from kapsite.clinic import days, facts
from kapsite.content_files.problems import ContentError

SPRING, FALL = date(2027, 3, 14), date(2027, 11, 7)  # when the clocks change in Seattle


@pytest.fixture
def in_zone(monkeypatch):
    """Let the clinic be somewhere else."""

    def move(name):
        clinic = facts.get_clinic().model_copy(update={"time_zone": name})
        monkeypatch.setattr(days, "get_clinic", lambda: clinic)

    return move


@pytest.mark.parametrize(
    ("name", "day"),
    [("Pacific/Kiritimati", date(2026, 12, 3)), ("Pacific/Pago_Pago", date(2026, 12, 1))],
)
def test_a_day_is_that_of_the_clinic(in_zone, name, day):
    in_zone(name)
    assert days.day_of(datetime(2026, 12, 2, 10, 30, tzinfo=UTC)) == day


def test_a_request_is_answered_in_the_time_of_the_clinic_and_leaves_none_behind(in_zone):
    in_zone("Asia/Kolkata")
    names = []

    def answer(request):
        names.append(timezone.get_current_timezone_name())
        return HttpResponse()

    days.clinic_time(answer)(None)
    assert names == ["Asia/Kolkata"]
    assert timezone.get_current_timezone_name() == "UTC"


def test_without_a_readable_file_the_zone_is_the_default_one(monkeypatch):
    def fail():
        raise ContentError([])

    monkeypatch.setattr(days, "get_clinic", fail)
    assert str(days.zone()) == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("day", "hour", "is_skipped"),
    [(SPRING, 2, True), (SPRING, 1, False), (SPRING, 3, False), (FALL, 1, False)],
)
def test_a_time_that_the_clocks_skip_is_known(day, hour, is_skipped):
    moment = datetime(day.year, day.month, day.day, hour, 30, tzinfo=days.zone())
    assert days.is_skipped(moment) is is_skipped


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (FALL, 25)])
def test_a_day_of_a_clock_change_begins_and_ends_at_midnight(day, hours):
    start, end = days.start_of(day), days.start_of(day.replace(day=day.day + 1))
    assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == hours * 3600
    assert days.day_of(start) == day
