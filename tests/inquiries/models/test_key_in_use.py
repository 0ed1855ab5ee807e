"""A key stays in FIELD_KEYS for as long as rows may need it."""

import secrets

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from kapsite.encryption.keyring import Keyring
from kapsite.inquiries.models import Inquiry, key_in_use
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.operations.management.commands import run_worker
from tests.factories import make_answers, make_inquiry

FORM = "/request-evaluation/"
NEW = secrets.token_urlsafe(32)


@pytest.fixture(autouse=True)
def _nothing_recorded_yet(monkeypatch):
    monkeypatch.setattr(key_in_use, "_recorded", set())


@pytest.fixture
def old(settings):
    return settings.FIELD_KEYS[0]


def ids_in_use():
    return set(KeyInUse.objects.values_list("key_id", flat=True))


def id_of(key):
    return Keyring([key]).current


def problems():
    return run_checks(tags=["keys"], databases=["default"])


@pytest.mark.django_db
def test_a_request_is_stored_together_with_the_id_of_its_key(client, old):
    assert client.post(FORM, make_answers()).status_code == 302
    assert ids_in_use() == {id_of(old)}


@pytest.mark.django_db(transaction=True)
def test_the_id_is_looked_up_once_for_each_process(client, django_assert_num_queries):
    client.post(FORM, make_answers())
    with django_assert_num_queries(0), KeyInUse.objects.record_once():
        pass


@pytest.mark.django_db(transaction=True)
def test_an_id_that_was_not_committed_is_recorded_with_the_next_request(client, old):
    answers = {"name": "", "for_whom": "me", "contact_by": "email", "consent_version": "v1"}
    with pytest.raises(IntegrityError):
        Inquiry.objects.receive("form", attempts=1, **answers)
    assert ids_in_use() == set()
    client.post(FORM, make_answers())
    assert ids_in_use() == {id_of(old)}


@pytest.mark.django_db
def test_a_key_that_only_older_rows_need_may_not_be_missing(client, settings, old):
    client.post(FORM, make_answers())
    settings.FIELD_KEYS = [NEW, old]
    client.post(FORM, make_answers(name="Ben"))
    assert problems() == []
    settings.FIELD_KEYS = [NEW]
    [problem] = problems()
    assert problem.id == "inquiries.E003"
    assert f"{id_of(old)}, in use since {timezone.now():%Y-%m-%d}" in problem.msg
    assert "rotate_keys" in problem.hint
    assert not [text for text in (old, NEW) if text in problem.msg + problem.hint]


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_may_go(client, settings, old):
    client.post(FORM, make_answers())
    settings.FIELD_KEYS = [NEW, old]
    call_command("rotate_keys")
    settings.FIELD_KEYS = [NEW]
    assert problems() == []
    assert ids_in_use() == {id_of(NEW)}


@pytest.mark.django_db
def test_a_rotation_that_left_a_value_behind_keeps_the_old_key(client, settings, old):
    settings.FIELD_KEYS = [secrets.token_urlsafe(32)]
    make_inquiry(name="Lost")
    settings.FIELD_KEYS = [old]
    client.post(FORM, make_answers())
    settings.FIELD_KEYS = [NEW, old]
    with pytest.raises(CommandError):
        call_command("rotate_keys")
    assert ids_in_use() == {id_of(NEW), id_of(old)}


@pytest.mark.django_db
def test_a_key_that_never_wrote_can_be_taken_back_with_a_rotation(settings, old):
    make_inquiry()
    KeyInUse.objects.create(key_id=id_of(NEW))
    assert [problem.id for problem in problems()] == ["inquiries.E003"]
    call_command("rotate_keys")
    assert problems() == []


@pytest.mark.django_db
def test_the_worker_records_the_key_that_staff_write_with(old):
    worker = run_worker.Command()
    worker.next_beat = 0.0
    worker.show_life()
    assert ids_in_use() == {id_of(old)}
