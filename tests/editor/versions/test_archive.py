"""Everything in one file, and back, or nothing."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kapsite.editor.models import Blob, ContentVersion, Kind, Publication
from kapsite.editor.versions import history, history_views
from kapsite.editor.versions.action_log import ContentAction
from kapsite.editor.versions.archive import zipped
from tests.pages.samples import make_page

OTHER = make_page("Other words [@S1; @S2].", title="Risks")


@pytest.fixture
def archive(content, ask, publish, tmp_path, capsys):
    """Exported after an edit, with an open draft."""
    history.up_to_date()
    ask()
    publish()
    ask(OTHER, "risks.md")
    Publication.objects.all().delete()
    file = tmp_path / "content.zip"
    call_command("export_content", str(file))
    capsys.readouterr()
    return file


def forget_history():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE editor_contentversion SET parent_id = NULL")
    Publication.objects.all().delete()
    ContentVersion.objects.all().delete()
    Blob.objects.all().delete()


def states() -> list[tuple]:
    rows = ContentVersion.objects.order_by("pk").select_related("author", "parent")
    return [(row.kind, row.by, row.reason, row.files, row.changes) for row in rows]


def changed(file, **contents) -> None:
    """Write ``contents`` into the archive, by name; None leaves one out."""
    with zipfile.ZipFile(file) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, content in (kept | contents).items():
            if content is not None:
                new.writestr(name, content)


def files_in(folder) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in found}


def test_an_archive_brings_files_history_and_drafts_to_a_new_server(archive, content, capsys):
    files, before = files_in(content), states()
    forget_history()
    (content / "index.md").write_text(make_page("As shipped [@S1; @S2].", title="Home"))
    call_command("import_content", str(archive))
    assert f"and {len(before)} versions" in capsys.readouterr().out
    assert files_in(content) == files
    assert states()[: len(before)] == before
    assert ContentVersion.objects.current().kind == Kind.IMPORT
    assert "Other words" in ContentVersion.objects.draft_of("risks.md").text_of("risks.md")
    assert [row.act for row in ContentAction.objects.order_by("pk")][-2:] == [
        "outside", "imported",
    ]  # fmt: skip


def test_where_there_is_a_history_the_files_are_one_more_version_of_it(archive, content, capsys):
    files = files_in(content)
    (content / "index.md").write_text(make_page("Newer [@S1; @S2].", title="Home"))
    call_command("import_content", str(archive))
    assert "archive’s was left out" in capsys.readouterr().out
    assert files_in(content) == files
    assert "Newer" in ContentVersion.objects.current().parent.text_of("index.md")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content/../../evil.md": b"x"}, "no place in the content"),
        ({"/etc/passwd": b"x"}, "no place in the content"),
        ({"content/a\\..\\evil.md": b"x"}, "no place in the content"),
        ({"other/x.md": b"x"}, "no place in the content"),
        ({"content/.env": b"x"}, "no place in the content"),
        ({"history.json": None}, "has no history.json"),
        ({"history.json": b"{"}, "history.json can't be read"),
        ({"history.json": b'{"format": 2, "versions": []}'}, "Another version"),
        ({f"blobs/{'0' * 64}": b"x"}, "was changed after it was exported"),
        ({"content/index.md": b"---\ntitle: [\n---\n"}, "the content has these errors"),
    ],
)
def test_an_archive_that_is_not_right_changes_nothing(archive, content, changes, words):
    changed(archive, **changes)
    files, before = files_in(content), states()
    with pytest.raises(CommandError, match=words):
        call_command("import_content", str(archive))
    assert (files_in(content), states()) == (files, before)
    assert not (content.parent / "evil.md").exists()


def test_a_history_that_names_a_file_outside_is_refused(archive):
    with zipfile.ZipFile(archive) as old:
        found = json.loads(old.read("history.json"))
    found["versions"][0]["files"]["../evil.md"] = "0" * 64
    changed(archive, **{"history.json": json.dumps(found)})
    with pytest.raises(CommandError, match="no place in the content"):
        call_command("import_content", str(archive))


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(archive, monkeypatch):
    monkeypatch.setattr("kapsite.editor.versions.archive_import.LARGEST", 1_000)
    monkeypatch.setattr("zipfile.ZipFile.read", None)
    with pytest.raises(CommandError, match="larger than"):
        call_command("import_content", str(archive))


@pytest.mark.parametrize("content_of", [b"", b"no zip", None])
def test_what_is_no_archive_is_explained(content, tmp_path, content_of):
    file = tmp_path / "x.zip"
    if content_of is not None:
        file.write_bytes(content_of)
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_content", str(file))


def test_a_full_disk_leaves_folder_and_archive_as_they_were(archive, content, fill_disk):
    files, exported = files_in(content), archive.read_bytes()
    (content / "index.md").write_text(make_page("Newer [@S1; @S2].", title="Home"))
    newer = files_in(content)
    fill_disk()
    for command in ("import_content", "export_content"):
        with pytest.raises(CommandError, match="No space left"):
            call_command(command, str(archive))
    assert files_in(content) == newer != files
    assert archive.read_bytes() == exported
    assert not list(archive.parent.glob(".*"))


DOWNLOAD = "/admin/edit/history/download/"


@pytest.mark.parametrize("role", ["publisher", "lead"])
def test_publishers_and_leads_download_what_the_command_exports(
    browser, archive, role, tmp_path, monkeypatch
):
    monkeypatch.setattr(history_views, "BETWEEN_DOWNLOADS", timedelta(0))
    client = browser(role, "sam")
    assert "Download everything" in client.get("/admin/edit/history/").text
    answer = client.post(DOWNLOAD)
    sent = tmp_path / "sent.zip"
    sent.write_bytes(b"".join(answer.streaming_content))
    with zipfile.ZipFile(sent) as one, zipfile.ZipFile(archive) as other:
        assert one.testzip() is None
        assert {name: one.read(name) for name in one.namelist()} == {
            name: other.read(name) for name in other.namelist()
        }
    newest = ContentAction.objects.first()
    assert (newest.act, newest.by.username) == ("exported", "sam")


def test_it_is_made_in_pieces_of_a_file_each(archive):
    sizes = [len(piece) for piece in zipped(ContentVersion.objects.current())]
    assert len(sizes) > Blob.objects.count()
    assert max(sizes) < archive.stat().st_size / 2


def test_everything_is_downloaded_once_a_minute(browser, archive):
    answer = browser("publisher", "sam").post(DOWNLOAD, follow=True)
    assert "Wait a minute" in answer.text


def test_what_is_too_large_to_be_imported_is_not_downloaded(browser, content, monkeypatch):
    history.up_to_date()
    monkeypatch.setattr("kapsite.editor.versions.archive_import.LARGEST", 100)
    answer = browser("publisher", "sam").post(DOWNLOAD, follow=True)
    assert "too large to be downloaded" in answer.text
