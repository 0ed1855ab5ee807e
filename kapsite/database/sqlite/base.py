"""The backend behind DATABASE_URL=sqlite:///…; see the package's docstring."""

import os
from collections import defaultdict, deque

from django.db.backends.sqlite3 import base, features

KEPT = 10  # connections, for each database file
_idle: dict[tuple | None, deque] = defaultdict(deque)


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (3, 35)  # of RETURNING, from March 2021


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
        connection = kept.pop() if kept else super().get_new_connection(conn_params)
        self.file = self._file_now()
        return connection

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
