"""What a change of several files does, side by side: addresses, menus and texts."""

from typing import NamedTuple

from kapsite.editor.data_forms.files.front_matter import body_of, keys_of
from kapsite.editor.data_forms.words.changed_fields import file_side_by_side
from kapsite.editor.models import with_changes
from kapsite.editor.versions.side_by_side import Row
from kapsite.editor.versions.titles import called

from .menu_order import MENUS, in_guide, in_menu, listed, named
from .page_changes import Changes, Texts, pages_of, path_of

PLACE_KEYS = ("guide", "menu_in", "place")
MOST_TEXTS = 20  # shown
LETTER, GAP, ROOM = 0.466, 0.75, 34.0  # rem of the header, on a screen 1280 pixels wide


class Entry(NamedTuple):
    """A page's name in a menu, and its place there now and then."""

    name: str
    now: int | None
    then: int | None


class Sides(NamedTuple):
    title: str
    rows: list[Row]
    is_removed: bool = False


def addresses(texts: Texts) -> dict[str, str]:
    """Where each address leads: to itself if a page is there."""
    pages = [(path_of(name), keys_of(text)) for name, text in pages_of(texts)]
    earlier = {old: path for path, keys in pages for old in keys.get("redirect_from", [])}
    return earlier | {path: path for path, _ in pages}


def changed_addresses(before: Texts, after: Texts) -> list[tuple[str, str, str]]:
    """Each address with what readers find there now and then."""
    now, then = addresses(before), addresses(after)
    return [
        (path, in_words(path, now), in_words(path, then))
        for path in sorted(now.keys() | then.keys())
        if now.get(path) != then.get(path)
    ]


def in_words(path: str, addresses: dict[str, str]) -> str:
    target = addresses.get(path)
    if target is None:
        return "Nothing"
    return "The page" if target == path else f"Leads to {target}"


def menus(texts: Texts) -> dict[str, list[str]]:
    """The names in each menu and in the guide, in their order."""
    pages = listed(texts)
    orders = {label: in_menu(pages, menu) for menu, label in MENUS.items()}
    orders["Order of the guide"] = in_guide(pages)
    return {label: [named(pages[name]) for name in names] for label, names in orders.items()}


def has_long_header(texts: Texts) -> bool:
    """Whether its entries need a second line on a usual screen."""
    names = menus(texts)[MENUS["header"]]
    return LETTER * sum(map(len, names)) + GAP * (len(names) - 1) > ROOM


def changed_menus(before: Texts, after: Texts) -> list[tuple[str, list[Entry]]]:
    """Each menu that changes, in its new order, with what leaves it at the end."""
    now, then = menus(before), menus(after)
    return [
        (
            label,
            [
                Entry(name, place_in(now[label], name), place_in(then[label], name))
                for name in dict.fromkeys([*then[label], *now[label]])
            ],
        )
        for label in now
        if now[label] != then[label]
    ]


def place_in(menu: list[str], name: str) -> int | None:
    return menu.index(name) + 1 if name in menu else None


def is_only_place(before: str, after: str) -> bool:
    """Whether nothing but the place of a page differs, which its menus show."""
    old, new = (
        (
            {key: value for key, value in keys_of(text).items() if key not in PLACE_KEYS},
            body_of(text),
        )
        for text in (before, after)
    )
    return bool(before and after) and old == new


def changed_texts(before: Texts, changes: Changes) -> list[Sides]:
    """Each text that changes; a page that moves is beside itself."""
    after, moved = with_changes(before, changes), moves(before, changes)
    has_menus = menus(before) != menus(after)
    names = [
        name
        for name in changes
        if name not in moved.values()
        and not (has_menus and is_only_place(before.get(name, ""), after.get(name, "")))
    ]
    return [
        Sides(
            called(name, after.get(name) or before[name]),
            file_side_by_side(name, before.get(moved.get(name, name), ""), after.get(name, "")),
            name not in after,
        )
        for name in names[:MOST_TEXTS]
    ]


def moves(before: Texts, changes: Changes) -> dict[str, str]:
    """By the new name of a page, its old one."""
    gone = {path_of(name): name for name, text in changes.items() if text is None}
    return {
        name: gone[old]
        for name, text in changes.items()
        if text is not None and name.endswith(".md") and name not in before
        for old in keys_of(text).get("redirect_from", [])
        if old in gone
    }
