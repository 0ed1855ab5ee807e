"""What a change of several files does, side by side: addresses, menus and texts."""

from typing import NamedTuple

from kapsite.editor.data_forms.changed_fields import file_side_by_side
from kapsite.editor.versions.side_by_side import Row, side_by_side
from kapsite.editor.versions.titles import called

from .page_changes import Changes, Texts, keys_of, pages_of, path_of, with_changes

MOST_TEXTS = 20  # shown
HEADER, FOOTER, GUIDE = "Menu in the header", "Menu in the footer", "Order of the guide"
LETTER, GAP, ROOM = 0.466, 0.75, 34.0  # rem of the header, on a screen 1280 pixels wide
WHOLE_MENU = 1_000  # lines around a change


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
    pages = [keys_of(text) for name, text in pages_of(texts) if name != "index.md"]
    pages = sorted(filter(None, pages), key=place)
    return {
        HEADER: [named(page) for page in pages if page.get("menu_in") == "header"],
        FOOTER: [named(page) for page in pages if page.get("menu_in", "footer") == "footer"],
        GUIDE: [named(page) for page in pages if "guide" in page],
    }


def has_long_header(texts: Texts) -> bool:
    """Whether its entries need a second line on a usual screen."""
    names = menus(texts)[HEADER]
    return LETTER * sum(map(len, names)) + GAP * (len(names) - 1) > ROOM


def place(keys: dict) -> tuple:
    """As the publisher sorts them: the guide in its order, then the rest by name."""
    guide = str(keys.get("guide", ""))
    return not guide, int(guide) if guide.isdecimal() else 0, named(keys).lower()


def named(keys: dict) -> str:
    return str(keys.get("menu") or keys.get("title", ""))


def changed_menus(before: Texts, after: Texts) -> list[Sides]:
    now, then = menus(before), menus(after)
    return [
        Sides(label, side_by_side("\n".join(now[label]), "\n".join(then[label]), WHOLE_MENU))
        for label in now
        if now[label] != then[label]
    ]


def changed_texts(before: Texts, changes: Changes) -> list[Sides]:
    """Each text that changes; a page that moves is beside itself."""
    after, moved = with_changes(before, changes), moves(before, changes)
    names = [name for name in changes if name not in moved.values()]
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
