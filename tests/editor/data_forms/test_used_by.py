"""A source leads back to everything that cites it, and a chart to the pages that show it."""

import pytest

from tests.editor.data_forms.test_data_views import CLINIC, LIST, SOURCES, save
from tests.editor.data_forms.test_known_sources import NEW, ONE
from tests.pages.samples import make_page

pytestmark = pytest.mark.usefixtures("chart")
S1, S2 = (f"{SOURCES}?part={name}" for name in ("S1", "S2"))
RISKS = f"{LIST}page/risks.md/"


@pytest.fixture
def used(pat):
    return lambda url: [(use.title, use.href, use.is_draft) for use in pat.get(url).context["uses"]]


def test_a_source_leads_to_the_charts_and_data_that_cite_it(pat, used):
    save(pat, NEW, title="A draft", sources=["S1"])
    assert ("Some were better", ONE, False) in used(S1)
    assert ("A draft", NEW.partition("?")[0], True) in used(S1)
    assert ("Approval status", f"{LIST}data/medicines.yaml/", False) in used(S1)
    assert ("Some were better", ONE, False) not in used(S2)
    shown = pat.get(S1).content.decode()
    assert f'<a href="{ONE}">Some were better</a>' in shown


def test_a_source_leads_to_the_part_of_the_facts_that_names_it(pat, used):
    save(pat, f"{CLINIC}?part=crisis-lines", **{"crisis_lines-0-source": "S2"})
    found = ("Facts about the clinic: Crisis lines", f"{CLINIC}?part=crisis-lines", True)
    assert found in used(S2)


@pytest.mark.parametrize("text", ["Text [@S2; @S1].", '::: evidence kap="early" sources="S2 S1"\n'])
def test_a_source_leads_to_the_draft_of_a_page(used, write, text):
    write("risks.md", make_page(text, title="Risks"))
    assert ("Risks", RISKS, True) in used(S1)


def test_a_draft_that_no_longer_cites_a_source_is_not_named(used, write):
    write("risks.md", make_page("Text [@S2].", title="Risks"))
    assert "Risks" not in [title for title, *_ in used(S1)]


def test_a_chart_leads_to_the_draft_of_a_page(used, write):
    assert used(ONE) == []
    write("risks.md", make_page('::: chart id="one"\n:::', title="Risks"))
    assert used(ONE) == [("Risks", RISKS, True)]


def test_a_draft_is_called_by_what_differs_in_it(pat):
    save(pat, S1, title="Other")
    save(pat, f"{CLINIC}?part=name-and-contact", name="Other Clinic")
    save(pat, ONE, title="Others were better")
    assert "There is a draft of S1 in Sources to cite." in pat.get(S2).content.decode()
    shown = pat.get(f"{CLINIC}?part=notices").content.decode()
    assert "There is a draft of Name and contact in Facts about the clinic." in shown
    assert "Discard the draft of this chart" in pat.get(ONE).content.decode()


def test_a_new_chart_is_called_new_and_then_by_its_title(pat):
    shown = pat.get(NEW).content.decode()
    assert "<h1>New chart</h1>" in shown
    assert "Short name: two" in shown
    assert "<h1>Some were better</h1>" in pat.get(ONE).content.decode()
