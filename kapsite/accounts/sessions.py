"""What a session must hold to open the desk, when it is over, and how it is ended."""

import time
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings

STARTED, SEEN, FACTOR = "signed_in_at", "seen_at", "second_factor"
PROVED = "proved_at"  # when the person showed all that was asked for
STEP = 30  # seconds; so often at most is it written down that somebody is there


def begin(session, *, factor: bool) -> None:
    """A person has just signed in; ``factor``: with a second one."""
    session.update(fresh(factor=factor))


def fresh(*, factor: bool) -> dict[str, Any]:
    now = time.time()
    return {STARTED: now, SEEN: now, PROVED: now, FACTOR: factor}


def is_over(session) -> bool:
    return seconds_left(session) <= 0


def seconds_left(session) -> float:
    """Until the session ends if nothing happens; STEP makes up for what is not written down."""
    idle = session.get(SEEN, 0) + settings.SESSION_IDLE_SECONDS + STEP
    return min(idle, session.get(STARTED, 0) + settings.SESSION_COOKIE_AGE) - time.time()


def touch(session) -> None:
    now = time.time()
    if now - session[SEEN] >= STEP:
        session[SEEN] = now


def add_factor(session) -> None:
    session.update({FACTOR: True, PROVED: time.time()})


def has_just_proved(session, seconds: float) -> bool:
    return time.time() - session.get(PROVED, 0) < seconds


def has_factor(request) -> bool:
    session = getattr(request, "session", None)
    return bool(session and session.get(FACTOR))


def end_sessions(user, but: str | None = None) -> int:
    """Sign ``user`` out everywhere, except in the session with the key ``but``."""
    ended = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for each in ended:
        each.end()
    return len(ended)
