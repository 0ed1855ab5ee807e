"""The scripts for one request: filled in, and only what this person allowed."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from kapsite.clinic.facts import get_clinic
from kapsite.encryption.row_binding import CANNOT_BE_READ
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import Voicemail
from kapsite.text.cleaning import without_unseen
from kapsite.text.names import TITLES

from .file import PLACEHOLDER, STEPS, Script, all_scripts, typographic

SCHEMES = {"voicemail": "tel:", "text": "sms:", "email": "mailto:"}
PERMISSION: dict[str, str] = {Voicemail.YES: "full", Voicemail.DISCREET: "first name and number"}


@dataclass(frozen=True)
class Shown:
    name: str
    script: Script
    words: list[str]
    link: str  # opens the message in a program that sends it; "" where nothing is sent

    @property
    def sent_by(self) -> str:
        """The name of the step that logs it; "" of what is only said."""
        return STEPS.get(self.script.kind, "")


def scripts_for(inquiry: Inquiry, user, links: Iterable[str]) -> dict[str, list[Shown]]:
    """By the step they belong to, as the file names it.

    ``links``: the addresses that staff may use for this person now, as ``tel:`` and so on.

    Someone who asked not to be contacted has no scripts.
    """
    found: dict[str, list[Shown]] = {}
    if not inquiry.may_be_contacted:
        return found
    facts, links = facts_for(inquiry, user), list(links)
    for name, script in all_scripts().items():
        if (link := link_for(script, inquiry, links)) is not None:
            words = [fill(each, facts) for each in script.words]
            if not script.is_sent:
                words = list(map(typographic, words))
            shown = Shown(name, script, words, message_link(link, script, words))
            found.setdefault(script.step, []).append(shown)
    return found


def link_for(script: Script, inquiry: Inquiry, links: list[str]) -> str | None:
    """Where the words go, "" if they are said; None if they aren't for this person."""
    allowed = PERMISSION.get(inquiry.voicemail_rule.answer, "none")  # none if they weren't asked
    if script.permission and script.permission != allowed:
        return None
    if not (scheme := SCHEMES.get(script.kind)):
        return ""
    return next((link for link in links if link.startswith(scheme)), None)


def facts_for(inquiry: Inquiry, user) -> dict[str, str]:
    clinic = get_clinic()
    return {
        "first_name": first_name(inquiry.name) or "[first name]",
        "my_name": user.first_name or "[your first name]",
        "phone": clinic.phone.display,
        "clinic": clinic.name,
    }


def first_name(name: str) -> str:
    """ "Ana" of "Dr. Ana Ruiz"; "" of a name that can't be read."""
    words = [] if name == CANNOT_BE_READ else without_unseen(name).split()
    return next((word for word in words if word.rstrip(".").casefold() not in TITLES), "")


def fill(words: str, facts: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: facts[found[1]], words)


def message_link(link: str, script: Script, words: list[str]) -> str:
    """With the words in it, for a text (RFC 5724) or an email (RFC 6068).

    An iPhone wants ``&body=`` and Android ``?body=``; both take ``?&body=``.
    """
    if script.kind == "text":
        return f"{link}?&body={quote(' '.join(words), safe='')}"
    if script.kind == "email":
        body = quote("\r\n\r\n".join(words), safe="")
        return f"{link}?subject={quote(script.subject or '', safe='')}&body={body}"
    return ""
