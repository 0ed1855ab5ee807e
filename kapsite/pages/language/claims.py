"""Which sentences make a medical claim, and which of those have no source; plain Python."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from kapsite.content_files.validation import Model, Text
from kapsite.pages.syntax.schema import CitationExemption
from kapsite.text.exact_phrases import Phrase, matcher, plain

from .sentences import COLUMN, LEAD_IN, Sentence, without_marks


class ClaimKind(Model):
    """One kind of claim and the words that give it away."""

    about: Text
    words: tuple[Phrase, ...] = Field(min_length=1)
    always: bool = False  # even in requests and questions
    in_glossary: bool = True  # whether the glossary, which cites nothing, may say it

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return matcher(self.words)

    def is_in(self, text: str) -> bool:
        return bool(self.pattern.search(plain(text)))


class ClaimRules(Model):
    """content/claims.yaml, which says what each key means."""

    claims: tuple[ClaimKind, ...] = Field(min_length=1)
    blocks: tuple[Text, ...] = ()
    requests: tuple[Phrase, ...] = ()
    questions: tuple[Phrase, ...] = ()
    set_aside: tuple[Phrase, ...] = ()

    @cached_property
    def opens_a_request(self) -> re.Pattern[str]:
        return matcher(self.requests)

    @cached_property
    def opens_a_question(self) -> re.Pattern[str]:
        return matcher(self.questions)

    @cached_property
    def is_set_aside(self) -> re.Pattern[str]:
        return matcher(self.set_aside)

    def claim_in(self, sentence: Sentence) -> str | None:
        """What kind of claim the sentence makes, with the words that show it; None for none."""
        text = self.is_set_aside.sub(self.blank, plain(sentence.text))
        asks = bool(self.opens_a_request.match(text)) or (
            text.endswith("?") and bool(self.opens_a_question.match(text))
        )
        for kind in self.claims:
            if asks and not kind.always:
                continue
            if found := kind.pattern.search(text):
                words = sentence.text[found.start() : found.end()]
                return f'{kind.about} ("{words}")'
        if sentence.block in self.blocks and not sentence.is_label:
            return f'an entry of a "{sentence.block}" block'
        return None

    @staticmethod
    def blank(found: re.Match) -> str:
        return "\N{MIDDLE DOT}" * len(found[0])


@dataclass(frozen=True)
class Finding:
    """A claim without a source."""

    sentence: Sentence
    claim: str


def claims_in(sentences: Iterable[Sentence], rules: ClaimRules) -> list[Sentence]:
    return [sentence for sentence in sentences if rules.claim_in(sentence)]


def uncited_claims(sentences: Sequence[Sentence], rules: ClaimRules) -> Iterator[Finding]:
    """Every claim without a citation. A label is cited by what it labels."""
    for index, sentence in enumerate(sentences):
        if sentence.citations or (sentence.is_label and is_cited_below(sentences, index)):
            continue
        if claim := rules.claim_in(sentence):
            yield Finding(sentence, claim)


def is_cited_below(sentences: Sequence[Sentence], index: int) -> bool:
    """Whether the section, table, row or text that this label names has a source."""
    label, following = sentences[index], sentences[index + 1 :]
    if label.depth == LEAD_IN:
        return bool(following) and bool(following[0].citations)
    for sentence in (found for found in following if found.place != "image"):
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


def fold(text: str) -> str:
    """``text`` for comparing: plain signs, single spaces, no marks of Markdown."""
    return plain(without_marks(text))
