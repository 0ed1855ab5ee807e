"""The backend behind DATABASE_URL=postgres://…; see the package's docstring."""

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from kapsite.postgresql import SECONDS


class Connection(psycopg.Connection):
    def wait(self, gen, interval=0.1, timeout=None):
        try:
            return super().wait(gen, interval=interval, timeout=timeout or SECONDS.get())
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # the late answer must not meet the next statement
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict, *args, **kwargs):
        options = settings_dict["OPTIONS"]
        pool = {**options.get("pool", {}), "connection_class": Connection}
        settings_dict = settings_dict | {"OPTIONS": options | {"pool": pool}}
        super().__init__(settings_dict, *args, **kwargs)
