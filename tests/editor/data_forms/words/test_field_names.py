"""Editors of forms read no keys or names of files: a problem leads to its field by its label."""

import re
from functools import cache

import pytest

from kapsite.content_files.problems import Problem
from kapsite.editor.data_forms.words.field_names import FieldNames
from tests.editor.data_forms.posting import posted
from tests.editor.data_forms.test_data_views import (
    CLINIC,
    CONTACT,
    GLOSSARY,
    LIST,
    S1,
    fields,
    save,
)  # fmt: skip
from tests.editor.test_views import PAGE

HOURS, NOTICES, LINES, ENDS = (
    f"{CLINIC}?part={part}"
    for part in ("hours-and-closed-days", "notices", "crisis-lines", "launch-and-reminders")
)
PEOPLE, ONE = f"{LIST}data/people.yaml/", f"{LIST}data/charts/one.yaml/"
BODY = """\
It helps people. It came up [@S120], said [S1].

[One](/nowhere/ Two.

# Big

It was 77 in 100 [@S1]. See [@M1]. Call {email}.

::: team
:::"""
MISTAKES = {
    "a missing name": (CONTACT, {"name": ""}),
    "no email address": (CONTACT, {"contact_by": ["call", "email"]}),
    "no hours": (HOURS, {"hours-monday": "", "reply_promise-open_days": "0"}),
    "hours in words": (HOURS, {"hours-monday": "closed"}),
    "a day twice": (HOURS, {"holidays": ["2026-12-25", "2026-12-25", "Christmas"]}),
    "a notice without days": (NOTICES, {"notices-0-text": "*Hi*", "notices-0-from": "soon"}),
    "a line nobody can call": (LINES, {f"crisis_lines-0-{key}": "" for key in ("call", "text")}),
    "a line nobody tried": (LINES, {"crisis_lines-0-checked_on": "", "crisis_lines-0-call": "no"}),
    "a fact that isn't there": (ENDS, {"expires-0-key": "prices", "expires-0-value": "2027-01-01"}),
    "a source": (S1, {"title": "", "year": "3000", "kind": "", "doi": "x", "shows": "TODO"}),
    "a word": (f"{GLOSSARY}?part=Nausea", {"meaning": "Call {email}.", "also": "dummy pill"}),
    "a person": (PEOPLE, {"0-name": "Ada", "0-kind": "x", "0-expires": "2020-01-01"}),
    "a group": (ONE, {"people": "", "no_comparison": "", "sources": "S9\nM1"}),
    "a figure": (ONE, {"groups-0-value": "46", "groups-0-range": "50", "sources": "", "badge": ""}),
    "a value out of its range": (ONE, {"groups-0-value": "46", "groups-0-range": "50\n60"}),
    "a body": (PAGE, {"text": BODY}),
    "a lead": (PAGE, {"meta-lead": "It helps people."}),
    "a title": (PAGE, {"meta-title": "", "meta-description": "x", "meta-menu_in": "x"}),
    "a review": (PAGE, {"meta-reviewed_by": "Ada", "meta-expires_on": "2020-01-01"}),
    "a change": (PAGE, {"meta-changes-0-on": "soon", "meta-reading-limit": "x"}),
    "an exemption": (PAGE, {"meta-uncited-0-text": "None", "meta-uncited-0-reason": "x"}),
    "a page that is hard": (PAGE, {"text": f"{'Comprehensive evaluation ' * 20}begins [@S1]."}),
}


@pytest.fixture
def pat(pat, content, chart):
    (content / "people.yaml").write_text("# Nobody yet.\n")
    return pat


def opened(client, url):
    """What the browser would send of a form."""
    if url != PAGE:
        return fields(client, url)
    form, meta = (client.get(url).context[name] for name in ("form", "written"))
    return {name: form[name].value() for name in form.fields} | posted(meta.meta) | {"check": "1"}


def to_fix(client, url, typed) -> str:
    shown = client.post(url, opened(client, url) | typed, follow=True).content.decode()
    card = shown.partition('id="problems"')[2].partition("</section>")[0]
    assert "<li>" in card
    return card


@pytest.mark.sqlite  # about words; tests/editor/test_views.py stores drafts on both
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_problem_names_no_key_and_no_file_and_leads_to_fields_that_are_there(pat, mistake):
    url, typed = MISTAKES[mistake]
    shown = to_fix(pat, url, typed)
    words = re.sub(r"<[^>]*>", "", shown)
    assert re.findall(r"`|\w+\.(?:yaml|md)\b|\b[a-z]+_\w+|front matter|\[@|:::|\]\(", words) == []
    there = cache(lambda page: pat.get((page or url).replace("&amp;", "&")).content.decode())
    for page, name in re.findall(r'href="([^"#]*)#([^"]*)"', shown):
        assert f'id="{name}"' in there(page)


def test_a_key_of_another_file_leads_to_its_form():
    fix = "Add `hours:` to clinic.yaml, like `monday: 9 am to 5 pm`."
    assert FieldNames("risks.md", {}).named(fix) == (
        f'Add <a href="{HOURS}#id_hours">Opening hours</a> to '
        f'<a href="{CLINIC}">Facts about the clinic</a>, '
        f'like <a href="{HOURS}#id_hours-monday">Monday: 9 am to 5 pm</a>.'
    )


def test_what_someone_typed_stays_text():
    problem = Problem("content/risks.md", 9, '"<b>" isn\'t a date in `nothing`.', "Fix & save.")
    assert FieldNames("risks.md", {}).at_field(problem) == (
        "&quot;&lt;b&gt;&quot; isn&#x27;t a date in `nothing`. Fix &amp; save."
    )


def test_who_sees_the_keys_reads_them():
    problem = Problem("content/risks.md", 2, '"title" is missing.', "Add a line `title: …`.")
    names = FieldNames("risks.md", {}, here="risks.md", as_text=True)
    assert names.fix(problem) == "Add a line `title: …`."


def test_a_lead_has_no_button_to_cite_with_so_its_claim_goes_into_the_text(pat):
    shown = to_fix(pat, PAGE, {"meta-lead": "It helps people."})
    assert "Say it in the text below, where “Cite a source” puts in its source" in shown
    assert "Put the cursor before" not in shown.partition("It helps people")[0]


def test_a_choice_is_spelled_as_its_name_is(pat):
    shown = pat.get(ONE).content.decode()
    assert '<option value="kap">KAP</option>' in shown
    assert '<option value="esketamine">Esketamine (Spravato)</option>' in shown
    save(pat, ONE, about="kap")
    assert "<ins>KAP</ins>" in pat.get(f"{LIST}page/charts/one.yaml/publish/").content.decode()
