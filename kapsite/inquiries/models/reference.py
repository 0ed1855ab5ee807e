"""The code by which staff and a person name a request: "7K4M W2PA"."""

import secrets

# No look-alikes (0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V), and a digit at every second place,
# so that no word can form: 268 million codes.
REFERENCE_LETTERS = "ACEFHJKMNPRTVWXY"
REFERENCE_DIGITS = "23456789"


def new_reference() -> str:
    alphabets = [REFERENCE_LETTERS, REFERENCE_DIGITS] * 4
    return "".join(secrets.choice(alphabet) for alphabet in alphabets)


def in_groups(reference: str) -> str:
    return f"{reference[:4]} {reference[4:]}"
