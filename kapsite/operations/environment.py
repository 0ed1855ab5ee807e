"""Reads variables for settings.py, from the environment and .env, and collects their problems.

A problem is a line for people: the variable's name, and what to write.
"""

import grp
import os
import pwd
import re
import shlex
import sys
from email.utils import formataddr, parseaddr
from io import StringIO
from pathlib import Path
from typing import NamedTuple, NoReturn

import environ

problems: list[str] = []
_from_file: dict[str, Path] = {}  # of which variables a file decided
_values: dict[str, str] = {}  # what was read, by name

NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe({}))"'
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_LINE = re.compile(r"(export )?[A-Za-z0-9_]+=.*|#.*|")  # what django-environ reads or skips


def load(file: Path) -> None:
    """Put the variables in ``file`` into the environment, where real variables win."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if "ENV_FILE" in os.environ:
            problems.append(f"ENV_FILE: there is no file {file}.")
        return
    except PermissionError:
        # A service manager may have read it as root, and passed the variables on.
        if "SECRET_KEY" not in os.environ:
            user, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
            fix = f"chgrp {group} {shlex.quote(str(file))} && chmod 640 {shlex.quote(str(file))}"
            stop(f"{file} can't be read by the user {user}. Run as root: {fix}")
        return
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{file} can't be read: {getattr(error, 'strerror', 'it is not UTF-8 text')}.")
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        place = f"{file}, line {number}"
        require(_LINE.fullmatch(line), f"{place}: write NAME=value, without spaces around =.")
    readable = [line for line in lines if _LINE.fullmatch(line)]  # it would quote others in a log
    before = set(os.environ)
    environ.Env.read_env(StringIO("\n".join(readable)))
    _from_file.update(dict.fromkeys(set(os.environ) - before, file))


def read(name: str, default="") -> str:
    """The variable ``name``, or ``default`` when it is missing or empty.

    Not through ``environ.Env``: it takes a value that begins with "$" for another name.
    """
    value = os.environ.get(name, "").strip()
    _values[name] = value or str(default)
    return value or default


def unknown() -> list[str]:
    """Names in the file that no setting has."""
    return sorted(_from_file.keys() - _values.keys())


def not_set() -> list[str]:
    return sorted(name for name in _values if not os.environ.get(name, "").strip())


def read_list(name: str) -> list[str]:
    return split(read(name))


def split(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def read_parsed(name: str, default: str, parse, fix: str):
    """``parse`` of the variable; a value it cannot read becomes a problem with its ``fix``."""
    try:
        return parse(read(name, default))
    except (ValueError, KeyError, TypeError, AttributeError, environ.ImproperlyConfigured):
        problems.append(f"{name} cannot be understood. {fix}")
        return parse(default)


def require(is_right: object, problem: str) -> None:
    if not is_right:
        problems.append(problem)


def require_keys(secret_key: str, field_keys: list[str]) -> None:
    new_key, new_field_key = NEW_KEY.format(50), NEW_KEY.format(32)
    if not secret_key:
        problems.append(f"SECRET_KEY is not set. Make one with: {new_key}")
    elif len(secret_key) < 50 or len(set(secret_key)) < 10:
        problems.append(f"SECRET_KEY is too easy to guess. Make one with: {new_key}")
    require(field_keys, f"FIELD_KEYS is not set. Make a key with: {new_field_key}")
    for place, key in enumerate(field_keys, start=1):
        require(
            re.fullmatch(r"[A-Za-z0-9_-]{43}=?", key) and len(set(key)) >= 10,
            f"FIELD_KEYS: key {place} is not 32 random bytes in URL-safe base64. "
            f"Make one with: {new_field_key}",
        )
    require(
        secret_key not in field_keys,
        "FIELD_KEYS repeats SECRET_KEY. Each key needs a value of its own.",
    )


def parse_bool(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return words[text.lower()]


def number_up_to(most: int, least: int = 1):
    """Returns a parser of a whole number."""

    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return parse


def named_numbers(defaults: dict[str, int], most: int):
    """Returns a parser of "evaluated=2555,spam=14"; names left out keep their default."""

    def parse(text: str) -> dict[str, int]:
        pairs = [entry.partition("=")[::2] for entry in split(text)]
        numbers = {name.strip(): number_up_to(most)(number) for name, number in pairs}
        if len(numbers) < len(pairs) or not numbers.keys() <= defaults.keys():
            raise ValueError(text)
        return defaults | numbers

    return parse


def parse_recipients(text: str) -> list[str]:
    """Public keys of age. A missing or changed letter is found: they end with a checksum."""
    if keys := split(text):
        import pyrage  # only commands that need it load it

        try:
            for key in keys:
                pyrage.x25519.Recipient.from_str(key)
        except pyrage.RecipientError:
            raise ValueError(text) from None
    return keys


def parse_sender(text: str) -> str:
    name, address = parseaddr(text)
    if not EMAIL.fullmatch(address):
        raise ValueError(text)
    return formataddr((name, address))


# What is in force, for people


class SettingInForce(NamedTuple):
    name: str
    value: str  # without secrets
    source: str


def in_force() -> list[SettingInForce]:
    return [SettingInForce(name, masked(name), source_of(name)) for name in _values]


def masked(name: str) -> str:
    value = _values[name]
    if name in ("SECRET_KEY", "FIELD_KEYS"):
        count = len(read_list(name))
        return "(secret)" if count == 1 else f"({count} secrets)"
    return re.sub(r"(://[^:@/]*):[^@]*@", r"\1:(secret)@", value)


def source_of(name: str) -> str:
    if not os.environ.get(name, "").strip():
        return "default"
    return str(_from_file.get(name, "environment"))


def stop(*lines: str) -> NoReturn:
    sys.exit("\n  - ".join(["kapsite cannot start:", *lines]))


def stop_if_wrong() -> None:
    if problems:
        stop(*problems)
