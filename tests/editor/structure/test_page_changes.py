"""A page that is removed or moves, and the menu: all files that are concerned, or none."""

import pytest

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.structure.page_changes import keys_of
from tests.pages.samples import make_page

LIST = "/admin/edit/"
RISKS = f"{LIST}page/risks.md/address/"
LINKS = "[Risks](/risks/), [harm](/risks/#harm) and [no page](https://example.org/risks/)"


@pytest.fixture
def pat(browser, content, publish):
    """A publisher, where the home page links to a page of the guide; all of it is published."""
    (content / "index.md").write_text(make_page(f"{LINKS} [@S1; @S2].", title="Home"))
    harm = make_page("## Harm\n\nIt is rare.", title="Risks", guide="20", menu_in="header")
    (content / "risks.md").write_text(harm)
    cost = make_page("You pay less.", title="Cost", guide="10", menu_in="header")
    (content / "cost.md").write_text(cost)
    pat = browser("publisher", "pat")
    pat.get(LIST)
    return pat


def problems_of(publish) -> list[str]:
    assert publish()
    return list(Publication.objects.values_list("problem", flat=True))


def test_what_links_to_a_page_is_named_first(pat):
    assert pat.get(RISKS).context["links"] == [("index.md", "Home", 2)]


def test_a_page_at_a_new_address_takes_its_links_along(pat, publish, content):
    pat.post(RISKS, {"name": "safety", "reason": "Clearer", "rename": "1"})
    assert problems_of(publish) == [""]
    assert not (content / "risks.md").exists()
    assert keys(content / "safety.md", "redirect_from") == ["/risks/"]
    changed = LINKS.replace("(/risks/", "(/safety/")
    assert changed in (content / "index.md").read_text()


def test_a_page_can_go_back_to_its_old_address(pat, publish, content):
    pat.post(RISKS, {"name": "safety", "reason": "Clearer", "rename": "1"})
    publish()
    back = {"name": "risks", "reason": "It was better", "rename": "1"}
    pat.post(RISKS.replace("risks", "safety"), back)
    assert problems_of(publish) == ["", ""]
    assert keys(content / "risks.md", "redirect_from") == ["/safety/"]


def test_where_a_page_was_readers_are_led_on(pat, publish, content):
    pat.post(RISKS, {"instead": "cost.md", "reason": "It is old", "remove": "1"})
    assert problems_of(publish) == [""]
    assert not (content / "risks.md").exists()
    assert keys(content / "cost.md", "redirect_from") == ["/risks/"]
    assert "[Risks](/cost/), [harm](/cost/) and" in (content / "index.md").read_text()
    assert ContentVersion.objects.current().reason == "It is old"


@pytest.mark.parametrize("how", ["required", "a fact", "pages below", "the home page"])
def test_a_page_that_has_to_stay_is_not_removed(pat, content, how):
    page = RISKS
    if how == "required":
        text = make_page("You pay less.", title="Cost", requires="[risks]")
        (content / "cost.md").write_text(text)
    elif how == "a fact":
        (content / "must_say.yaml").write_text("- id: x\n  page: /risks/\n")
    elif how == "pages below":
        (content / "risks").mkdir()
        (content / "risks/harm.md").write_text(make_page(title="Harm"))
    else:
        page = f"{LIST}page/index.md/address/"
    form = pat.post(page, {"instead": "cost.md", "reason": "Old", "remove": "1"}).context["remove"]
    assert form.non_field_errors()
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"rename": "1", "name": "index", "reason": "x"},
        {"rename": "1", "name": "../x", "reason": "x"},
        {"rename": "1", "name": "safety", "reason": ""},
        {"remove": "1", "instead": "", "reason": "x"},
        {"remove": "1", "instead": "risks.md", "reason": "x"},
        {"remove": "1", "instead": "clinic.yaml", "reason": "x"},
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(pat, data):
    context = pat.post(RISKS, data).context
    assert context["rename"].errors or context["remove"].errors
    assert not Publication.objects.exists()


def test_a_page_with_a_draft_stays_until_it_is_published_or_discarded(pat):
    page = f"{LIST}page/risks.md/"
    began = pat.get(page).context["form"]["began_with"].value()
    pat.post(page, {"text": make_page("Newer.", title="Risks"), "began_with": began})
    answer = pat.post(RISKS, {"name": "safety", "reason": "Clearer", "rename": "1"})
    assert "This page has a draft" in answer.content.decode()
    assert not Publication.objects.exists()


def test_the_guide_follows_its_numbers_and_pages_change_menus(pat, publish, content):
    form = pat.get(f"{LIST}menu/").context["form"]
    data = {name: field.initial for name, field in form.fields.items() if name != "reason"}
    data |= {"place risks.md": "1", "menu cost.md": "none", "reason": "Safety first"}
    pat.post(f"{LIST}menu/", data)
    assert problems_of(publish) == [""]
    assert [keys(content / f"{page}.md", "guide") for page in ("risks", "cost")] == ["10", "20"]
    assert keys(content / "cost.md", "menu_in") == "none"
    assert keys(content / "index.md", "menu_in") is None


def test_a_menu_that_is_as_before_is_not_published(pat):
    form = pat.get(f"{LIST}menu/").context["form"]
    data = {name: field.initial for name, field in form.fields.items() if name != "reason"}
    answer = pat.post(f"{LIST}menu/", data | {"reason": "No reason"})
    assert "Nothing is different" in answer.content.decode()
    assert not Publication.objects.exists()


@pytest.mark.parametrize("address", [RISKS, f"{LIST}menu/"])
def test_only_publishers_change_addresses_and_menus(browser, address):
    assert browser("editor", "sam").get(address).status_code == 403


def keys(file, key):
    return keys_of(file.read_text()).get(key)
