"""One spelling for what people spell in many ways; plain Python."""

import re
import unicodedata

from .phrases import is_one_slip_from

# Where most people have their mail, the most likely first; email.com and mail.com exist too.
DOMAINS = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "msn.com",
    "live.com", "comcast.net", "protonmail.com", "proton.me", "ymail.com", "mail.com", "email.com",
    "gmx.com", "gmx.net", "me.com", "mac.com", "att.net", "yahoo.ca", "yahoo.co",
)  # fmt: skip
LEAST_TO_COMPARE = 20  # characters; many people write "please call me"
_APOSTROPHES = re.compile("['’ʼ`´]")


def name_words(name: str) -> list[str]:
    """The words of a name without case, accents and apostrophes; the name itself if it has none.

    >>> name_words("José O'Neill-Smith")
    ['jose', 'oneill', 'smith']
    """
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name).casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.findall(r"\w+", bare) or [name.casefold().strip()]


def email_address(typed: str) -> str:
    """The address in ``typed``, as mail servers know it.

    >>> email_address("Ada <Ada.L@Example . org>,")
    'ada.l@example.org'
    """
    text = unicodedata.normalize("NFKC", typed).strip().lower().replace("mailto:", "")
    if inside := re.fullmatch(r"[^<>]*<([^<>]*)>\W*", text):
        text = inside[1]
    if "@" not in text:  # said to a phone: "ada at example dot org"
        text = re.sub(r"\s+at\s+", "@", re.sub(r"\s+dot\s+", ".", text))
    text = re.sub(r"\s*([@.])\s*", r"\1", text)
    return text.strip(" ,;:.()[]\"'")


def likely_domain(email: str) -> str:
    """The well-known domain that is one slip away from that of ``email``; mostly ""."""
    domain = email.rpartition("@")[2]
    if domain in DOMAINS:
        return ""
    return next((known for known in DOMAINS if is_one_slip_from(domain, known)), "")


def last_four(text: str) -> str:
    """The last four digits of ``text``; "" when it has fewer, or letters."""
    digits = re.sub(r"\D", "", text)
    has_letters = re.search(r"[^\W\d_]", text)
    return digits[-4:] if len(digits) >= 4 and not has_letters else ""


def message_text(message: str) -> str:
    """A message without what a sender changes from copy to copy; "" if it is too short."""
    text = " ".join(unicodedata.normalize("NFKC", message).casefold().split())
    return text if len(text) >= LEAST_TO_COMPARE else ""
