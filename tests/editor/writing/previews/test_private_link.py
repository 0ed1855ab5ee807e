"""A draft for someone without an account: as long as it is the draft, and for a week at most."""

import time

import pytest
from django.conf import settings
from django.test import Client

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.versions import history
from kapsite.editor.writing.drafts import begin_editing, discard_draft
from kapsite.editor.writing.previews.private_link import LIFE, html_of, link_to
from tests.factories import make_staff
from tests.pages.samples import make_page


@pytest.fixture
def link(write):
    """Save a draft of the home page; returns the path of its private link."""
    html_of.cache_clear()

    def link(words="Better words", text=None):
        new = make_page(f"{words} [@S1; @S2].", title="Home") if text is None else text
        return link_to(write("index.md", new)).removeprefix(settings.SITE_URL)

    return link


def test_the_link_shows_the_draft_to_someone_who_is_not_signed_in(link):
    answer = Client().get(link())
    shown = answer.content.decode()
    assert "Better words" in shown
    assert "This is a draft." in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert answer.cookies == {}


@pytest.mark.parametrize("how", ["discarded", "begun again", "a week later"])
def test_the_link_ends_and_says_whom_to_ask(link, how, monkeypatch):
    path = link()
    if how == "a week later":
        later = time.time() + LIFE.total_seconds() + 1
        monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    else:
        discard_draft("index.md", make_staff("editor", "eve"))
    if how == "begun again":
        link("Other words")
    answer = Client().get(path)
    assert answer.status_code == 410
    assert "Ask the person who sent you the link for a new one." in answer.content.decode()


def test_the_link_stays_when_the_draft_follows_what_was_published(link, content):
    home = content / "index.md"
    lines = "".join(f"Line {number}.\n\n" for number in range(9))
    home.write_text(make_page(lines, title="Home"))
    path = link(text=make_page(lines.replace("Line 1", "Better line"), title="Home"))
    home.write_text(make_page(lines.replace("Line 8", "Undone line"), title="Home"))
    draft = begin_editing(history.up_to_date(), "index.md").draft
    shown = Client().get(path).content.decode()
    assert "Better line" in shown
    assert "Undone line" in shown
    assert link_to(draft) != path


def test_the_link_shows_what_was_saved_last_until_that_is_published(link, publish):
    path = link()
    link("Other words")
    assert "Other words" in Client().get(path).content.decode()
    draft = ContentVersion.objects.draft_of("index.md")
    current = history.up_to_date()
    Publication.objects.ask(current, draft.files, draft.author, "Better", drafts=[draft])
    publish()
    assert Client().get(path).status_code == 410


@pytest.mark.parametrize("head", ["title:\ndescription:", "title: Parking\ndescription: Short"])
def test_a_draft_that_lacks_title_or_description_is_shown(link, head):
    path = link(text=f"---\n{head}\n---\n\nPark behind the house.\n")
    assert "Park behind the house." in Client().get(path).content.decode()


def test_a_forged_link_is_not_found(link):
    assert Client().get(link().replace("/draft/", "/draft/9")).status_code == 404


def test_a_draft_that_is_no_page_yet_cannot_be_shown_right_now(link):
    path = link(text="---\ntitle: [\n---\n")
    assert [Client().get(path).status_code for _ in range(2)] == [404, 404]
    assert "Your link still works" in Client().get(path).content.decode()
    assert html_of.cache_info().misses == 1  # a second look costs nothing


def test_a_link_that_is_loaded_often_is_rendered_once(link, monkeypatch):
    path = link()
    first = Client().get(path)
    monkeypatch.setattr("kapsite.editor.writing.previews.preview.check", None)
    assert Client().get(path).content == first.content


def test_the_page_of_the_draft_shows_the_link(link, browser):
    path = link()
    shown = browser("editor", "sam").get("/admin/edit/page/index.md/").content.decode()
    assert path.rsplit(":", 2)[0] in shown


def test_there_is_no_link_to_a_draft_that_cannot_be_shown_but_what_to_fix_first(link, browser):
    link(text="---\ntitle: [\n---\n")
    shown = browser("editor", "sam").get("/admin/edit/page/index.md/").content.decode()
    assert "link-to-draft" not in shown
    assert "so there is no link to it. First fix this. Line 2:" in shown
