"""Which sentences make a medical claim, and which of those have no source; plain Python."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import model_validator

from kapsite.content_files.problems import did_you_mean
from kapsite.content_files.validation import Model, Text, wrong
from kapsite.pages.syntax.schema import CitationExemption
from kapsite.text.exact_phrases import Finder, matcher, plain

from .claim_words import Act, ClaimKind, Harmless, Phrases, Worded, WordsOf
from .sentences import COLUMN, LEAD_IN, Sentence, without_marks

BY_STRENGTH = ("promise", "statement", "mention", "topic")


@dataclass(frozen=True)
class Claim:
    """What kind of claim a sentence makes, and the words that show it."""

    about: str
    words: str = ""
    strength: Literal["unclear", "mention", "statement", "promise"] = "mention"

    @property
    def can_be_exempted(self) -> bool:
        return self.strength in ("mention", "unclear")

    def __str__(self):
        return f'{self.about} ("{self.words}")' if self.words else self.about


UNCLEAR = Claim("no word shows that it is about something else", strength="unclear")
MIN_WORDS, MIN_LABEL = 3, 4  # words that a sentence or label needs to claim something


class ClaimRules(Model):
    """content/claims.yaml, which says what each key means."""

    claims: tuple[ClaimKind, ...]
    lists: Mapping[Text, Phrases] = {}
    acts: Mapping[Text, Act] = {}
    conditions: Phrases = ()
    lead_ins: Phrases = ()
    harmless: tuple[Harmless, ...] = ()
    set_aside: Phrases = ()
    blocks: tuple[Text, ...] = ()
    not_for_treatment: tuple[Text, ...] = ()  # kinds of source that can't say what one does
    topics: tuple[Phrases, ...] = ()  # words for one thing a study can be about

    @model_validator(mode="after")
    def names_are_known(self):
        known = {**self.lists, **self.acts}
        parts: tuple[Worded | Harmless, ...]
        parts = (*self.claims, *self.acts.values(), *self.harmless)
        for part in parts:
            for name in part.names:
                if name not in known:
                    raise wrong(f'There is no list or act "{name}".', did_you_mean(name, known))
        return self

    @cached_property
    def strongest_first(self) -> tuple[ClaimKind, ...]:
        return tuple(sorted(self.claims, key=lambda kind: BY_STRENGTH.index(kind.strength)))

    @cached_property
    def finders(self) -> Mapping[str, Finder]:
        return {name: Finder(words) for name, words in self.lists.items()}

    @cached_property
    def openings(self) -> Mapping[str, re.Pattern[str]]:
        """How a sentence of each act begins, after "Later:", "If …," and words such as "please"."""
        before = rf"\W*(?:[^:]{{1,40}}:\s+)?(?:{matcher(self.conditions).pattern}.*?,\s+)?"
        before += rf"(?:{matcher(self.lead_ins).pattern}\W+)*"
        return {
            name: re.compile(before + matcher(act.openings).pattern)
            for name, act in self.acts.items()
            if act.openings
        }

    @cached_property
    def is_set_aside(self) -> re.Pattern[str]:
        return matcher(self.set_aside)

    def claim_in(self, sentence: Sentence) -> Claim | None:
        """The strongest claim that the sentence makes; None for none."""
        words, excused = self.words_of(sentence.text), False
        for kind in self.strongest_first:
            if not (found := words.showing(kind)):
                continue
            if words.excuse(kind):
                excused = True
                continue
            strength = "mention" if kind.strength == "topic" else kind.strength
            if strength == "statement" and sentence.is_label and words.text.endswith("?"):
                strength = "mention" if words.excused else strength
            return Claim(kind.about, shown(sentence.text, found), strength)
        if sentence.block in self.blocks:
            return None if sentence.is_label else Claim(f'an entry of a "{sentence.block}" block')
        return None if excused or self.is_harmless(sentence, words) else UNCLEAR

    def claim_in_data(self, text: str, has_source: bool) -> Claim | None:
        """What a text of a data file claims beyond what it has a source for."""
        words = self.words_of(text)
        for kind in self.strongest_first:
            needs_none = kind.strength == "promise" or not (has_source or kind.in_glossary)
            if needs_none and (found := words.showing(kind)):
                strength = "mention" if kind.strength == "topic" else kind.strength
                return Claim(kind.about, shown(text, found), strength)
        return None

    def makes_claim(self, text: str) -> bool:
        words = self.words_of(text)
        return any(words.showing(kind) for kind in self.claims)

    def is_harmless(self, sentence: Sentence, words: WordsOf) -> bool:
        """Whether the words say so, or are too few to claim anything."""
        is_label, count = sentence.is_label, len(sentence.text.split())
        is_whole = sentence.text.endswith((".", "!", "?"))
        if not self.harmless or (
            count < MIN_LABEL if is_label else not is_whole or count < MIN_WORDS
        ):
            return True
        whole = WordsOf(plain(sentence.text), self)
        return any(
            any(map(whole.shows, sign.signs)) and not any(map(words.shows, sign.unless))
            for sign in self.harmless
            if is_label or not sign.only_labels
        )

    @cached_property
    def topic_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(matcher, self.topics))

    def speaks_of_treatment(self, sentence: Sentence) -> bool:
        words = self.words_of(sentence.text)
        return any(kind.treatment and words.showing(kind) for kind in self.claims)

    def words_of(self, text: str) -> WordsOf:
        return WordsOf(self.is_set_aside.sub(self.blank, plain(text)), self)

    @staticmethod
    def blank(found: re.Match) -> str:
        return "\N{MIDDLE DOT}" * len(found[0])


def shown(text: str, found: re.Match) -> str:
    return text[found.start() : found.end()].rstrip(".,")


@dataclass(frozen=True)
class Finding:
    """A claim without what it needs."""

    sentence: Sentence
    claim: Claim


def claims_in(sentences: Iterable[Sentence], rules: ClaimRules) -> list[Sentence]:
    return [sentence for sentence in sentences if rules.claim_in(sentence)]


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


def fold(text: str) -> str:
    """``text`` for comparing: plain signs, single spaces, no marks of Markdown."""
    return plain(without_marks(text))
