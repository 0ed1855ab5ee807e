"""What must hold for the words on the pages: one small function for each rule."""

from collections.abc import Callable, Iterator
from datetime import date

from kapsite.pages.claims import ClaimRules, Finding, excused_by, uncited_claims
from kapsite.pages.must_say import Fact, missing_sources, missing_words, sentences_saying
from kapsite.pages.passages import Sentence
from kapsite.pages.readability import Measured, Readability
from kapsite.pages.reading import Draft, Site
from kapsite.pages.schema import Excuse
from kapsite.pages.words import Slip, Wording, slips_in
from kapsite.problems import Problem, did_you_mean

READING_LIMIT = 8.0  # US school grade
EXCUSE = 'Or excuse it in the front matter with uncited: - text: "{start}" and a reason:'
QUOTED = 60  # characters of a sentence that a message repeats


# Claims


def claims_have_sources(site: Site, today: date) -> Iterator[Problem]:
    if rules := site.data.claims:
        for draft in site.drafts:
            if draft.meta:  # else its excuses are not known
                yield from unsourced(draft, draft.meta.uncited, rules)


def unsourced(draft: Draft, excuses: tuple[Excuse, ...], rules: ClaimRules) -> Iterator[Problem]:
    findings = list(uncited_claims(draft.rendered.sentences, rules))
    excused: set[int] = set()
    for index, excuse in enumerate(excuses):
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
        start=shorten(sentence.text)
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


def glossary_only_explains(site: Site, today: date) -> Iterator[Problem]:
    """It has no place for sources, and so none for figures."""
    kinds = site.data.claims.claims if site.data.claims else ()
    for words in site.data.words:
        if words.file != site.name("glossary.yaml"):
            continue
        for kind in kinds:
            if not kind.in_glossary and kind.is_in(words.text):
                yield Problem(
                    words.file,
                    words.line,
                    f'The glossary has {kind.about} without a source: "{shorten(words.text)}"',
                    "Leave it out here, and say it on a page with its source.",
                )


# Words


def words_are_fit(site: Site, today: date) -> Iterator[Problem]:
    wordings = site.data.wording or ()
    for draft in site.drafts:
        for sentence in draft.rendered.sentences:
            for slip in slips_in(sentence.text, wordings):
                yield unfit(draft.file, sentence.line_at(slip.position), slip)
        for line, text in draft.document.short_texts():
            for slip in slips_in(text, wordings):
                yield unfit(draft.file, line, slip)
    for words in site.data.words:
        for slip in slips_in(words.text, wordings):
            yield unfit(words.file, words.line, slip)


def unfit(file: str, line: int, slip: Slip) -> Problem:
    wording: Wording = slip.wording
    return Problem(
        file,
        line,
        f'We do not say "{slip.words}". {wording.why}',
        f"Say instead: {wording.say}",
    )


# Reading grade


def readability_of(site: Site) -> Readability:
    glossary = site.data.glossary or {}
    return Readability(word for key, term in glossary.items() for word in (key, *term.also))


def pages_read_easily(site: Site, today: date) -> Iterator[Problem]:
    readability = readability_of(site)
    for draft in site.drafts:
        reading = readability.read(draft.rendered.sentences)
        own = draft.meta.reading if draft.meta else None
        limit = own.limit if own else READING_LIMIT
        if reading.grade is not None and reading.grade > limit:
            yield Problem(
                draft.file,
                reading.hardest[0].sentence.line,
                f"The page reads at grade {reading.grade:.1f}, and its limit is {limit:g}. "
                f"The hardest sentences: {'; '.join(map(named, reading.hardest))}.",
                "Divide them, or use shorter words. Or set `reading:` with a limit and a reason.",
            )
        elif own and reading.grade is not None and reading.grade <= READING_LIMIT < own.limit:
            yield Problem(
                draft.file,
                draft.document.line("reading"),
                f"The page reads at grade {reading.grade:.1f}, so it needs no limit of its own.",
                "Remove `reading:` from the front matter.",
                "warning",
            )


def named(hard: Measured) -> str:
    return f'line {hard.sentence.line} (grade {hard.grade:.1f}) "{shorten(hard.sentence.text)}"'


# What must be said


def facts_are_said(site: Site, today: date) -> Iterator[Problem]:
    drafts = {draft.path: draft for draft in site.drafts}
    for index, fact in enumerate(site.data.facts or ()):
        draft = drafts.get(fact.page)
        if draft is None:
            yield Problem(
                site.name("must_say.yaml"),
                site.data.lines["must_say.yaml"].line((index, "page")),
                f"The page {fact.page}, which must say: {fact.fact}, is not there.",
                f"Add it back. {did_you_mean(fact.page, drafts)}",
            )
        else:
            yield from unsaid(draft, fact)


def unsaid(draft: Draft, fact: Fact) -> Iterator[Problem]:
    sentences = draft.rendered.sentences
    missing = list(missing_words(fact, sentences))
    for words in missing:
        yield Problem(
            draft.file,
            draft.document.body_line,
            f'The page must say: {fact.fact} It lacks the words "{words}".',
            f'Put them back, or change "{fact.id}" in must_say.yaml if they are said otherwise.',
        )
    sources = missing_sources(fact, sentences)
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


TEXT_RULES: tuple[Callable[[Site, date], Iterator[Problem]], ...] = (
    claims_have_sources,
    glossary_only_explains,
    words_are_fit,
    pages_read_easily,
    facts_are_said,
)
