"""One page file, as it was read and as it is rendered."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kapsite.clinic.facts import Clinic
from kapsite.clinic.placeholders import Placeholders
from kapsite.content_files.problems import Problem, Report
from kapsite.content_files.temporary_files import is_temporary
from kapsite.content_files.text_file import checked, read_text
from kapsite.content_files.yaml_reader import Place
from kapsite.pages.render.page import Rendered
from kapsite.pages.syntax import frontmatter
from kapsite.pages.syntax.frontmatter import Document
from kapsite.pages.syntax.page_schema import path_of

FRONT_MATTER = re.compile(r"---[^\S\n]*\n.*?\n---[ \t]*(?:\n|$)", re.DOTALL)


@dataclass(frozen=True)
class PageFile:
    """A content file as it was read, perhaps with problems."""

    source: Path
    file: str  # as problems name it: "content/history.md"
    path: str
    modified: date
    document: Document
    report: Report

    def shows(self, *blocks: str) -> bool:
        """Whether one of these blocks is in the text."""
        names = "|".join(blocks)
        return bool(re.search(rf"(?m)^:{{3,}}[ \t]*(?:{names})\b", self.document.body))


@dataclass(frozen=True)
class Draft(PageFile):
    """A content file, rendered; perhaps with problems."""

    rendered: Rendered
    broken_lines: frozenset[int] = frozenset()  # lines of the file with an error

    @property
    def meta(self):
        return self.document.meta

    def problem(self, place: Place, message: str, fix: str, level: str = "error") -> Problem:
        """A problem with the front matter value at ``place``."""
        line = self.document.line(*place)
        return Problem(self.file, line, message, fix, level, place)

    def problem_at(
        self, line: int, message: str, fix: str, level: str = "error", in_form: str = ""
    ) -> Problem:
        return Problem(self.file, line, message, fix, level, in_form=in_form)


def page_files(content_dir: Path) -> list[Path]:
    """Every page file, without the temporary files of other programs."""
    files = content_dir.rglob("*.md")
    return sorted(file for file in files if not is_temporary(file.relative_to(content_dir)))


def read_page(
    file: Path, content_dir: Path, clinic: Clinic | None = None, text: str | None = None
) -> PageFile:
    """The page as its file has it, or as it would be with ``text`` in it."""
    name = f"{content_dir.name}/{file.relative_to(content_dir).as_posix()}"
    report = Report(name.encode(errors="replace").decode())
    text = read_text(file, report) if text is None else checked(text, report)
    if text:
        text = with_facts(text, Placeholders(clinic, report))
    document = frontmatter.read(text, report) if text is not None else frontmatter.UNREADABLE
    path = path_of(file, content_dir)
    return PageFile(file, report.file, path, modified_on(file), document, report)


def with_facts(text: str, placeholders: Placeholders) -> str:
    """The front matter is plain text; in the body, facts that can be links are links."""
    head = FRONT_MATTER.match(text)
    end = head.end() if head else 0
    body_line = 1 + text.count("\n", 0, end)
    return placeholders.in_plain_text(text[:end], 1) + placeholders.in_markdown(
        text[end:], body_line
    )


def modified_on(file: Path) -> date:
    try:
        return date.fromtimestamp(file.stat().st_mtime)
    except OSError:  # removed since it was read
        return date.today()
