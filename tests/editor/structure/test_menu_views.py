"""The form of the menus: what it shows, what it refuses, and what is published."""

import pytest

from kapsite.editor.data_forms.files.front_matter import keys_of
from kapsite.editor.models import Publication
from kapsite.pages.publish.document.navigation import menus
from tests.editor.structure.test_page_changes import confirm
from tests.pages.samples import load_catalog, make_page

MENU = "/admin/edit/menu/"
MENUS = ("header_menu", "footer_menu")


@pytest.fixture
def pat(pat, content):
    """A publisher, with two pages of the guide in the header and three others in the footer."""
    for number, name in enumerate(("Cost", "Risks"), 1):
        text = make_page(title=f"All about {name}", menu=name, guide=f"{number}0", menu_in="header")
        (content / f"{name.lower()}.md").write_text(text)
    for name in ("About", "Parking", "Sources"):
        (content / f"{name.lower()}.md").write_text(make_page(title=name))
    pat.get("/admin/edit/")
    return pat


def typed(pat, **other) -> dict[str, str]:
    """What the form sends, with some numbers ("place_risks") and menus ("menu_risks") changed."""
    fields = pat.get(MENU).context["form"].fields
    data = {name: field.initial for name, field in fields.items()}
    return data | {f"{key.replace('_', '-')}.md": value for key, value in other.items()}


def readers_have(content) -> list[str]:
    """The names in the header and in the footer."""
    found = menus(load_catalog(content))
    return [" ".join(entry["menu"] for entry in found[menu]) for menu in MENUS]


def test_each_menu_is_listed_as_readers_have_it(pat):
    rows = pat.get(MENU).context["form"].rows()
    shown = {
        label: [(row.place.value(), row.name, row.title) for row in menu] for label, menu in rows
    }
    assert shown == {
        "Menu in the header": [(1, "Cost", "All about Cost"), (2, "Risks", "All about Risks")],
        "Menu in the footer": [(1, "About", ""), (2, "Parking", ""), (3, "Sources", "")],
        "In no menu": [],
    }


@pytest.mark.parametrize(
    ("change", "header", "footer"),
    [
        ({"place_sources": "2"}, "Cost Risks", "About Sources Parking"),
        ({"place_risks": "1"}, "Risks Cost", "About Parking Sources"),
        ({"menu_about": "header", "place_about": "2"}, "Cost About Risks", "Parking Sources"),
        ({"menu_cost": "none"}, "Risks", "About Parking Sources"),
    ],
    ids=["in the footer", "in the guide", "to another menu", "to no menu"],
)
def test_what_was_typed_is_what_readers_have(pat, publish, content, change, header, footer):
    confirm(pat, MENU, **typed(pat, **change))
    assert publish()
    assert list(Publication.objects.values_list("problem", flat=True)) == [""]
    assert readers_have(content) == [header, footer]
    assert keys_of((content / "index.md").read_text()).get("menu_in") is None


def test_the_menu_is_shown_before_and_after(pat):
    shown = pat.post(MENU, typed(pat, place_sources="1"))
    assert shown.context["menus"] == [
        ("Menu in the footer", [("Sources", 3, 1), ("About", 1, 2), ("Parking", 2, 3)]),
    ]
    assert shown.context["texts"] == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, "each page has the place and the menu that you see"),
        ({"place_sources": "9"}, "“Sources” is last already"),
    ],
)
def test_what_moves_nothing_is_said_and_not_published(pat, change, why):
    shown = pat.post(MENU, typed(pat, **change)).text
    assert f"<li>Nothing moves: {why}.</li>" in shown
    assert 'name="publish"' not in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"place_risks": "third"}, "The place of “Risks” has to be a number, such as 3."),
        ({"place_risks": "0"}, "The place of “Risks” has to be a number, such as 3."),
        ({"place_risks": ""}, "Type a number for the place of “Risks”."),
        (
            {"place_risks": "3", "menu_risks": "none"},
            "“Risks” is in no menu. Choose the menu for this place.",
        ),
    ],
)
def test_what_can_be_no_place_is_said_at_the_top_and_what_was_typed_stays(pat, change, said):
    answer = pat.post(MENU, typed(pat, **change, place_cost="2"))
    assert f'<li><a href="#id_place-risks.md">{said}</a></li>' in answer.text
    form = answer.context["form"]
    typed_again = [form[f"place-{name}.md"].value() for name in ("risks", "cost")]
    assert typed_again == [change["place_risks"], "2"]


def test_the_review_leads_back_to_the_numbers_that_were_typed(pat):
    data = typed(pat, place_sources="1")
    assert "Change the numbers" in pat.post(MENU, data).text
    form = pat.post(MENU, data | {"again": "1"}).context["form"]
    assert form["place-sources.md"].value() == "1"
    assert form.errors == {}


def test_a_header_with_more_entries_than_fit_is_said_before_and_after(pat, content):
    said = "more entries than fit on one line"
    for n in range(3):
        text = make_page(title=f"A rather long title {n}", menu_in="none" if n else "header")
        (content / f"new-{n}.md").write_text(text)
    data = typed(pat) | {"menu-new-1.md": "header", "menu-new-2.md": "header"}
    assert said not in pat.get(MENU).text
    assert f"{said} of a usual screen, so it will take two" in pat.post(MENU, data).text
    for n in range(1, 3):
        page = content / f"new-{n}.md"
        page.write_text(page.read_text().replace("none", "header"))
    assert f"{said} of a usual screen, so it takes two" in pat.get(MENU).text
