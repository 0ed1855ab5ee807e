"""A data file kept in memory and read again when it changes."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from .problems import ContentError, Report
from .validation import load

logger = logging.getLogger(__name__)
T = TypeVar("T")


by_name: dict[str, "Watched"] = {}


class Watched(Generic[T]):
    """A file validated as ``kind``, or what ``make`` makes of that."""

    def __init__(
        self, name: str, kind: Any, make: Callable[[Any], T] | None = None, is_prose: bool = False
    ):
        """``name`` of a file in the content folder: checked and published with the rest.

        ``is_prose``: people read or hear its words, so the rules for words apply to them.
        """
        self.kind, self.make = kind, make
        self.name = name
        self.is_prose = is_prose
        by_name[name] = self
        self.value: T | None = None
        self.stamp: tuple | None = None

    def load(self, file: Path, report: Report) -> T | None:
        """None after an error, which ``report`` then holds."""
        value = load(file, self.kind, report)
        return self.make(value) if self.make and value is not None else value

    def in_use(self) -> T:
        """The value as it was published; from the content folder until something is.

        Raises ContentError if neither can be read.
        """
        from django.conf import settings  # here: what reads content can do without Django

        # Asked several times for each request, so without a Path as long as nothing changed.
        if self.value is not None and self.stamp == stamp_of(f"{settings.FACTS_DIR}/{self.name}"):
            return self.value
        published, written = settings.FACTS_DIR / self.name, settings.CONTENT_DIR / self.name
        try:
            return self.get(published if published.exists() else written)
        except ContentError:  # published by another version of the site, or damaged
            return self.get(written)

    def get(self, file: Path) -> T:
        """The current value. If an edit has errors, they are logged and the last valid value stays.

        Raises ContentError if the file has had errors since the process started.
        """
        stamp = stamp_of(file)
        if self.value is None or stamp != self.stamp:
            try:
                self.value = self.read_new(file)
            except ContentError as error:
                if self.value is None:
                    raise
                logger.error("Keeping the last valid version of %s: %s", file.name, error)
            self.stamp = stamp
        return self.value

    def read_new(self, file: Path) -> T:
        """The file as it is now, or ContentError."""
        folder = file.parents[self.name.count("/")]
        report = Report(f"{folder.name}/{file.relative_to(folder).as_posix()}")
        value = self.load(file, report)
        if value is None:
            raise ContentError(report.problems)
        return value


def stamp_of(file: Path | str) -> tuple | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return str(file), status.st_ino, status.st_mtime_ns, status.st_size
