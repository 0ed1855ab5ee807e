"""Encrypts and decrypts files in the age format, as streams."""

import os
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage.x25519 import Identity, Recipient


class WrongKey(Exception):
    """None of the private keys opens the file."""


class Damaged(Exception):
    """The file was cut off or changed, or is no age file."""


class Output:
    """Writes to ``file`` and keeps what pyrage would hide: the error, and a digest of the bytes."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.error: OSError | None = None
        self.sha256 = sha256()

    def write(self, data: bytes) -> int:
        try:
            self.file.write(data)
        except OSError as error:
            self.error = error
            raise
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        self.file.flush()


def encrypt(source: BinaryIO, target: BinaryIO, recipients: list[str]) -> str:
    """Returns the SHA-256 of what was written. Raises OSError."""
    output = Output(target)
    try:
        keys = [Recipient.from_str(each) for each in recipients]
        pyrage.encrypt_io(source, output, keys)
    except pyrage.EncryptError as error:
        raise output.error or OSError(str(error)) from None
    target.flush()
    os.fsync(target.fileno())
    return output.sha256.hexdigest()


def decrypt(file: Path, target: BinaryIO, identities: list[Identity]) -> None:
    """Raises WrongKey, Damaged or OSError. What was written until then is not to be used."""
    output = Output(target)
    with file.open("rb") as source:
        try:
            pyrage.decrypt_io(source, output, identities)
        except (pyrage.DecryptError, OSError) as error:
            if output.error:
                raise output.error from None
            raise (WrongKey if "No matching keys" in str(error) else Damaged) from None
    target.flush()


def read_identities(text: str) -> list[Identity]:
    """The private keys in the lines of ``text``. Raises ValueError."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise ValueError("no private key") from None
    if not found:
        raise ValueError("no private key")
    return found
