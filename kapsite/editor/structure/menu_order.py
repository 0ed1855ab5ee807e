"""The menus as readers have them, and the front matter that gives them another order.

In a menu the guide comes first, in its order, then the rest by name. A page outside the guide that
has a ``place`` is exactly there.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from kapsite.clinic.days import today
from kapsite.editor.data_forms.files.front_matter import keys_of
from kapsite.pages.syntax.places import in_places

from .page_changes import Texts, pages_of

Pages = Mapping[str, Mapping[str, Any]]  # the keys of each, by its file
MENUS = {"header": "Menu in the header", "footer": "Menu in the footer"}
STEP = 10  # between two numbers of the guide, so that another page fits there


def listed(texts: Texts) -> dict[str, dict[str, Any]]:
    """The pages that a menu can lead to, as the publisher sorts them."""
    pages = {name: keys_of(text) for name, text in pages_of(texts) if name != "index.md"}
    lasting = {name: keys for name, keys in pages.items() if keys and not has_ended(keys)}
    return dict(sorted(lasting.items(), key=lambda item: usual_place(item[1])))


def has_ended(keys: Mapping[str, Any]) -> bool:
    return str(keys.get("expires_on") or "9") < today().isoformat()


def usual_place(keys: Mapping[str, Any]) -> tuple:
    guide = number_in(keys, "guide")
    return guide is None, guide or 0, named(keys).lower()


def number_in(keys: Mapping[str, Any], key: str) -> int | None:
    value = str(keys.get(key, ""))
    return int(value) if value.isdecimal() else None


def own_place(keys: Mapping[str, Any]) -> int | None:
    """As a number, outside the guide."""
    return None if number_in(keys, "guide") is not None else number_in(keys, "place") or None


def named(keys: Mapping[str, Any]) -> str:
    return str(keys.get("menu") or keys.get("title", ""))


def menu_of(keys: Mapping[str, Any]) -> str:
    return str(keys.get("menu_in", "footer"))


def in_guide(pages: Pages) -> list[str]:
    found = [name for name, keys in pages.items() if number_in(keys, "guide") is not None]
    return sorted(found, key=lambda name: usual_place(pages[name]))


def in_menu(pages: Pages, menu: str) -> list[str]:
    names = [name for name, keys in pages.items() if menu_of(keys) == menu]
    names.sort(key=lambda name: usual_place(pages[name]))
    return in_places(names, lambda name: own_place(pages[name]))


def wanted(
    pages: Pages, menus: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, list[str]]:
    """Each menu with the pages whose menu it becomes, and those that have ``numbers`` exactly
    there. What comes without one is last, and a page of the guide where the guide has it."""
    guide, orders = in_guide(pages), dict[str, list[str]]()
    for menu in MENUS:
        order = [name for name in in_menu(pages, menu) if menus[name] == menu]
        for name in pages:
            if menus[name] == menu and name not in order:
                earlier = guide[: guide.index(name)] if name in guide else order
                places = [place for place, other in enumerate(order, 1) if other in earlier]
                order.insert(max(places, default=0), name)
        orders[menu] = in_places(order, numbers.get)
    return orders


def rearranged(
    pages: Pages, menus: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, dict[str, str | None]]:
    """The fewest keys to change in each file, so that readers have the menus that are wanted."""
    orders = wanted(pages, menus, numbers)
    changes = {name: keys_for(menus[name]) for name in pages if menus[name] != menu_of(pages[name])}
    for name, number in guide_numbers(pages, orders, numbers).items():
        changes.setdefault(name, {})["guide"] = str(number)
    after = {name: {**keys, **changes.get(name, {})} for name, keys in pages.items()}
    for menu, order in orders.items():
        if in_menu(after, menu) != order:
            for name, place in places(after, order, numbers, set(changes)).items():
                changes.setdefault(name, {})["place"] = str(place) if place else None
    changes = {
        name: {key: value for key, value in keys.items() if value != pages[name].get(key)}
        for name, keys in changes.items()
    }
    return {name: keys for name, keys in changes.items() if keys}


def keys_for(menu: str) -> dict[str, str | None]:
    return {"menu_in": menu, "place": None} if menu == "none" else {"menu_in": menu}


def guide_numbers(
    pages: Pages, orders: Mapping[str, Sequence[str]], moved: Container[str]
) -> dict[str, int]:
    """The numbers of the guide that differ, once it has its pages in the order of each menu."""
    guide, leaving = in_guide(pages), set[str]()
    for order in orders.values():
        names = [name for name in order if name in guide]
        kept = longest(names, guide.index, lambda name: 1 if name in moved else 1.01)
        for place, name in enumerate(names):
            if name not in kept:
                leaving.add(name)
                guide.remove(name)
                following = next(other for other in names if other in kept)
                at = guide.index(names[place - 1]) + 1 if place else guide.index(following)
                guide.insert(at, name)
    numbers = {name: number_in(pages[name], "guide") or 0 for name in guide}
    return numbered_between(guide, numbers, leaving) if leaving else {}


def numbered_between(
    guide: Sequence[str], numbers: dict[str, int], leaving: set[str]
) -> dict[str, int]:
    """A number between its neighbors for each page that is ``leaving`` its place; without room for
    one, new numbers for all."""
    given, before = dict[str, int](), 0
    for place, name in enumerate(guide):
        if name in leaving:
            following = (numbers[other] for other in guide[place:] if other not in leaving)
            later = next(following, before + 2 * STEP)
            given[name] = (before + later) // 2
            if not before < given[name] < later:
                return {name: STEP * number for number, name in enumerate(guide, 1)}
        before = given.get(name, numbers[name])
    return given


def places(
    pages: Pages, order: Sequence[str], moved: Container[str], changed: Container[str]
) -> dict[str, int | None]:
    """A place for each page of a menu outside the guide, or None for one that is there by its name;
    as many as can be stay as they are, of those that aren't ``changed`` anyway."""

    def weight(name: str) -> float:
        if name in changed or own_place(pages[name]):
            return 0.01
        return 1 if name in moved else 1.01

    guide = in_guide(pages)
    first = max((number for number, name in enumerate(order, 1) if name in guide), default=0)
    at = {name: number for number, name in enumerate(order, 1) if name not in guide}
    by_name = longest(
        [name for name in order[first:] if own_place(pages[name]) != at[name]],
        lambda name: named(pages[name]).lower(),
        weight,
    )
    return {name: None if name in by_name else number for name, number in at.items()}


def longest(
    names: Iterable[str], key: Callable[[str], Any], weight: Callable[[str], float]
) -> tuple[str, ...]:
    """The ``names`` of the greatest weight that follow each other by ``key``."""

    def total(chain: tuple[str, ...]) -> float:
        return sum(map(weight, chain))

    chains: list[tuple[str, ...]] = [()]
    for name in names:
        before = (chain for chain in chains if not chain or key(chain[-1]) < key(name))
        chains.append((*max(before, key=total), name))
    return max(chains, key=total)
