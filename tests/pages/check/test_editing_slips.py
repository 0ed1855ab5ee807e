"""Fifty slips of the hand in real files: refused, or nothing else on the page changes.

What an editor damages is one place. Everything a reader sees elsewhere on the page, and every
other page, must come out as it was, or the check must refuse. What a slip does to its own
line is for the rules to judge: a citation lost from a claim, a key misspelled and a block broken
must always be refused.
"""

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from kapsite.pages.load.page_file import Draft
from kapsite.pages.load.site import Site
from kapsite.pages.publish.document.catalog import make_catalog
from kapsite.pages.publish.document.page_html import render_page
from tests.pages.check.editing_slips import OF_DATA, OF_PAGES, Damage
from tests.pages.real_content import TODAY

pytestmark = pytest.mark.sqlite  # content knows no database, and fifty sites take a while

PAGES = sorted(settings.CONTENT_DIR.rglob("*.md"))
DATA = sorted(settings.CONTENT_DIR.rglob("*.yaml"))


def damage_of(seed: int, files, slips) -> tuple[Path, Damage]:
    """A file and a slip in it, the same for a seed at all times."""
    random = Random(seed)  # noqa: S311
    slip = slips[seed % len(slips)]
    while True:
        file = random.choice(files)
        text = file.read_text(encoding="utf-8")
        damage = slip(text, random)
        if damage and damage.text != text:
            return file, damage


def seen(draft: Draft, damage: Damage | None = None) -> Counter:
    """What a reader sees, but for the damaged lines."""
    spared = range(damage.first, damage.last + 1) if damage else range(0)
    rendered, meta = draft.rendered, draft.meta
    sentences = Counter(
        (sentence.text, sentence.citations)
        for sentence in rendered.sentences
        if not {sentence.line, sentence.line_at(len(sentence.text))} & set(spared)
    )
    links = Counter(("link", link.address) for link in rendered.links if link.line not in spared)
    headings = Counter(
        ("heading", heading.text, heading.level)
        for heading in rendered.headings
        if heading.line not in spared
    )
    keys = Counter(
        (key, str(getattr(meta, key)))
        for key in type(meta).model_fields
        if not set(spared) & set(lines_of(draft, key))
    )
    return sentences + links + headings + keys


def lines_of(draft: Draft, key: str) -> range:
    """The lines of the front matter on which the value of ``key`` stands."""
    starts = sorted(line for place, line in draft.document.parsed.lines.items() if len(place) == 1)
    start = draft.document.line(key)
    after = [line for line in starts if line > start]
    return range(start, after[0] if after else draft.document.body_line)


@pytest.mark.parametrize("seed", range(50))
def test_a_damaged_page_is_refused_or_as_it_was_elsewhere(real, seed):
    original, damage = damage_of(seed, PAGES, OF_PAGES)
    file = real.folder / original.relative_to(settings.CONTENT_DIR)
    site, problems = real.after(file, damage.text)
    if problems:
        assert all(problem.file.startswith("content/") and problem.fix for problem in problems)
        return
    assert not damage.must_fail, f"{file.name}: {damage.kind} on line {damage.first}"
    before, after = real.draft(file), real.draft(file, site)
    lost = seen(before, damage) - seen(after)
    assert not lost, f"{file.name}: {damage.kind} on line {damage.first} also took {lost}"
    catalog = make_catalog(site)
    assert "<h1" in render_page(catalog, catalog.pages[after.path], TODAY)


@pytest.mark.parametrize("seed", range(80, 88))
def test_damaged_data_is_refused_or_draws_all_pages(real, seed):
    file, damage = damage_of(seed, DATA, OF_DATA)
    path = real.folder / file.relative_to(settings.CONTENT_DIR)
    site, problems = real.after(path, damage.text)
    if problems:
        assert all(problem.file.startswith("content/") and problem.fix for problem in problems)
        return
    assert [draft.path for draft in site.drafts] == [draft.path for draft in real.site.drafts]
    name = file.relative_to(settings.CONTENT_DIR).as_posix()
    lost = values(real.site, name, damage) - values(site, name)
    assert not lost, f"{name}: {damage.kind} on line {damage.first} also took {lost}"


def values(site: Site, name: str, damage: Damage | None = None) -> Counter:
    """Every value in a data file with its key, but for those on the damaged lines."""
    spared = range(damage.first, damage.last + 1) if damage else range(0)
    parsed = site.data.lines.get(name)  # None for the files of other features
    return Counter(
        (key_of(place), text)
        for place, text in (parsed.texts() if parsed else ())
        if parsed.line(place) not in spared
    )


def key_of(place: tuple) -> str:
    """The name of the value, whichever entry of a list it belongs to."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")
