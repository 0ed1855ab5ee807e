"""A content file -> its metadata and its body; plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass

from kapsite.content_files import validation
from kapsite.content_files.problems import Report

from .page_schema import FrontMatter

EXAMPLE = "Begin the file with: a line ---, lines such as `title: History`, a line ---."


@dataclass(frozen=True)
class Document:
    """A content file. ``meta`` is None when the front matter has errors."""

    meta: FrontMatter | None
    parsed: validation.Parsed | None
    body: str
    body_line: int  # of the file, counting from 1
    head: tuple[str, ...] = ()  # the lines before the body
    is_complete: bool = True  # whether ``body`` is all that the file says

    def line(self, *place: str | int) -> int:
        """The line of a front matter key, or the first line when it is not there."""
        return self.parsed.line(place) if self.parsed else 1

    def short_texts(self) -> Iterator[tuple[int, str]]:
        """What readers see of the front matter beside the lead, with its lines."""
        for place, text in self.parsed.texts() if self.parsed else ():
            if place[0] not in ("lead", "uncited", "reading"):
                yield self.line(*place), text


UNREADABLE = Document(None, None, "", 1, is_complete=False)


def read(text: str, report: Report) -> Document:
    """Divide ``text`` and validate its front matter; what is wrong goes to ``report``."""
    lines = text.split("\n")
    if not text.strip():
        report.error(1, "The file is empty.", EXAMPLE)
        return UNREADABLE
    if lines[0].rstrip() != "---":
        report.error(1, "The front matter is missing.", EXAMPLE)
        return Document(None, None, text, 1)
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        report.error(1, "The front matter isn't closed.", "Add a line --- after its last key.")
        return Document(None, None, "", len(lines), is_complete=False)
    parsed = validation.parse("\n".join(lines[1:end]), report, first_line=2)
    meta = validation.validate(FrontMatter, parsed, report) if parsed else None
    body = "\n".join(lines[end + 1 :])
    if not body.strip():
        fix, in_form = "Write it below the second line ---.", "Write it under “Text of the page”."
        report.error(end + 2, "The page has no text.", fix, in_form=in_form)
    return Document(meta, parsed, body, end + 2, tuple(lines[: end + 1]))
