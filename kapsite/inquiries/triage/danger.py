"""Words of danger in a message: over-showing help is cheap, missing a person is not.

The phrases are in ``content/danger_words.yaml``, which says how they are written, so that a
clinician can review them. Finding nothing does not mean that a person is safe. Plain Python.

A denial counts only when a whole phrase says so ("no suicidal thoughts"), nothing in its
sentence takes it back ("but", "yet") and nothing else in the message points to danger. That is
narrower than NegEx, which lets one word negate the next five: Chapman et al. (2001),
https://doi.org/10.1006/jbin.2001.1029
"""

from itertools import chain

from kapsite.content_files.live_file import Watched
from kapsite.content_files.validation import Day, Model, Text
from kapsite.text.fuzzy_phrases import Finder, Phrase, Span
from kapsite.text.typed_words import Reader

HARMLESS, DENIAL, DOUBT = "harmless", "denial", "doubt"

# What staff read; the most urgent first.
LABELS = {
    "medical_emergency": "Medical emergency",
    "child_in_danger": "A child may be in danger",
    "suicide": "Thoughts of suicide or a crisis",
    "harm_to_others": "Harm to others",
    "abuse": "Abuse, violence or not feeling safe",
    "self_harm": "Self-harm",
}


class Phrases(Model):
    english: tuple[Phrase, ...]
    spanish: tuple[Phrase, ...]

    def both(self) -> tuple[str, ...]:
        return self.english + self.spanish


class Categories(Model):
    medical_emergency: Phrases
    child_in_danger: Phrases
    suicide: Phrases
    harm_to_others: Phrases
    abuse: Phrases
    self_harm: Phrases


class DangerFile(Model):
    reviewed_by: Text | None = None
    reviewed_on: Day | None = None
    danger: Categories
    harmless: Phrases
    denials: Phrases
    doubts: Phrases
    also_written: dict[Text, Text] = {}
    misspelled: tuple[Text, ...] = ()
    hidden: tuple[Text, ...] = ()


class DangerWords:
    """The phrase file, ready to search with."""

    def __init__(self, file: DangerFile):
        self.reader = Reader(file.also_written, file.misspelled, file.hidden)
        groups = {name: getattr(file.danger, name).both() for name in LABELS}
        groups |= {HARMLESS: file.harmless.both(), DENIAL: file.denials.both()}
        self.finder = Finder(groups | {DOUBT: file.doubts.both()}, self.reader)


danger_words = Watched("danger_words.yaml", DangerFile, DangerWords)


def find_danger(text: str, words: DangerWords) -> tuple[str, ...]:
    """The categories (keys of LABELS) of danger in ``text``, the most urgent first."""
    plain = words.reader.read(text)
    found: dict[str, list[Span]] = {}
    for name, span in words.finder.find(plain):
        found.setdefault(name, []).append(span)
    harmless, doubts = found.get(HARMLESS, []), found.get(DOUBT, [])
    denials = [span for span in found.get(DENIAL, []) if is_clear(span, doubts, plain)]
    danger = {
        name: [span for span in found.get(name, []) if not lies_in(span, harmless)]
        for name in LABELS
    }
    if all(lies_in(span, denials) for span in chain.from_iterable(danger.values())):
        return ()
    return tuple(name for name in LABELS if danger[name])


def lies_in(span: Span, others: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def is_clear(denial: Span, doubts: list[Span], plain: str) -> bool:
    """Whether ``denial`` is in one sentence without a doubt, even at the start of the next."""
    if " . " in plain[slice(*denial)]:
        return False
    start = plain.rfind(" . ", 0, denial[0]) + 1
    end = plain.find(" . ", denial[1])
    end = len(plain) if end < 0 else end + len(" . ")
    return not any(start <= doubt[0] <= end for doubt in doubts)
