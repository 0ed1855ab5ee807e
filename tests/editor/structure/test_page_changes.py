"""A page that is removed or moves: all files that are concerned, or none."""

import pytest

from kapsite.editor.data_forms.files.front_matter import keys_of
from kapsite.editor.models import ContentVersion, Publication
from tests.pages.images import save_image
from tests.pages.samples import make_page

LIST = "/admin/edit/"
RISKS = f"{LIST}page/risks.md/address/"
LINKS = "[Risks](/risks/), [harm](/risks/#harm) and [no page](https://example.org/risks/)"


@pytest.fixture
def pat(pat, content):
    """A publisher, where the home page links to a page of the guide; all of it is published."""
    (content / "index.md").write_text(make_page(f"{LINKS} [@S1; @S2].", title="Home"))
    harm = make_page("## Harm\n\nIt is rare.", title="Risks", guide="20", menu_in="header")
    (content / "risks.md").write_text(harm)
    cost = make_page("You pay less.", title="Cost", guide="10", menu_in="header")
    (content / "cost.md").write_text(cost)
    pat.get(LIST)
    return pat


def confirm(client, page, reason="Clearer", **data):
    """Look at what will change, and publish it."""
    shown = client.post(page, data)
    assert shown.status_code == 200
    seen = shown.context["form"]["seen"].value()
    return client.post(page, data | {"publish": "1", "reason": reason, "seen": seen})


def problems_of(publish) -> list[str]:
    assert publish()
    return list(Publication.objects.values_list("problem", flat=True))


def test_what_links_to_a_page_is_named_first(pat, content):
    (content / "must_say.yaml").write_text("- id: x\n  page: /risks/\n")
    home, facts = (f"{LIST}page/index.md/", "Home", 2), ("", "Required facts", 1)
    assert pat.get(RISKS).context["links"] == [home, facts]


def test_a_page_at_a_new_address_takes_its_links_along(pat, publish, content):
    confirm(pat, RISKS, name="safety", rename="1")
    assert problems_of(publish) == [""]
    assert not (content / "risks.md").exists()
    assert keys(content / "safety.md", "redirect_from") == ["/risks/"]
    changed = LINKS.replace("(/risks/", "(/safety/")
    assert changed in (content / "index.md").read_text()


def test_a_page_can_go_back_to_its_old_address(pat, publish, content):
    confirm(pat, RISKS, name="safety", rename="1")
    publish()
    confirm(pat, RISKS.replace("risks", "safety"), name="risks", rename="1")
    assert problems_of(publish) == ["", ""]
    assert keys(content / "risks.md", "redirect_from") == ["/safety/"]


def test_where_a_page_was_readers_are_led_on(pat, publish, content):
    confirm(pat, RISKS, "It is old", instead="cost.md", remove="1")
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
    form = pat.post(page, {"instead": "cost.md", "remove": "1"}).context["remove"]
    assert form.non_field_errors()
    assert not Publication.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"rename": "1", "name": "index"},
        {"rename": "1", "name": "risks"},
        {"rename": "1", "name": "../x"},
        {"remove": "1", "instead": ""},
        {"remove": "1", "instead": "risks.md"},
        {"remove": "1", "instead": "clinic.yaml"},
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(pat, data):
    context = pat.post(RISKS, data).context
    assert context["rename"].errors or context["remove"].errors
    assert not Publication.objects.exists()


def test_a_new_address_begins_with_the_present_one_and_its_section(pat, content):
    assert pat.get(RISKS).context["rename"]["name"].value() == "risks"
    (content / "risks").mkdir()
    (content / "risks/harm.md").write_text(make_page(title="Harm"))
    name = pat.get(f"{LIST}page/risks/harm.md/address/").context["rename"]["name"]
    assert name.value() == "risks/harm"
    assert "With risks/ at its beginning, the page stays below “Risks”." in name.help_text


def test_cancel_keeps_what_was_typed(pat):
    cancel = pat.post(RISKS, {"name": "safety", "rename": "1"}).context["cancel"]
    assert pat.get(cancel).context["rename"]["name"].value() == "safety"
    cancel = pat.post(RISKS, {"instead": "cost.md", "remove": "1"}).context["cancel"]
    assert pat.get(cancel).context["remove"]["instead"].value() == "cost.md"


def test_a_page_with_a_draft_stays_until_it_is_published_or_discarded(pat, write):
    write("risks.md", make_page("Newer.", title="Risks"))
    answer = pat.post(RISKS, {"name": "safety", "rename": "1"})
    assert "This page has a draft" in answer.content.decode()
    assert not Publication.objects.exists()


def test_what_a_new_address_changes_is_shown_before_a_reason_is_given(pat):
    shown = pat.post(RISKS, {"name": "safety", "rename": "1"})
    assert shown.context["addresses"] == [
        ("/risks/", "The page", "Leads to /safety/"),
        ("/safety/", "Nothing", "The page"),
    ]
    assert [title for title, *_ in shown.context["texts"]] == ["Home", "Risks"]
    assert "<ins> /safety/)," in shown.text
    assert not Publication.objects.exists()


def test_a_page_that_shows_an_image_keeps_no_change_from_being_published(pat, content, publish):
    save_image(content, "door.jpg")
    (content / "new.md").write_text(make_page("![A door](images/door.jpg)", title="A door"))
    confirm(pat, RISKS, name="safety", rename="1")
    assert problems_of(publish) == [""]


def test_a_change_that_nobody_saw_is_shown_first(pat, content):
    data = {"name": "safety", "rename": "1"}
    seen = pat.post(RISKS, data).context["form"]["seen"].value()
    (content / "cost.md").write_text(make_page("[Risks](/risks/).", title="Cost"))
    answer = pat.post(RISKS, data | {"publish": "1", "reason": "Clearer", "seen": seen})
    assert "Look again at what is shown now" in answer.text
    assert "Cost" in [title for title, *_ in answer.context["texts"]]
    assert not Publication.objects.exists()


def test_a_second_press_publishes_nothing_twice(pat):
    confirm(pat, RISKS, name="safety", rename="1")
    confirm(pat, RISKS, name="safety", rename="1")
    assert Publication.objects.count() == 1


def test_only_publishers_change_addresses(browser):
    assert browser("editor", "sam").get(RISKS).status_code == 403


def keys(file, key):
    return keys_of(file.read_text()).get(key)
