import secrets

import pytest
from django.core.exceptions import ImproperlyConfigured

from kapsite.encryption.keyring import Keyring, Unreadable

OLD, NEW = secrets.token_urlsafe(32), secrets.token_urlsafe(32)


def test_what_was_sealed_opens_again():
    keys = Keyring([NEW])
    assert keys.decrypt(keys.encrypt("Adá 🙂", "table.column"), "table.column") == "Adá 🙂"


def test_the_same_text_never_looks_the_same_twice():
    keys = Keyring([NEW])
    assert keys.encrypt("Ada", "t.c") != keys.encrypt("Ada", "t.c")


def test_the_first_key_encrypts_and_every_key_decrypts():
    stored = Keyring([OLD]).encrypt("Ada", "t.c")
    both = Keyring([NEW, OLD])
    assert both.decrypt(stored, "t.c") == "Ada"
    assert Keyring([NEW]).decrypt(both.encrypt("Ada", "t.c"), "t.c") == "Ada"


def test_the_id_of_its_key_stands_in_front_of_a_value():
    keys = Keyring([NEW, OLD])
    assert keys.encrypt("Ada", "t.c").split(":")[0] == keys.current
    assert keys.current != Keyring([OLD]).current


def test_a_value_does_not_open_without_its_key():
    with pytest.raises(Unreadable, match="a key that is not in FIELD_KEYS"):
        Keyring([NEW]).decrypt(Keyring([OLD]).encrypt("Ada", "t.c"), "t.c")


def test_a_value_does_not_open_in_another_column():
    keys = Keyring([NEW])
    with pytest.raises(Unreadable, match="changed or moved"):
        keys.decrypt(keys.encrypt("Ada", "inquiry.name"), "inquiry.email")


@pytest.mark.parametrize("change", [lambda s: s[:-4] + "AAAA", lambda s: s[:20], lambda s: s + "!"])
def test_a_changed_value_does_not_open(change):
    keys = Keyring([NEW])
    with pytest.raises(Unreadable, match="changed or moved"):
        keys.decrypt(change(keys.encrypt("Ada", "t.c")), "t.c")


def test_padding_of_a_key_may_be_left_out():
    stored = Keyring([NEW + "="]).encrypt("Ada", "t.c")
    assert Keyring([NEW]).decrypt(stored, "t.c") == "Ada"


@pytest.mark.parametrize(
    "bad",
    ["short", "ü" * 43, secrets.token_urlsafe(33), NEW[:-1] + "!", ""],
    ids=["short", "not ASCII", "too long", "not base64", "empty"],
)
def test_a_bad_key_is_named_by_its_place_and_not_repeated(bad):
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS: key 2 is not 32 bytes") as error:
        Keyring([NEW, bad])
    assert not bad or bad not in str(error.value)


def test_an_empty_list_of_keys_is_refused():
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS is empty"):
        Keyring([])
