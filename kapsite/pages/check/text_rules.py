"""What must hold for the words on a page: one small function for each rule.

A rule looks at one page, knowing the data, and yields problems.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from kapsite.content_files.problems import Problem
from kapsite.pages.language.claims import Finding, excused_by, uncited_claims
from kapsite.pages.language.readability import Measured
from kapsite.pages.language.required_facts import (
    Fact,
    missing_sources,
    missing_words,
    sentences_saying,
)
from kapsite.pages.language.sentences import Sentence
from kapsite.pages.language.wording import Slip
from kapsite.pages.load.data_files import Data
from kapsite.pages.load.site import Draft

READING_LIMIT = 8.0  # US school grade
EXCUSE = 'Or excuse it in the front matter with uncited: - text: "{start}" and a reason:'
QUOTED = 60  # characters of a sentence that a message repeats


def claims_have_sources(draft: Draft, data: Data) -> Iterator[Problem]:
    if data.claims is None or draft.meta is None:  # then its excuses are not known
        return
    findings = list(uncited_claims(draft.rendered.sentences, data.claims))
    excused: set[int] = set()
    for index, excuse in enumerate(draft.meta.uncited):
        found = excused_by(excuse, [finding.sentence for finding in findings])
        excused |= {id(sentence) for sentence in found}
        if len({sentence.text for sentence in found}) != 1:
            yield bad_excuse(draft, index, excuse.text, found)
    for finding in findings:
        if id(finding.sentence) not in excused:
            yield uncited(draft.file, finding)


def uncited(file: str, finding: Finding) -> Problem:
    sentence = finding.sentence
    where = f"{sentence.place} makes a medical claim without a source: {finding.claim}"
    fix = "Add its source before the full stop, like [@S11]. " + EXCUSE.format(
        start=shorten(sentence.text).removesuffix(" …")
    )
    if sentence.is_label:
        fix = "Cite a source in the text below or beside it, like [@S11]."
    return Problem(file, sentence.line, f"This {where}.", fix)


def bad_excuse(draft: Draft, index: int, text: str, found: list[Sentence]) -> Problem:
    line = draft.document.line("uncited", index)
    if found:
        lines = " and ".join(str(sentence.line) for sentence in found)
        message = f'The excuse "{text}" fits more than one sentence (lines {lines}).'
        return Problem(draft.file, line, message, "Copy more of the sentence you mean.")
    return Problem(
        draft.file,
        line,
        f'The excuse "{text}" fits no sentence that needs one.',
        "Copy the first words of the sentence exactly, or remove the excuse.",
    )


def words_are_fit(draft: Draft, data: Data) -> Iterator[Problem]:
    for sentence in draft.rendered.sentences:
        for slip in data.words_to_avoid.slips_in(sentence.text):
            yield unfit(draft.file, sentence.line_at(slip.position), slip)
    for line, text in draft.document.short_texts():
        for slip in data.words_to_avoid.slips_in(text):
            yield unfit(draft.file, line, slip)


def unfit(file: str, line: int, slip: Slip) -> Problem:
    return Problem(
        file,
        line,
        f'We do not say "{slip.words}". {slip.wording.why}',
        f"Say instead: {slip.wording.say}",
    )


UNFINISHED = re.compile(
    r"\b(?:TODO|TO DO|FIXME|TB[ACD]|TK(?:TK)?|WIP|DRAFT|X{2,}|[A-Z]{4,} HERE)\b|\?{3,}"
    r"|\b[Tt]o-?do:"
    r"|(?i:\b(?:lorem ipsum|lorem|ipsum|dolor sit amet|insert \w+ here|tbd|x{3,}|asdf\w*"
    r"|placeholder|citation needed|to be written|(?:dummy|filler|sample) text)\b)"
)


def nothing_is_left_to_write(draft: Draft, data: Data) -> Iterator[Problem]:
    for sentence in draft.rendered.sentences:
        if found := UNFINISHED.search(sentence.text):
            yield unfinished(draft.file, sentence.line_at(found.start()), found[0])
    for line, text in draft.document.short_texts():
        if found := UNFINISHED.search(text):
            yield unfinished(draft.file, line, found[0])


def unfinished(file: str, line: int, words: str) -> Problem:
    message = f'"{words}" says that something is still to be written.'
    return Problem(file, line, message, "Write it, or remove this.")


FEWEST_WORDS = 5  # in a sentence that must have its full stop, and may not stand twice
ENDS = (".", "!", "?", ":", "…", '"', "”", ")")


def sentences_are_whole(draft: Draft, data: Data) -> Iterator[Problem]:
    """A line that was cut off by accident would run into the next one unseen."""
    for sentence in draft.rendered.sentences:
        for start in sentence.breaks:
            line = sentence.line_at(start) - 1
            if sentence.text[start : start + 1].isupper() and line not in draft.broken_lines:
                yield Problem(
                    draft.file,
                    line,
                    "This line ends without a full stop, and the next begins a new sentence.",
                    "End the sentence, or write all of it on one line.",
                )
        if sentence.place != "sentence" or sentence.is_label or sentence.text.endswith(ENDS):
            continue
        line = sentence.line_at(len(sentence.text))
        if len(sentence.text.split()) >= FEWEST_WORDS and line not in draft.broken_lines:
            yield Problem(
                draft.file,
                line,
                "This sentence has no full stop.",
                "End it with a full stop, or with a colon when a list follows.",
            )


def sentences_stand_once(draft: Draft, data: Data) -> Iterator[Problem]:
    for before, after in pairwise(draft.rendered.sentences):
        if before.text == after.text and len(after.text.split()) >= FEWEST_WORDS:
            yield Problem(
                draft.file, after.line, "This sentence stands here twice.", "Remove one of them."
            )


def pages_read_easily(draft: Draft, data: Data) -> Iterator[Problem]:
    if draft.meta is None or data.glossary is None:  # then its limit or its terms are not known
        return
    reading = data.readability.read(draft.rendered.sentences)
    own = draft.meta.reading
    limit = own.limit if own else READING_LIMIT
    if reading.grade is None:
        return
    if reading.grade > limit:
        yield Problem(
            draft.file,
            reading.hardest[0].sentence.line,
            f"The page reads at grade {reading.grade:.1f}, and its limit is {limit:g}. "
            f"The hardest sentences: {'; '.join(map(named, reading.hardest))}.",
            "Divide them, or use shorter words. Or set `reading:` with a limit and a reason.",
        )
    elif own and reading.grade <= READING_LIMIT < own.limit:
        yield Problem(
            draft.file,
            draft.document.line("reading"),
            f"The page reads at grade {reading.grade:.1f}, so it needs no limit of its own.",
            "Remove `reading:` from the front matter.",
            "warning",
        )


def named(hard: Measured) -> str:
    return f'line {hard.sentence.line} (grade {hard.grade:.1f}) "{shorten(hard.sentence.text)}"'


def facts_are_said(draft: Draft, data: Data) -> Iterator[Problem]:
    for fact in data.facts or ():
        if fact.page == draft.path and draft.document.is_complete:
            yield from unsaid(draft, fact, data)


def unsaid(draft: Draft, fact: Fact, data: Data) -> Iterator[Problem]:
    sentences = draft.rendered.sentences
    missing = list(missing_words(fact, sentences))
    for words in missing:
        yield Problem(
            draft.file,
            draft.document.body_line,
            f'The page must say: {fact.fact} It lacks the words "{words}".',
            f'Put them back, or change "{fact.id}" in must_say.yaml if they are said otherwise.',
        )
    sources = [key for key in missing_sources(fact, sentences) if key in (data.sources or ())]
    if sources and not missing:
        cite = "; ".join(f"@{source}" for source in sources)
        yield Problem(
            draft.file,
            sentences_saying(fact, sentences)[0].line,
            f"The page must say this with its sources: {fact.fact}",
            f"Add [{cite}] to this sentence.",
        )


def shorten(text: str) -> str:
    if len(text) <= QUOTED:
        return text
    return text[:QUOTED].rsplit(" ", 1)[0] + " …"


TEXT_RULES: tuple[Callable[[Draft, Data], Iterator[Problem]], ...] = (
    claims_have_sources,
    words_are_fit,
    nothing_is_left_to_write,
    sentences_are_whole,
    sentences_stand_once,
    pages_read_easily,
    facts_are_said,
)
