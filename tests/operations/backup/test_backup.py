"""A backup holds what a restore needs, and nothing that would only help whoever finds it."""

import fcntl
import hashlib

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from kapsite.accounts.models import CacheEntry, StaffSession
from kapsite.inquiries.desk.reports import system_status
from kapsite.inquiries.models import Inquiry
from kapsite.operations.backup import age, snapshot
from kapsite.operations.environment import parse_recipients
from tests.accounts.people import enter_fully, is_inside, make_settled
from tests.factories import make_inquiry

# Of the tests that need no particular database, each needs seconds on PostgreSQL for new tables.
pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC_KEY = "age1ugevrzjlrqjwltysy67p9m6dx9ujf3fk4j25mw35ugrh65z9ts9qh6rpnj"
COUNTED = ("inquiries_inquiry", "auth_user", "accounts_staffsession", "accounts_cacheentry")


@pytest.fixture
def in_use(client):
    """A site with a request, somebody at work, and a limit that counts."""
    cache.clear()
    make_settled()
    enter_fully(client)
    cache.set("a-limit", [1.0])
    make_inquiry(name="Ada Canary")
    return client


def test_it_has_the_requests_and_accounts_and_no_session(in_use, back_up, decrypted):
    with decrypted(back_up()) as copy:
        counts = [copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTED]  # noqa: S608
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert counts == [1, 1, 0, 0]


def test_it_has_the_content_as_it_is_in_the_folder(content, back_up, decrypted):
    (content / "images").mkdir()
    (content / "images/door.jpg").write_bytes(b"\xff\xd8 an image")
    with decrypted(back_up()) as copy:
        stored = {bytes(content) for (content,) in copy.execute("SELECT content FROM editor_blob")}
    assert stored == {file.read_bytes() for file in content.rglob("*") if file.is_file()}


def test_not_even_the_bytes_of_a_session_are_left_in_it(in_use, back_up, decrypted, tmp_path):
    traces = [row.session_key for row in StaffSession.objects.all()]
    traces += [entry.key for entry in CacheEntry.objects.all()]
    assert len(traces) >= 2
    with decrypted(back_up()):
        content = (tmp_path / "decrypted.sqlite3").read_bytes()
    assert [trace for trace in traces if trace.encode() in content] == []


@pytest.mark.sqlite
def test_making_one_signs_nobody_out(in_use, back_up):
    back_up()
    assert is_inside(in_use)
    assert cache.get("a-limit") == [1.0]


@pytest.mark.sqlite
def test_only_the_private_key_opens_it(in_use, back_up):
    file = back_up()
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    assert b"SQLite format" not in file.read_bytes()
    with (file.parent / "opened").open("wb") as target, pytest.raises(age.WrongKey):
        age.decrypt(file, target, [age.Identity.generate()])


@pytest.mark.sqlite
def test_it_is_for_the_sites_own_user_and_its_digest_stands_beside_it(back_up, capsys):
    file = back_up()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    beside = file.with_name(f"{file.name}.sha256")
    assert beside.read_text() == f"{digest}  {file.name}\n"
    modes = [place.stat().st_mode & 0o777 for place in (file, beside, file.parent)]
    assert modes == [0o600, 0o600, 0o700]
    assert f"SHA-256 {digest}" in capsys.readouterr().out


@pytest.mark.sqlite
def test_without_a_public_key_none_is_made(settings):
    settings.BACKUP_RECIPIENTS = []
    with pytest.raises(CommandError, match="make_backup_key"):
        call_command("backup")


@pytest.mark.sqlite
def test_as_many_are_kept_as_the_setting_says(back_up, settings):
    settings.BACKUPS_KEPT = 2
    settings.BACKUP_DIR.mkdir()
    for day in ("2026-01-01", "2026-01-02"):
        for suffix in (".sqlite3.age", ".sqlite3.age.sha256"):
            (settings.BACKUP_DIR / f"{day}-000000Z{suffix}").touch()
    (settings.BACKUP_DIR / "2026-01-01 before the move.age").touch()  # a person made this one
    newest = back_up()
    kept = sorted(file.name for file in settings.BACKUP_DIR.glob("*.age"))
    assert kept == [
        "2026-01-01 before the move.age",
        "2026-01-02-000000Z.sqlite3.age",
        newest.name,
    ]
    assert len([*settings.BACKUP_DIR.glob("*.sha256")]) == 2


@pytest.mark.sqlite
def test_what_a_killed_backup_left_is_taken_for_none_and_goes_with_the_next(back_up, settings):
    left = settings.BACKUP_DIR / ".unfinished-abc"
    left.mkdir(parents=True)
    (left / "database.sqlite3").write_text("cut off")
    assert system_status.last_backup() is None
    file = back_up()
    assert not left.exists()
    assert {each.name for each in settings.BACKUP_DIR.glob("[!.]*")} == {
        file.name,
        f"{file.name}.sha256",
    }


@pytest.mark.sqlite
def test_of_two_at_once_one_is_refused(identity, settings):
    settings.BACKUP_DIR.mkdir()
    with (settings.BACKUP_DIR / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another backup is being made"):
            call_command("backup")


@pytest.mark.sqlite
def test_a_full_disk_is_explained_and_leaves_the_earlier_ones(back_up, settings, monkeypatch):
    earlier = back_up()
    no_room = OSError(28, "No space left on device")
    monkeypatch.setattr(age.os, "fsync", lambda _: (_ for _ in ()).throw(no_room))
    with pytest.raises(CommandError, match="No backup was made: No space left on device"):
        call_command("backup")
    assert [*settings.BACKUP_DIR.glob("*.age")] == [earlier]
    assert [*settings.BACKUP_DIR.glob(".unfinished*")] == []


@pytest.mark.sqlite
def test_a_copy_that_is_damaged_becomes_no_backup(identity, settings, monkeypatch):
    def cut(file):
        taken(file)
        file.write_bytes(file.read_bytes()[:-8192])

    taken = snapshot.take
    monkeypatch.setattr(snapshot, "take", cut)
    with pytest.raises(CommandError, match=r"No backup was made\..*is malformed"):
        call_command("backup")
    assert [*settings.BACKUP_DIR.glob("*.age")] == []


@pytest.mark.sqlite
def test_a_value_that_cannot_be_read_is_reported_and_kept(back_up, decrypted, capsys):
    inquiry = make_inquiry(name="Ada Canary")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inquiries_inquiry SET name = phone")
        cursor.execute("SELECT phone FROM inquiries_inquiry")
        moved = cursor.fetchone()[0]
    file = back_up()
    assert "encrypted values that were tried can't be read" in capsys.readouterr().err
    with decrypted(file) as copy:
        assert copy.execute("SELECT name FROM inquiries_inquiry").fetchone()[0] == moved
    assert Inquiry.objects.filter(pk=inquiry.pk).exists()


@pytest.mark.sqlite
def test_the_overview_knows_when_the_last_one_was_made(back_up):
    before = timezone.now()
    back_up()
    made = system_status.last_backup()
    assert made is not None
    assert abs((made - before).total_seconds()) < 120


@pytest.mark.sqlite
@pytest.mark.parametrize("key", ["age1nonsense", f"{PUBLIC_KEY[:-1]}x"])
def test_a_mistyped_public_key_is_refused_when_the_site_starts(key):
    assert parse_recipients(f"{PUBLIC_KEY}, {PUBLIC_KEY}") == [PUBLIC_KEY] * 2
    with pytest.raises(ValueError, match=key):
        parse_recipients(key)


@pytest.mark.sqlite
def test_a_pair_of_keys_is_printed_and_only_the_public_one_is_for_the_site(capsys):
    call_command("make_backup_key")
    printed = capsys.readouterr()
    [identity] = age.read_identities(printed.out)
    assert printed.err == f"In the settings of the site: BACKUP_RECIPIENTS={identity.to_public()}\n"
