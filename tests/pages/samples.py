"""A small content folder without problems, to be broken in one place by each test."""

from datetime import date
from pathlib import Path

from kapsite.content_files.problems import Problem, errors_among
from kapsite.pages.check.rules.site_rules import problems_of
from kapsite.pages.load.site import read_site
from kapsite.pages.publish.document.catalog import Catalog, make_catalog

TODAY = date(2026, 11, 22)

DESCRIPTION = "A plain page about one thing, written for people who want to know."
CLINIC = """\
name: Test Clinic
phone: "+14255550142"
contact_by: [call]
consent: {version: "1", text: I agree.}
crisis_lines:
  - name: Lifeline
    for: Any crisis
    call: "988"
    text: "988"
    checked_on: 2026-11-22
    source: C1
"""
HOURS = "hours: {monday: 9 am to 5 pm}\n"
SOURCES = """\
S1: {title: First trial, kind: trial, check: A, shows: It helped seven people., year: 2000,
  details: "9 in 100 of 60 people and 30 in 100 of 62. Also 10, 11, 27, 45, 59 and 99 in 100."}
S2: {title: Second trial, kind: trial, check: B, shows: It did not., doi: 10.1000/xyz}
M1: {title: A memory, kind: trial, check: M, shows: Nobody knows.}
C1: {title: Lifeline, kind: crisis, check: A, shows: How to call., url: "https://example.org/"}
"""
MEDICINES = """\
ketamine: {name: Ketamine, status: off-label, words: Approved as an anesthetic., sources: [S1]}
esketamine: {name: Spravato, status: approved, words: Approved for adults., sources: [S1, S2]}
kap: {name: KAP, status: not-approved, words: A way of giving care., sources: [S2]}
"""
GLOSSARY = """\
Placebo: {meaning: Something without a drug in it., also: [dummy pill]}
"""
CLAIMS = """\
claims:
  - {about: how many, words: ["# in #"], always: true, in_glossary: false}
  - {about: approval, words: [FDA, approv*], always: true}
  - {about: an effect, words: [help* people]}
acts:
  request: {openings: [ask], excuses: mention}
  question: {openings: [which], ends: "?", excuses: mention}
set_aside: [our approval plan]
"""
WORDING = """\
- {avoid: [miracle, game-changer], say: may help some people, why: It is a promise.}
- {avoid: FDA-approved KAP, say: KAP, why: It is not approved., unless: [not, no]}
"""
MUST_SAY = "[]\n"
FILES = {
    "clinic.yaml": CLINIC + HOURS,
    "sources.yaml": SOURCES,
    "medicines.yaml": MEDICINES,
    "glossary.yaml": GLOSSARY,
    "claims.yaml": CLAIMS,
    "wording.yaml": WORDING,
    "must_say.yaml": MUST_SAY,
}


def make_page(body: str = "Text with its sources [@S1; @S2].", **front_matter: str) -> str:
    """A page whose body begins on line 5 (a line later for each further key)."""
    keys = {"title": "A page", "description": DESCRIPTION} | front_matter
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in keys.items()) + "---\n" + body


def make_content(folder: Path, **pages: str) -> Path:
    """A content folder with a home page and ``pages`` by file name without its ending."""
    content = folder / "content"
    content.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (content / name).write_text(text, encoding="utf-8")
    for name, text in ({"index": make_page(title="Home")} | pages).items():
        file = content / f"{name}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return content


def check_content(folder: Path, today: date = TODAY) -> list[Problem]:
    """Every problem in the content of ``folder``."""
    return problems_of(read_site(folder), today)


def load_catalog(folder: Path) -> Catalog:
    """The pages of ``folder``, which must have no errors."""
    site = read_site(folder)
    assert errors_among(problems_of(site, TODAY)) == []
    return make_catalog(site)
