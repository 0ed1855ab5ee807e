"""What templates say to patients passes the same word lists as the pages.

They cite nothing, so a sentence that needs a source fails here.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.content_files.validation import load
from kapsite.pages.language.claims import ClaimRules
from kapsite.pages.language.sentences import Sentence

FOLDER = settings.BASE_DIR / "templates"
FILES = sorted(
    file
    for place in ("*.html", "includes/*.html", "pages/*.html", "inquiries/*.html")
    for file in FOLDER.glob(place)
)
SPOKEN = re.compile(r'(?:content|alt|title|aria-label|placeholder|why)="([^"]*)"')
CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|<!--.*?-->", re.DOTALL)
INSIDE = re.compile(r"</?(?:a|b|strong|em|i|span|abbr|time|kbd)\b[^>]*>|\{\{.*?\}\}")
TAG = re.compile(r"<[^>]*>")
END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")


# Read by a person, who found that they claim nothing about a treatment.
NO_CLAIMS = {
    "This is a preview.",
    "This is a draft.",
    "It was meant for the time until .",
    "We couldn’t save it just now.",
    "Or press Shift three times.",
    "Want to talk it through?",
    "They can suggest someone who works with young people.",
    "They can suggest someone who works with people your age.",
    "A counselor or nurse can often help quickly.",
    "988 is for people of any age.",
    "Risks, and who should not have ketamine",
    "We keep the answers on this page, to contact you about your request and for nothing else.",
}


def sentences_in(template: str) -> list[str]:
    spoken = [CODE.sub("", text) for text in SPOKEN.findall(template)]
    text = TAG.sub("\n\n", INSIDE.sub("", CODE.sub("", template)))
    found = [part for passage in (*spoken, text) for part in END.split(passage)]
    return [" ".join(part.split()) for part in found if re.search(r"\w \w", " ".join(part.split()))]


@pytest.fixture(scope="module")
def rules() -> ClaimRules:
    return load(settings.CONTENT_DIR / "claims.yaml", ClaimRules, Report("content/claims.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_templates_make_no_claims(rules, file: Path):
    found = [(text, rules.claim_in(Sentence(text, 1))) for text in sentences_in(file.read_text())]
    assert [(text, str(claim)) for text, claim in found if claim and text not in NO_CLAIMS] == []


def test_a_claim_in_a_template_is_found(rules):
    [text] = sentences_in("<p>{% if a %}This treatment{% endif %} <b>ends</b>\n panic.</p>")
    assert rules.claim_in(Sentence(text, 1)).strength == "statement"


IN_FULL = re.compile(
    r"[^.<>{}]*\b(?:(?:do|does|did|is|are|was|were|has|have|will|could|would|should) not\b(?! None)"
    r"|cannot|it is(?!,)|we are|you are)\b[^.<>{}]*",
    re.IGNORECASE,
)
STRESSED = (  # "not" must be heard: in a warning, and when nothing was sent
    "This form is not for emergencies",
    "who should not have ketamine",
    "Your request was not sent",
    "Your request is not sent yet",
    "it has not reached us yet",
    "Who we are",
)


def test_patients_are_spoken_to_with_contractions_except_in_warnings():
    files = [*FILES, FOLDER / "inquiries/acknowledgement.txt"]
    texts = (re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8")) for file in files)
    found = {words.strip() for text in texts for words in IN_FULL.findall(text)}
    assert {words for words in found if not any(each in words for each in STRESSED)} == set()
