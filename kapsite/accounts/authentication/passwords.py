"""How passwords are stored; refuses long ones made of a few guessable parts."""

import itertools
import re
from functools import cache
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from kapsite.clinic.facts import get_clinic

ENOUGH = 8  # points: four common words, or eight other characters
WORD, CHARACTER = 2, 1  # points; repeated parts count once
SHORTEST = 4  # letters of a part that may count as known
LONGEST = 24  # of the common passwords, few are longer
HELP = (
    "Four unrelated words make a good password. "
    "A password manager can create and remember a stronger one."
)


class Argon2id(Argon2PasswordHasher):
    """46 MiB and one pass: OWASP Password Storage Cheat Sheet. Django's default of 100 MiB in eight
    lanes would block a worker several times as long at each attempt."""

    time_cost, memory_cost, parallelism = 1, 47_104, 1  # memory in KiB


class PatternValidator:
    """Django's list of 20,000 common passwords has few with 15 characters or more. People who need
    that many join two of them, type a row of keys or repeat a letter."""

    def validate(self, password: str, user: Any = None) -> None:
        known = common() | context(user)
        found = parts(password.lower(), known)
        if sum(CHARACTER if len(part) == 1 else WORD for part in found) < ENOUGH:
            raise ValidationError(
                f"This password is too easy to guess. {HELP}",
                code="password_too_easy",
            )

    def get_help_text(self) -> str:
        return HELP


def parts(text: str, known: frozenset[str]) -> set[str]:
    """The different parts of ``text``: known words, rows of letters or digits, else characters."""
    found, place = set(), 0
    while place < len(text):
        longest = next(
            (
                text[place : place + length]
                for length in range(min(LONGEST, len(text) - place), SHORTEST - 1, -1)
                if text[place : place + length] in known or is_row(text[place : place + length])
            ),
            text[place],
        )
        found.add("a row" if is_row(longest) else longest)
        place += len(longest)
    return found


def is_row(text: str) -> bool:
    """4567, dcba or aaaa."""
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    return len(text) >= SHORTEST and len(steps) == 1 and steps <= {-1, 0, 1}


@cache
def common() -> frozenset[str]:
    return frozenset(word for word in CommonPasswordValidator().passwords if len(word) >= SHORTEST)


def context(user: Any) -> frozenset[str]:
    """Words that anyone who knows the clinic or the person would try first."""
    texts = [get_clinic().name, "ketamine psychotherapy clinic"]
    texts += [getattr(user, name, "") for name in ("username", "first_name", "last_name")]
    words = re.findall(r"\w+", " ".join(texts).lower())
    return frozenset(word for word in words if len(word) >= SHORTEST)
