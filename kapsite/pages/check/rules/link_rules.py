"""The rule for links: each leads somewhere."""

import re
from collections.abc import Container, Iterator
from datetime import date
from urllib.parse import unquote

from kapsite.clinic.checked_values import can_be_dialed
from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import OTHER_URLS, Site

OUTSIDE = re.compile(r"https://[\w.-]+\.\w+(/[^\s*]*)?|(tel|sms):\+?[\d-]+|mailto:[\w.+-]+@[\w.-]+")

QUOTES = "\"'“”‘’«»„‹› "
REDIRECT = re.compile(r"https://(?:www\.google\.\w+/url\?|[\w.-]*safelinks\.|urldefense\.)")


def links_lead_somewhere(site: Site, today: date) -> Iterator[Problem]:
    ids = {draft.path: draft.rendered.ids for draft in site.drafts}
    unread = {draft.path for draft in site.drafts if draft.meta is None}
    if not site.data.is_complete:  # then lists rendered from it lack their entries
        unread |= {draft.path for draft in site.drafts if draft.shows("glossary", "sources")}
    for draft in site.drafts:
        for link in draft.rendered.links:
            if found := link_error(link.address, draft, ids, unread):
                yield draft.problem_at(link.line, *found)


def link_error(address: str, draft: Draft, ids: dict, unread: set) -> tuple[str, str] | None:
    """What is wrong with a link, and the fix; None if nothing is."""
    written = unquote(address)
    if written != (bare := written.strip(QUOTES)):
        return f"The link {written} has quotes around it.", f"Write {bare}"
    if REDIRECT.match(address):
        return f"The link {address} goes through another site.", "Write the address it ends at."
    if OUTSIDE.fullmatch(address):
        number = address.partition(":")[2] if address.startswith(("tel:", "sms:")) else ""
        if number and not can_be_dialed(number):
            return f"The number in {address} can't be dialed.", "Write it like tel:+14256545433."
        return None
    if address.startswith("http:"):
        return f"The link {address} isn't secure.", "Write https:// instead of http://."
    path, hash_sign, anchor = address.partition("#")
    if not address.startswith(("/", "#")) or address.startswith("//"):
        message = f'The link "{address}" isn\'t an address on this site.'
        return message, suggest_address(address, ids)
    path = path or draft.path
    if path not in ids and path not in OTHER_URLS:
        if f"{path}/" in ids:
            return f"The link {address} needs a slash at its end.", f"Write {path}/."
        return f"There is no page {path}.", did_you_mean(path, [*ids, *OTHER_URLS])
    parts = ids.get(path, ())
    if hash_sign and path not in unread and anchor not in parts:
        fix = did_you_mean(anchor, parts) if parts else "Remove the # and what follows it."
        return f"The page {path} has no section #{anchor}.", fix
    return None


def suggest_address(address: str, ids: Container[str]) -> str:
    page = f"/{address.lower().removesuffix('.md').strip('/')}/"
    if page in ids:
        return f"Write {page}"
    if "@" in address:
        return f"Write mailto:{address}"
    if can_be_dialed(address):
        return "Write tel: followed by the number, like tel:+14256545433."
    if OUTSIDE.fullmatch(outside := f"https://{address.lstrip('/')}"):
        return f"Write {outside}, or a page like /risks/."
    return "Write a page like /risks/, or a web address that begins with https://."
