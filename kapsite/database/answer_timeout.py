"""How long a statement may wait until the person behind it gets another answer."""

from contextlib import contextmanager
from contextvars import ContextVar

answer_timeout = ContextVar("answer_timeout", default=6.0)  # seconds; statement_timeout and some


@contextmanager
def answer_within(seconds: float):
    """Inside, a statement that waits longer than ``seconds`` for PostgreSQL, or for another writer
    of SQLite, raises OperationalError."""
    token = answer_timeout.set(seconds)
    try:
        yield
    finally:
        answer_timeout.reset(token)
