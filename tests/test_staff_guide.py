"""docs/staff.md says what the desk says."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from kapsite.inquiries.desk.inbox.tabs import TABS, Urgency
from kapsite.inquiries.desk.steps.registry import STEPS

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "staff.md").read_text(encoding="utf-8")
WORDS = {
    "All requests of this person",
    "90% within",
    "Appointments",
    "Assign",
    "Book anyway",
    "Calendar file",
    "Follow up",
    "Move appointment",
    "Other time",
    "Asked us to delete this request",
    "Call",
    "Due",
    "Filter",
    "Find earlier requests",
    "Hide messages until I ask for them",
    "Log a call",
    "Last step",
    "Mark as spam",
    "Median",
    "More",
    "Merge selected requests",
    "Next",
    "Phone caller",
    "Previous",
    "Previously",
    "Print",
    "Save request",
    "Schedule",
    "Show message",
    "Text",
    "Sign in with a passkey",
    "Undo",
}


def test_every_picture_is_there_and_every_one_is_shown():
    named = set(re.findall(r"!\[[^\]]+\]\((staff/[\w-]+\.png)\)", GUIDE))
    assert named == {f"staff/{picture.name}" for picture in (DOCS / "staff").glob("*.png")}


@pytest.mark.parametrize("word", sorted(set(re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", GUIDE))))
def test_what_the_guide_names_is_on_the_desk(word):
    steps = {step.label for step in STEPS}
    known = steps | {tab.label for tab in TABS.values()} | WORDS
    assert word in known


def test_the_groups_of_the_inbox_are_explained():
    explained = re.findall(r"^\| ([A-Z][a-z ]+) \|", GUIDE, re.M)
    assert explained[1:] == [each.label for each in Urgency if each < Urgency.WAITING]


def test_the_numbers_are_those_of_the_settings():
    assert f"deleted after {settings.RETENTION_DAYS['spam']} days" in GUIDE
    assert f"After {settings.SESSION_IDLE_SECONDS // 60} minutes" in GUIDE
    assert f"After {settings.SESSION_COOKIE_AGE // 3600} hours" in GUIDE


def test_what_to_do_for_a_caller_in_danger_comes_first_and_needs_no_consent():
    section = GUIDE.split("## Someone is on the phone\n")[1].split("\n## ")[0]
    first = section.split("*Find earlier requests*")[0]
    steps = ("no consent", "Stay on the line", "988 together", "colleague over", "911 from another")
    assert [words for words in steps if words not in first] == []
