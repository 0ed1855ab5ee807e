"""Two people, or one in a hurry, change different parts of a data file: nothing is put in twice."""

from django.db import DatabaseError
from django.utils import timezone

from kapsite.editor.models import ContentVersion, Publication
from tests.editor.data_forms.test_data_views import (
    CONTACT,
    S1,
    SOURCES,
    confirm,
    draft,
    press_publish,
    save,
)
from tests.editor.structure.test_page_changes import confirm as confirm_change
from tests.pages.samples import make_page

NOTICES = CONTACT.replace("name-and-contact", "notices")
PUBLISH = "/admin/edit/page/clinic.yaml/publish/"
NOTICE = {
    "notices-0-text": "We are closed on Monday.",
    "notices-0-from": "2026-12-24",
    "notices-0-until": "2026-12-26",
}


def test_a_part_that_is_saved_while_another_is_published_can_be_published_too(
    pat, content, publish
):
    save(pat, CONTACT, name="Another name")
    press_publish(pat, "clinic.yaml")
    save(pat, NOTICES, **NOTICE)
    publish()
    assert "can’t be published as it is" not in pat.get(NOTICES).text
    confirm(pat, "clinic.yaml", publish)
    text = (content / "clinic.yaml").read_text()
    assert "Another name" in text
    assert "We are closed on Monday." in text
    assert draft("clinic.yaml") is None


def test_what_was_asked_for_before_the_other_part_was_published_is_published_after_it(
    pat, content, publish
):
    save(pat, NOTICES, **NOTICE)
    press_publish(pat, "clinic.yaml")
    file = content / "clinic.yaml"
    file.write_text(file.read_text().replace("name: ", "name: Changed ", 1))
    publish()
    assert "Changed" in file.read_text()
    assert "We are closed on Monday." in file.read_text()


def test_a_draft_of_the_same_part_waits_for_a_person_to_decide(pat, content):
    save(pat, CONTACT, name="My name")
    file = content / "clinic.yaml"
    file.write_text(file.read_text().replace("name: ", "name: Changed ", 1))
    assert "Someone else published a change to the same part" in pat.get(CONTACT).text
    assert "My name" in draft("clinic.yaml")


def test_a_draft_of_which_nothing_is_left_ends(pat, content):
    save(pat, CONTACT, name="My name")
    (content / "clinic.yaml").write_text(draft("clinic.yaml"))
    pat.get(CONTACT)
    assert draft("clinic.yaml") is None


def test_a_source_follows_one_that_was_published_meanwhile(pat, content):
    save(pat, S1, title="My title")
    file = content / "sources.yaml"
    file.write_text(file.read_text() + 'S9:\n  title: Theirs\n  kind: trial\n  shows: "It."\n')
    pat.get(SOURCES)
    found = ContentVersion.objects.draft_of("sources.yaml")
    assert "My title" in found.text_of("sources.yaml")
    assert "Theirs" in found.text_of("sources.yaml")


def test_a_draft_that_is_being_published_is_not_asked_for_again(pat):
    save(pat, CONTACT, name="My name")
    press_publish(pat, "clinic.yaml")
    assert "is being published already" in pat.get(PUBLISH, follow=True).text
    assert Publication.objects.count() == 1


def test_a_draft_that_can_not_be_stored_again_is_shown_as_it_is(pat, content, monkeypatch):
    def full(*_):
        raise DatabaseError

    save(pat, NOTICES, **NOTICE)
    file = content / "clinic.yaml"
    file.write_text(file.read_text().replace("name: ", "name: Changed ", 1))
    monkeypatch.setattr("kapsite.editor.writing.drafts.store_draft", full)
    assert "We are closed on Monday." in pat.get(NOTICES).text


def test_the_draft_of_a_page_follows_what_was_published_in_other_lines(pat, content, write):
    page = "/admin/edit/page/risks.md/"
    before = (content / "risks.md").read_text()
    write("risks.md", f"{before}\nMy words [@S1].")
    (content / "risks.md").write_text(before.replace("title: Risks", "title: Theirs"))
    assert "was changed and published elsewhere" not in pat.get(page).text
    found = ContentVersion.objects.draft_of("risks.md").text_of("risks.md")
    assert "title: Theirs" in found
    assert "My words" in found


def test_a_menu_that_changes_right_after_a_text_keeps_both(pat, ask, content, publish):
    ask(make_page("More [@S1; @S2].", title="Risks"), "risks.md")
    form = pat.get("/admin/edit/menu/").context["form"]
    data = {name: field.initial for name, field in form.fields.items()}
    confirm_change(pat, "/admin/edit/menu/", **data | {"menu-risks.md": "header"})
    assert "waits until the change above is done" in pat.get("/admin/edit/").text
    assert [publish(), publish(), publish()] == [True, True, False]
    text = (content / "risks.md").read_text()
    assert "More" in text
    assert "menu_in: header" in text
    shown = pat.get("/admin/edit/").text
    assert "and “Say it better” are published. Readers have had them since" in shown


def test_what_was_published_is_said_until_the_next_visit(pat, ask, publish):
    said = "“Say it better” is published. Readers have had it since"
    ask()
    assert said not in pat.get("/admin/edit/").text
    publish()
    for _ in range(2):  # the page renews itself
        assert said in pat.get("/admin/edit/", headers={"X-Background": "1"}).text
    assert said not in pat.get("/admin/edit/").text
    assert said not in pat.get("/admin/edit/images/").text


def test_what_the_page_of_a_draft_said_is_not_said_again(pat, ask, publish):
    ask()
    for page in ("index.md", "risks.md"):
        pat.get(f"/admin/edit/page/{page}/", headers={"X-Background": "1"})
    publish()
    pat.get("/admin/edit/page/risks.md/", headers={"X-Background": "1"})
    assert "is published" in pat.get("/admin/edit/images/").text
    ask(make_page("More [@S1; @S2].", title="Risks"), "risks.md")
    publish()
    pat.get("/admin/edit/page/risks.md/", headers={"X-Background": "1"})
    assert "is published" not in pat.get("/admin/edit/").text


def test_many_publications_are_not_all_named(pat, ask, publish):
    for name in ("Red", "Green", "Blue", "Gray"):
        asked = ask(make_page(f"{name} [@S1; @S2].", title="Risks"), "risks.md").version
        asked.reason = name
        asked.save()
        publish()
    shown = pat.get("/admin/edit/").text
    assert "“Gray”, “Blue”, “Green” and more are published." in shown


def test_what_was_planned_shows_as_being_published_once_its_time_has_come(pat, ask):
    ask()
    Publication.objects.update(publish_on=timezone.now())
    shown = pat.get("/admin/edit/").text
    assert "Publishing “Say it better”" in shown
    assert "Cancel it" not in shown
