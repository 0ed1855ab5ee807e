"""Whether the text that people agree to changed while its version did not.

A request stores the version only. So each published set records the text of every version, its
own and those of earlier sets, and no version may get another text.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kapsite.clinic.facts import Clinic
from kapsite.clinic.parts import Consent
from kapsite.content_files.problems import Problem
from kapsite.pages.load.site import Site
from kapsite.pages.publish.serving.published_set import all_sets, current_folder

CONSENTS = "consents.json"


def consent_problems(site: Site, published_dir: Path) -> Iterator[Problem]:
    clinic = site.data.clinic
    if clinic is None:  # reported already
        return
    published, version = published_consents(published_dir), clinic.consent.version
    changed = [
        name
        for name, key, digest in digests_by_key(clinic.consent)
        if published.get(key, digest) != digest
    ]
    if changed:
        yield site.problem(
            "clinic.yaml",
            ("consent", changed[0]),
            f'The text of the consent changed, and its version is still "{version}".',
            "Write a new version, such as the date of today, or put the old text back.",
        )


def consents_to_publish(clinic: Clinic, published_dir: Path) -> bytes:
    """JSON: every version that was ever published, and the current one, with their digests."""
    new = {key: digest for _, key, digest in digests_by_key(clinic.consent)}
    return json.dumps(published_consents(published_dir) | new, sort_keys=True).encode()


def published_consents(published_dir: Path) -> dict[str, str]:
    """Digests by version, from every set there is: after going back, a newer one has more."""
    found: dict[str, str] = {}
    for folder in (*reversed(all_sets(published_dir)), current_folder(published_dir)):
        with suppress(OSError, ValueError, TypeError):
            found |= json.loads((folder / CONSENTS).read_bytes())
    return found


def digests_by_key(consent: Consent) -> list[tuple[str, str, str]]:
    """Of the text on the form and of the one read aloud: its name, its key here, and its digest."""
    return [
        ("text", consent.version, digest_of(consent.text)),
        ("spoken", f"{consent.version}, read aloud", digest_of(consent.spoken)),
    ]


def digest_of(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
