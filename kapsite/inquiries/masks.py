"""A number or address that its owner knows again and nobody else can use. Plain Python."""

import re

import phonenumbers

SHOWN = 4  # digits


def mask_phone(number: str) -> str:
    """``+14255550142`` as "(•••) •••-0142"."""
    parsed = phonenumbers.parse(number)
    style = phonenumbers.PhoneNumberFormat
    home = style.NATIONAL if parsed.country_code == 1 else style.INTERNATIONAL
    written = phonenumbers.format_number(parsed, home)
    return re.sub(rf"\d(?=(?:\D*\d){{{SHOWN}}})", "•", written)


def mask_email(address: str) -> str:
    """``ada@example.org`` as "a•••@example.org"; the same dots for every length."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"
