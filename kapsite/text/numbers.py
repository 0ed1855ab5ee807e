"""Whole numbers that a form or an address sends."""

DIGITS = 18  # every key of a database has fewer


def number_in(text: str) -> int:
    """-1 for anything that is no number, or none that a key or a version can be."""
    is_number = text.isascii() and text.isdigit() and len(text) <= DIGITS
    return int(text) if is_number else -1
