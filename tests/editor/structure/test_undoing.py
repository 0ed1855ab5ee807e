"""One change is taken back, and what came later stays; or it is shown why that can't be."""

import pytest
from PIL import Image

from kapsite.editor.models import ContentVersion, Kind, Publication
from kapsite.editor.versions import history
from tests.editor.structure.test_page_changes import confirm, keys, problems_of
from tests.pages.samples import make_page

LIST = "/admin/edit/"
TEXT = make_page("One [@S1].\nTwo [@S1].\nThree [@S1].", title="Risks")


@pytest.fixture
def pat(pat, content):
    (content / "risks.md").write_text(TEXT)
    (content / "cost.md").write_text(make_page("You pay less.", title="Cost", guide="10"))
    history.up_to_date()
    return pat


@pytest.fixture
def change(content):
    """Change a file as another program does, and return the version."""

    def change(name, *words, text=None):
        file = content / name
        file.write_text(file.read_text().replace(*words) if text is None else text)
        return history.up_to_date()

    return change


def undo(client, version, **data):
    return confirm(client, f"{LIST}history/{version.pk}/undo/", **data)


def test_what_came_later_stays(pat, change, publish, content):
    first = change("risks.md", "One", "Uno")
    change("risks.md", "Three", "Tres")
    change("cost.md", "less", "more")
    undo(pat, first)
    assert problems_of(publish) == [""]
    assert (content / "risks.md").read_text().endswith("One [@S1].\nTwo [@S1].\nTres [@S1].\n")
    assert "more" in (content / "cost.md").read_text()
    current = ContentVersion.objects.current()
    assert (current.kind, list(current.changes)) == (Kind.UNDO, ["risks.md"])


def test_it_is_shown_first_and_named_by_its_reason(pat, change):
    version = change("risks.md", "One", "Uno")
    ContentVersion.objects.filter(pk=version.pk).update(reason="Spanish")
    shown = pat.get(f"{LIST}history/{version.pk}/undo/")
    assert shown.context["form"]["reason"].value() == "Undid “Spanish”"
    assert "<del>Uno</del>" in shown.text


def test_who_changes_their_mind_about_an_undo_is_back_in_the_history(pat, change):
    first = change("risks.md", "Two", "Deux")
    shown = pat.get(f"{LIST}history/{first.pk}/undo/").text
    assert f'<a class="btn" href="{LIST}history/">Cancel</a>' in shown


def test_lines_that_changed_again_are_side_by_side_and_nothing_is_published(pat, change):
    first = change("risks.md", "One", "Uno")
    later = change("risks.md", "Uno", "Eins")
    answer = pat.post(f"{LIST}history/{first.pk}/undo/", {"publish": "1", "reason": "x"})
    assert f'href="{LIST}history/{later.pk}/undo/"' in answer.text
    assert "<del>Eins</del>" in answer.text
    assert "<ins>One</ins>" in answer.text
    assert not Publication.objects.exists()


def test_an_undo_can_be_undone(pat, change, publish, content):
    undo(pat, change("risks.md", "One", "Uno"))
    publish()
    undo(pat, ContentVersion.objects.current())
    assert problems_of(publish) == ["", ""]
    assert "Uno" in (content / "risks.md").read_text()


def test_of_a_data_file_the_same_entry_goes_back(pat, change, publish, content):
    first = change("sources.yaml", "First trial", "My trial")
    change("sources.yaml", "Second trial", "Their trial")
    undo(pat, first)
    assert problems_of(publish) == [""]
    text = (content / "sources.yaml").read_text()
    assert "First trial" in text
    assert "Their trial" in text


def test_a_page_that_was_removed_comes_back_with_its_links(pat, change, publish, content):
    change("cost.md", "less", "less: see [risks](/risks/)")
    publish()
    confirm(pat, f"{LIST}page/risks.md/address/", instead="cost.md", remove="1")
    publish()
    removed = ContentVersion.objects.current()
    change("cost.md", "title: Cost", "title: Prices")
    undo(pat, removed)
    assert problems_of(publish) == ["", ""]
    assert (content / "risks.md").read_text().strip() == TEXT
    assert keys(content / "cost.md", "redirect_from") is None
    text = (content / "cost.md").read_text()
    assert "see [risks](/risks/)" in text
    assert "title: Prices" in text


def test_an_undo_follows_a_page_to_the_address_it_has_now(pat, change, publish, content):
    change("cost.md", "less", "less: see [risks](/risks/)")
    confirm(pat, f"{LIST}page/risks.md/address/", instead="index.md", remove="1")
    publish()
    removed = ContentVersion.objects.current()
    confirm(pat, f"{LIST}page/cost.md/address/", name="prices", rename="1")
    publish()
    undo(pat, removed)
    assert problems_of(publish) == ["", "", ""]
    assert (content / "risks.md").exists()
    assert "see [risks](/risks/)" in (content / "prices.md").read_text()
    assert keys(content / "prices.md", "redirect_from") == ["/cost/"]


def test_a_new_address_is_taken_back_with_what_was_written_since(pat, change, publish, content):
    confirm(pat, f"{LIST}page/risks.md/address/", name="safety", rename="1")
    publish()
    renamed = ContentVersion.objects.current()
    change("safety.md", "Two", "Dos")
    change("cost.md", "less", "less: see [safety](/safety/)")
    undo(pat, renamed)
    assert problems_of(publish) == ["", ""]
    assert "Dos" in (content / "risks.md").read_text()
    assert keys(content / "risks.md", "redirect_from") == ["/safety/"]
    assert "see [safety](/risks/)" in (content / "cost.md").read_text()
    assert not (content / "safety.md").exists()


def test_a_page_that_has_moved_again_is_for_a_person_to_decide(pat, publish):
    confirm(pat, f"{LIST}page/risks.md/address/", name="safety", rename="1")
    publish()
    renamed = ContentVersion.objects.current()
    confirm(pat, f"{LIST}page/safety.md/address/", name="harm", rename="1")
    publish()
    later = ContentVersion.objects.current()
    answer = pat.get(f"{LIST}history/{renamed.pk}/undo/")
    assert f'href="{LIST}history/{later.pk}/undo/"' in answer.text


def test_readers_of_a_page_that_goes_are_led_to_another(pat, change, publish, content):
    added = change("new.md", text=make_page("New [@S1].", title="New"))
    change("cost.md", "less", "less: see [new](/new/)")
    shown = pat.get(f"{LIST}history/{added.pk}/undo/")
    assert shown.context["gone"] == ["New"]
    assert "This removes the page: “New”." in shown.text
    undo(pat, added, instead="risks.md")
    assert problems_of(publish) == [""]
    assert not (content / "new.md").exists()
    assert keys(content / "risks.md", "redirect_from") == ["/new/"]
    assert "see [new](/risks/)" in (content / "cost.md").read_text()


def test_a_page_that_goes_with_later_words_on_it_is_for_a_person_to_decide(pat, change):
    added = change("new.md", text=make_page("New [@S1].", title="New"))
    change("new.md", "New [", "Newer [")
    assert "undone yet" in pat.get(f"{LIST}history/{added.pk}/undo/").text


def test_the_menu_goes_back(pat, publish, content):
    form = pat.get(f"{LIST}menu/").context["form"]
    data = {name: field.initial for name, field in form.fields.items()}
    confirm(pat, f"{LIST}menu/", **data | {"menu-cost.md": "header"})
    publish()
    undo(pat, ContentVersion.objects.current())
    assert problems_of(publish) == ["", ""]
    assert keys(content / "cost.md", "menu_in") is None


def test_an_image_goes_back_unless_it_was_replaced_again(pat, content, publish):
    versions = []
    (content / "images").mkdir()
    for color in ("red", "green", "blue"):
        Image.new("RGB", (8, 8), color).save(content / "images/it.png")
        versions.append(history.up_to_date())
    _, green, blue = versions
    assert "undone yet" in pat.get(f"{LIST}history/{green.pk}/undo/").text
    address = f"{LIST}history/{blue.pk}/undo/"
    for side in ("now", "then"):
        assert f'alt="images/it.png {side}"' in pat.get(address).text
    confirm(pat, address)
    publish()
    assert history.up_to_date().files["images/it.png"] == green.files["images/it.png"]


def test_an_undo_that_the_check_refuses_says_so_before_a_reason_is_given(pat, change):
    added = change(
        "sources.yaml",
        "S2: {",
        "S3: {title: T, kind: trial, check: A, shows: It., doi: 10.1000/x}\nS2: {",
    )
    change("risks.md", "One [@S1]", "One [@S3]")
    shown = pat.get(f"{LIST}history/{added.pk}/undo/")
    [(title, [error])] = shown.context["refused"]
    assert (title, error.label, "S3" in error.words) == ("Risks", "Line 1", True)
    assert error.href == "/admin/edit/page/risks.md/#line-1"
    assert "What did you change" not in shown.text  # no reason is asked for
    seen = shown.context["form"]["seen"].value()
    data = {"publish": "1", "reason": "Why not", "seen": seen}
    pat.post(f"{LIST}history/{added.pk}/undo/", data)
    assert not Publication.objects.exists()


def test_word_lists_stay(pat, change):
    version = change("wording.yaml", text="[]")
    assert "nothing to publish" in pat.get(f"{LIST}history/{version.pk}/undo/").text


def test_the_whole_site_comes_back_to_a_version(pat, change, publish, content):
    start = history.up_to_date()
    change("risks.md", "One", "Uno")
    change("wording.yaml", text="[]")
    change("new.md", text=make_page("New [@S1].", title="New"))
    confirm(pat, f"{LIST}history/{start.pk}/whole-site/", instead="index.md")
    assert problems_of(publish) == [""]
    assert (content / "risks.md").read_text().strip() == TEXT
    assert (content / "wording.yaml").read_text() == "[]"
    assert not (content / "new.md").exists()
    assert ContentVersion.objects.current().kind == Kind.BACK


def test_only_publishers_undo(browser, pat, change):
    version = change("risks.md", "One", "Uno")
    sam = browser("editor", "sam")
    for how in ("undo", "whole-site"):
        assert sam.get(f"{LIST}history/{version.pk}/{how}/").status_code == 403
    assert "Undo" not in sam.get(f"{LIST}history/{version.pk}/").text
