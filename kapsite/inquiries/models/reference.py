"""The code by which staff and a person name a request: "7K4M W2PA"."""

import re
import secrets

from kapsite.text.cleaning import normalize

# No look-alikes (0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and a digit at every second place,
# so that no word can form: 268 million codes.
REFERENCE_LETTERS = "ACEFHJKMNPRTVWXY"
REFERENCE_DIGITS = "23456789"
PAIRS = [letter + digit for letter in REFERENCE_LETTERS for digit in REFERENCE_DIGITS]
MOST_REFERENCES = 20  # as many as a notice lists
# Letters that a reference never has, which look like one that it has.
MISREAD = str.maketrans("UZSGB", "V2568")
PAIR = rf"[{REFERENCE_LETTERS}U][\W_]{{0,3}}[{REFERENCE_DIGITS}ZSGB]"
REFERENCE = re.compile(rf"(?<![A-Z0-9]){PAIR}(?:[\W_]{{0,3}}{PAIR}){{3}}(?![A-Z0-9])")


def new_reference() -> str:
    """From the system's random numbers; there are 128 pairs, so a byte draws each as often."""
    return "".join(PAIRS[byte % len(PAIRS)] for byte in secrets.token_bytes(4))


def in_groups(reference: str) -> str:
    return f"{reference[:4]} {reference[4:]}"


def references_in(text: str) -> list[str]:
    """Every reference in ``text``, whatever stands around it, and in it between its signs."""
    found = REFERENCE.findall(normalize("NFKC", text).upper())
    return [as_stored(code) for code in dict.fromkeys(found)][:MOST_REFERENCES]


def as_stored(code: str) -> str:
    return re.sub(r"[\W_]", "", code).translate(MISREAD)
