import json
import re

import pytest
from django.conf import settings

from kapsite.clinic.facts import clinic_file
from kapsite.content_files.problems import Report
from kapsite.pages.publish.document.linked_data import clinic_node, linked_data
from kapsite.pages.publish.document.page_html import render_page
from tests.html import Page
from tests.pages.samples import CLINIC, TODAY, load_catalog, make_content, make_page

SITE = "https://kap.example.org"


@pytest.fixture
def text_of(tmp_path):
    """The JSON of a sample site's page, as it stands in the HTML."""

    def make(body="Text [@S1; @S2].", path="/page/", **front_matter):
        content = make_content(tmp_path, page=make_page(body, **front_matter))
        catalog = load_catalog(content)
        clinic = clinic_file.load(content / "clinic.yaml", Report("clinic.yaml"))
        return linked_data(catalog.pages[path], catalog, clinic, SITE)

    return make


@pytest.fixture
def nodes_of(text_of):
    """The same, by type."""

    def make(*args, **more):
        graph = json.loads(text_of(*args, **more))["@graph"]
        return {str(node["@type"]): node for node in graph}

    return make


def test_a_page_that_cites_sources_is_a_medical_page_with_its_citations(nodes_of):
    page = nodes_of()["MedicalWebPage"]
    assert page["url"] == f"{SITE}/page/"
    assert page["citation"] == ["First trial", "https://doi.org/10.1000/xyz"]


def test_a_page_without_sources_is_no_medical_page(nodes_of):
    page = nodes_of("We set no cookies.")["WebPage"]
    assert "citation" not in page


def test_a_page_says_when_it_changed_and_was_checked(nodes_of):
    keys = {"reviewed_on": "2026-11-20", "review_by": "2027-05-20"}
    keys["changes"] = "[{on: 2026-11-22, note: New.}]"
    page = nodes_of(**keys, reviewed_by="Ada Byron, MD")["MedicalWebPage"]
    assert (page["dateModified"], page["lastReviewed"]) == ("2026-11-22", "2026-11-20")
    assert "lastReviewed" not in nodes_of(**keys)["MedicalWebPage"]


def test_nobody_is_named_as_reviewer_unless_the_page_names_them(nodes_of):
    dates = {"reviewed_on": "2026-11-20", "review_by": "2027-05-20"}
    assert "reviewedBy" not in nodes_of(**dates)["MedicalWebPage"]
    named = nodes_of(**dates, reviewed_by="Ada Byron, MD")["MedicalWebPage"]
    assert named["reviewedBy"] == {"@type": "Person", "name": "Ada Byron, MD"}


def test_the_clinic_is_told_with_known_facts_only(nodes_of):
    assert nodes_of()["MedicalClinic"] == {
        "@type": "MedicalClinic",
        "@id": f"{SITE}/#clinic",
        "name": "Test Clinic",
        "url": f"{SITE}/",
        "telephone": "+14255550142",
        "openingHours": ["Mo 09:00-17:00"],
    }


def test_the_clinic_publishes_the_page(nodes_of):
    nodes = nodes_of()
    assert nodes["MedicalWebPage"]["publisher"] == {"@id": nodes["MedicalClinic"]["@id"]}


def test_crumbs_lead_from_home_to_the_page(nodes_of):
    steps = nodes_of(menu="Short name")["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (1, "Home", f"{SITE}/"),
        (2, "Short name", f"{SITE}/page/"),
    ]


def test_crumbs_go_through_the_page_that_a_page_belongs_to(tmp_path):
    pages = {"benefits": make_page(title="Benefits"), "benefits/pain": make_page(title="Pain")}
    catalog = load_catalog(make_content(tmp_path, **pages))
    text = linked_data(catalog.pages["/benefits/pain/"], catalog, None, SITE)
    [crumbs] = [node for node in json.loads(text)["@graph"] if node["@type"] == "BreadcrumbList"]
    steps = [(step["position"], step["name"]) for step in crumbs["itemListElement"]]
    assert steps == [(1, "Home"), (2, "Benefits"), (3, "Pain")]


def test_a_page_links_back_to_the_one_it_belongs_to_and_the_menu_marks_that_one(tmp_path):
    pages = {
        "benefits": make_page(title="Benefits", menu_in="header"),
        "benefits/pain": make_page(title="Pain"),
    }
    catalog = load_catalog(make_content(tmp_path, **pages))
    page = Page(render_page(catalog, catalog.pages["/benefits/pain/"], TODAY))
    marked = [link for link in page.all("a") if link["href"] == "/benefits/"]
    assert [link["aria-current"] for link in marked] == ["true", None]


def test_home_has_no_crumbs(nodes_of):
    assert "BreadcrumbList" not in nodes_of(path="/")


def test_questions_and_answers_are_told_in_words_without_marks(nodes_of):
    body = "::: questions\n### Is it *safe*?\nIt has **risks** & [limits](/) [@S1].\n\n- One\n:::"
    page = nodes_of(body)["['MedicalWebPage', 'FAQPage']"]
    assert page["mainEntity"] == [
        {
            "@type": "Question",
            "name": "Is it safe?",
            "acceptedAnswer": {"@type": "Answer", "text": "It has risks & limits. One"},
        }
    ]


def test_a_page_without_questions_is_no_list_of_them(nodes_of):
    assert "mainEntity" not in nodes_of()["MedicalWebPage"]


def test_nothing_in_the_words_can_end_the_script_element(text_of):
    text = text_of("::: questions\n### Is 1 < 2 & 3 > 2?\nYes, 1 < 2.\n:::")
    assert not re.search("[<>&]", text)
    assert json.loads(text)["@graph"][1]["mainEntity"][0]["name"] == "Is 1 < 2 & 3 > 2?"


@pytest.fixture(scope="module")
def real_pages():
    catalog = load_catalog(settings.CONTENT_DIR)
    return {page.path: Page(render_page(catalog, page, TODAY)) for page in catalog.pages.values()}


def data_of(page):
    [script] = [each for each in page.all("script") if each["type"] == "application/ld+json"]
    return script


def test_every_page_carries_its_data_last_so_that_no_reader_waits_for_it(real_pages):
    for path, page in real_pages.items():
        script = data_of(page)
        graph = json.loads("".join(script.text))["@graph"]
        assert graph[1]["url"] == f"{settings.SITE_URL}{path}"
        later = page.elements[page.elements.index(script) :]
        assert not [each for each in later if "main" in each.inside and each is not script]


def test_only_the_page_of_questions_is_a_list_of_questions(real_pages):
    texts = {path: "".join(data_of(page).text) for path, page in real_pages.items()}
    assert [path for path, text in texts.items() if "FAQPage" in text] == ["/questions/"]


def test_cards_in_messages_say_what_the_page_is(real_pages):
    for path, page in real_pages.items():
        metas = {meta["property"]: meta["content"] for meta in page.all("meta") if meta["property"]}
        described = [m["content"] for m in page.all("meta") if m["name"] == "description"]
        [canonical] = [link["href"] for link in page.all("link") if link["rel"] == "canonical"]
        assert metas["og:url"] == canonical == f"{settings.SITE_URL}{path}"
        assert metas["og:title"] == page.all("h1")[0].words
        assert [metas["og:description"]] == described
        assert metas["og:image"] == f"{settings.SITE_URL}/social-card.png"


def test_opening_hours_are_said_day_by_day_with_their_breaks(tmp_path):
    content = make_content(tmp_path)
    hours = "hours: {friday: 9 am to noon, monday: [9 am to noon, 1 pm to 5 pm]}\n"
    (content / "clinic.yaml").write_text(CLINIC + hours)
    clinic = clinic_file.load(content / "clinic.yaml", Report("clinic.yaml"))
    assert clinic_node(clinic, SITE)["openingHours"] == [
        "Mo 09:00-12:00",
        "Mo 13:00-17:00",
        "Fr 09:00-12:00",
    ]
