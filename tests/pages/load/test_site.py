"""Reading the content folder."""

from kapsite.content_files.problems import errors_among
from kapsite.pages.load.site import read_site
from tests.pages.samples import make_content, make_page


def test_pages_and_data_name_the_facts_of_the_clinic(tmp_path):
    page = make_page("Call {phone}.", title="About {clinic}")

    content = make_content(tmp_path, page=page)
    (content / "glossary.yaml").write_text('Clinic: {meaning: "Here {clinic}."}\n')
    site = read_site(content)
    assert errors_among(site.problems) == []
    [draft] = [draft for draft in site.drafts if draft.path == "/page/"]
    assert '<a href="tel:+14255550142">(425) 555-0142</a>' in draft.rendered.html
    assert draft.meta.title == "About Test Clinic"
    assert site.data.glossary["Clinic"].meaning == "Here Test Clinic."


def test_a_fact_typed_by_hand_is_named_with_its_line(tmp_path):
    content = make_content(tmp_path, page=make_page("Call us.\nThat is (425) 555-0142."))
    [problem] = read_site(content).problems
    text = (content / "page.md").read_text().split("\n")
    assert "555-0142" in text[problem.line - 1]
    assert problem.fix == "Write {phone}: it follows clinic.yaml."


def test_rules_for_claims_that_did_not_change_remember_what_they_found(tmp_path):
    content = make_content(tmp_path)
    rules = read_site(content).data.claims
    assert read_site(content).data.claims is rules
    (content / "claims.yaml").write_text("claims: [{about: approval, words: [FDA]}]\n")
    assert read_site(content).data.claims != rules
