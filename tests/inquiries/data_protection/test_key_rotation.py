"""`manage.py rotate_keys`: everything opens with the new key alone, and nothing is lost."""

import secrets
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kapsite.encryption.keyring import Keyring, Unreadable
from kapsite.inquiries.checks import check_keys
from kapsite.inquiries.data_protection import key_rotation
from kapsite.inquiries.desk.inbox.search import search
from kapsite.inquiries.management.commands import rotate_keys
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.inquiries.models.request.search_digest import DigestKind, SearchDigest
from tests.encryption.tampering import swap
from tests.factories import make_inquiry, make_searchable

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
NEW = secrets.token_urlsafe(32)
TYPED = {"name": "Ada", "email": "ada@example.org", "message": "Two medicines", "topics": "pain"}
TYPED |= {"language": "Spanish", "aids": "relay"}


@pytest.fixture
def old(settings):
    return settings.FIELD_KEYS[0]


@pytest.fixture
def new_key_first(settings, old):
    """From now on the new key writes; the old one still opens."""

    def take_up():
        settings.FIELD_KEYS = [NEW, old]

    return take_up


@pytest.fixture
def only_the_new_key(settings):
    def take_up():
        settings.FIELD_KEYS = [NEW]

    return take_up


def store(**overrides):
    return make_searchable(**TYPED | overrides)


def rotate():
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def stored_names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM inquiries_inquiry ORDER BY id")
        return [name for (name,) in cursor.fetchall()]


def test_afterwards_the_new_key_alone_opens_everything(new_key_first, only_the_new_key, admin_user):
    inquiry = store(safety_concern=True, safety_concern_reason="She said so")
    inquiry.record("noted", by=admin_user, note="Rang.")
    new_key_first()
    said = rotate()
    only_the_new_key()
    found = Inquiry.objects.get()
    for name, value in TYPED.items():
        assert getattr(found, name) == value
    assert found.safety_concern_reason == "She said so"
    assert Activity.objects.get(kind="noted").note == "Rang."
    assert "now decrypts everything" in said


def test_afterwards_the_search_finds_with_the_new_key_alone(new_key_first, only_the_new_key):
    inquiry = store()
    new_key_first()
    rotate()
    only_the_new_key()
    assert list(search("ada@example.org")) == [inquiry]
    assert SearchDigest.objects.filter(digest__startswith=Keyring([NEW]).current).count() == (
        SearchDigest.objects.count()
    )


def test_before_it_runs_both_keys_are_in_use(new_key_first):
    store(name="Ada", phone="(425) 555-0101")
    new_key_first()
    store(name="Ben", phone="(425) 555-0102")
    assert [inquiry.name for inquiry in Inquiry.objects.order_by("pk")] == ["Ada", "Ben"]
    assert search("0101").exists()
    assert search("0102").exists()


def test_what_was_rotated_is_not_touched_again(new_key_first):
    store()
    new_key_first()
    rotate()
    before = stored_names()
    assert "re-encrypted" not in rotate()
    assert stored_names() == before


def test_an_inquiry_from_before_the_search_gets_its_digests(new_key_first):
    inquiry = make_inquiry()
    assert not search("0142").exists()
    rotate()
    assert list(search("0142")) == [inquiry]


def test_more_rows_than_a_batch_are_done(new_key_first, only_the_new_key, monkeypatch):
    monkeypatch.setattr(rotate_keys, "BATCH", 3)
    for number in range(10):
        store(name=f"Name {number}")
    Inquiry.objects.filter(pk__in=[i.pk for i in Inquiry.objects.order_by("pk")[3:6]]).delete()
    new_key_first()
    assert "inquiries: 7 rows re-encrypted and checked." in rotate()
    only_the_new_key()
    assert {inquiry.name for inquiry in Inquiry.objects.all()} == {
        f"Name {number}" for number in range(10) if number not in (3, 4, 5)
    }


# What could go wrong


def test_what_a_colleague_changed_meanwhile_stays(new_key_first, old):
    inquiry = store()
    new_key_first()
    read = key_rotation.old_rows(Inquiry).get()
    inquiry.message = "Changed meanwhile"
    inquiry.save(update_fields=["message"])
    batch = key_rotation.Batch()
    key_rotation.rewrite_row(Inquiry, read, batch)
    assert Inquiry.objects.get().message == "Changed meanwhile"
    assert batch.rows == 0
    rotate()
    assert Inquiry.objects.get().message == "Changed meanwhile"


def test_a_value_no_key_opens_is_named_and_left_and_the_others_are_done(
    settings, new_key_first, only_the_new_key, capsys
):
    settings.FIELD_KEYS, keys = [secrets.token_urlsafe(32)], settings.FIELD_KEYS
    lost = store(name="Lost")
    settings.FIELD_KEYS = keys
    store(name="Ada")
    new_key_first()
    before = stored_names()
    with pytest.raises(CommandError, match="could not be read and were left as they are"):
        rotate()
    assert (
        f"Row {lost.pk}: inquiries_inquiry.name was written with a key" in capsys.readouterr().err
    )
    only_the_new_key()
    assert stored_names()[0] == before[0]
    assert Inquiry.objects.get(pk=lost.pk + 1).name == "Ada"


def test_when_a_key_is_lost_the_site_can_start_without_it(new_key_first, only_the_new_key):
    lost = store()
    KeyInUse.objects.record()
    only_the_new_key()
    assert [each.id for each in check_keys(None, databases=["default"])] == ["inquiries.E003"]
    with pytest.raises(CommandError, match="could not be read"):
        rotate()
    call_command("rotate_keys", accept_loss=True)
    assert check_keys(None, databases=["default"]) == []
    with pytest.raises(Unreadable):
        Inquiry.objects.get(pk=lost.pk).name  # noqa: B018


def test_values_that_were_swapped_do_not_open_after_a_rotation_either(new_key_first, capsys):
    rows = [store(name="Ada"), store(name="Ben")]
    swap(*rows, "name")
    new_key_first()
    with pytest.raises(CommandError, match="could not be read"):
        rotate()
    said = capsys.readouterr().err
    for row in rows:
        assert f"Row {row.pk}: inquiries_inquiry.name was changed or moved" in said
        with pytest.raises(Unreadable):
            Inquiry.objects.get(pk=row.pk).name  # noqa: B018
        assert Inquiry.objects.get(pk=row.pk).message == TYPED["message"]


def test_what_does_not_open_after_writing_is_taken_back(new_key_first, monkeypatch):
    store()
    new_key_first()
    before = stored_names()
    encrypt = Keyring.encrypt
    monkeypatch.setattr(Keyring, "encrypt", lambda self, text, *where: encrypt(self, "?", *where))
    with pytest.raises(key_rotation.NotVerified):
        rotate()
    assert stored_names() == before


def test_a_server_that_still_writes_with_the_old_key_is_noticed(new_key_first, monkeypatch):
    store()
    new_key_first()
    monkeypatch.setattr(rotate_keys.Command, "go_through_all", lambda self: 1)
    with pytest.raises(CommandError, match="Restart the site"):
        rotate()


# Killed half way, while forms come in


KILLED_HALF_WAY = """
import django, os, signal
django.setup()
from django.core.management import call_command
from kapsite.inquiries.data_protection import key_rotation
from kapsite.inquiries.management.commands import rotate_keys

def verify_or_die(*given, checked=[]):
    checked.append(given)
    if len(checked) > 10:  # this row is written, and not committed
        os.kill(os.getpid(), signal.SIGKILL)
    verify(*given)

verify, key_rotation.verify = key_rotation.verify, verify_or_die
rotate_keys.BATCH = 1
call_command("rotate_keys")
"""


def start_rotation(environment, old, *words):
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment | {"FIELD_KEYS": f"{NEW},{old}"},
        stdout=subprocess.PIPE,
        text=True,
    )


def written_with(key):
    mark = Keyring([key]).current
    return sum(name.startswith(mark) for name in stored_names())


ANSWERS = {
    "for_whom": "me",
    "contact_by": "text",
    "phone": "(425) 555-0142",
    "consent_version": "v1",
}


def test_killed_half_way_it_loses_nothing_and_ends_the_work_when_run_again(
    shared_database, settings, old, only_the_new_key
):
    names = {f"Name {number}" for number in range(30)}
    for name in names:
        Inquiry.objects.receive(f"form {name}", name=name, **ANSWERS)

    with start_rotation(shared_database, old, "-c", KILLED_HALF_WAY) as killed:
        assert killed.wait() == -signal.SIGKILL
    settings.FIELD_KEYS = [NEW, old]  # a site that was restarted goes on taking forms
    Inquiry.objects.receive("form meanwhile", name="Meanwhile", **ANSWERS)
    assert (written_with(NEW), written_with(old)) == (10 + 1, 30 - 10)
    assert {inquiry.name for inquiry in Inquiry.objects.all()} == names | {"Meanwhile"}

    with start_rotation(shared_database, old, "manage.py", "rotate_keys") as again:
        Inquiry.objects.receive("form during", name="During", **ANSWERS)
        said = again.communicate()[0]
    assert again.returncode == 0, said
    only_the_new_key()
    assert {inquiry.name for inquiry in Inquiry.objects.all()} == names | {"Meanwhile", "During"}
    assert SearchDigest.objects.having(DigestKind.NAME, "29").count() == 1
    assert SearchDigest.objects.exclude(digest__startswith=Keyring([NEW]).current).count() == 0
