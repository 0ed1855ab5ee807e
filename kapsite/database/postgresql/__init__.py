"""Django's PostgreSQL backend with a timeout of our own around every statement.

``statement_timeout`` is kept by the server: when the server itself is frozen (a stopped
process, a stalled disk), it never fires, and the person who sent a form would wait for ever.
"""

from contextlib import contextmanager
from contextvars import ContextVar

answer_timeout = ContextVar("answer_timeout", default=6.0)  # seconds; statement_timeout and some


@contextmanager
def answer_within(seconds: float):
    """Inside, a statement that takes longer than ``seconds`` raises OperationalError."""
    token = answer_timeout.set(seconds)
    try:
        yield
    finally:
        answer_timeout.reset(token)
