"""A number that was typed, and the order that readers have then."""

from itertools import product

import pytest

from kapsite.editor.structure.menu_order import in_guide, in_menu, listed, rearranged
from kapsite.editor.structure.page_changes import with_keys
from tests.pages.samples import make_page

HEADER = "how risks cost other"
FOOTER = "history questions about family privacy sources"
GUIDE = "history how risks cost questions"
LAST_YEAR = "2025-11-22"


def site() -> dict[str, str]:
    """The guide with a part in each menu; in the header one other page, in the footer four."""
    numbers = {name: str(10 * number) for number, name in enumerate(GUIDE.split(), 1)}
    menus = dict.fromkeys(HEADER.split(), "header") | dict.fromkeys(FOOTER.split(), "footer")
    return {
        f"{name}.md": page(name, menu, guide=numbers.get(name))
        for name, menu in {"index": "none", **menus, "plan": "none"}.items()
    }


def page(name, menu, **keys):
    given = {key: value for key, value in keys.items() if value is not None}
    return make_page("Rest.", title=f"All about {name}", menu=name, menu_in=menu, **given)


def after(texts, numbers=(), menus=()) -> tuple[dict[str, str], list[str]]:
    """The texts once some pages have other numbers and menus, and which of them changed."""
    pages = listed(texts)
    chosen = {name: keys.get("menu_in", "footer") for name, keys in pages.items()}
    chosen |= {f"{name}.md": menu for name, menu in dict(menus).items()}
    typed = {f"{name}.md": number for name, number in dict(numbers).items()}
    changes = rearranged(pages, chosen, typed)
    changed = {name: with_keys(texts[name], **keys) for name, keys in changes.items()}
    return texts | changed, sorted(name.removesuffix(".md") for name in changes)


def shown(texts) -> dict[str, str]:
    pages = listed(texts)
    orders = {menu: in_menu(pages, menu) for menu in ("header", "footer")}
    orders["guide"] = in_guide(pages)
    return {
        menu: " ".join(name.removesuffix(".md") for name in names) for menu, names in orders.items()
    }


@pytest.mark.parametrize(
    ("typed", "header"),
    [
        ({"other": 3}, "how risks other cost"),
        ({"other": 1}, "other how risks cost"),
        ({"cost": 1}, "cost how risks other"),
        ({"how": 2}, "risks how cost other"),
        ({"cost": 4}, "how risks other cost"),
        ({"how": 4}, "risks cost other how"),
        ({"other": 1, "cost": 2}, "other cost how risks"),
        ({"how": 99}, "risks cost other how"),
    ],
)
def test_in_the_header_a_page_goes_to_the_number_that_was_typed(typed, header):
    texts, _ = after(site(), typed)
    assert shown(texts)["header"] == header
    assert shown(texts)["footer"] == FOOTER


@pytest.mark.parametrize(
    ("typed", "footer", "changed"),
    [
        ({"sources": 5}, "history questions about family sources privacy", "sources"),
        ({"sources": 1}, "sources history questions about family privacy", "sources"),
        ({"about": 5}, "history questions family privacy about sources", "about"),
        ({"about": 6}, "history questions family privacy sources about", "about"),
        ({"privacy": 3, "about": 1}, "about history privacy questions family sources",
         "about privacy"),
    ],
)  # fmt: skip
def test_in_the_middle_of_the_footer_only_what_moved_gets_a_number(typed, footer, changed):
    texts, names = after(site(), typed)
    assert shown(texts) == {"header": HEADER, "footer": footer, "guide": GUIDE}
    assert names == changed.split()


@pytest.mark.parametrize(
    ("typed", "guide", "changed"),
    [
        ({"cost": 1}, "history cost how risks questions", "cost"),
        ({"how": 2}, "history risks how cost questions", "how"),
        ({"questions": 1}, "questions history how risks cost", "questions"),
        ({"history": 2}, "how risks cost questions history", "history"),
    ],
)
def test_a_page_of_the_guide_moves_in_the_guide_too_and_no_other_does(typed, guide, changed):
    texts, names = after(site(), typed)
    assert shown(texts)["guide"] == guide
    assert names == [changed]


def test_without_room_between_two_numbers_the_guide_gets_new_ones():
    texts = site()
    for name, number in {"history": "1", "how": "2", "risks": "3"}.items():
        texts[f"{name}.md"] = with_keys(texts[f"{name}.md"], guide=number)
    texts, _ = after(texts, {"cost": 1})
    assert shown(texts)["guide"] == "history cost how risks questions"
    numbers = [listed(texts)[name]["guide"] for name in in_guide(listed(texts))]
    assert numbers == ["10", "20", "30", "40", "50"]


@pytest.mark.parametrize(
    ("numbers", "menus", "header", "footer"),
    [
        ({}, {"about": "header"}, f"{HEADER} about", "history questions family privacy sources"),
        ({"about": 2}, {"about": "header"}, "how about risks cost other",
         "history questions family privacy sources"),
        ({}, {"other": "footer"}, "how risks cost", f"{FOOTER} other"),
        ({}, {"cost": "footer"}, "how risks other",
         "history cost questions about family privacy sources"),
        ({}, {"plan": "footer"}, HEADER, f"{FOOTER} plan"),
        ({"plan": 3}, {"plan": "header"}, "how risks plan cost other", FOOTER),
        ({}, {"privacy": "none"}, HEADER, "history questions about family sources"),
    ],
)  # fmt: skip
def test_a_page_that_goes_to_another_menu_is_last_or_at_its_number(numbers, menus, header, footer):
    texts, _ = after(site(), numbers, menus)
    assert shown(texts) == {"header": header, "footer": footer, "guide": GUIDE}


def test_a_page_that_goes_back_to_its_place_by_name_needs_no_number():
    texts, _ = after(site(), {"about": 6})
    texts, names = after(texts, {"about": 3})
    assert (texts, names) == (site(), ["about"])


def test_a_page_in_no_menu_keeps_no_place():
    texts, _ = after(site(), {"sources": 1})
    texts, _ = after(texts, menus={"sources": "none"})
    assert "place" not in listed(texts)["sources.md"]


def test_pages_with_the_numbers_that_they_have_change_nothing():
    assert after(site(), {"sources": 6, "cost": 3}) == (site(), [])


def test_a_page_that_has_ended_counts_in_no_menu():
    texts = site()
    texts["about.md"] = with_keys(texts["about.md"], expires_on=LAST_YEAR)
    assert shown(texts)["footer"] == FOOTER.replace("about ", "")


@pytest.mark.parametrize("menu", ["header", "footer"])
def test_every_page_can_go_to_every_place_one_after_the_other(menu):
    texts = site()
    names = shown(texts)[menu].split()
    for name, number in product(names, range(1, len(names) + 1)):
        expected = [other for other in shown(texts)[menu].split() if other != name]
        expected.insert(number - 1, name)
        texts, _ = after(texts, {name: number})
        assert shown(texts)[menu].split() == expected
