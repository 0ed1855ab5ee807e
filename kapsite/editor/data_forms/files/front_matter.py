"""The front matter of a page as a form, and a page's text with what was typed there."""

import re
from typing import Any

from kapsite.content_files.problems import Report
from kapsite.content_files.yaml_reader import Parsed, parse
from kapsite.editor.data_forms.fields.group_lists import Posted
from kapsite.editor.data_forms.fields.groups import Group
from kapsite.editor.data_forms.fields.keys import specs_of
from kapsite.editor.data_forms.fields.sections import Section
from kapsite.pages.syntax.page_schema import FrontMatter

from .yaml_writer import rewritten

HEAD = re.compile(r"(---[ \t]*\n)(.*?)(?<=\n)(---[ \t]*(?:\n|$))(.*)", re.DOTALL)
SECTIONS = (
    Section("", ("title", "description", "lead")),
    Section(
        "Menu and address",
        ("menu", "menu_in", "guide", "place", "expires_on", "redirect_from", "requires"),
    ),
    Section("Look", ("drawing", "sheet")),
    Section("Review", ("reviewed_on", "review_by", "reviewed_by", "owner")),
    Section("Changes for readers", ("changes",)),
    Section("Exceptions from the check", ("uncited", "reading")),
)


def divided(text: str) -> tuple[str, str, str, str] | None:
    """A page's text: the first ``---``, the front matter, the second ``---``, and the body."""
    found = HEAD.fullmatch(text.replace("\r\n", "\n"))
    return found.groups() if found else None  # type: ignore[return-value]


def body_of(text: str) -> str:
    """What stands below the front matter and the empty lines after it; everything while there is
    no form for that."""
    parts = divided(text)
    return parts[3].lstrip("\n") if parts and read(text) else text


def empty_lines(text: str) -> int:
    """How many of them are between the front matter and the body. A new body gets one."""
    parts = divided(text)
    body = parts[3] if parts else ""
    return len(body) - len(body.lstrip("\n")) if body.strip() else 1


def front_matter_form(text: str, data: Posted = None) -> Group | None:
    """The form for the front matter of ``text``; None while that can't be read."""
    parsed = read(text)
    return Group(specs_of(FrontMatter), parsed.data, data, "meta") if parsed else None


def read(text: str) -> Parsed | None:
    parts, report = divided(text), Report("")
    parsed = parse(parts[1], report) if parts else None
    return None if report.problems else parsed


def keys_of(text: str) -> dict[str, Any]:
    """What it says; {} while that can't be read."""
    parsed = read(text)
    return parsed.data if parsed else {}


def with_values(text: str, values: dict[str, Any], body: str | None = None) -> str:
    """``text`` whose front matter, which can be read, says ``values``; with another ``body`` if
    given."""
    parts, parsed = divided(text), read(text)
    if parts is None or parsed is None:
        raise ValueError("this text has no front matter that can be read")
    first, head, second, old_body = parts
    head = rewritten(head, parsed.data, values)
    return first + head + second + (old_body if body is None else "\n" * empty_lines(text) + body)


def with_keys(text: str, **keys: Any) -> str:
    """``text`` with other values for some keys; None is a key to remove."""
    both = keys_of(text) | keys
    return with_values(text, {key: value for key, value in both.items() if value is not None})
