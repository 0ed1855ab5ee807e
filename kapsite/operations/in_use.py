"""Whether a server or worker of this machine runs, so that nobody takes the database from it."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.db import connection

ATTEMPTS, PAUSE = 20, 0.1  # seconds
SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_held: list[IO[str]] = []


class InUse(Exception):
    """Says who uses the database."""


def mark() -> None:
    """This process runs the site, and those that it forks, until all of them have ended.

    Raises InUse while a restore or a move is going on.
    """
    lock = lock_file()
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise InUse("The database is being restored or moved. Start when that is done.") from None
    _held.append(lock)


@contextmanager
def nobody() -> Iterator[None]:
    """Keep server and worker from starting. Raises InUse if one of them runs."""
    with lock_file() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                "The server or the worker is running, or another restore or move. Run as root: "
                "systemctl stop kapsite kapsite-worker."
            ) from None
        if others := other_sessions():
            raise InUse(
                f"{others} other programs are connected to the database. Stop the server and the "
                "worker on all machines."
            )
        yield


def lock_file() -> IO[str]:
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    return (settings.VAR_DIR / "in-use.lock").open("a")


def other_sessions() -> int:
    """Of PostgreSQL, which other machines may use. Those of this process are closed first."""
    if connection.vendor != "postgresql":
        return 0
    import psycopg  # a server on SQLite does without it

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        for _ in range(ATTEMPTS):  # the server ends a session a moment after it was closed
            [(found,)] = session.execute(SESSIONS)
            if not found:
                break
            time.sleep(PAUSE)
    return found
