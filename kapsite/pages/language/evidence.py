"""Whether the sources a sentence cites can back it, as far as words tell; plain Python.

Three things are compared with the entries in sources.yaml: figures, the kind of source, and
what a study is about. Whether the source says so is for a person to read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from kapsite.pages.syntax.data_schema import Source
from kapsite.text.exact_phrases import plain

from .claims import ClaimRules
from .sentences import Sentence

WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
DIGITS = {word: str(number) for number, word in enumerate(WORDS, 1)}
NOT_FIGURES = re.compile(r"\b\d+(?:-\d+){2,}\b|\b\d{4}s\b")  # phone numbers and decades
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
NUMBER_WORD = "|".join(WORDS)
RATIO = re.compile(rf"\b({NUMBER_WORD})\s+(?:in|of|out of)\s+(?:every\s+)?({NUMBER_WORD})\b")
SHARE = re.compile(r"\bhalf\b|\bthirds?\b|\bquarters?\b|\bmajority\b|\bmost (?:people|patients)\b")
OUT_OF_100 = re.compile(r"(\d+(?:\.\d+)?)(?: to (\d+(?:\.\d+)?))? in 100")
ANYWHERE = {"100", "1", "0", "911", "988"}  # "1 in 100", "call 988"
STUDIES = ("trial", "review", "observational", "animal")


def figures_in(text: str) -> set[str]:
    """The numbers in digits, and ratios and shares in words."""
    text = plain(NOT_FIGURES.sub(" ", text))
    found = {number.replace(",", "") for number in NUMBER.findall(text)}
    found |= {DIGITS[word] for ratio in RATIO.findall(text) for word in ratio}
    return found | {share.removesuffix("s").split()[0] for share in SHARE.findall(text)}


@lru_cache(maxsize=4096)  # the sources of a site, each cited by many sentences
def figures_of(source: Source) -> frozenset[str]:
    """What an entry says, with number words, rounded values, and the rest of each 100."""
    said = plain(" ".join(map(str, said_by(source))))
    found = figures_in(said) | {
        DIGITS[word] for word in re.findall(rf"\b(?:{NUMBER_WORD})\b", said)
    }
    found |= {rounded(number) for number in found if "." in number}
    shares = [share for pair in OUT_OF_100.findall(said) for share in pair if share]
    return frozenset(found | {str(100 - int(rounded(share))) for share in shares})


def rounded(number: str) -> str:
    return str(Decimal(number).quantize(Decimal(1), ROUND_HALF_UP))


def said_by(source: Source) -> Iterator[object]:
    yield from (source.title, source.shows, source.details or "", source.publisher or "")
    yield source.year or ""


def missing_figures(texts: Iterable[str], sources: Iterable[Source]) -> list[str]:
    """The figures in ``texts`` that no entry of ``sources`` has."""
    known = set(ANYWHERE).union(*map(figures_of, sources))
    return sorted(set().union(*map(figures_in, texts)) - known)


def lacking(names: Sequence[str], figures: Sequence[str]) -> str:
    """What is wrong with ``figures`` that the entries of the sources ``names`` don't have."""
    noun = "figure" if len(figures) == 1 else "figures"
    entries = entries_of(names)
    do_not = "doesn't" if len(names) == 1 else "don't"
    return f"The {entries} {do_not} have the {noun} {listed(figures)}."


def entries_of(names: Sequence[str]) -> str:
    return f"{'entry' if len(names) == 1 else 'entries'} of {listed(names)}"


def listed(words: Sequence[str]) -> str:
    """Like "S1, S2 and S3"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def compare(names: Iterable[str]) -> str:
    """The fix for a figure that isn't in the entries of these sources."""
    return (
        "Compare it with the source. If the source has it, add it to "
        f"`details` of {' or '.join(names)} in sources.yaml; if not, correct it here."
    )


def unbacked(
    sentence: Sentence, rules: ClaimRules, sources: Mapping[str, Source]
) -> Iterator[tuple[str, str]]:
    """Why what it cites can't back this sentence, each with the fix."""
    known = [key for key in sentence.citations if key in sources]
    if not known:
        return
    cited = [sources[key] for key in known]
    names = sentence.citations
    if missing := missing_figures([sentence.text], cited):
        yield lacking(names, missing), compare(known)
    is_treatment = rules.speaks_of_treatment(sentence.text)
    if is_treatment and all(source.kind in rules.not_for_treatment for source in cited):
        kinds = " or ".join(sorted({source.kind for source in cited}))
        cannot = f"which a {kinds} source can't back ({listed(names)})."
        yield (
            f"This says what a treatment does, {cannot}",
            "Cite a study, a label, a regulator or a guideline that says so.",
        )
    if is_treatment and all(source.kind in STUDIES for source in cited):
        said = plain(" ".join(str(part) for source in cited for part in said_by(source)))
        for topic in rules.topic_patterns:
            if (found := topic.search(plain(sentence.text))) and not topic.search(said):
                is_not = "isn't" if len(names) == 1 else "aren't"
                yield (
                    f'The sentence is about "{found[0]}", but the {entries_of(names)} {is_not}.',
                    "Cite a study of it. If this one is, add that to "
                    f"`details` of {' or '.join(known)} in sources.yaml.",
                )
