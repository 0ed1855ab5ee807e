"""What a clinic must still supply before its site is ready."""

import json
from collections import defaultdict
from datetime import date

import pytest
from django.core.management import call_command

from kapsite.pages.check.launch import ADVISED, REQUIRED, open_items
from kapsite.pages.check.sign_offs import entry_of, passages
from kapsite.pages.load.site import Site, read_site
from tests.pages.samples import (
    CLINIC,
    HOURS,
    SOURCES,
    TODAY,
    check_content,
    make_content,
    make_page,
)

READY = f"""\
{
    CLINIC.replace('"+14255550142"', '"+14256545433"').replace(
        '"1", text: I agree.', '"1", text: I agree., confirmed_by: Ada, confirmed_version: "1"'
    )
}{HOURS}
reply_promise: {{open_days: 1, by: noon}}
clinical_reviewer: Ada Byron, MD
"""
ALL_FACTS = """\
address: 1 Main Street, Kirkland
email: hello@example.org
routes: [IV drip]
prices: {One session: $100}
evaluation_covers: A talk by phone.
emergency_plan: A nurse stays in the room.
chaperone_policy: You can have someone with you.
legal_review: {by: Lee Example, on: 2026-11-20}
"""
HOME = make_page(title="Home")
PEOPLE = """\
- {name: Ada Byron, role: Medical director, kind: medical-lead, license: WA 1}
- {name: Bo Lind, role: Therapist, kind: therapist, license: WA 2}
"""


@pytest.fixture
def open_with(tmp_path):
    """The names of open items, and what to do about each, with ``clinic`` as the facts."""

    def check(
        clinic: str = READY, today: date = TODAY, index: str = HOME, **files: str
    ) -> dict[str, str]:
        content = make_content(tmp_path, index=index)
        (content / "clinic.yaml").write_text(clinic)
        for name, text in files.items():
            (content / f"{name}.yaml").write_text(text)
        return {each.item.name: each.what_to_do for each in open_items(read_site(content), today)}

    return check


def required(found: dict[str, str]) -> list[str]:
    return [item.name for item in REQUIRED if item.name in found]


def test_a_clinic_of_which_little_is_known_lacks_all_that_is_required(open_with):
    assert required(open_with(CLINIC, date(2027, 1, 1))) == [item.name for item in REQUIRED]


def test_nothing_that_is_required_is_open_once_it_is_given(open_with):
    assert required(open_with()) == []


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("+14256545433", "+14255550142", "Phone number"),
        (HOURS, "", "Opening hours"),
        ("reply_promise: {open_days: 1, by: noon}", "", "Reply promise"),
        ("clinical_reviewer: Ada Byron, MD", "", "Clinical reviewer"),
        ("confirmed_by: Ada, ", "", "Consent text"),
        ('confirmed_version: "1"', 'confirmed_version: "0"', "Consent text"),
    ],
)
def test_each_required_fact_is_missed(open_with, old, new, name):
    clinic = READY.replace(old, new)
    assert clinic != READY
    if name == "Opening hours":  # a promise without hours is an error of its own
        clinic = clinic.replace("reply_promise: {open_days: 1, by: noon}", "")
    assert name in required(open_with(clinic))


@pytest.mark.parametrize(("today", "is_open"), [("2026-12-22", False), ("2026-12-23", True)])
def test_a_crisis_line_is_tested_every_30_days(open_with, today, is_open):
    found = open_with(today=date.fromisoformat(today))
    assert ("Crisis lines tested within 30 days" in found) == is_open


def test_nothing_is_open_once_everything_is_given(open_with, tmp_path, monkeypatch):
    monkeypatch.setattr("kapsite.pages.check.launch.CODE", tmp_path)
    (tmp_path / "LICENSE").write_text("MIT")
    sources = SOURCES.replace("check: B", "check: A").replace("check: M", "check: A")
    home = make_page(title="Home", reviewed_by="Ada Byron, MD")
    given = {"index": home, "people": PEOPLE, "sources": sources}
    open_with(READY + ALL_FACTS, **given)
    signed = signed_by_all(read_site(tmp_path / "content"))
    assert open_with(READY + ALL_FACTS, **given, signoffs=signed) == {}


def signed_by_all(site: Site) -> str:
    texts = defaultdict(list)
    for passage in passages(site):
        texts[passage.file].append(passage.hash)
    entries = [entry_of(file, "Ada Byron, MD", TODAY, hashes) for file, hashes in texts.items()]
    return json.dumps(entries, indent=1)


def test_each_advised_item_is_missed(open_with, tmp_path, monkeypatch):
    monkeypatch.setattr("kapsite.pages.check.launch.CODE", tmp_path)
    assert open_with().keys() == {item.name for item in ADVISED}


def test_what_is_missing_is_named_with_its_page_or_person(open_with):
    people = PEOPLE.replace(", license: WA 2", "")
    found = open_with(people=people)
    assert "Bo Lind" in found["Therapists"]
    assert "Medical lead" not in found
    assert "S2, M1" in found["Sources opened"]
    assert found["Pages reviewed"].endswith(": /.")


def test_a_broken_file_is_no_fact(open_with):
    assert "Correct clinic.yaml first." in open_with("name: [")["Consent text"]


def test_the_command_lists_what_who_and_which_page_and_fails(tmp_path, settings, capsys):
    settings.CONTENT_DIR = make_content(tmp_path)
    with pytest.raises(SystemExit, match="1"):
        call_command("check_launch", no_color=True)
    out = capsys.readouterr().out
    assert "Required: " in out
    assert (
        "  Reply promise\n    Add `reply_promise:` to clinic.yaml.\n"
        "    From: the clinic's manager. Waits for it: the request form and its answer.\n"
    ) in out
    assert out.endswith("Not ready to launch.\n")


def test_only_a_fact_that_is_given_can_expire(tmp_path):
    content = make_content(tmp_path)
    (content / "clinic.yaml").write_text(CLINIC + HOURS + "expires: {hour: 2027-01-01}\n")
    [problem] = check_content(content)
    assert problem.message == "hour: This isn't a fact in this file, so it can't expire."
    assert problem.fix == 'Did you mean "hours"?'


@pytest.mark.parametrize("text", ["", "# nobody yet\n\n  # - name: Ada\n"])
def test_a_file_of_people_may_name_nobody(tmp_path, text):
    content = make_content(tmp_path)
    (content / "people.yaml").write_text(text)
    assert check_content(content) == []
    assert read_site(content).data.people == ()


def test_a_mistake_in_the_file_of_people_is_named_with_its_line(tmp_path):
    content = make_content(tmp_path)
    (content / "people.yaml").write_text("- name: Ada\n  role: Nurse\n  licence: WA 1\n")
    [problem] = check_content(content)
    assert str(problem) == (
        'content/people.yaml:3: "licence" isn\'t a known key. Fix: Did you mean "license"?'
    )
