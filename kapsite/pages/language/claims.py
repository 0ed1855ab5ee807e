"""Which sentences make a medical claim, and which of those have no source; plain Python."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from kapsite.content_files.problems import did_you_mean
from kapsite.content_files.validation import Model, Text, wrong
from kapsite.pages.syntax.schema import CitationExemption
from kapsite.text.exact_phrases import Finder, Phrase, matcher, plain, starts_of

from .sentences import COLUMN, LEAD_IN, Sentence, without_marks


def in_rows(value: object) -> object:
    """Phrases as an editor writes them: rows of words with commas between."""
    rows = [value] if isinstance(value, str) else value
    if not (isinstance(rows, list) and all(isinstance(row, str) for row in rows)):
        return value
    return [phrase.strip() for row in rows for phrase in row.split(",") if phrase.strip()]


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(in_rows)]

# What a claim needs. A mention: a source, or an exemption with a reason; a label is cited by what
# it labels. A statement: a source of its own. A promise: no source can back it. What is unclear
# shows no word of a claim and none of anything else: a source of its own, or an exemption.
Strength = Literal["mention", "statement", "promise"]
BY_STRENGTH = ("promise", "statement", "mention")


class ClaimKind(Model):
    """One kind of claim and what gives it away: its words, and a word of each list in ``near``."""

    about: Text
    strength: Strength = "mention"
    words: Phrases = ()
    near: tuple[Text, ...] = ()  # names of lists
    unless: tuple[Text, ...] = ()  # names of lists; a word of one makes the sentence harmless
    always: bool = False  # even in requests and questions
    treatment: bool = False  # whether it says what a treatment does
    in_glossary: bool = True  # or in another file that can't cite a source

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.words)

    @model_validator(mode="after")
    def has_words(self):
        if not self.words and not self.near:
            raise wrong(f'"{self.about}" has no words.', "Add `words:` or `near:`.")
        return self


@dataclass(frozen=True)
class Claim:
    """What kind of claim a sentence makes, and the words that show it."""

    about: str
    words: str = ""
    strength: Strength | Literal["unclear"] = "mention"

    @property
    def can_be_exempted(self) -> bool:
        return self.strength in ("mention", "unclear")

    def __str__(self):
        return f'{self.about} ("{self.words}")' if self.words else self.about


UNCLEAR = Claim("no word shows that it is about something else", strength="unclear")
MIN_WORDS, MIN_LABEL = 3, 4  # words that a sentence or label needs to claim something


class Harmless(Model):
    """A sign that a sentence makes no claim: how it begins, or a word of one of these lists."""

    lists: tuple[Text, ...] = ()
    openings: Phrases = ()
    unless: tuple[Text, ...] = ()  # names of lists; a word of one takes the sign away
    only_labels: bool = False

    @cached_property
    def opening(self) -> re.Pattern[str]:
        return matcher(self.openings)


class ClaimRules(Model):
    """content/claims.yaml, which says what each key means."""

    claims: tuple[ClaimKind, ...]
    lists: Mapping[Text, Phrases] = {}
    blocks: tuple[Text, ...] = ()
    requests: Phrases = ()
    questions: Phrases = ()
    set_aside: Phrases = ()
    harmless: tuple[Harmless, ...] = ()
    not_for_treatment: tuple[Text, ...] = ()  # kinds of source that can't say what one does
    topics: tuple[Phrases, ...] = ()  # words for one thing a study can be about

    @model_validator(mode="after")
    def names_known_lists(self):
        named = [name for kind in self.claims for name in (*kind.near, *kind.unless)]
        named += [name for sign in self.harmless for name in (*sign.lists, *sign.unless)]
        for name in named:
            if name not in self.lists:
                raise wrong(f'There is no list "{name}".', did_you_mean(name, self.lists))
        return self

    @cached_property
    def strongest_first(self) -> tuple[ClaimKind, ...]:
        return tuple(sorted(self.claims, key=lambda kind: BY_STRENGTH.index(kind.strength)))

    @cached_property
    def finders(self) -> Mapping[str, Finder]:
        return {name: Finder(words) for name, words in self.lists.items()}

    @cached_property
    def opens_a_request(self) -> re.Pattern[str]:
        return matcher(self.requests)

    @cached_property
    def opens_a_question(self) -> re.Pattern[str]:
        return matcher(self.questions)

    @cached_property
    def is_set_aside(self) -> re.Pattern[str]:
        return matcher(self.set_aside)

    def claim_in(self, sentence: Sentence) -> Claim | None:
        """The strongest claim that the sentence makes; None for none."""
        words = self.words_of(sentence.text)
        is_question = self.is_plain_question(words.text)
        asks = is_question or bool(self.opens_a_request.match(words.text))
        for kind in self.strongest_first:
            if (kind.always or not asks) and (found := words.showing(kind)):
                asked = is_question and sentence.is_label and kind.strength == "statement"
                strength = "mention" if asked else kind.strength
                return Claim(kind.about, shown(sentence.text, found), strength)
        if sentence.block in self.blocks:
            return None if sentence.is_label else Claim(f'an entry of a "{sentence.block}" block')
        return None if self.is_harmless(sentence) else UNCLEAR

    def claim_in_data(self, text: str, has_source: bool) -> Claim | None:
        """What a text of a data file claims beyond what it has a source for."""
        words = self.words_of(text)
        for kind in self.strongest_first:
            needs_none = kind.strength == "promise" or not (has_source or kind.in_glossary)
            if needs_none and (found := words.showing(kind)):
                return Claim(kind.about, shown(text, found), kind.strength)
        return None

    def makes_claim(self, text: str) -> bool:
        words = self.words_of(text)
        return any(words.showing(kind) for kind in self.claims)

    def is_plain_question(self, text: str) -> bool:
        return text.endswith("?") and bool(self.opens_a_question.match(text))

    def is_harmless(self, sentence: Sentence) -> bool:
        """Whether the words say so, or are too few to claim anything."""
        is_label, count = sentence.is_label, len(sentence.text.split())
        is_whole = sentence.text.endswith((".", "!", "?"))
        if not self.harmless or (
            count < MIN_LABEL if is_label else not is_whole or count < MIN_WORDS
        ):
            return True
        whole, rest = WordsOf(plain(sentence.text), self.finders), self.words_of(sentence.text)
        return any(
            whole.show(sign) and not any(map(rest.of, sign.unless))
            for sign in self.harmless
            if is_label or not sign.only_labels
        )

    @cached_property
    def topic_patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(matcher, self.topics))

    def speaks_of_treatment(self, sentence: Sentence) -> bool:
        words = self.words_of(sentence.text)
        return any(kind.treatment and words.showing(kind) for kind in self.claims)

    def words_of(self, text: str) -> "WordsOf":
        return WordsOf(self.is_set_aside.sub(self.blank, plain(text)), self.finders)

    @staticmethod
    def blank(found: re.Match) -> str:
        return "\N{MIDDLE DOT}" * len(found[0])


def shown(text: str, found: re.Match) -> str:
    return text[found.start() : found.end()].rstrip(".,")


class WordsOf:
    """A text, and which lists have a word in it; each list is looked for once."""

    def __init__(self, text: str, finders: Mapping[str, Finder]):
        self.text = text
        self.starts = starts_of(text)
        self.finders = finders
        self.found: dict[str, re.Match | None] = {}

    def of(self, name: str) -> re.Match | None:
        if name not in self.found:
            self.found[name] = self.finders[name].search(self.text, self.starts)
        return self.found[name]

    def showing(self, kind: ClaimKind) -> re.Match | None:
        """Where the text makes a claim of this kind; None if it doesn't."""
        found = kind.finder.search(self.text, self.starts) if kind.words else self.of(kind.near[0])
        if not found or not all(self.of(name) for name in kind.near):
            return None
        return None if any(self.of(name) for name in kind.unless) else found

    def show(self, sign: Harmless) -> bool:
        """Whether the text has this sign of being harmless."""
        return bool(sign.opening.match(self.text)) or any(map(self.of, sign.lists))


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
