"""The backend behind DATABASE_URL=postgres://…; see the package's docstring."""

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout

from kapsite.database.answer_timeout import answer_timeout, answer_within


class Connection(psycopg.Connection):
    def wait(self, gen, interval=0.1, timeout=None):
        try:
            return super().wait(gen, interval=interval, timeout=timeout or answer_timeout.get())
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

    def get_new_connection(self, conn_params):
        """One from the pool. A server that was away left dead ones there: ask for new ones then.

        The pool tries one after the other, and rests longer each time, so that a person would
        wait in vain for as long as it takes.
        """
        timeout = self.pool.timeout if self.pool else answer_timeout.get()
        with answer_within(timeout):  # else the check of an idle connection takes all the time
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                self.pool.drain()
                return super().get_new_connection(conn_params)
