"""A data file held in memory, and read again when it changes."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from .problems import ContentError, Report

logger = logging.getLogger(__name__)
T = TypeVar("T")


by_name: dict[str, "Watched"] = {}


class Watched(Generic[T]):
    """What ``load(file, report)`` makes of a file; None is what it makes of a broken one."""

    def __init__(self, load: Callable[[Path, Report], T | None], name: str = ""):
        """``name`` of a file in the content folder, for those who check all of it."""
        self.load = load
        if name:
            by_name[name] = self
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
        try:
            return self.read_new(file)
        except ContentError as error:
            if self.value is None:
                raise
            logger.error("Keeping what %s said before: %s", file.name, error)
            return self.value

    def read_new(self, file: Path) -> T:
        """The file as it is now, or ContentError."""
        report = Report(f"{file.parent.name}/{file.name}")
        value = self.load(file, report)
        if value is None:
            raise ContentError(report.problems)
        return value


def stamp_of(file: Path) -> tuple | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return str(file), status.st_mtime_ns, status.st_size
