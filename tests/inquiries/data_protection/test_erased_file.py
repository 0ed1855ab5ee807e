"""The file of deleted requests keeps a restored backup from bringing any of them back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from kapsite.inquiries.data_protection import after_restore, erased_file, erasure
from kapsite.inquiries.models import Erasure, Inquiry
from kapsite.inquiries.models.choices import Status
from kapsite.inquiries.models.logs.erasure_log import Rule
from tests.emptying import without_triggers
from tests.factories import make_inquiry, make_staff
from tests.postgres import end_other_sessions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_file_of_its_own(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"


def references():
    return [reference for reference, _ in erased_file.entries()]


def restored(inquiry):
    """As if a backup from before its deletion were in place."""
    with without_triggers(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inquiries_erasure")
    same = {name: getattr(inquiry, name) for name in ("reference", "received_at", "form_token")}
    return make_inquiry(**same)


def erase(inquiry, rule=Rule.TEST):
    erasure.erase(Inquiry.objects.filter(pk=inquiry.pk), rule, make_staff(username=rule))


def test_a_deleted_request_is_listed_by_its_reference_alone():
    inquiry = make_inquiry(name="Ada Canary")
    erase(inquiry)
    assert references() == [inquiry.reference]
    [line] = erased_file.file().read_text().splitlines()
    assert len(line.split()) == 2
    assert erased_file.file().stat().st_mode & 0o777 == 0o600


def test_one_that_was_withdrawn_or_is_past_its_retention_is_listed_too():
    long_ago = timezone.now() - timedelta(days=4000)
    withdrawn = make_inquiry(
        status=Status.WITHDRAWN,
        withdrawn_from=Status.NEW,
        withdrawn_at=long_ago,
        received_at=long_ago,
    )
    spam = make_inquiry(status=Status.SPAM, received_at=long_ago)
    end_other_sessions()  # of earlier tests, which a busy server may not have let go of
    call_command("purge_inquiries")
    assert {*references()} == {withdrawn.reference, spam.reference}


def test_what_a_restored_backup_brings_back_is_deleted_again_and_that_is_logged():
    inquiry, other = make_inquiry(), make_inquiry()
    erase(inquiry)
    restored(inquiry)
    assert after_restore.catch_up() == 1
    assert [*Inquiry.objects.all()] == [other]
    assert Erasure.objects.get().rule == Rule.REPEATED
    assert after_restore.catch_up() == 0


def test_a_new_request_with_a_reference_that_was_free_again_is_kept():
    inquiry = make_inquiry()
    erase(inquiry)
    make_inquiry(reference=inquiry.reference, received_at=timezone.now() + timedelta(seconds=1))
    assert after_restore.catch_up() == 0
    assert Inquiry.objects.count() == 1


def test_a_deletion_that_never_reached_the_file_is_added_when_the_worker_starts():
    first, second = make_inquiry(), make_inquiry()
    erase(first)
    erased_file.file().unlink()
    erase(second, Rule.MINOR)
    after_restore.catch_up()
    after_restore.catch_up()
    assert sorted(references()) == sorted([first.reference, second.reference])


def test_a_line_that_was_cut_off_hides_no_other():
    inquiry = make_inquiry()
    erase(inquiry)
    with erased_file.file().open("a") as file:
        file.write("2026-11-2")
    assert references() == [inquiry.reference]


def test_a_folder_that_cannot_be_written_stops_no_deletion(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.BACKUP_DIR = tmp_path / "file"
    erase(make_inquiry())
    assert Inquiry.objects.count() == 0
