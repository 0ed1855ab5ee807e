"""Links of other pages whose words are a title that a page no longer has."""

import re

from kapsite.editor.models import ContentVersion
from kapsite.editor.versions.titles import title_in

from .page_changes import Changes, Texts, pages_of, path_of

MOST_CHANGES = 20  # that are looked through


def title_before(name: str, title: str) -> str:
    """What the page was called before it got this title; "" if it never had another."""
    past = ContentVersion.objects.exclude(in_folder_since=None).that_change(name)
    for version in past.select_related("parent").order_by("-in_folder_since")[:MOST_CHANGES]:
        for each in (version, version.parent):
            found = title_in(each.text_of(name).encode()) if each else ""
            if found and found != title:
                return found
    return ""


def called(texts: Texts, name: str, title: str) -> dict[str, int]:
    """The other pages that link to the page with these words, and how often."""
    link = link_as(name, title)
    found = {other: len(link.findall(text)) for other, text in pages_of(texts) if other != name}
    return {other: count for other, count in found.items() if title and count}


def with_new_title(texts: Texts, name: str, old: str, new: str) -> Changes:
    link = link_as(name, old)
    return {
        other: link.sub(lambda found: f"[{new}]{found[1]}", texts[other])
        for other in called(texts, name, old)
    }


def link_as(name: str, title: str) -> re.Pattern[str]:
    path = re.escape(path_of(name))
    return re.compile(rf"\[{re.escape(title)}\](\({path}(?:#[\w-]+)?\))", re.IGNORECASE)
