"""Reads variables for settings.py, from the environment and .env, and collects their problems.

A problem is a line for people: the variable's name, and what to write.
"""

import grp
import os
import pwd
import re
import shlex
import sys
from collections.abc import Callable
from email.utils import formataddr, parseaddr
from io import StringIO
from ipaddress import ip_network
from pathlib import Path
from typing import NamedTuple, NoReturn

import environ

problems: list[str] = []
from_file: dict[str, Path] = {}  # which variables a file decided
variables: dict[str, "Variable"] = {}  # what was read, by name

NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe({}))"'
_LINE = re.compile(r"(export )?[A-Za-z0-9_]+=.*|#.*|")  # what django-environ reads or skips


class Variable(NamedTuple):
    name: str
    value: str
    source: str  # a file, "environment" or "default"


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
    from_file.update(dict.fromkeys(set(os.environ) - before, file))


def read(name: str, default: str = "") -> str:
    """The variable ``name``, or ``default`` when it is missing or empty.

    Not through ``environ.Env``: it takes a value that begins with "$" for another name.
    """
    value = os.environ.get(name, "").strip()
    source = str(from_file.get(name, "environment")) if value else "default"
    variables[name] = Variable(name, value or default, source)
    return value or default


def read_list(name: str, is_right: Callable = bool, fix: str = "") -> list[str]:
    """The entries of a comma-separated list; each that is not right becomes a problem."""
    entries = split(read(name))
    for entry in entries:
        require(is_right(entry), f"{name}: {entry!r} {fix}")
    return entries


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


def read_bool(name: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return read_parsed(name, "false", lambda text: words[text.lower()], "Write true or false.")


def read_number(name: str, usual: int, allowed=range(1, 65_536), fix: str = "") -> int:
    fix = fix or f"Write a number, like {usual}."
    return read_parsed(name, str(usual), lambda text: number_in(allowed, text), fix)


def number_in(allowed: range, text: str) -> int:
    number = int(text)
    if number not in allowed:
        raise ValueError(text)
    return number


def read_named_numbers(name: str, usual: dict[str, int], most: int, fix: str) -> dict[str, int]:
    """Of "evaluated=2555,spam=14"; names left out keep their usual number. ``fix`` ends before
    the list of names."""

    def parse(text: str) -> dict[str, int]:
        pairs = [entry.partition("=")[::2] for entry in split(text)]
        numbers = {key.strip(): number_in(range(1, most + 1), value) for key, value in pairs}
        if len(numbers) < len(pairs) or not numbers.keys() <= usual.keys():
            raise ValueError(text)
        return usual | numbers

    return read_parsed(name, "", parse, f"{fix} {', '.join(usual)}.")


def is_network(text: str) -> bool:
    try:
        return bool(ip_network(text))
    except ValueError:
        return False


def is_email(text: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None


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
    if not is_email(address):
        raise ValueError(text)
    return formataddr((name, address))


def stop(*lines: str) -> NoReturn:
    sys.exit("\n  - ".join(["kapsite cannot start:", *lines]))


def stop_if_wrong() -> None:
    if problems:
        stop(*problems)
