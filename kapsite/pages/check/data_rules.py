"""What must hold for the data files: one small function for each rule."""

from collections.abc import Iterator
from datetime import date

from kapsite.content_files.problems import Problem, did_you_mean
from kapsite.pages.load.site import Site

from .text_rules import UNFINISHED, shorten, unfinished, unfit


def the_glossary_only_explains(site: Site, today: date) -> Iterator[Problem]:
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
                    f'The glossary says {kind.about} without a source: "{shorten(words.text)}"',
                    "Leave it out here, and say it on a page with its source.",
                )


def words_of_data_are_fit(site: Site, today: date) -> Iterator[Problem]:
    for words in site.data.words:
        for slip in site.data.words_to_avoid.slips_in(words.text):
            yield unfit(words.file, words.line, slip)


def nothing_is_left_to_write(site: Site, today: date) -> Iterator[Problem]:
    for words in site.data.words:
        if found := UNFINISHED.search(words.text):
            yield unfinished(words.file, words.line, found[0])


def facts_have_their_page(site: Site, today: date) -> Iterator[Problem]:
    paths = {draft.path for draft in site.drafts}
    for index, fact in enumerate(site.data.facts or ()):
        if fact.page not in paths:
            yield Problem(
                site.name("must_say.yaml"),
                site.data.lines["must_say.yaml"].line((index, "page")),
                f"The page {fact.page}, which must say this, is not there: {fact.fact}",
                f"Add it back, or name the page that says it. {did_you_mean(fact.page, paths)}",
            )


def facts_name_known_sources(site: Site, today: date) -> Iterator[Problem]:
    for index, fact in enumerate(site.data.facts or ()):
        for source in fact.sources:
            if site.data.sources is not None and source not in site.data.sources:
                yield Problem(
                    site.name("must_say.yaml"),
                    site.data.lines["must_say.yaml"].line((index, "sources")),
                    f'There is no source "{source}".',
                    did_you_mean(source, site.data.sources),
                )


def every_source_is_used(site: Site, today: date) -> Iterator[Problem]:
    if not site.is_complete:
        return
    used: set[str | None] = {key for draft in site.drafts for key in draft.rendered.citations}
    clinic = site.data.clinic
    used |= {line.source for line in clinic.crisis_lines} if clinic else set()
    for key, source in (site.data.sources or {}).items():
        if key not in used and source.check != "M":
            yield Problem(
                site.name("sources.yaml"),
                site.data.lines["sources.yaml"].line((key,)),
                f"The source {key} is not cited anywhere.",
                f"Cite it with [@{key}], or remove it.",
                "warning",
            )


def sources_are_of_the_past(site: Site, today: date) -> Iterator[Problem]:
    for key, source in (site.data.sources or {}).items():
        if source.year and source.year > today.year + 1:  # journals date ahead
            yield Problem(
                site.name("sources.yaml"),
                site.data.lines["sources.yaml"].line((key, "year")),
                f"The source {key} is of {source.year}, which is still to come.",
                "Check its year.",
            )


def nothing_is_listed_twice(site: Site, today: date) -> Iterator[Problem]:
    """In the data files and the front matter of pages: the same word, day, name or entry."""
    files = {site.name(name): parsed for name, parsed in site.data.lines.items()}
    files |= {draft.file: draft.document.parsed for draft in site.drafts if draft.document.parsed}
    for file, parsed in files.items():
        for place, value in parsed.lists():
            for index, first in doubles(value):
                before = parsed.line((*place, first))
                yield Problem(
                    file,
                    parsed.line((*place, index)),
                    f"This stands in the list twice (first on line {before}).",
                    "Keep one, or correct one of them.",
                )


def doubles(values: list) -> Iterator[tuple[int, int]]:
    """Each value that was there before, and where."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        key = repr(named(value)).casefold()
        if first.setdefault(key, index) != index:
            yield index, first[key]


def named(entry: object) -> object:
    """What tells an entry from the others."""
    if isinstance(entry, dict):
        return next((entry[key] for key in ("id", "name") if entry.get(key)), entry)
    return entry


def each_hard_word_is_explained_once(site: Site, today: date) -> Iterator[Problem]:
    meant: dict[str, str] = {}
    for term, entry in (site.data.glossary or {}).items():
        for word in (term, *entry.also):
            other = meant.setdefault(word.casefold(), term)
            if other != term:
                yield Problem(
                    site.name("glossary.yaml"),
                    site.data.lines["glossary.yaml"].line((term,)),
                    f'"{word}" is explained here and at "{other}".',
                    "Remove it from one of them.",
                )


DATA_RULES = (
    sources_are_of_the_past,
    nothing_is_listed_twice,
    each_hard_word_is_explained_once,
    the_glossary_only_explains,
    words_of_data_are_fit,
    nothing_is_left_to_write,
    facts_have_their_page,
    facts_name_known_sources,
    every_source_is_used,
)
