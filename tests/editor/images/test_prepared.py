"""Images in previews, before they are published."""

import re

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from kapsite.editor.images.prepared import Preparing
from kapsite.editor.writing.drafts import discard_draft
from kapsite.editor.writing.previews.private_link import html_of, link_to
from tests.factories import make_staff
from tests.pages.images import encoded, photo, save_image
from tests.pages.samples import make_page

PAGE = "/admin/edit/page/index.md/"
TEXT = make_page("![A blue door](images/entrance.jpg)\n", title="Home")
SOURCE = re.compile(r'<img src="([^"]+)"')


@pytest.fixture
def prepare():
    """What the worker does."""
    preparing = Preparing()

    def prepare():
        while preparing.prepare_next():
            pass

    return prepare


@pytest.fixture
def door(content):
    return save_image(content)


def typed(client, text=TEXT):
    began_with = client.get(PAGE).context["editing"].shown.pk
    return {"text": text, "began_with": began_with, "shape": "text"}


def previewed(client, text=TEXT) -> str:
    return client.post(f"{PAGE}preview/", typed(client, text)).content.decode()


@pytest.fixture
def private_link(write):
    """Save a draft; returns the path of its link."""
    html_of.cache_clear()
    return lambda text=TEXT: link_to(write("index.md", text)).removeprefix(settings.SITE_URL)


def kept() -> set[str]:
    return {file.name for file in (settings.VAR_DIR / "prepared").glob("*")}


def test_a_preview_shows_an_image_that_is_not_published(pat, door, prepare):
    prepare()
    answer = pat.get(SOURCE.search(previewed(pat))[1])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert "no-store" in answer["Cache-Control"]
    assert b"WEBP" in answer.content[:12]


def test_the_preview_beside_the_text_shows_it_too(pat, door, prepare):
    prepare()
    html = pat.post(f"{PAGE}live/", typed(pat)).json()["page"]
    assert pat.get(SOURCE.search(html)[1]).status_code == 200


def test_every_width_of_a_preview_can_be_loaded(pat, door, prepare):
    prepare()
    widths = re.search(r'srcset="([^"]+)"', previewed(pat))[1].split(", ")
    assert len(widths) > 1
    assert {pat.get(each.split()[0]).status_code for each in widths} == {200}


def test_an_image_that_is_not_prepared_yet_is_said_in_words(pat, door):
    html = previewed(pat)
    assert "<img" not in html
    assert 'class="image-to-come">A blue door <small>' in html


def test_a_published_image_keeps_its_address_and_is_not_prepared(pat, door, prepare):
    html = previewed(pat)
    prepare()
    folder = settings.PUBLISHED_DIR / "current/images"
    folder.mkdir(parents=True)
    for name in kept():
        (settings.VAR_DIR / "prepared" / name).rename(folder / name)
    prepare()
    assert kept() == set()
    html = previewed(pat)
    assert SOURCE.search(html)[1].startswith("/images/entrance-")


def test_what_is_prepared_goes_with_its_image(content, door, prepare):
    prepare()
    before = kept()
    save_image(content, data=encoded(photo((600, 900))))
    prepare()
    assert before
    assert kept()
    assert not before & kept()
    door.unlink()
    prepare()
    assert kept() == set()


def test_a_damaged_image_is_passed_over(content, door, prepare):
    save_image(content, "cut-off.jpg", encoded()[:2_000])
    prepare()
    assert {name.partition("-")[0] for name in kept()} == {"entrance"}


def test_a_full_disk_stops_nothing(door, prepare, fill_disk):
    fill_disk()
    prepare()
    assert kept() == set()


def test_no_image_is_decoded_for_a_request(pat, door, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", None)
    monkeypatch.setattr(Image.Image, "resize", None)
    assert "A blue door" in previewed(pat)


@pytest.mark.parametrize("name", ["../uploads/a", "entrance.jpg", "a-1.000000000000.webp"])
def test_no_other_file_is_sent(pat, door, prepare, name):
    prepare()
    assert pat.get(f"/admin/edit/images/prepared/{name}").status_code == 404


def test_only_editors_see_prepared_images(pat, browser, door, prepare):
    prepare()
    address = SOURCE.search(previewed(pat))[1]
    assert browser("reviewer", "rae").get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_who_has_a_private_link_sees_the_images_of_that_draft_only(
    content, door, prepare, private_link
):
    save_image(content, "other.jpg", encoded(photo((300, 200))))
    prepare()
    address = SOURCE.search(Client().get(private_link()).content.decode())[1]
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "no-store"
    other = next(name for name in kept() if name.startswith("other"))
    assert Client().get(address.rpartition("/")[0] + f"/{other}").status_code == 404


def test_an_image_that_the_draft_only_names_in_words_is_not_sent(door, prepare, private_link):
    prepare()
    name = min(kept())
    path = private_link(make_page(f"Look at /images/{name} there.", title="Home"))
    assert Client().get(f"{path}images/{name}").status_code == 404


def test_images_of_a_private_link_end_with_it(door, prepare, private_link):
    prepare()
    address = SOURCE.search(Client().get(private_link()).content.decode())[1]
    discard_draft("index.md", make_staff("editor", "eve"))
    assert Client().get(address).status_code == 404


def test_a_private_link_shows_an_image_as_soon_as_it_is_prepared(door, prepare, private_link):
    path = private_link()
    assert "image-to-come" in Client().get(path).content.decode()
    prepare()
    assert SOURCE.search(Client().get(path).content.decode())
