"""The rules bite on the real pages: take away a source or a fact, and the check fails there."""

import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from django.conf import settings

from kapsite.clinic.facts import get_clinic
from kapsite.clinic.opening_hours import NO_HOURS
from kapsite.content_files.problems import Problem
from kapsite.pages.check.rules.site_rules import problems_of
from kapsite.pages.language.uncited import uncited_claims
from kapsite.pages.load.site import read_site
from kapsite.pages.render.blocks.help_lines import ways_of
from tests.pages.real_content import TODAY

MARK = re.compile(r"\s?\[@[^\]]*\]")
FOLDER = settings.CONTENT_DIR
PAGES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.md"))
WITHOUT_CLAIM = {"privacy.md", "safety-plan.md"}  # cite the law, and a safety plan
CITING = [name for name in PAGES if MARK.search((FOLDER / name).read_text())]


def line_start(text: str, line: int) -> int:
    return sum(len(row) + 1 for row in text.split("\n")[: line - 1])


def mark_of(sentence, text: str) -> re.Match | None:
    """The only citation of ``sentence`` in ``text``; None when it has more than one."""
    found = MARK.search(text, line_start(text, sentence.line))
    return found if found and re.findall(r"[A-Z]+\d+", found[0]) == [*sentence.citations] else None


@pytest.mark.parametrize("name", CITING)
def test_a_claim_on_each_page_is_refused_at_its_line_without_its_citation(real, name):
    file = real.folder / name
    text = file.read_text()
    claims = [
        sentence
        for sentence in real.draft(file).rendered.sentences
        if sentence.citations and not sentence.is_label
        if real.site.data.claims.claim_in(sentence) and mark_of(sentence, text)
    ]
    if name in WITHOUT_CLAIM:
        assert claims == []
        return
    sentence = Random(name).choice(claims)  # noqa: S311
    mark = mark_of(sentence, text)
    _, problems = real.after(file, text[: mark.start()] + text[mark.end() :])
    messages = "makes a medical claim without a source", "may make a claim, and it has no source"
    refused = [p for p in problems if any(message in p.message for message in messages)]
    # A heading or first cell may have had no other source.
    labels = {each.line for each in real.draft(file).rendered.sentences if each.is_label}
    assert {problem.file for problem in refused} == {f"content/{name}"}
    lines = {problem.line for problem in refused}
    assert sentence.line in lines
    assert lines - labels <= {sentence.line}


def test_nearly_every_sentence_that_has_a_source_could_not_lose_it(real):
    """Nearly every one that doesn't instruct, define or say what isn't known. What cites crisis
    lines, prices or history only isn't counted, since no medical source could back it."""
    sources, rules = real.site.data.sources, real.site.data.claims
    medical = {key for key, source in sources.items() if source.kind not in rules.not_for_treatment}
    cited = missed = excused = 0
    for draft in real.site.drafts:
        sentences = draft.rendered.sentences
        bare = [s if s.is_label else replace(s, citations=()) for s in sentences]
        found = {id(finding.sentence) for finding in uncited_claims(bare, rules)}
        pairs = zip(sentences, bare, strict=True)
        with_source = [b for s, b in pairs if medical.intersection(s.citations)]
        cited += len(with_source)
        free = [s for s in with_source if id(s) not in found and not s.is_label]
        missed += sum(not rules.words_of(s.text).excused for s in free)
        excused += sum(bool(rules.words_of(s.text).excused) for s in free)
    assert cited > 400
    assert missed / cited < 0.02
    assert excused / cited < 0.2


FACTS = {
    "off-label", "only-spravato", "not-everyone", "fades", "therapy-not-proven",
    "common-effects", "serious-risks", "not-for-everyone", "no-driving", "crisis",
}  # fmt: skip


def test_the_ten_facts_are_asked_for(real):
    assert {fact.id for fact in real.site.data.facts} == FACTS


@pytest.mark.parametrize("fact_id", sorted(FACTS))
def test_a_fact_that_is_removed_is_named(real, fact_id):
    [fact] = [fact for fact in real.site.data.facts if fact.id == fact_id]
    [draft] = [draft for draft in real.site.drafts if draft.path == fact.page]
    file = real.folder / draft.file.removeprefix("content/")
    lines = file.read_text().split("\n")
    phrase = fact.must_contain[0]
    for sentence in draft.rendered.sentences:
        if phrase.lower() in sentence.text.lower():
            for line in range(sentence.line, sentence.line_at(len(sentence.text)) + 1):
                lines[line - 1] = "- Nothing." if lines[line - 1].startswith("- ") else ""
    _, problems = real.after(file, "\n".join(lines))
    named = [problem for problem in problems if fact.fact in problem.message]
    assert {problem.file for problem in named} == {draft.file}


def test_benefits_are_not_published_without_risks(real):
    risks = real.folder / "risks.md"
    text = risks.read_bytes()
    risks.unlink()
    try:
        problems = problems_of(read_site(real.folder), TODAY)
    finally:
        risks.write_bytes(text)
    assert any(
        problem.file == "content/benefits.md"
        and problem.message == "This page can't be published without /risks/."
        for problem in problems
    )


def real_files() -> list[str]:
    folder = settings.CONTENT_DIR
    return [str(f.relative_to(folder)) for f in sorted(folder.rglob("*")) if f.suffix in ENDINGS]


ENDINGS = {".md", ".yaml"}
CHARTS = [name for name in real_files() if name.startswith("charts/")]
UNKNOWN_YET = (NO_HOURS, "No one has tried ")  # what only the clinic can find out


def problems_after(real, file: Path) -> list[Problem]:
    """Those of the whole site, of which other pages are read again only if they depend on it."""
    if file.suffix == ".yaml":
        return problems_of(real.with_data(file), TODAY)
    if not real.draft(file).shows("glossary", "sources", "team"):
        return real.with_page(file)[1]
    return problems_of(read_site(real.folder), TODAY)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        *[(name, b"\xff") for name in real_files() if name not in CHARTS],
        *[(name, b"") for name in ("index.md", "risks.md", "claims.yaml")],
        *[(name, b"---\ntitle: [x\n") for name in ("risks.md", "claims.yaml")],
    ],
)
def test_a_file_that_cannot_be_read_is_the_only_one_with_a_problem(real, name, raw):
    file = real.folder / name
    before = file.read_bytes()
    file.write_bytes(raw)
    try:
        problems = problems_after(real, file)
    finally:
        file.write_bytes(before)
    found = [problem for problem in problems if not problem.message.startswith(UNKNOWN_YET)]
    assert {problem.file for problem in found} == {f"content/{name}"}
    assert len(found) < 3


def test_charts_that_cannot_be_read_are_the_only_files_with_a_problem(real, tmp_path):
    """All at once, as no chart depends on another."""
    content = shutil.copytree(real.folder, tmp_path / "content")
    for name in CHARTS:
        (content / name).write_bytes(b"\xff")
    problems = problems_of(read_site(content), TODAY)
    found = [problem for problem in problems if not problem.message.startswith(UNKNOWN_YET)]
    counts = Counter(problem.file for problem in found)
    assert counts.keys() == {f"content/{name}" for name in CHARTS}
    assert max(counts.values()) < 3


def test_nobody_is_named_as_a_reviewer_yet(real):
    assert [draft.file for draft in real.site.drafts if draft.meta.reviewed_by] == []


def test_every_page_has_a_day_for_its_next_review(real):
    assert [draft.file for draft in real.site.drafts if draft.meta.review_by is None] == []


def test_the_crisis_text_line_names_the_word_to_write():
    ways = [way for line in get_clinic().crisis_lines for way in ways_of(line)]
    assert ("text", "sms:741741", "Text HOME to 741741") in ways
