"""Going back to the set before."""

import os

import pytest

from kapsite.pages.publish.making.set_writer import go_back, put_in_use
from kapsite.pages.publish.making.variants import File
from kapsite.pages.publish.serving.published_set import current_folder


@pytest.fixture
def published(tmp_path):
    for number, name in enumerate(("one", "two", "three")):
        put(tmp_path, name)
        os.utime(tmp_path / "sets" / name, (number, number))  # seconds apart
    return tmp_path


def put(folder, name):
    page = File("/", "text/html; charset=utf-8", name.encode())
    put_in_use(folder, name, [page], {"menu.json": b"{}"}, {})


def in_use(published):
    return current_folder(published).name


def test_each_step_goes_back_to_the_set_before(published):
    assert go_back(published).name == "two"
    assert go_back(published).name == "one"
    assert in_use(published) == "one"
    assert go_back(published) is None
    assert in_use(published) == "one"


def test_a_damaged_set_is_passed_over(published):
    (published / "sets/two/index.html").write_text("cut off")
    assert go_back(published).name == "one"


def test_what_was_undone_can_be_published_again(published):
    go_back(published)
    put(published, "three")
    assert in_use(published) == "three"
    assert go_back(published).name == "two"


def test_without_a_set_before_nothing_changes(tmp_path):
    put(tmp_path, "one")
    assert go_back(tmp_path) is None
    assert in_use(tmp_path) == "one"
