"""Masked numbers and addresses, which only their owner recognizes. Plain Python."""

import re

from .normalization import in_letters
from .phone_numbers import base_of, readable

SHOWN = 4  # digits


def mask_phone(number: str) -> str:
    """``+14255550142;ext=12`` as "(•••) •••-0142 ext. 12"."""
    written = readable(base_of(number))
    masked = re.sub(rf"\d(?=(?:\D*\d){{{SHOWN}}})", "•", written)
    return masked + readable(number).removeprefix(written)


def mask_email(address: str) -> str:
    """``ada@example.org`` as "a•••@example.org"; the same dots for every length."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{in_letters(domain)}"
