"""Rules for the text of a page: one small function for each.

A rule takes one page and the data files, and yields problems.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from kapsite.content_files.problems import Problem
from kapsite.pages.language.readability import Measured
from kapsite.pages.language.required_facts import (
    Fact,
    missing_sources,
    missing_words,
    sentences_saying,
)
from kapsite.pages.language.wording import AvoidedWord
from kapsite.pages.load.data_files import Data
from kapsite.pages.load.page_file import Draft
from kapsite.pages.syntax.samples import sample_in

from .claim_rules import CLAIM_RULES
from .words import shorten

READING_LIMIT = 8.0  # US school grade
MIN_WORDS = 5  # in a sentence that must end with a period, and may not be repeated
ENDS = (".", "!", "?", ":", "…", '"', "”", ")")
UNFINISHED = re.compile(
    r"\b(?:TODO|TO DO|FIXME|TB[ACD]|TK(?:TK)?|WIP|DRAFT|X{2,}|[A-Z]{4,} HERE)\b|\?{3,}"
    r"|\b[Tt]o-?do:"
    r"|(?i:\b(?:lorem ipsum|lorem|ipsum|dolor sit amet|insert \w+ here|tbd|x{3,}|asdf\w*"
    r"|placeholder|citation needed|to be written|(?:dummy|filler|sample) text)\b)"
)


def passages(draft: Draft) -> Iterator[tuple[str, Callable[[int], int]]]:
    """Every text of the page, with a function from a position in it to a line of the file."""
    for sentence in draft.rendered.sentences:
        yield sentence.text, sentence.line_at
    for line, text in draft.document.short_texts():
        yield text, lambda position, line=line: line  # type: ignore[misc]


def text_avoids_words(draft: Draft, data: Data) -> Iterator[Problem]:
    for text, line_at in passages(draft):
        for match in data.words_to_avoid.matches(text):
            yield draft.problem_at(line_at(match.position), *avoided(match))


def avoided(match: AvoidedWord) -> tuple[str, str]:
    message = f'We don\'t say "{match.words}". {match.wording.why}'
    return message, f"Say instead: {match.wording.say}"


def text_is_finished(draft: Draft, data: Data) -> Iterator[Problem]:
    for text, line_at in passages(draft):
        if found := UNFINISHED.search(text):
            yield draft.problem_at(line_at(found.start()), *unfinished(found[0]))


def unfinished(words: str) -> tuple[str, str]:
    return f'"{words}" marks unfinished text.', "Finish it, or remove this."


def samples_are_replaced(draft: Draft, data: Data) -> Iterator[Problem]:
    for number, line in enumerate(draft.document.body.split("\n"), draft.document.body_line):
        if words := sample_in(line):
            message = f'"{words}" is still the sample text.'
            yield draft.problem_at(number, message, "Write your own words over it, or remove it.")


def sentences_are_complete(draft: Draft, data: Data) -> Iterator[Problem]:
    """A line that was cut off by accident would run into the next one unnoticed."""
    for sentence in draft.rendered.sentences:
        for start in sentence.breaks:
            line = sentence.line_at(start) - 1
            if sentence.text[start : start + 1].isupper() and line not in draft.broken_lines:
                message = "This line doesn't end with a period, but the next begins a new sentence."
                fix = "End the sentence, or write all of it on one line."
                yield draft.problem_at(line, message, fix)
        if sentence.place != "sentence" or sentence.is_label or sentence.text.endswith(ENDS):
            continue
        line = sentence.line_at(len(sentence.text))
        if len(sentence.text.split()) >= MIN_WORDS and line not in draft.broken_lines:
            fix = "End it with a period, or with a colon when a list follows."
            yield draft.problem_at(line, "This sentence has no period.", fix)


def sentences_are_not_repeated(draft: Draft, data: Data) -> Iterator[Problem]:
    for before, after in pairwise(draft.rendered.sentences):
        if before.text == after.text and len(after.text.split()) >= MIN_WORDS:
            message = "This sentence appears twice in a row."
            yield draft.problem_at(after.line, message, "Remove one of them.")


def pages_are_readable(draft: Draft, data: Data) -> Iterator[Problem]:
    if draft.meta is None or data.glossary is None:  # then its limit or its terms are not known
        return
    reading = data.readability.read(draft.rendered.sentences)
    if (grade := reading.grade) is None:
        return
    own = draft.meta.reading
    limit = own.limit if own else READING_LIMIT
    if grade > limit:
        message = (
            f"The page reads at grade {reading.shown_grade}; its limit is {limit:g}. "
            f"Hardest sentences: {'; '.join(map(describe, reading.hardest))}."
        )
        fix = "Split them, or use shorter words. Or set `reading:` with a `limit` and a `reason`."
        yield draft.problem_at(reading.hardest[0].sentence.line, message, fix)
    elif own and grade <= READING_LIMIT < own.limit:
        message = (
            f"The page reads at grade {reading.shown_grade}, so it doesn't need its own limit."
        )
        fix = "Remove `reading:`."
        yield draft.problem(("reading",), message, fix, "warning")


def describe(hard: Measured) -> str:
    return f'line {hard.sentence.line} (grade {hard.shown_grade}) "{shorten(hard.sentence.text)}"'


def required_facts_are_stated(draft: Draft, data: Data) -> Iterator[Problem]:
    for fact in data.facts or ():
        if fact.page == draft.path and draft.document.is_complete:
            yield from missing_parts(draft, fact, data)


def missing_parts(draft: Draft, fact: Fact, data: Data) -> Iterator[Problem]:
    sentences = draft.rendered.sentences
    missing = list(missing_words(fact, sentences))
    for words in missing:
        message = f'The page must say: {fact.fact} The words "{words}" are missing.'
        fix = (
            f'Put them back, or update "{fact.id}" in must_say.yaml if you now say it differently.'
        )
        in_form = "Put them back. A colleague with access to must_say.yaml can change what to say."
        yield draft.problem_at(draft.document.body_line, message, fix, in_form=in_form)
    sources = [key for key in missing_sources(fact, sentences) if key in (data.sources or ())]
    if sources and not missing:
        cite = "; ".join(f"@{source}" for source in sources)
        line = sentences_saying(fact, sentences)[0].line
        message = f"The page must cite sources for this: {fact.fact}"
        yield draft.problem_at(line, message, f"Add [{cite}] to this sentence.")


TEXT_RULES: tuple[Callable[[Draft, Data], Iterator[Problem]], ...] = (
    *CLAIM_RULES,
    text_avoids_words,
    text_is_finished,
    samples_are_replaced,
    sentences_are_complete,
    sentences_are_not_repeated,
    pages_are_readable,
    required_facts_are_stated,
)
