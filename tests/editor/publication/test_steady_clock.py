"""A wrong clock publishes nothing early, twice or never."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.publication import publishing, steady_clock
from kapsite.editor.publication.steady_clock import WAIT, SteadyClock
from kapsite.editor.versions import history

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """The time that the server shows, and the seconds since it was started."""
    clock = SimpleNamespace(shown=NOON, since_start=5_000.0)
    own = SimpleNamespace(time=lambda: clock.shown.timestamp(), monotonic=lambda: clock.since_start)
    monkeypatch.setattr(steady_clock, "time", own)
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.shown)
    monkeypatch.setattr(publishing, "clock", SteadyClock())
    return clock


@pytest.fixture
def scheduled(content, clock, publish, ask):
    """Something to publish an hour later."""
    asked = ask()
    Publication.objects.update(publish_on=NOON + timedelta(hours=1))
    assert not publish()
    return asked


def pass_time(clock, seconds):
    clock.shown += timedelta(seconds=seconds)
    clock.since_start += seconds


def test_what_is_scheduled_is_published_at_its_time(scheduled, clock, publish):
    for _ in range(3_599 // 300):
        pass_time(clock, 300)
        assert not publish()
    pass_time(clock, 300)
    assert publish()


def test_a_clock_that_jumps_ahead_and_is_set_right_again_publishes_nothing_early(
    scheduled, clock, publish
):
    clock.shown += timedelta(days=1)
    assert not publish()
    pass_time(clock, WAIT / 2)
    clock.shown -= timedelta(days=1)
    for _ in range(5):
        assert not publish()
        pass_time(clock, WAIT / 2)
    pass_time(clock, 3_600)
    assert [publish(), publish()] == [True, False]


def test_a_clock_that_was_late_and_is_set_right_publishes_soon(scheduled, clock, publish):
    clock.shown += timedelta(hours=2)
    assert not publish()
    pass_time(clock, WAIT)
    assert [publish(), publish()] == [True, False]


def test_a_clock_that_is_put_back_publishes_nothing_twice(scheduled, clock, publish):
    pass_time(clock, 3_600)
    assert publish()
    clock.shown -= timedelta(hours=5)
    pass_time(clock, WAIT)
    assert not publish()


def test_after_the_clock_was_put_back_the_newest_version_is_still_the_current_one(content, clock):
    history.up_to_date()
    clock.shown -= timedelta(days=2)
    (content / "risks.md").write_text("Other words")
    newest = history.up_to_date()
    assert newest == history.up_to_date() == ContentVersion.objects.current()
    assert "risks.md" in newest.changes


def test_what_is_not_scheduled_does_not_wait_for_the_clock(content, ask, publish, clock):
    publish()
    clock.shown += timedelta(days=1)
    ask()
    assert publish()
