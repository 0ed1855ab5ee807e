"""A file's bytes -> its text."""

import re
from pathlib import Path

from .problems import Report

LARGEST_FILE = 500_000  # bytes; the longest page is a tenth of it
UNPRINTABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]")
SPACES = re.compile(r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")  # look like a plain one
CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: |$)")  # as git writes it into a file
INVISIBLE = re.compile(
    r"[\xad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff]|\b[\u200c\u200d]\b"
)


def read_text(file: Path, report: Report) -> str | None:
    """The file as text with plain spaces and line ends; None after an error."""
    text = decode(file, report)
    return None if text is None else checked(text, report)


def checked(text: str, report: Report) -> str | None:
    """The same of a text that was typed elsewhere."""
    before = len(report.problems)
    for number, row in enumerate(text.split("\n"), 1):
        if found := UNPRINTABLE.search(row) or INVISIBLE.search(row):
            message = f"There is an invisible or damaged character (U+{ord(found[0]):04X})."
            report.error(number, message, "Delete the words around it and type them again.")
        elif CONFLICT.match(row):
            report.error(
                number,
                "Two versions of the text are here, left by a merge.",
                "Keep one of them; remove the other and the lines <<<<<<<, ======= and >>>>>>>.",
            )
    return SPACES.sub(" ", text) if len(report.problems) == before else None


def decode(file: Path, report: Report) -> str | None:
    """The text as it is in the file, with "\\n" for every line end; None after an error."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        report.error(1, f"The file can't be read: {error.strerror}.", "Check that it is there.")
        return None
    if len(raw) > LARGEST_FILE:
        size = f"{len(raw) // 1000} kB"
        report.error(1, f"The file is too large ({size}).", "Split it, or look for pasted data.")
        return None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        report.error(line, "A character here isn't UTF-8.", 'Save the file again as "UTF-8".')
        return None
