"""A restore brings back database and content as they were, or changes nothing and says why."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from kapsite.editor.models import ContentVersion
from kapsite.inquiries.data_protection import erasure
from kapsite.inquiries.models import Erasure, Inquiry
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.inquiries.models.logs.erasure_log import Rule
from kapsite.operations import in_use
from kapsite.operations.backup import age, snapshot
from kapsite.operations.backup import restore as restoring
from kapsite.operations.backup.databases import opened, own_config
from tests.factories import make_inquiry, make_staff

pytestmark = pytest.mark.usefixtures("shared_database")


@pytest.fixture(autouse=True)
def _clean_after(shared_database):
    """On PostgreSQL the database before stays aside, in a schema."""
    yield
    if connection.vendor == "postgresql":
        with opened(own_config(), "clean") as alias, connections[alias].cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'replaced_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def restore(key_file):
    def run(file, *options):
        connection.close()  # as in a process of its own
        call_command("restore", str(file), f"--identity={key_file}", *options)

    return run


def test_requests_staff_and_content_are_as_they_were(content, back_up, restore):
    ada = make_inquiry(name="Ada Canary", message="In her own words")
    ben = make_staff(username="ben")
    file = back_up()
    (content / "clinic.yaml").write_text("name: Changed since\n")
    (content / "new.md").write_text("Written since\n")
    make_inquiry(name="Sent since")
    ben.delete()
    restore(file)
    [found] = Inquiry.objects.all()
    assert (found.pk, found.name, found.message) == (ada.pk, ada.name, ada.message)
    assert found.phone == ada.phone
    assert make_inquiry().pk > ada.pk
    assert type(ben).objects.get().username == "ben"
    assert {each.name: each.read_text() for each in content.iterdir()} == {
        "clinic.yaml": "name: A clinic\n"
    }


def test_the_logs_still_refuse_changes(content, back_up, restore):
    Erasure.objects.create(reference="A2A2A2A2", rule=Rule.SPAM)
    restore(back_up())
    with pytest.raises(Exception, match="added to, never changed"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inquiries_erasure")


def test_what_was_in_the_content_folder_stays_in_its_history(content, back_up, restore):
    file = back_up()
    (content / "clinic.yaml").write_text("name: Changed since\n")
    restore(file)
    texts = [each.text_of("clinic.yaml") for each in ContentVersion.objects.order_by("pk")]
    assert texts[-2:] == ["name: Changed since\n", "name: A clinic\n"]


def test_the_database_before_is_kept_aside(content, back_up, restore, capsys):
    file = back_up()
    make_inquiry(name="Sent since")
    restore(file)
    assert Inquiry.objects.count() == 0
    aside = capsys.readouterr().out.partition("The one before is the ")[2].partition(":")[0]
    kind, place = aside.split(" ")
    if kind == "file":
        with closing(sqlite3.connect(place)) as old:
            assert old.execute("SELECT count(*) FROM inquiries_inquiry").fetchone() == (1,)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {place}.inquiries_inquiry")  # noqa: S608
            assert cursor.fetchone() == (1,)


def test_a_request_that_was_deleted_since_does_not_come_back(content, back_up, restore, capsys):
    inquiry, other = make_inquiry(), make_inquiry()
    file = back_up()
    ben = make_staff(username="ben")
    erasure.erase(Inquiry.objects.filter(pk=inquiry.pk), Rule.ASKED, ben)
    restore(file)
    assert "1 requests that had been deleted were deleted again." in capsys.readouterr().out
    assert [*Inquiry.objects.all()] == [other]
    assert Erasure.objects.get().reference == inquiry.reference


@pytest.mark.sqlite
def test_a_check_says_what_is_in_it_and_changes_nothing(content, back_up, restore, capsys):
    make_inquiry()
    file = back_up()
    make_inquiry()
    restore(file, "--check")
    said = capsys.readouterr().out
    assert "1 requests, the newest from" in said
    assert "3 of 3 encrypted values that were tried can be read" in said
    assert Inquiry.objects.count() == 2
    assert [*Path(connection.settings_dict["NAME"]).parent.glob(".restore-*")] == []


@pytest.mark.sqlite
def test_a_check_counts_what_other_keys_encrypted(content, back_up, restore, settings, capsys):
    make_inquiry()
    file = back_up()
    settings.FIELD_KEYS = ["A" * 42 + "E"]
    restore(file, "--check")
    assert "0 of 3 encrypted values that were tried can be read" in capsys.readouterr().out


@pytest.mark.sqlite
def test_without_the_keys_of_its_rows_it_is_refused(content, back_up, restore, settings):
    KeyInUse.objects.record()
    file = back_up()
    settings.FIELD_KEYS = ["A" * 42 + "E"]
    with pytest.raises(CommandError, match=r"FIELD_KEYS lacks keys .* Nothing was changed\."):
        restore(file)


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGE = {
    "cut off": lambda content: content[:-100_000],
    "a flipped bit": flipped,
    "empty": lambda content: b"",
    "another file": lambda content: b"A letter to the clinic\n" * 100,
}


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_refused(content, back_up, restore, damage):
    file = back_up()
    file.write_bytes(damage(file.read_bytes()))
    make_inquiry()
    with pytest.raises(CommandError, match="cut off or changed, or is no backup"):
        restore(file)
    assert Inquiry.objects.count() == 1


@pytest.mark.sqlite
def test_a_file_that_is_not_there_is_named_before_a_key_is_asked(content):
    with pytest.raises(CommandError, match=r"There is no file nothere\.age"):
        call_command("restore", "nothere.age")


@pytest.mark.sqlite
def test_the_wrong_key_is_named_as_such(content, back_up, tmp_path):
    file, other = back_up(), tmp_path / "other.txt"
    other.write_text(str(age.Identity.generate()))
    with pytest.raises(CommandError, match="This key does not open it"):
        call_command("restore", str(file), f"--identity={other}")
    other.write_text("# nothing")
    with pytest.raises(CommandError, match="There is no private key"):
        call_command("restore", str(file), f"--identity={other}")
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", str(file), f"--identity={tmp_path / 'missing'}")


@pytest.mark.sqlite
def test_a_backup_of_a_newer_version_is_refused(content, back_up, restore, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('inquiries', '9999_new', datetime('now'))"
        )
    with monkeypatch.context() as newer_version:  # it knows its own migration
        newer_version.setattr(snapshot, "missing_migrations", lambda alias: [])
        file = back_up()
    with pytest.raises(CommandError, match=r"newer version .* inquiries\.9999_new"):
        restore(file)


@pytest.mark.sqlite
def test_while_the_site_runs_it_is_refused_and_meanwhile_the_site_cannot_start(
    content, back_up, restore, monkeypatch
):
    file = back_up()
    with in_use.lock_file() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(CommandError, match=r"is running.*Nothing was changed\."):
            restore(file)
    with in_use.nobody(), pytest.raises(in_use.InUse, match="is being restored"):
        in_use.mark()


@pytest.mark.postgresql
def test_while_another_program_is_connected_it_is_refused(content, back_up, restore):
    file = back_up()
    settings = connection.settings_dict
    where = {"dbname": settings["NAME"], "user": settings["USER"]}
    with (
        psycopg.connect(**where, host=settings["OPTIONS"]["host"]),
        pytest.raises(CommandError, match="1 other programs are connected"),
    ):
        restore(file)


def test_one_that_fails_halfway_changes_nothing(content, back_up, restore, monkeypatch):
    file = back_up()
    make_inquiry(name="Sent since")
    fails = OSError(28, "No space left on device")
    for name in ("sync", "different_tables"):
        monkeypatch.setattr(restoring, name, lambda *_: (_ for _ in ()).throw(fails))
    with pytest.raises(CommandError, match="No space left on device"):
        restore(file)
    assert Inquiry.objects.get().name == "Sent since"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'restored_%'")
            assert cursor.fetchone() == (0,)


@pytest.mark.sqlite
def test_content_that_cannot_be_written_is_noticed_before_anything_is_changed(
    content, back_up, restore, monkeypatch
):
    file = back_up()
    (content / "clinic.yaml").write_text("name: Changed since\n")
    make_inquiry()
    monkeypatch.setattr("os.access", lambda place, mode, **_: place != content)
    with pytest.raises(CommandError, match=r"can't be restored\. .*--without-content"):
        restore(file)
    assert Inquiry.objects.count() == 1
    restore(file, "--without-content")
    assert Inquiry.objects.count() == 0
    assert (content / "clinic.yaml").read_text() == "name: Changed since\n"
