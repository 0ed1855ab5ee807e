"""What stands beside the text while it is written."""

import pytest

from tests.editor.data_forms.posting import posted
from tests.editor.test_views import BROKEN, PAGE
from tests.pages.samples import make_page

CLAIM = make_page("It helps people.\n\nIt helps people a lot [@S1; @S2].", title="Home")


@pytest.fixture
def beside(pat):
    return lambda text: pat.post(f"{PAGE}live/", {"text": text, "began_with": 1}).json()


def test_problems_lead_to_their_lines_and_the_page_is_shown(beside):
    found = beside(BROKEN)
    assert 'data-line="5"' in found["beside"]
    assert "/nowhere/" in found["beside"]
    assert "<h1>Home</h1>" in found["page"]


def test_errors_in_the_front_matter_have_their_fields(pat):
    form, meta = (pat.get(PAGE).context[name] for name in ("form", "written"))
    typed = {name: form[name].value() for name in form.fields} | posted(meta.meta)
    wrong, right = (
        pat.post(f"{PAGE}live/", typed | {"meta-title": title}).json()["errors"]
        for title in ("x", "Home")
    )
    assert wrong == {"id_meta-title": "This has 1 character. Write at least 3."}
    assert right == {}


def test_claims_without_a_source_and_hard_sentences_lead_to_their_lines(beside):
    found = beside(CLAIM)["beside"]
    assert "<strong>1</strong> claim without a source" in found
    assert '<a href="#id_text" data-line="7">Line 7</a> (grade' in found
    assert "Reads at grade" in found


@pytest.mark.parametrize("text", ["", "---\ntitle: [\n---\n", "x" * 500_001])
def test_a_text_that_can_be_no_page_is_explained_and_keeps_the_last_preview(beside, text):
    found = beside(text)
    assert "What to fix" in found["beside"]
    assert found["page"] == ""
    assert found["unshown"]
