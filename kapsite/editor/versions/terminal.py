"""The content folder for those who work at a terminal: the same lock, history and log."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError

from . import history
from .action_log import Act, log_action

PATIENCE = 30  # seconds; publishing takes a few
BUSY = (
    "Someone else is publishing or writing the content right now. Nothing was changed. "
    "Try again in a minute."
)


class Busy(Exception):
    """Someone else holds the content folder."""


def system_user() -> str:
    """Who is at the terminal; "" if the system does not know."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


@contextmanager
def content_folder(record_first: bool = True) -> Iterator[bool]:
    """Hold the content folder, with what is in it recorded; yields whether the history could be
    written. Publishing works without a database, too. Raises Busy.
    """
    with history.content_lock(PATIENCE) as is_ours:
        if not is_ours:
            raise Busy(BUSY)
        yield record() if record_first else True


def record() -> bool:
    try:
        history.record_folder(by_name=system_user())
    except (DatabaseError, OSError):
        return False
    return True


def log(act: Act, details: str) -> None:
    """At a terminal the work is done by then, with or without a database."""
    with suppress(DatabaseError):
        log_action(act, details=details, by_name=system_user())
