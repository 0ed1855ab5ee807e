"""Why a page can't be shown in a preview: what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import strip_tags

from kapsite.editor.writing.written import Written

if TYPE_CHECKING:
    from .preview import Checked

FIELDS_FIRST = "First fix what is marked below “Title, description, menu and review”."


def why_unshown(written: Written, checked: Checked | None) -> str:
    """The first thing to do; "" where the page can be shown."""
    if checked is None:  # nothing to check came
        return next((str(first) for first, *_ in written.form.errors.values()), FIELDS_FIRST)
    if checked.can_be_shown:
        return ""
    names = written.names(checked.site, here=written.editing.file)
    spot, message, fix, _ = written.problem(checked.errors[0], checked.draft, names)
    return f"First fix this. {spot.label}: {strip_tags(message)} {strip_tags(fix)}"
