"""Secrets of second factors are encrypted with FIELD_KEYS, and rotated with the rest."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from kapsite.encryption.keyring import keyring
from tests.accounts.people import CODE, SECRET, code, enter, is_inside, recovery_codes

pytestmark = pytest.mark.django_db
OTHER = "A" * 42 + "E"


def stored():
    return str(list(Authenticator.objects.values_list("data", flat=True)))


def test_the_database_holds_no_secret_in_clear(ana):
    seeds = [row.data for row in Authenticator.objects.all()]
    assert [("secret" in data, "seed" in data) for data in seeds] == [(True, False), (False, True)]
    assert SECRET not in stored()
    assert stored().count(f"{keyring().current}:") == 2


def test_after_a_rotation_the_first_key_alone_opens_them(client, ana, settings, capsys):
    codes = recovery_codes(ana)
    settings.FIELD_KEYS = [OTHER, *settings.FIELD_KEYS]
    call_command("rotate_keys")
    assert "secrets of second factors: 2 rows re-encrypted." in capsys.readouterr().out
    settings.FIELD_KEYS = [OTHER]
    assert recovery_codes(ana) == codes
    enter(client)
    client.post(CODE, {"code": code()})
    assert is_inside(client)


def test_a_second_rotation_finds_nothing_to_do(ana, settings, capsys):
    settings.FIELD_KEYS = [OTHER, *settings.FIELD_KEYS]
    call_command("rotate_keys")
    capsys.readouterr()
    call_command("rotate_keys")
    assert "second factors" not in capsys.readouterr().out


def test_a_secret_no_key_opens_is_named_and_left(ana, settings, capsys):
    before = stored()
    settings.FIELD_KEYS = [OTHER]
    with pytest.raises(CommandError, match="2 values could not be read"):
        call_command("rotate_keys")
    assert stored() == before


def test_a_secret_does_not_open_in_another_place(ana):
    from kapsite.encryption.keyring import Unreadable

    row = Authenticator.objects.get(type="totp")
    with pytest.raises(Unreadable):
        keyring().decrypt(row.data["secret"], "inquiries_inquiry.name")
