"""While developing, pages are rendered live; what is published is rendered the same way."""

import io

import pytest
from django.http import Http404
from PIL import Image

from kapsite.clinic import facts
from kapsite.clinic.facts import Clinic
from kapsite.content_files.live_file import Watched
from kapsite.pages import context_processors, views
from kapsite.pages.load.images import Images
from tests.html import Page
from tests.pages.images import encoded, save_image
from tests.pages.samples import FILES, make_content, make_page


@pytest.fixture
def content(tmp_path, settings):
    pages = {
        name: make_page(title=name.title(), menu=name.title(), menu_in="header")
        for name in ("benefits", "glossary", "history", "risks", "sources")
    }
    content = make_content(tmp_path, **pages)
    settings.CONTENT_DIR = settings.FACTS_DIR = content
    return content


def test_an_edit_shows_at_the_next_request(rf, content):
    text = (content / "risks.md").read_text()
    (content / "risks.md").write_text(text.replace("title: ", "title: Newly told, ", 1))
    assert "Newly told" in views.live_page(rf.get("/risks/"), "risks/").text


def test_a_broken_file_shows_its_problems_instead_of_a_traceback(rf, content):
    (content / "risks.md").write_text("---\ntitel: Risks\n---\n")
    response = views.live_page(rf.get("/risks/"), "risks/")
    assert response.status_code == 500
    assert "content/risks.md" in response.text
    assert "titel" in response.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("risks.md", "---\ntitel: Risks\n---\n"),
        ("risks.md", "[gone](/gone/)"),
        ("index.md", b"\xff"),
        ("glossary.md", ""),
        ("sources.md", "---\ntitel: Sources\n---\n"),
    ],
)
def test_one_broken_page_leaves_the_others_as_they_were(rf, content, name, text):
    (content / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    response = views.live_page(rf.get("/history/"), "history/")
    assert response.status_code == 200
    assert "History</h1>" in response.text
    assert "This page is fine, but the site can’t be published" in response.text
    assert f"content/{name}, line " in response.text


OTHER_FILES = ["danger_words.yaml", "people.yaml", "signoffs.yaml", "spam_words.yaml"]


@pytest.mark.parametrize("name", [*FILES, *OTHER_FILES])
@pytest.mark.parametrize("text", ["x: [", None])
def test_broken_data_leaves_pages_that_can_be_read(rf, content, monkeypatch, name, text):
    not_read_yet = Watched("clinic.yaml", Clinic)
    monkeypatch.setattr(facts, "clinic_file", not_read_yet)
    if text is None:
        (content / name).unlink(missing_ok=True)
    else:
        (content / name).write_text(text)
    response = views.live_page(rf.get("/benefits/"), "benefits/")
    assert response.status_code == 200
    assert "Benefits</h1>" in response.text


def test_a_page_without_errors_says_nothing_to_editors(rf, content):
    assert "For editors" not in views.live_page(rf.get("/history/"), "history/").text


def test_the_menus_keep_what_can_be_read(rf, settings, content):
    settings.DEBUG = True
    (content / "risks.md").write_text("")
    menus = context_processors.read_menus()
    assert "/benefits/" in [entry["path"] for entry in menus["header_menu"]]
    assert "/risks/" not in [entry["path"] for entry in menus["header_menu"]]


def test_an_image_shows_as_soon_as_it_is_saved(rf, content):
    with (content / "risks.md").open("a") as file:
        file.write("\n\n![The blue door](images/door.jpg)\n")
    assert "There is no image images/door.jpg." in views.live_page(rf.get("/risks/"), "risks/").text
    save_image(content, "door.jpg")
    [shown] = Page(views.live_page(rf.get("/risks/"), "risks/").text).all("img")
    answer = views.live_image(rf.get(shown["src"]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(answer.content)).size == (900, 600)


@pytest.mark.parametrize("data", [None, encoded()[:-900]])
def test_an_image_that_cannot_be_shown_is_not_found(rf, content, data):
    save_image(content, "door.jpg", data)
    picture = Images(content).find("images/door.jpg")
    address = picture.path(900 if data else 901)
    with pytest.raises(Http404):
        views.live_image(rf.get(address))


def test_an_unknown_address_is_not_found(rf, content):
    with pytest.raises(Http404):
        views.live_page(rf.get("/nothing/"), "nothing/")


def test_a_page_renders_the_same_for_everybody(rf, content):
    first = views.live_page(rf.get("/risks/", headers={"cookie": "sessionid=1"}), "risks/").text
    assert first == views.live_page(rf.get("/risks/?a=1"), "risks/").text


def test_the_menus_of_the_published_set_reach_every_template(rf, settings, tmp_path):
    settings.PUBLISHED_DIR = tmp_path
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "menu.json").write_text('{"header_menu": [{"path": "/x/"}]}')
    menus = context_processors.published_menus(rf.get("/"))
    assert menus["header_menu"] == [{"path": "/x/"}]


@pytest.mark.parametrize("content_of_file", [None, "{", "\x00"])
def test_missing_or_broken_menus_are_left_out(rf, settings, tmp_path, content_of_file):
    settings.PUBLISHED_DIR = tmp_path
    if content_of_file is not None:
        (tmp_path / "current").mkdir()
        (tmp_path / "current" / "menu.json").write_text(content_of_file)
    assert context_processors.published_menus(rf.get("/")) == context_processors.NO_MENUS
