"""Turns FIELD_KEYS into ciphers: the first key encrypts, every key decrypts."""

import base64
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NONCE_BYTES = 12  # what AES-GCM is defined for: NIST SP 800-38D, section 8.2
DIGEST_BYTES = 16
HOW_TO_MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'

# Encrypted values outside of encrypted columns, for rotate_keys: their name, and a function that
# re-encrypts them with the first key. It returns the number of rows written, and appends a line
# to the list it is given for each value that no key decrypts.
kept_elsewhere: dict[str, Callable[[list[str]], int]] = {}


class Unreadable(Exception):
    """A stored value that no key opens, or that was changed or moved."""


class UnknownKey(Unreadable):
    """The key that wrote a value is not in FIELD_KEYS."""


class Keyring:
    def __init__(self, secrets):
        if not secrets:
            raise ImproperlyConfigured(
                f"FIELD_KEYS is empty. Set it to a key made with: {HOW_TO_MAKE_A_KEY}"
            )
        keys = [key_from_text(text, place) for place, text in enumerate(secrets, start=1)]
        self.ciphers = {key_id(key): AESGCM(derive(key, b"encryption")) for key in keys}
        # Copied for each digest: to set a key up takes several times as long as to digest a word.
        self.search_keys = {key_id(key): HMAC(derive(key, b"search"), SHA256()) for key in keys}
        self.current = key_id(keys[0])

    def encrypt(self, text: str, place: str, row: str = "") -> str:
        """``text`` sealed as "key id:base64"; it opens only at the same ``place``, in ``row``."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.ciphers[self.current].encrypt(nonce, text.encode(), bound_to(place, row))
        return f"{self.current}:{base64.b64encode(nonce + sealed).decode()}"

    def decrypt(self, stored: str, place: str, row: str = "") -> str:
        name, _, body = stored.partition(":")
        if name not in self.ciphers:
            raise UnknownKey(f"{place} was written with a key that is not in FIELD_KEYS.")
        try:
            raw = base64.b64decode(body, validate=True)
            nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
            return self.ciphers[name].decrypt(nonce, sealed, bound_to(place, row)).decode()
        except (InvalidTag, ValueError):
            raise Unreadable(f"{place} was changed or moved after it was written.") from None

    def digest(self, text: str) -> str:
        """What stands for ``text`` in a search, as "key id:hex"; no way leads back."""
        return self._digest(self.current, text)

    def digests(self, text: str) -> list[str]:
        """The digest of ``text`` with each key."""
        return [self._digest(name, text) for name in self.search_keys]

    def _digest(self, name: str, text: str) -> str:
        digest = self.search_keys[name].copy()
        digest.update(text.encode())
        return f"{name}:{digest.finalize()[:DIGEST_BYTES].hex()}"


def bound_to(place: str, row: str) -> bytes:
    return f"{place}:{row}".encode() if row else place.encode()


def key_from_text(text: str, place: int) -> bytes:
    """The key in ``text``, the ``place``-th of FIELD_KEYS; padding may be left out."""
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(
            f"FIELD_KEYS: key {place} is not {KEY_BYTES} bytes in URL-safe base64. "
            f"Make one with: {HOW_TO_MAKE_A_KEY}"
        )
    return key


def derive(key: bytes, purpose: bytes, length: int = KEY_BYTES) -> bytes:
    """A key of its own for each ``purpose``, so that no key serves two."""
    return HKDF(SHA256(), length, salt=None, info=b"kapsite field " + purpose).derive(key)


def key_id(key: bytes) -> str:
    return derive(key, b"id", length=4).hex()


def keyring() -> Keyring:
    return _keyring(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=4)
def _keyring(secrets: tuple[str, ...]) -> Keyring:
    return Keyring(secrets)
