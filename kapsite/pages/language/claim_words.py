"""What gives a claim away, and what shows that a sentence makes none; plain Python."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BeforeValidator, model_validator

from kapsite.content_files.validation import Model, Text, wrong
from kapsite.text.exact_phrases import Finder, Phrase, starts_of

if TYPE_CHECKING:
    from .claims import ClaimRules


def in_rows(value: object) -> object:
    """Phrases as an editor writes them: rows of words with commas between."""
    rows = [value] if isinstance(value, str) else value
    if not (isinstance(rows, list) and all(isinstance(row, str) for row in rows)):
        return value
    return [phrase.strip() for row in rows for phrase in row.split(",") if phrase.strip()]


Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(in_rows)]
Names = tuple[Text, ...]  # of lists and acts

# What a claim needs. A mention: a source, or an exemption with a reason; a label is cited by what
# it labels. A topic: the same, unless the sentence does something else than assert. A statement:
# a source of its own. A promise: no source can back it. What is unclear shows no word of a claim
# and none of anything else: a source of its own, or an exemption.
Strength = Literal["topic", "mention", "statement", "promise"]
Excusable = Literal["topic", "mention"]


class Worded(Model):
    """Something that gives itself away by its words, or by a word of each list in ``near``."""

    words: Phrases = ()
    near: Names = ()
    unless: Names = ()  # a word of one of these takes it back

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.words)

    @property
    def names(self) -> Names:
        return (*self.near, *self.unless)


class ClaimKind(Worded):
    """One kind of claim; with ``near``, its words count only beside a word of each list."""

    about: Text
    strength: Strength = "mention"
    always: bool = False  # whatever the sentence does
    treatment: bool = False  # whether it says what a treatment does
    in_glossary: bool = True  # or in another file that can't cite a source

    @model_validator(mode="after")
    def has_words(self):
        if not self.words and not self.near:
            raise wrong(f'"{self.about}" has no words.', "Add `words:` or `near:`.")
        return self


class Act(Worded):
    """What a sentence does instead of claiming, such as asking."""

    openings: Phrases = ()  # of its main clause
    ends: Text = ""
    excuses: Excusable | Literal["nothing"] = "topic"  # and what is weaker


class Harmless(Model):
    """Lists and acts that show that a sentence without a word of a claim makes none.

    Without ``signs`` it needs none of them: it is enough that it has no word of ``unless``.
    """

    signs: Names = ()
    unless: Names = ()
    only_labels: bool = False

    @property
    def names(self) -> Names:
        return (*self.signs, *self.unless)


class WordsOf:
    """A plain text, and which lists and acts show in it; each is looked for once."""

    def __init__(self, text: str, rules: "ClaimRules"):
        self.text = text
        self.starts = starts_of(text)
        self.rules = rules
        self.found: dict[str, re.Match | None] = {}
        self.done: dict[str, bool] = {}

    def search(self, finder: Finder) -> re.Match | None:
        return finder.search(self.text, self.starts)

    def of(self, name: str) -> re.Match | None:
        """The first word of the list ``name``."""
        if name not in self.found:
            self.found[name] = self.search(self.rules.finders[name])
        return self.found[name]

    def shows(self, name: str) -> bool:
        """Whether the text has a word of the list ``name``, or does the act of that name."""
        if name not in self.rules.acts:
            return bool(self.of(name))
        if name not in self.done:
            self.done[name] = self.does(name, self.rules.acts[name])
        return self.done[name]

    def does(self, name: str, act: Act) -> bool:
        if not self.text.endswith(act.ends):
            return False
        opening = self.rules.openings.get(name)
        is_shown = (
            bool(opening and opening.match(self.text))
            or bool(act.words and self.search(act.finder))
            or bool(act.near and all(map(self.of, act.near)))
        )
        return is_shown and not any(map(self.shows, act.unless))

    def showing(self, kind: ClaimKind) -> re.Match | None:
        """Where the text makes a claim of this kind; None if it doesn't."""
        found = self.search(kind.finder) if kind.words else self.of(kind.near[0])
        if not found or not all(map(self.of, kind.near)) or any(map(self.shows, kind.unless)):
            return None
        return found

    @cached_property
    def excused(self) -> set[Excusable]:
        """The strongest claims that what the sentence does excuses."""
        acts = [act for name, act in self.rules.acts.items() if self.shows(name)]
        return {act.excuses for act in acts if act.excuses != "nothing"}

    def excuse(self, kind: ClaimKind) -> bool:
        """Whether the sentence does something else than to make a claim of this kind."""
        if kind.always or kind.strength not in get_args(Excusable):
            return False
        return bool(self.excused) if kind.strength == "topic" else "mention" in self.excused
