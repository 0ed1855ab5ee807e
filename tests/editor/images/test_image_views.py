"""The list of images, while one is on its way into it."""

import pytest

from kapsite.editor.images import image_views, uploads
from kapsite.editor.images.prepared import Preparing
from kapsite.editor.models import Publication
from tests.editor.images.test_uploads import LIST, send

DOOR = "images/entrance-with-ramp.jpg"


@pytest.fixture
def images(pat):
    """The list, as one opens it."""
    return lambda: pat.get(LIST).content.decode()


def test_the_list_waits_for_an_image_that_nobody_looked_at(pat, images):
    send(pat)
    shown = images()
    assert "data-waits" in shown
    assert "Preparing images/entrance-with-ramp …" in shown
    assert "Look again" in shown


def test_the_list_waits_for_an_image_that_is_being_saved(pat, images):
    send(pat)
    uploads.process_next()
    shown = images()
    assert "data-waits" in shown
    assert "Saving “A blue door with a ramp” …" in shown
    assert DOOR not in shown


def test_the_list_waits_for_an_image_that_is_not_prepared(pat, work, images):
    send(pat)
    work()
    shown = images()  # pages can name it already
    assert "data-waits" in shown
    assert f"Preparing {DOOR} …" in shown
    assert "Look again" in shown


def test_the_list_waits_no_longer_for_an_image_that_it_shows(pat, work, images):
    send(pat)
    work()
    Preparing().prepare_next()
    shown = images()
    assert "data-waits" not in shown
    assert f"{DOOR} is ready" in shown
    assert "Look again" not in shown


@pytest.mark.parametrize("step", ["upload", "saving", "everything"])
def test_the_list_waits_for_an_image_that_goes_on_while_it_is_made(
    pat, work, images, monkeypatch, step
):
    send(pat)
    if step == "saving":
        uploads.process_next()
    read = image_views.site_aside

    def then_go_on(version):
        found = read(version)
        uploads.process_next() if step == "upload" else work()
        return found

    monkeypatch.setattr(image_views, "site_aside", then_go_on)
    assert "data-waits" in images()
    monkeypatch.undo()
    work()
    assert not Publication.objects.waiting().exists()
    assert f'<tr id="{DOOR}">' in images()


def test_only_the_newest_image_is_said_to_be_ready(pat, work, images):
    for name in ("Garden", "Entrance with ramp"):
        send(pat, name=name)
        work()
        while Preparing().prepare_next():
            pass
    shown = images()
    assert f"{DOOR} is ready" in shown
    assert "garden.jpg is ready" not in shown


def test_who_comes_from_people_is_sent_back_there(pat, images):
    back = '<a href="/admin/edit/data/people.yaml/">People</a> and choose it there'
    assert back in pat.get(LIST, {"back": "people.yaml"}).text
    assert back not in images()


def test_while_an_image_is_prepared_no_older_one_is_said_to_be_ready(pat, work, images):
    send(pat)
    work()
    Preparing().prepare_next()
    send(pat, name="Garden")
    assert "is ready:" not in images()
