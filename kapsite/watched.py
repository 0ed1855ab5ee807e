"""A data file held in memory, and read again when it changes."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from kapsite.problems import ContentError, Report

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Watched(Generic[T]):
    """What ``load(file, report)`` makes of a file; None is what it makes of a broken one."""

    def __init__(self, load: Callable[[Path, Report], T | None]):
        self.load = load
        self.value: T | None = None
        self.stamp: tuple | None = None

    def get(self, file: Path) -> T:
        """An edit shows at the next call; a broken edit is logged and left aside.

        Raises ContentError when the file has been broken since the process began.
        """
        stamp = stamp_of(file)
        if self.value is None or stamp != self.stamp:
            self.value = self.read(file)
            self.stamp = stamp
        return self.value

    def read(self, file: Path) -> T:
        report = Report(f"{file.parent.name}/{file.name}")
        value = self.load(file, report)
        if value is not None:
            return value
        if self.value is None:
            raise ContentError(report.problems)
        logger.error("Keeping what %s said before: %s", file.name, ContentError(report.problems))
        return self.value


def stamp_of(file: Path) -> tuple | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return str(file), status.st_mtime_ns, status.st_size
