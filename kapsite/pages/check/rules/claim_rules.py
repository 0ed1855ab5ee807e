"""Rules for what a page claims: each claim has a source, and one that can back it."""

from collections.abc import Iterator

from kapsite.content_files.problems import Problem
from kapsite.pages.language.evidence import unbacked
from kapsite.pages.language.sentences import Sentence
from kapsite.pages.language.uncited import Finding, claims_in_titles, exempted_by, uncited_claims
from kapsite.pages.load.data_files import Data
from kapsite.pages.load.page_file import Draft

from .words import shorten

CITE = "Add its source before the period, like [@S11]."
CITE_BELOW = "Say it in the text below, where “Cite a source” puts in its source."
EXEMPT = 'Or list it under `uncited` with `text: "{start}"`, and say why in `reason`.'
PROMISE = "No source can back this. Say what a study found, with its source, or remove it."
IN_LABEL = {
    "mention": "Cite a source in the text below or beside it, like [@S11].",
    "statement": "Say here what the text is about, and make the claim in it, with its source.",
    "unclear": "Say in plain words what the text is about.",
}


def claims_have_sources(draft: Draft, data: Data) -> Iterator[Problem]:
    if data.claims is None or draft.meta is None:  # then its exemptions are not known
        return
    findings = [
        *claims_in_titles(titles_of(draft), data.claims),
        *uncited_claims(draft.rendered.sentences, data.claims),
    ]
    exempt: set[int] = set()
    for index, exemption in enumerate(draft.meta.uncited):
        found = exempted_by(exemption, [finding.sentence for finding in findings])
        exempt |= {id(sentence) for sentence in found}
        if len({sentence.text for sentence in found}) != 1:
            yield wrong_exemption(draft, index, exemption.text, found)
    for finding in findings:
        if id(finding.sentence) not in exempt:
            yield uncited(draft, finding)
        elif not finding.claim.can_be_exempted:
            yield not_excused(draft, finding)


def titles_of(draft: Draft) -> Iterator[Sentence]:
    """What search engines, menus and the list of changes show of the page."""
    for key in ("title", "menu", "description"):
        if text := getattr(draft.meta, key):
            yield Sentence(text, draft.document.line(key), key, depth=1)
    for index, change in enumerate(draft.meta.changes):
        yield Sentence(change.note, draft.document.line("changes", index, "note"), "note", depth=1)


def uncited(draft: Draft, finding: Finding) -> Problem:
    sentence, claim = finding.sentence, finding.claim
    line, strength = sentence.line, claim.strength
    if strength == "promise":
        message = f"This {sentence.place} makes a promise: {claim}."
        return draft.problem_at(line, message, PROMISE)
    message = f"This {sentence.place} makes a medical claim without a source: {claim}."
    if strength == "unclear":
        message = f"This {sentence.place} may make a claim, and it has no source: {claim}."
    exempt = ""
    if claim.can_be_exempted and not (sentence.is_label and strength == "mention"):
        exempt = " " + EXEMPT.format(start=shorten(sentence.text).removesuffix(" …"))
    if sentence.is_label:
        return draft.problem_at(line, message, IN_LABEL[strength] + exempt)
    in_form = CITE_BELOW + exempt if line < draft.document.body_line else ""
    return draft.problem_at(line, message, CITE + exempt, in_form=in_form)


def not_excused(draft: Draft, finding: Finding) -> Problem:
    message = f"An exemption can't excuse this claim: {finding.claim}."
    fix = PROMISE if finding.claim.strength == "promise" else f"{CITE} Or remove the sentence."
    return draft.problem_at(finding.sentence.line, message, fix)


def wrong_exemption(draft: Draft, index: int, text: str, found: list[Sentence]) -> Problem:
    lines = " and ".join(str(sentence.line) for sentence in found)
    message = f'The exemption "{text}" matches no sentence that needs one.'
    fix = "Copy the first words of the sentence exactly, or remove the exemption."
    if found:
        message = f'The exemption "{text}" matches more than one sentence (lines {lines}).'
        fix = "Copy more of the sentence you mean."
    return draft.problem(("uncited", index), message, fix)


def sources_back_claims(draft: Draft, data: Data) -> Iterator[Problem]:
    if data.claims is None or data.sources is None:
        return
    for sentence in draft.rendered.sentences:
        for message, fix in unbacked(sentence, data.claims, data.sources):
            yield draft.problem_at(sentence.line, message, fix)


CLAIM_RULES = (claims_have_sources, sources_back_claims)
