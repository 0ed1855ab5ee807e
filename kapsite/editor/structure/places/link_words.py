"""The words of links to a page, and the title that it had before."""

from collections.abc import Iterable
from typing import NamedTuple

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.structure.page_changes import Texts, texts_of
from kapsite.editor.versions.titles import title_in

from .mentions import link_as, links_saying

MOST_CHANGES = 20  # that are looked through


class Retitled(NamedTuple):
    """A page with a new title, and how many links of other pages say the old one."""

    name: str
    old: str
    new: str
    links: int


def title_before(name: str, title: str) -> str:
    """What the page was called before it got this title; "" if it never had another."""
    past = ContentVersion.objects.exclude(in_folder_since=None).that_change(name)
    for version in past.select_related("parent").order_by("-in_folder_since")[:MOST_CHANGES]:
        for each in (version, version.parent):
            found = title_in(each.text_of(name).encode()) if each else ""
            if found and found != title:
                return found
    return ""


def called(texts: Texts, name: str, title: str) -> int:
    """How many links of other pages to the page have these words."""
    link = link_as(name, title)
    return sum(len(link.findall(each.source)) for each in links_saying(texts, name, title))


def retitled(published: Iterable[Publication], current: ContentVersion) -> list[Retitled]:
    """The pages that have a new title with what was published."""
    versions = [each.version for each in published]
    pages = {name for each in versions for name in each.changes if name.endswith(".md")}
    titles = {name: title_in(current.text_of(name).encode()) for name in sorted(pages)}
    old = {
        name: title_in(each.parent.text_of(name).encode())
        for each in versions
        for name in each.changes
        if each.parent and name in pages
    }
    changed = [name for name in old if old[name] and titles[name] not in ("", old[name])]
    texts = texts_of(current) if changed else {}
    return [
        Retitled(name, old[name], titles[name], called(texts, name, old[name])) for name in changed
    ]


def with_new_title(text: str, name: str, old: str, new: str) -> str:
    """With the capital or small letter of the words that it replaces."""
    return link_as(name, old).sub(lambda found: f"[{like(found[1], new)}]{found[2]}", text)


def like(words: str, title: str) -> str:
    first, rest = title[:1], title[1:]
    if words[:1].isupper() or rest[:1].isupper():  # an abbreviation keeps its capital
        return first.upper() + rest if words[:1].isupper() else title
    return first.lower() + rest
