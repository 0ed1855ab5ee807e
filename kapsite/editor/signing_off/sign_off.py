"""Signing off medical text: who read it and approves it, as a line of content/signoffs.yaml."""

from collections.abc import Collection
from datetime import date

from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.content_files.yaml_reader import parse
from kapsite.editor.data_forms.files.yaml_round_trip import dumped
from kapsite.editor.data_forms.files.yaml_writer import rewritten
from kapsite.pages.check.sign_offs import FILE, approved
from kapsite.pages.load.site import Site

HEADER = """\
# Who approved which medical text. Written by "Sign-offs" in Edit site and manage.py sign_off. A
# changed text has another hash, so its approval lapses. Don't edit the hashes.
"""


def signed_text(
    name: str, file: str, site: Site, today: date, read: Collection[str] | None = None
) -> str:
    """The new text of signoffs.yaml, with its comments. ``file`` is like "content/risks.md"."""
    path = settings.CONTENT_DIR / FILE
    before = path.read_text(encoding="utf-8") if path.exists() else HEADER
    entries = approved(name, file, site, today, read)
    found = parse(before, Report(FILE), is_list=True)
    if found and found.data:
        return rewritten(before, found.data, entries)
    comments = [line for line in before.splitlines(keepends=True) if line.startswith("#")]
    return "".join([*comments, *dumped(entries, 0)])
