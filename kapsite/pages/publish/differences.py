"""What publishing would change for readers, in words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import unified_diff
from html import unescape
from pathlib import Path

from django.utils.html import strip_tags

from kapsite.clinic.facts import Clinic, clinic_file
from kapsite.clinic.placeholders import facts_of
from kapsite.content_files.problems import Report
from kapsite.pages.publish.making.variants import File

from .serving.dated import is_page
from .serving.published_set import StoredSet

MAIN = re.compile(r"<main\b.*?</main>", re.DOTALL)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)  # facts for machines
BLOCK_ENDS = re.compile(r"</(?:p|li|h\d|dt|dd|t[hdr]|figcaption|summary|div|section)>")
MOST_LINES = 8  # of one page
FACTS = {
    "clinic": "The clinic's name",
    "phone": "The phone number",
    "email": "The email address",
    "address": "The address",
    "hours": "The hours",
}


def differences(before: StoredSet, files: Iterable[File], clinic: Clinic, facts: Path) -> list[str]:
    """Lines for an editor. ``facts`` is the clinic.yaml of the set ``before``."""
    old = {
        path: variants["identity"].content.decode()
        for path, variants in before.pages.items()
        if is_page(path)
    }
    new = {file.path: file.content.decode() for file in files if is_page(file.path)}
    known = clinic_file.load(facts, Report(facts.name)) if facts.exists() else None
    changed_facts = changes_of_facts(known, clinic) if known else {}
    return [
        *(f"New page: {path}" for path in sorted(new.keys() - old.keys())),
        *(f"Page taken away: {path}" for path in sorted(old.keys() - new.keys())),
        *in_facts(changed_facts, old),
        *in_pages(changed_facts, old, new),
    ]


def changes_of_facts(old: Clinic, new: Clinic) -> dict[str, tuple[str, str]]:
    """By name, before and after."""
    before, after = facts_of(old), facts_of(new)
    return {name: (before[name], after[name]) for name in FACTS if before[name] != after[name]}


def in_facts(changes: Mapping[str, tuple[str, str]], old: Mapping[str, str]) -> Iterator[str]:
    for name, (before, after) in changes.items():
        pages = sum(before in text_of(html) for html in old.values()) if before else 0
        change = f'from "{before}" to "{after}"' if before and after else f'"{after or before}"'
        verb = "changes" if before and after else "is new:" if after else "is left out:"
        on = f" on {pages} page{'s' * (pages != 1)}" if pages else ""
        yield f"{FACTS[name]} {verb} {change}{on}."


def in_pages(
    facts: Mapping[str, tuple[str, str]], old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[str]:
    """Pages whose own words change, and how many look different otherwise."""
    same_words = 0
    for path in sorted(old.keys() & new.keys()):
        before, after = text_of(MAIN.search(old[path])), text_of(MAIN.search(new[path]))
        for was, becomes in facts.values():
            before = before.replace(was, becomes) if was else before
        if before != after:
            yield f"Changed page: {path}"
            yield from changed_lines(before, after)
        elif old[path] != new[path]:
            same_words += 1
    if same_words:
        yield (
            f"{same_words} other page{'s' * (same_words != 1)} only outside the text: menus, "
            "footer, styles or drawings."
        )


def changed_lines(before: str, after: str) -> Iterator[str]:
    rows = unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    lines = [row for row in rows if row[:1] in "+-" and not row.startswith(("+++", "---"))]
    yield from (f"  {line[0]} {line[1:]}" for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"  … and {len(lines) - MOST_LINES} more lines"


def text_of(html: str | re.Match[str] | None) -> str:
    """What a reader reads, a line for each paragraph or row."""
    if not isinstance(html, str):
        html = html[0] if html else ""
    text = unescape(strip_tags(BLOCK_ENDS.sub("\n", SCRIPT.sub("", html))))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
