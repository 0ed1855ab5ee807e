"""Medical claims that have no source; plain Python."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kapsite.pages.syntax.page_schema import CitationExemption

from .claims import Claim, ClaimRules, fold
from .sentences import COLUMN, LEAD_IN, Sentence


@dataclass(frozen=True)
class Finding:
    """A claim without what it needs."""

    sentence: Sentence
    claim: Claim


def uncited_claims(sentences: Sequence[Sentence], rules: ClaimRules) -> Iterator[Finding]:
    """Every claim without a source that could back it."""
    for index, sentence in enumerate(sentences):
        if (claim := rules.claim_in(sentence)) and not is_backed(claim, sentences, index):
            yield Finding(sentence, claim)


def is_backed(claim: Claim, sentences: Sequence[Sentence], index: int) -> bool:
    sentence = sentences[index]
    if claim.strength == "promise":
        return False
    covered = sentence.is_label and claim.strength == "mention"
    return bool(sentence.citations) or (covered and is_cited_below(sentences, index))


def claims_in_titles(titles: Iterable[Sentence], rules: ClaimRules) -> Iterator[Finding]:
    """What a title or description claims, though it has no place for a source."""
    for title in titles:
        if (claim := rules.claim_in(title)) and claim.strength != "mention":
            yield Finding(title, claim)


def is_cited_below(sentences: Sequence[Sentence], index: int) -> bool:
    """Whether the section, table, row or text that this label names has a source."""
    label = sentences[index]
    for following in range(index + 1, len(sentences)):
        sentence = sentences[following]
        if label.depth == LEAD_IN:
            return bool(sentence.citations)
        if sentence.place == "image":
            continue
        if label.depth == COLUMN:
            ends = sentence.place != label.place
        else:
            ends = sentence.is_label and sentence.depth <= label.depth
        if ends:
            return False
        if sentence.citations or sentence.place == "drawn":
            return True
    return False


def exempted_by(exemption: CitationExemption, sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences that begin with the text of ``exemption``."""
    start = fold(exemption.text)
    return [sentence for sentence in sentences if fold(sentence.text).startswith(start)]
