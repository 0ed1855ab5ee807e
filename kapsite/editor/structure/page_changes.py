"""Changes of several files at once: a page that is removed or gets another address.

All work on texts by file name, and return those that change; None is a file to remove.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import get_text_list

from kapsite.editor.data_forms.files import front_matter
from kapsite.editor.data_forms.files.front_matter import keys_of
from kapsite.editor.models import Blob, ContentVersion, Files, digest, with_changes
from kapsite.editor.versions.titles import called
from kapsite.editor.writing.drafts import Texts, with_unix_lines

Changes = dict[str, str | None]


class Refused(Exception):
    """Why the change can't be made, and what to do."""


def texts_of(version: ContentVersion) -> dict[str, str]:
    """Pages and data files."""
    names = [name for name in version.files if name.endswith((".md", ".yaml"))]
    blobs = Blob.objects.in_bulk([version.files[name] for name in names])
    return {
        name: bytes(blobs[version.files[name]].content).decode(errors="replace") for name in names
    }


@dataclass(frozen=True)
class Proposal:
    """What several files are to become: their texts, and the SHA-256 of images."""

    texts: Changes
    images: Changes = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.texts or self.images)

    @property
    def fingerprint(self) -> str:
        return digest(repr([sorted(each.items()) for each in (self.texts, self.images)]).encode())

    def files(self, current: ContentVersion) -> Files:
        """Those of ``current`` with these changes; their contents are stored."""
        contents = {name: with_unix_lines(text) for name, text in self.texts.items() if text}
        Blob.objects.store(contents.values())
        changed = dict.fromkeys(self.texts, None) | self.images
        changed |= {name: digest(content) for name, content in contents.items()}
        return with_changes(current.files, changed)


def path_of(name: str) -> str:
    return f"/{name.removesuffix('.md')}/" if name != "index.md" else "/"


def with_keys(text: str, **keys: Any) -> str:
    """``text`` with other values in its front matter; None is a key to remove."""
    if not keys_of(text):
        raise Refused("The top of a page can’t be read. Open the page and fix it first.")
    return front_matter.with_keys(text, **keys)


def link_to(path: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/.-]){re.escape(path)}(#[\w-]+)?(?![\w/-])")


def linking(texts: Texts, name: str) -> dict[str, int]:
    """The files that lead to the page, with the number of links in each."""
    link = link_to(path_of(name))
    found = {other: len(link.findall(text)) for other, text in texts.items() if other != name}
    return {other: count for other, count in found.items() if count}


def refuse_unless_it_stands_alone(texts: Texts, name: str) -> None:
    below = [other for other in texts if other.startswith(f"{name.removesuffix('.md')}/")]
    if name == "index.md":
        raise Refused("The home page stays where it is.")
    if below:
        raise Refused(f"Pages are below this one: {named(texts, below)}. Change those first.")


def named(texts: Texts, names: Sequence[str]) -> str:
    """The titles of files, as in "“Risks” and “Cost”"."""
    return get_text_list([f"“{called(name, texts[name])}”" for name in names], "and")


def renamed(texts: Texts, name: str, new_name: str) -> Changes:
    """The page at its new address; the old one leads there, and so do the links of all files."""
    refuse_unless_it_stands_alone(texts, name)
    old, new = path_of(name), path_of(new_name)
    link, changes = link_to(old), dict[str, str | None]()
    for other, text in texts.items():
        changed = link.sub(lambda found: f"{new}{found[1] or ''}", text)
        if other.endswith(".md"):
            changed = required_as(changed, old.strip("/"), new.strip("/"))
        elif other == "signoffs.yaml":
            changed = changed.replace(f"content/{name}", f"content/{new_name}")
        if changed != text:
            changes[other] = changed
    moved = changes.get(name) or texts[name]
    earlier = [path for path in keys_of(texts[name]).get("redirect_from", []) if path != new]
    return changes | {name: None, new_name: with_keys(moved, redirect_from=[*earlier, old])}


def required_as(text: str, old: str, new: str) -> str:
    required = keys_of(text).get("requires", [])
    if old not in required:
        return text
    return with_keys(text, requires=[new if each == old else each for each in required])


def removed(texts: Texts, name: str, instead: str) -> Changes:
    """Without the page; its addresses and all links to it lead to the page ``instead``, which has
    none to itself. Raises Refused."""
    refuse_unless_it_stands_alone(texts, name)
    path = path_of(name)
    if needed := sorted(needing(texts, name)):
        words = "This page has to stay, because of {}. Change that first."
        raise Refused(words.format(named(texts, needed)))
    changes: Changes = {
        other: link_to(path).sub(path_of(instead), text)
        for other, text in texts.items()
        if link_to(path).search(text)
    }
    own_link = re.compile(rf"\[([^\]]*)\]\({re.escape(path)}(?:#[\w-]+)?\)")
    target = link_to(path).sub(path_of(instead), own_link.sub(r"\1", texts[instead]))
    earlier = keys_of(target).get("redirect_from", [])
    leading = [*earlier, path, *keys_of(texts[name]).get("redirect_from", [])]
    return changes | {name: None, instead: with_keys(target, redirect_from=leading)}


def needing(texts: Texts, name: str) -> Iterator[str]:
    """The files that say that there has to be this page."""
    path = path_of(name)
    for other, text in texts.items():
        if other.endswith(".md") and path.strip("/") in keys_of(text).get("requires", []):
            yield other
    if re.search(rf"^ *page: *{re.escape(path)} *$", texts.get("must_say.yaml", ""), re.MULTILINE):
        yield "must_say.yaml"


def pages_of(texts: Texts) -> list[tuple[str, str]]:
    return [(name, text) for name, text in texts.items() if name.endswith(".md")]
