"""What a session needs to open the desk, when it expires, and how to end it."""

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from kapsite.accounts.models import StaffSession

from .session_store import digest

STARTED, SEEN, FACTOR = "signed_in_at", "seen_at", "second_factor"
PROVED = "proved_at"  # when the person last completed authentication
STEP = 30  # seconds between two writes of SEEN, at least


def fresh(*, factor: bool) -> dict[str, Any]:
    """What a session holds after a sign-in; ``factor``: with a second factor."""
    now = time.time()
    return {STARTED: now, SEEN: now, PROVED: now, FACTOR: factor}


def is_over(session: SessionBase | dict[str, Any]) -> bool:
    return seconds_left(session) <= 0


def seconds_left(session: SessionBase | dict[str, Any]) -> float:
    """Seconds until the session expires without activity; STEP covers activity not written yet."""
    idle = session.get(SEEN, 0) + settings.SESSION_IDLE_SECONDS + STEP
    return min(idle, session.get(STARTED, 0) + settings.SESSION_COOKIE_AGE) - time.time()


def touch(session: SessionBase) -> None:
    now = time.time()
    if now - session[SEEN] >= STEP:
        session[SEEN] = now


def add_factor(session: SessionBase) -> None:
    session.update({FACTOR: True, PROVED: time.time()})


def has_just_proved(session: SessionBase, seconds: float) -> bool:
    return time.time() - session.get(PROVED, 0) < seconds


def has_factor(request: HttpRequest) -> bool:
    session = getattr(request, "session", None)
    return bool(session and session.get(FACTOR))


class Open(NamedTuple):
    since: datetime
    is_here: bool


def open_sessions(user: User, here: str | None) -> list[Open]:
    """The sessions of ``user``, oldest first; ``here`` is the key of the current one."""
    rows = StaffSession.objects.filter(user=user)
    found = [(row.get_decoded(), row.session_key == digest(here)) for row in rows]
    return sorted(
        Open(datetime.fromtimestamp(content[STARTED], UTC), is_here)
        for content, is_here in found
        if not is_over(content)
    )


def end_sessions(user: User, but: str | None = None) -> int:
    """Sign ``user`` out everywhere, except in the session with the key ``but``."""
    rows = StaffSession.objects.filter(user=user)
    return rows.exclude(session_key=digest(but) if but else None).delete()[0]
