"""Whether the text that people agree to changed while its version did not.

A request stores the version only. So each published set says which text every version had,
in this set and in those before it, and no version may get another one.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from kapsite.clinic.facts import Clinic
from kapsite.content_files import validation
from kapsite.content_files.problems import Problem, Report

from .published_set import all_sets, current_folder

CONSENTS = "consents.json"


def consent_problems(content_dir: Path, published_dir: Path) -> Iterator[Problem]:
    report = Report(f"{content_dir.name}/clinic.yaml")
    clinic, parsed = validation.load_parsed(content_dir / "clinic.yaml", Clinic, report)
    if clinic is None:  # it has problems of its own
        return
    version, digest = clinic.consent.version, digest_of(clinic.consent.text)
    if published_consents(published_dir).get(version, digest) != digest:
        yield Problem(
            report.file,
            parsed.line(("consent", "text")),
            f'The text of the consent changed, and its version is still "{version}".',
            "Write a new version, such as the date of today, or put the old text back.",
        )


def consents_to_publish(content_dir: Path, published_dir: Path) -> bytes:
    """Every version that was ever published, and that of ``content_dir``, which has no problems."""
    clinic = validation.load(content_dir / "clinic.yaml", Clinic, Report("clinic.yaml"))
    new = {clinic.consent.version: digest_of(clinic.consent.text)}
    return json.dumps(published_consents(published_dir) | new, sort_keys=True).encode()


def published_consents(published_dir: Path) -> dict[str, str]:
    """Each version with a digest of its text: of the set in use, or of the newest that says so."""
    for folder in (current_folder(published_dir), *all_sets(published_dir)):
        try:
            return dict(json.loads((folder / CONSENTS).read_bytes()))
        except (OSError, ValueError, TypeError):
            continue
    return {}


def digest_of(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
