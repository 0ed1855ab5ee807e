"""The backend behind DATABASE_URL=sqlite:///…; see the package's docstring."""

import os
import sqlite3
import time
from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.backends.sqlite3 import base, features

from kapsite.database.answer_timeout import answer_timeout

KEPT = 10  # connections, for each database file
FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.02  # seconds between two tries for the lock
_idle: dict[tuple | None, deque] = defaultdict(deque)


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (3, 35)  # of RETURNING, from March 2021


class Cursor(base.SQLiteCursorWrapper):
    """Waits for another writer."""

    lock_timeout = 0.0  # seconds

    def execute(self, query, params=None):
        return self.when_free(partial(super().execute, query, params))

    def when_free(self, run: Callable[[], Any]) -> Any:
        end = time.monotonic() + min(self.lock_timeout, answer_timeout.get())
        pause = FIRST_PAUSE
        while True:
            try:
                return run()
            except sqlite3.OperationalError as error:
                # In a transaction it would wait in vain: what that has read is out of date.
                if not is_busy(error) or self.connection.in_transaction or time.monotonic() > end:
                    raise
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def is_busy(error: sqlite3.OperationalError) -> bool:
    # The higher bits say why. Errors of Python's own module have no code.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    file: tuple | None = None
    # Some SQLite, 3.40 among them, will not run JSON_VALID in a schema that is not trusted, and
    # ours is not (database.config.SQLITE). Django writes valid JSON anyway.
    data_type_check_constraints = {
        kind: check
        for kind, check in base.DatabaseWrapper.data_type_check_constraints.items()
        if kind != "JSONField"
    }

    def get_new_connection(self, conn_params):
        kept = _idle[self._file_now()]
        connection = kept.pop() if kept else self._connect(conn_params)
        self.file = self._file_now()
        return connection

    def _connect(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA busy_timeout = 0")  # the cursor waits
        return connection

    def create_cursor(self, name=None):
        cursor = self.connection.cursor(factory=Cursor)
        cursor.lock_timeout = self.settings_dict["OPTIONS"]["timeout"]
        return cursor

    def _close(self):
        kept = _idle[self.file]
        if self.file and len(kept) < KEPT and not self.connection.in_transaction:
            kept.append(self.connection)
        else:
            super()._close()  # type: ignore[misc]  # missing in django-stubs

    def _file_now(self) -> tuple | None:
        """The file itself, whatever its name: a restored copy is another one.

        The process counts too, since a connection must not be carried across a fork.
        """
        try:
            status = os.stat(self.settings_dict["NAME"])
        except OSError:
            return None
        return os.getpid(), status.st_dev, status.st_ino
