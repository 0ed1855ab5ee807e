"""What must hold for the data files: one small function for each rule."""

from collections.abc import Iterator
from datetime import date

from kapsite.pages.reading import Site
from kapsite.pages.text_rules import UNFINISHED, shorten, unfinished, unfit
from kapsite.problems import Problem, did_you_mean


def data_name_known_sources(site: Site, today: date) -> Iterator[Problem]:
    sources, clinic = site.data.sources, site.data.clinic
    if sources is None or clinic is None:
        return
    for line in clinic.crisis_lines:
        if line.source and line.source not in sources:
            yield Problem(
                site.name("clinic.yaml"),
                1,
                f'"{line.name}" names a source "{line.source}" that is not there.',
                did_you_mean(line.source, sources),
            )


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
    if not site.is_whole:
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


def a_promise_knows_the_next_holiday(site: Site, today: date) -> Iterator[Problem]:
    """Or a person is promised a reply on a day when nobody is there."""
    clinic = site.data.clinic
    if clinic and clinic.reply_promise and not any(day >= today for day in clinic.holidays):
        yield Problem(
            site.name("clinic.yaml"),
            1,
            "The reply promise counts open days, and no closed day lies ahead in holidays.",
            "Add the closed days of the next twelve months.",
            "warning",
        )


DATA_RULES = (
    data_name_known_sources,
    a_promise_knows_the_next_holiday,
    the_glossary_only_explains,
    words_of_data_are_fit,
    nothing_is_left_to_write,
    facts_have_their_page,
    facts_name_known_sources,
    every_source_is_used,
)
