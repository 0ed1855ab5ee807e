"""Every state of the content folder that readers could see is in the history."""

import os

import pytest

from kapsite.editor.models import Blob, ContentVersion, Kind
from kapsite.editor.versions import history

CHANGED = "Changed with another program."


def test_the_first_version_is_the_folder_as_it_was_found(content):
    found = history.up_to_date()
    assert (found.kind, found.author, found.parent) == (Kind.FOUND, None, None)
    assert found.text_of("index.md") == (content / "index.md").read_text()


def test_an_unchanged_folder_makes_no_new_version(content):
    assert history.up_to_date() == history.up_to_date()


@pytest.mark.parametrize("how", ["changed", "added", "removed"])
def test_a_file_that_another_program_changed_is_a_version_of_its_own(content, how):
    before = history.up_to_date()
    file = content / {"changed": "index.md", "added": "new.md", "removed": "risks.md"}[how]
    file.unlink() if how == "removed" else file.write_text(CHANGED)
    after = history.up_to_date()
    assert (after.kind, after.parent, list(after.changes)) == (Kind.OUTSIDE, before, [file.name])
    assert after.text_of(file.name) == ("" if how == "removed" else CHANGED)


def test_a_folder_that_is_empty_or_gone_is_no_removal_of_all_pages(content):
    before = history.up_to_date()
    content.rename(content.with_name("unmounted"))
    assert history.up_to_date() == before
    content.mkdir()
    assert history.up_to_date() == before


def test_a_second_change_within_the_same_moment_is_noticed(content):
    file = content / "index.md"
    history.up_to_date()
    stamp = file.stat().st_mtime_ns
    file.write_text(file.read_text().replace("e", "a"))
    os.utime(file, ns=(stamp, stamp))
    assert list(history.up_to_date().changes) == ["index.md"]


def test_temporary_files_of_other_programs_are_no_content(content):
    before = history.up_to_date()
    for name in (".index.md.swp", "~$index.md", "index.md~"):
        (content / name).write_text("x")
    assert history.up_to_date() == before


def test_a_text_is_stored_once_however_many_versions_hold_it(content):
    history.up_to_date()
    count = Blob.objects.count()
    (content / "index.md").rename(content / "moved.md")
    history.up_to_date()
    assert Blob.objects.count() == count


def test_a_file_is_replaced_whole_or_not_at_all(content, fill_disk):
    before = (content / "index.md").read_text()
    fill_disk()
    with pytest.raises(OSError, match="No space left"):
        history.write_file(content / "index.md", [b"half"])
    assert (content / "index.md").read_text() == before
    assert not list(content.glob(".*"))


def test_going_back_to_a_version_restores_every_file(content):
    first = history.up_to_date()
    (content / "index.md").write_text(CHANGED)
    (content / "risks.md").unlink()
    (content / "new.md").write_text(CHANGED)
    changed = history.up_to_date()
    history.write_folder(changed.files, first.files)
    assert history.up_to_date().files == first.files
    assert ContentVersion.objects.count() == 3
