"""Which sentences make a medical claim; plain Python."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Literal, TypeVar

from pydantic import model_validator

from kapsite.content_files.problems import did_you_mean
from kapsite.content_files.validation import Model, Text, wrong
from kapsite.text.exact_phrases import Finder, matcher, plain

from .claim_words import Act, ClaimKind, Harmless, Phrases, Worded, WordsOf
from .sentences import Sentence, without_marks

T = TypeVar("T")
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


UNCLEAR = Claim("no word shows what else it is about", strength="unclear")
MIN_WORDS, MIN_LABEL = 3, 4  # words that a sentence or label needs to claim something
REMEMBERED = 10_000  # sentences, several times those of the site


def remembered(method: Callable[..., T]) -> "cached_property[Callable[..., T]]":
    """Answers once for each text, as most of a site is the same when it is checked again."""
    return cached_property(lambda self: lru_cache(maxsize=REMEMBERED)(partial(method, self)))


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
        return self.strongest_claim(sentence.text, sentence.is_label, sentence.block)

    @remembered
    def strongest_claim(self, text: str, is_label: bool, block: str) -> Claim | None:
        words, excused = self.words_of(text), False
        for kind in self.strongest_first:
            if not (found := words.showing(kind)):
                continue
            if words.excuse(kind):
                excused = True
                continue
            strength = "mention" if kind.strength == "topic" else kind.strength
            if strength == "statement" and is_label and words.text.endswith("?"):
                strength = "mention" if words.excused else strength
            return Claim(kind.about, shown(text, found), strength)
        if block in self.blocks:
            return None if is_label else Claim(f'an entry of a "{block}" block')
        return None if excused or self.is_harmless(text, is_label, words) else UNCLEAR

    @remembered
    def claim_in_data(self, text: str, has_source: bool) -> Claim | None:
        """What a text of a data file claims beyond what it has a source for."""
        words = self.words_of(text)
        for kind in self.strongest_first:
            needs_none = kind.strength == "promise" or not (has_source or kind.in_glossary)
            if needs_none and (found := words.showing(kind)):
                strength = "mention" if kind.strength == "topic" else kind.strength
                return Claim(kind.about, shown(text, found), strength)
        return None

    @remembered
    def makes_claim(self, text: str) -> bool:
        words = self.words_of(text)
        return any(words.showing(kind) for kind in self.claims)

    def is_harmless(self, text: str, is_label: bool, words: WordsOf) -> bool:
        """Whether the words say so, or are too few to claim anything."""
        count, is_whole = len(text.split()), text.endswith((".", "!", "?"))
        if not self.harmless or (
            count < MIN_LABEL if is_label else not is_whole or count < MIN_WORDS
        ):
            return True
        whole = WordsOf(plain(text), self)
        return any(
            any(map(whole.shows, sign.signs)) and not any(map(words.shows, sign.unless))
            if sign.signs
            else not any(map(whole.shows, sign.unless))
            for sign in self.harmless
            if is_label or not sign.only_labels
        )

    @cached_property
    def topic_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(matcher, self.topics))

    @remembered
    def speaks_of_treatment(self, text: str) -> bool:
        words = self.words_of(text)
        return any(kind.treatment and words.showing(kind) for kind in self.claims)

    def words_of(self, text: str) -> WordsOf:
        return WordsOf(self.is_set_aside.sub(self.blank, plain(text)), self)

    @staticmethod
    def blank(found: re.Match) -> str:
        return "\N{MIDDLE DOT}" * len(found[0])


latest: list[ClaimRules | None] = [None]


def as_before(rules: ClaimRules | None) -> ClaimRules | None:
    """The rules that were read last, with what they remember, if these are the same."""
    if rules != latest[0]:
        latest[0] = rules
    return latest[0]


def shown(text: str, found: re.Match) -> str:
    return text[found.start() : found.end()].rstrip(".,")


def fold(text: str) -> str:
    """``text`` for comparing: plain signs, single spaces, no marks of Markdown."""
    return plain(without_marks(text))
