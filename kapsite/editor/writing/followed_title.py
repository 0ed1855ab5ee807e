"""What follows a title when it changes: its exemption from the check, and the same short title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kapsite.editor.data_forms.files.front_matter import keys_of, with_keys

from .previews.aside import site_aside

if TYPE_CHECKING:
    from kapsite.editor.models import ContentVersion

NAMES = ("title", "menu")
MOST_OF_MENU = 30  # characters; see page_schema


def with_followers(before: str, text: str, current: ContentVersion) -> str:
    return with_exemption(before, with_short_title(before, text), current)


def with_short_title(before: str, text: str) -> str:
    """``text`` with its new title in menus too, if they had the title that it had ``before``."""
    old, new = keys_of(before), keys_of(text)
    if not new.get("title") or not is_kept("menu", old, new) or old["menu"] != old.get("title"):
        return text
    title = str(new["title"])
    return with_keys(text, menu=title if len(title) <= MOST_OF_MENU else None)


def other_short_title(before: str, text: str) -> str:
    """What menus still call a page that has another title than ``before``; "" if they follow."""
    old, new = keys_of(before), keys_of(text)
    is_same = old.get("title") == new.get("title") or new.get("menu") == new.get("title")
    return str(new["menu"]) if is_kept("menu", old, new) and not is_same else ""


def is_kept(key: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    return bool(new.get(key)) and old.get(key) == new[key]


def with_exemption(before: str, text: str, current: ContentVersion) -> str:
    """``text`` with the exemption of the title that it had ``before`` for its new one, or without
    it where the new title needs none. The same goes for its name in menus."""
    old, keys = keys_of(before), keys_of(text)
    for key in NAMES:
        if is_changed(key, old, keys):
            text = followed(text, str(old[key]), str(keys[key]), current)
    return text


def is_changed(key: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether what it was is nowhere among the page's names any more."""
    was, now = old.get(key), new.get(key)
    return bool(was and now) and was not in [new.get(each) for each in NAMES]


def followed(text: str, old: str, new: str, current: ContentVersion) -> str:
    listed = keys_of(text).get("uncited")
    if not isinstance(listed, list) or not any(exempts(each, old) for each in listed):
        return text
    others = [each for each in listed if not exempts(each, old)]
    if makes_claim(new, current):
        others = [each | {"text": new} if exempts(each, old) else each for each in listed]
    return with_keys(text, uncited=others or None)


def exempts(exemption: object, name: str) -> bool:
    return isinstance(exemption, dict) and exemption.get("text") == name


def makes_claim(title: str, current: ContentVersion) -> bool:
    from kapsite.pages.language.sentences import Sentence  # here: what reads content is large
    from kapsite.pages.language.uncited import claims_in_titles

    claims = site_aside(current.pk).data.claims
    return claims is None or any(claims_in_titles([Sentence(title, 1, "title", depth=1)], claims))
