"""Django's PostgreSQL backend with a deadline of our own around every statement.

``statement_timeout`` is kept by the server: when the server itself is frozen (a stopped
process, a stalled disk), it never fires, and the person who sent a form would wait for ever.
"""

from contextlib import contextmanager
from contextvars import ContextVar

SECONDS = ContextVar("seconds to wait for an answer", default=6.0)  # statement_timeout and some


@contextmanager
def answer_within(seconds: float):
    """Inside, a statement that takes longer than ``seconds`` raises OperationalError."""
    token = SECONDS.set(seconds)
    try:
        yield
    finally:
        SECONDS.reset(token)
