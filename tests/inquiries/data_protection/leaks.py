"""Looks for what a person typed, in every spelling in which it could lie somewhere."""

import base64
import html
import json
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, quote_plus

# What is typed in the tests of leaks: no part of it stands anywhere else. Each is long enough
# not to come about by chance in encrypted data.
NAME, SURNAME = "Zyxcanary", "Ångströmsson"
MAILBOX, DOMAIN = "zyxmailbox", "zyxdomain.example"
DIGITS = "4255550188"
LANGUAGE = "zyxlanguage"
MESSAGE = "zyxmessage “two medicines” é & more"
NOTE = "zyxnote: rang twice"
REASON = "zyxreason: said so"
TYPED = {
    "name": f"{NAME} {SURNAME}",
    "email": f"{MAILBOX}@{DOMAIN}",
    "phone": "(425) 555-0188",
    "message": MESSAGE,
    "language": LANGUAGE,
    "topics": ["depression", "anxiety"],
    "aids": ["sign", "relay"],
}
AS_STORED = ["depression,anxiety", "sign,relay", DIGITS]  # pages show them in other words
CANARIES = [NAME, SURNAME, MAILBOX, DOMAIN, "555-0188", LANGUAGE, MESSAGE, *AS_STORED]
OF_STAFF = [NOTE, REASON]


@cache
def spellings(value: str) -> dict[str, bytes]:
    raw = value.encode()
    return {
        "plain": raw,
        "percent": quote(value, safe="").encode(),
        "percent, in a form": quote_plus(value).encode(),
        "html": html.escape(value).encode(),
        "json": json.dumps(value)[1:-1].encode(),
        "hex": raw.hex().encode(),
        **{f"base64, {place}": middle_of_base64(raw, place) for place in range(3)},
    }


def middle_of_base64(raw: bytes, place: int) -> bytes:
    """What ``raw`` always looks like when ``place`` bytes of a group of three stand before it."""
    whole_groups = (place + len(raw)) // 3 * 4
    return base64.b64encode(bytes(place) + raw)[4 if place else 0 : whole_groups]


def found_in(place: bytes | str, values: Iterable[str]) -> list[tuple[str, str]]:
    """Which of ``values`` stand in ``place``, and how they are spelled there."""
    place = place.encode() if isinstance(place, str) else place
    exact = place.replace(b"-", b"+").replace(b"_", b"/")  # base64 for addresses is the same
    lower = place.lower()
    return [
        (value, how)
        for value in values
        for how, spelled in spellings(value).items()
        if (spelled in exact if how.startswith("base64") else spelled.lower() in lower)
    ]
