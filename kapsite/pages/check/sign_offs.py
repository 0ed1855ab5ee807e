"""Which medical text a named person has approved, word for word: content/signoffs.yaml.

Each passage has a hash of its text, its sources and its excuse. When one of them changes, the hash
does, and so the sign-off no longer covers it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from kapsite.content_files.problems import Problem
from kapsite.pages.check.rules.claim_rules import titles_of
from kapsite.pages.check.rules.words import shorten
from kapsite.pages.language.claims import fold
from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site
from kapsite.pages.syntax.data_schema import SignOff

FILE = "signoffs.yaml"
EXEMPT = "Exempt: "
MEDICAL_DATA = ("/glossary.yaml", "/medicines.yaml", "/clinic.yaml")


@dataclass(frozen=True)
class Passage:
    """A medical sentence, chart or exemption. ``signed`` is all that a sign-off covers."""

    file: str
    line: int
    text: str
    signed: str

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.signed.encode()).hexdigest()[:16]

    @property
    def is_exemption(self) -> bool:
        return self.text.startswith(EXEMPT)

    @property
    def depends_on(self) -> str:
        """The sources of a sentence or chart, or the reason of an exemption: signed with it."""
        if self.signed[:1] not in ("[", "{"):
            return ""  # of a data file
        signed = json.loads(self.signed)
        return ", ".join(sorted(sources_in(signed)) if isinstance(signed, dict) else signed[1:])


def sources_in(chart: Any) -> set[str]:
    """Of a chart and its groups."""
    if isinstance(chart, list):
        return set().union(*map(sources_in, chart))
    if not isinstance(chart, dict):
        return set()
    own = set(chart.get("sources") or ())
    return own.union(*(sources_in(each) for key, each in chart.items() if key != "sources"))


def passages(site: Site, file: str | None = None) -> Iterator[Passage]:
    """Everything a clinician must have read, of one file or of all in their order."""
    for draft in site.drafts:
        if file in (None, draft.file):
            yield from passages_on(draft, site)
    for name, parsed in site.data.lines.items():
        if name.startswith("charts/") and file in (None, site.name(name)):
            signed = json.dumps(parsed.data, sort_keys=True)
            title = parsed.data.get("title", name) if isinstance(parsed.data, dict) else name
            yield Passage(site.name(name), 1, f"Chart: {title}", signed)
    for words in site.data.words:
        if not words.file.endswith(MEDICAL_DATA) or file not in (None, words.file):
            continue
        if site.data.claims and site.data.claims.makes_claim(words.text):
            yield Passage(words.file, words.line, words.text, fold(words.text))


def passages_on(draft: Draft, site: Site) -> Iterator[Passage]:
    rules = site.data.claims
    if rules is None or draft.meta is None:
        return
    for sentence in (*titles_of(draft), *draft.rendered.sentences):
        if sentence.citations or rules.claim_in(sentence) or rules.makes_claim(sentence.text):
            signed = json.dumps([fold(sentence.text), *sorted(sentence.citations)])
            yield Passage(draft.file, sentence.line, sentence.text, signed)
    for index, exemption in enumerate(draft.meta.uncited):
        text = f"{EXEMPT}{exemption.text}"
        line = draft.document.line("uncited", index)
        yield Passage(draft.file, line, text, json.dumps([fold(exemption.text), exemption.reason]))


def unsigned_among(found: Iterable[Passage], site: Site) -> list[Passage]:
    """What nobody has approved as it is now."""
    signed = {(entry.file, text) for entry in site.data.sign_offs or () for text in entry.texts}
    return [passage for passage in found if (passage.file, passage.hash) not in signed]


def unsigned(site: Site) -> list[Problem]:
    """A warning for each file with text that nobody has approved as it is now."""
    found = unsigned_among(passages(site), site)
    found.sort(key=lambda passage: (passage.file, passage.line))
    problems = []
    for file, group in groupby(found, key=lambda passage: passage.file):
        first, *more = group
        count = f"{len(more) + 1} medical texts" if more else "One medical text"
        message = f'{count} without a sign-off, beginning with "{shorten(first.text)}"'
        fix = f"Have a clinician read them: manage.py sign_off {file}"
        problems.append(Problem(file, first.line, message, fix, "warning"))
    return problems


def lapsed(found: Iterable[Passage], site: Site) -> dict[str, SignOff]:
    """By file, the last sign-off of which some text was changed since. ``found`` are all passages
    of the files that are asked about."""
    here = {(passage.file, passage.hash) for passage in found}
    return {
        entry.file: entry
        for entry in site.data.sign_offs or ()
        if any((entry.file, text) not in here for text in entry.texts)
    }


def approved(
    name: str, file: str, site: Site, today: date, read: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The new entries of signoffs.yaml, with the passages of ``file`` approved by ``name``; of
    ``read``, their hashes, those that are still there."""
    found = list(passages(site, file))
    here = {passage.hash for passage in found}
    fresh = [passage.hash for passage in unsigned_among(found, site)]
    fresh = [text for text in dict.fromkeys(fresh) if read is None or text in read]
    entries = [
        entry_of(each.file, each.reviewed_by, each.reviewed_on, kept(each, file, here))
        for each in site.data.sign_offs or ()
    ]
    return [each for each in (*entries, entry_of(file, name, today, fresh)) if each["texts"]]


def kept(entry: SignOff, file: str, here: Collection[str]) -> list[str]:
    return [text for text in entry.texts if entry.file != file or text in here]


def entry_of(file: str, name: str, day: date, texts: list[str]) -> dict[str, Any]:
    return {"file": file, "reviewed_by": name, "reviewed_on": str(day), "texts": texts}
