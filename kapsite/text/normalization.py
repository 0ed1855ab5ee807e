"""Normalization of names, email addresses and messages; plain Python."""

import re
import unicodedata

from .cleaning import normalize
from .typed_words import is_one_typo_from

# Where most people have their mail, the most likely first; email.com and mail.com exist too.
DOMAINS = (
    "gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com", "aol.com", "msn.com",
    "live.com", "comcast.net", "protonmail.com", "proton.me", "ymail.com", "mail.com", "email.com",
    "gmx.com", "gmx.net", "me.com", "mac.com", "att.net", "yahoo.ca", "yahoo.co",
)  # fmt: skip
LEAST_TO_COMPARE = 20  # characters; many people write "please call me"
# What a phone's keyboard puts in place of the sign that an address has; the last is a period.
TYPED_FOR_ASCII = str.maketrans("“”„«»’‘ʼ‐–—−。", '"""""\'\'\'----.')
LONGEST_LABEL = 63  # characters between two dots of a domain: RFC 1035, section 2.3.4
XN_LABEL = re.compile(r"(?<![^.@])xn--([a-z0-9-]+)")
LABEL = re.compile(r"^(?:mailto|e-?mail)\s*:\s*")
SPOKEN_AT = re.compile(r"\s+at\s+|\s*[(\[{]\s*at\s*[)\]}]\s*")
SPOKEN_DOT = re.compile(r"\s+dot\s+|\s*[(\[{]\s*dot\s*[)\]}]\s*")


def email_address(typed: str) -> str:
    """The address in ``typed``, as mail servers know it: the domain in ASCII.

    >>> email_address("Ada <Ada.L@München . de>,")
    'ada.l@xn--mnchen-3ya.de'
    """
    text = normalize("NFKC", typed).translate(TYPED_FOR_ASCII)
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").lower()
    text = " ".join(text.split())
    text = LABEL.sub("", text)
    if inside := re.fullmatch(r"[^<>]*<([^<>]*)>\W*", text):
        text = LABEL.sub("", inside[1])
    text = re.sub(r"(?<=\S)\s*\([^()@]*\)$", "", text)  # "ada@example.org (work)"
    if "@" not in text:  # said to a phone: "ada at example dot org"; or hidden: "ada [at] example"
        text = SPOKEN_AT.sub("@", SPOKEN_DOT.sub(".", text))
    text = re.sub(r"\s*([@.])\s*", r"\1", text).strip(" ,;:.()[]\"'")
    name, at, domain = text.rpartition("@")
    return f"{name}{at}{'.'.join(map(in_ascii, domain.split('.')))}"


def mailbox_of(address: str) -> str:
    """The mailbox that a normalized ``address`` most likely ends in: without a tag of its owner.

    >>> mailbox_of("a.da+clinic@googlemail.com")
    'ada@gmail.com'
    """
    name, _, domain = address.rpartition("@")
    name = name.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{name.replace('.', '')}@gmail.com"
    return f"{name}@{domain}"


def in_ascii(label: str) -> str:
    """A part of a domain as it is in the DNS: RFC 3492, without the lossy mapping of ß."""
    is_name = all(sign.isalnum() or sign == "-" or unicodedata.combining(sign) for sign in label)
    if label.isascii() or not is_name or len(label) > LONGEST_LABEL:
        return label
    return f"xn--{label.encode('punycode').decode('ascii')}"


def in_letters(address: str) -> str:
    """An address or its domain as people read it: the other way round."""
    try:
        return XN_LABEL.sub(lambda found: found[1].encode().decode("punycode"), address)
    except UnicodeError:
        return address


def sign_no_mail_reaches(address: str) -> str:
    """The first sign of ``address`` that no mail server of ours takes; mostly "".

    Django sends without SMTPUTF8 (RFC 6531), so the part before the "@" must be ASCII.
    """
    found = re.search(r"[^\x00-\x7f][\u0300-\u036f]*|.[\u0300-\u036f]+", address)
    return found[0] if found else ""


def without_marks(address: str) -> str:
    """``josé@example.org`` as jose@example.org."""
    letters = normalize("NFKD", address)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def likely_domain(email: str) -> str:
    """The well-known domain that is one typo away from that of ``email``; mostly ""."""
    domain = email.rpartition("@")[2]
    if domain in DOMAINS:
        return ""
    return next((known for known in DOMAINS if is_one_typo_from(domain, known)), "")


def last_four(text: str) -> str:
    """The last four digits of ``text``; "" when it has fewer, or letters."""
    digits = re.sub(r"\D", "", text)
    has_letters = re.search(r"[^\W\d_]", text)
    return digits[-4:] if len(digits) >= 4 and not has_letters else ""


def message_text(message: str) -> str:
    """A message without what a sender changes from copy to copy; "" if it is too short."""
    text = " ".join(normalize("NFKC", message).casefold().split())
    return text if len(text) >= LEAST_TO_COMPARE else ""
