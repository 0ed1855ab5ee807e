"""Log lines that tell an operator what failed and nobody what a person typed."""

import logging
import re
import time
import traceback
from collections.abc import Callable
from typing import Any

_UNPRINTABLE = re.compile(r"[^!-~]")
_FRAMES = 12  # of each exception; the innermost say where it arose


def short_path(path: str) -> str:
    """The first two segments of ``path``: further ones may be tokens, and are never needed.

    >>> short_path("/request-evaluation/received/2kX8:abc/")
    '/request-evaluation/received/...'
    """
    first_two = "/".join(path.split("/", 3)[:3])
    more = path[len(first_two) :]
    return _UNPRINTABLE.sub("?", first_two)[:100] + (more[:1] + "..." if more[1:] else more)


class OncePerMinute:
    """Log warnings of one kind, at most one a minute: a sender can cause any number of them."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self.logger = logger
        self.clock = clock
        self.next_line = clock()

    def warning(self, line: str) -> bool:
        """Whether it was logged."""
        if self.clock() < self.next_line:
            return False
        self.next_line = self.clock() + 60
        self.logger.warning(line)
        return True


class PrivateFormatter(logging.Formatter):
    """Where an exception arose and its type, but not its message: that may quote a value."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        path = getattr(getattr(record, "request", None), "path", None)
        if path:
            record.message = record.message.replace(path, short_path(path))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        lines = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
            lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
