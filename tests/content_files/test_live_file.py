"""A data file held in memory follows the file, but never into a broken state."""

import pytest

from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError
from kapsite.content_files.validation import Model, Text, load


class Sample(Model):
    title: Text


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sample.yaml"


@pytest.fixture
def watched():
    return Watched(lambda file, report: load(file, Sample, report))


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
