"""Facts are written once, in clinic.yaml; texts name them."""

import pytest

from kapsite.clinic.facts import Clinic
from kapsite.clinic.placeholders import Placeholders
from kapsite.content_files.problems import Report

FACTS = {
    "name": "Test Clinic",
    "phone": "+14255550142",
    "email": "hello@example.org",
    "address": "1 Main Street, Seattle",
    "contact_by": ["call"],
    "hours": {"monday": "9 am to 5 pm"},
    "consent": {"version": "1", "text": "I agree."},
    "crisis_lines": [{"name": "A", "for": "any", "call": "988", "checked_on": "2026-11-22"}],
}


@pytest.fixture
def report():
    return Report("content/page.md")


def placeholders(report, **changes):
    facts = {key: value for key, value in (FACTS | changes).items() if value is not None}
    return Placeholders(Clinic.model_validate(facts), report)


def test_each_placeholder_becomes_its_fact(report):
    text = "{clinic}, {address}: {phone}, {email}. {hours}"
    assert placeholders(report).in_plain_text(text, 1) == (
        "Test Clinic, 1 Main Street, Seattle: (425) 555-0142, hello@example.org. "
        "Monday 9 am to 5 pm"
    )
    assert report.problems == []


def test_in_the_body_of_a_page_number_and_email_are_links(report):
    filled = placeholders(report).in_markdown("Call {phone} or write to {email}.", 1)
    assert filled == (
        "Call [(425) 555-0142](tel:+14255550142) or write to "
        "[hello@example.org](mailto:hello@example.org)."
    )


def test_other_braces_stay_as_they_are(report):
    text = "## Known {#known}\n### 1970 {core}\n{Phone} {phone number}"
    assert placeholders(report).in_markdown(text, 1) == text
    assert report.problems == []


@pytest.mark.parametrize(
    "typed",
    [
        "(425) 555-0142",
        "425-555-0142",
        "425.555.0142",
        "4255550142",
        "+1 425 555 0142",
        "1-425-555-0142",
        "[our number](tel:+14255550142)",
    ],
)
def test_the_phone_number_typed_by_hand_is_a_problem_however_it_is_written(report, typed):
    placeholders(report).in_markdown(f"Come in.\nCall {typed}, please.", 7)
    [problem] = report.problems
    assert (problem.line, problem.message) == (8, '"(425) 555-0142" is typed by hand.')
    assert problem.fix == "Write {phone}: it follows clinic.yaml."


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Welcome to test clinic.", "clinic"),
        ("Write to Hello@example.org.", "email"),
        ("We are at 1 Main Street, Seattle.", "address"),
        ("Open Monday 9 am to 5 pm", "hours"),
    ],
)
def test_any_other_fact_typed_by_hand_is_a_problem(report, typed, name):
    placeholders(report).in_plain_text(typed, 3)
    [problem] = report.problems
    assert (problem.line, problem.fix) == (3, f"Write {{{name}}}: it follows clinic.yaml.")


@pytest.mark.parametrize("typed", ["Call 988.", "Text 741741", "(425) 555-0143", "2026-11-22"])
def test_other_numbers_are_none_of_its_business(report, typed):
    placeholders(report).in_markdown(typed, 1)
    assert report.problems == []


@pytest.mark.parametrize("name", ["email", "address", "hours"])
def test_a_fact_that_is_not_known_says_so_and_what_to_add(report, name):
    filled = placeholders(report, **{name: None}).in_markdown(f"See\n{{{name}}}", 4)
    assert filled == f"See\n{{{name}}}"
    [problem] = report.problems
    assert problem.line == 5
    assert problem.fix == f"Add `{name}:` to clinic.yaml, or remove {{{name}}}."
