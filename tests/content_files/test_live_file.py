"""A data file held in memory follows the file, but never into a broken state."""

import pytest

from kapsite.content_files import live_file
from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError
from kapsite.content_files.validation import Model, Text


class Sample(Model):
    title: Text


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sample.yaml"


@pytest.fixture
def watched(monkeypatch):
    monkeypatch.setattr(live_file, "by_name", {})  # nobody looks for the sample in content/
    return Watched("sample.yaml", Sample)


def test_an_edit_shows_at_the_next_call(file, watched):
    file.write_text("title: Before")
    assert watched.get(file).title == "Before"
    file.write_text("title: After the edit")
    assert watched.get(file).title == "After the edit"


def test_an_unchanged_file_is_read_once(file, watched):
    file.write_text("title: Once")
    assert watched.get(file) is watched.get(file)


def test_a_broken_edit_is_logged_once_and_left_aside(file, watched, caplog):
    file.write_text("title: Good")
    good = watched.get(file)
    file.write_text("titel: Broken")
    assert watched.get(file) is good
    assert watched.get(file) is good
    assert caplog.text.count("Keeping the last valid version of sample.yaml") == 1


def test_a_mended_file_is_used_again(file, watched):
    file.write_text("title: Good")
    watched.get(file)
    file.write_text("titel: Broken")
    watched.get(file)
    file.write_text("title: Mended")
    assert watched.get(file).title == "Mended"


@pytest.mark.parametrize("text", [None, "titel: Broken"])
def test_a_file_that_never_could_be_read_raises_its_problems(file, watched, text):
    if text:
        file.write_text(text)
    with pytest.raises(ContentError, match=r"sample\.yaml:1: "):
        watched.get(file)


@pytest.fixture
def folders(settings, tmp_path):
    settings.CONTENT_DIR, settings.FACTS_DIR = tmp_path / "content", tmp_path / "published"
    for folder in (settings.CONTENT_DIR, settings.FACTS_DIR):
        folder.mkdir()
    return settings


def write(folder, text):
    (folder / "sample.yaml").write_text(text)


def test_the_site_uses_a_file_as_it_was_published(folders, watched):
    write(folders.CONTENT_DIR, "title: Not published yet")
    write(folders.FACTS_DIR, "title: Published")
    assert watched.in_use().title == "Published"
    write(folders.CONTENT_DIR, "titel: Broken")
    assert watched.in_use().title == "Published"


def test_until_something_is_published_the_site_uses_the_file_as_it_was_written(folders, watched):
    write(folders.CONTENT_DIR, "title: Written")
    assert watched.in_use().title == "Written"
    write(folders.FACTS_DIR, "title: Published")
    assert watched.in_use().title == "Published"


def test_a_file_published_by_a_version_that_wrote_it_differently_is_left_aside(folders, watched):
    write(folders.CONTENT_DIR, "title: Written")
    write(folders.FACTS_DIR, "titel: Older")
    assert [watched.in_use().title, watched.in_use().title] == ["Written", "Written"]
    write(folders.FACTS_DIR, "title: Published again")
    assert watched.in_use().title == "Published again"
