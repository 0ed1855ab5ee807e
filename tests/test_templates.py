"""What holds for every page that a reader can meet, whatever its content."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake.forms import AllQuestions, InquiryForm
from kapsite.pages.publish.document.page_html import render_page
from tests.html import Page
from tests.pages.samples import load_catalog

ERRORS = ["400", "403", "404", "500", "503"]
TODAY = date(2026, 11, 22)


@cache
def catalog():
    return load_catalog(settings.CONTENT_DIR)


@cache
def page_of(name: str) -> Page:
    """An error page without any context, the form empty or with errors, or a content page."""
    if name in ERRORS:
        return Page(render_to_string(f"{name}.html"))
    if name.startswith("form"):
        form = InquiryForm(get_clinic(), {} if name == "form with errors" else None)
        request = RequestFactory().get("/request-evaluation/")
        return Page(render_to_string("inquiries/new.html", {"form": form}, request))
    return Page(render_page(catalog(), catalog().pages[name], TODAY))


# From the names of the files: the content itself takes long to read, for every collection.
FOLDER = settings.CONTENT_DIR
FILES = {f"/{str(f.relative_to(FOLDER))[:-3]}/": f for f in sorted(FOLDER.rglob("*.md"))}
FILES["/"] = FILES.pop("/index/")
GUIDE = [path for path, file in FILES.items() if "\nguide:" in file.read_text(encoding="utf-8")]
every_page = pytest.mark.parametrize("name", [*FILES, "form", "form with errors", *ERRORS])
every_guide_page = pytest.mark.parametrize("name", GUIDE)


def test_every_page_of_the_site_is_among_these():
    assert catalog().pages.keys() == FILES.keys()
    assert {page.path for page in catalog().guide} == set(GUIDE)


@every_page
def test_a_page_has_one_title_and_one_h1(name):
    page = page_of(name)
    assert len([title for title in page.all("title") if "svg" not in title.inside]) == 1
    [heading] = page.all("h1")
    assert heading.words


@every_page
def test_headings_go_down_one_level_at_a_time(name):
    """The main part alone; the footer begins again at h2."""
    levels = [
        int(h.tag[1]) for h in page_of(name).all("h1", "h2", "h3", "h4") if "main" in h.inside
    ]
    jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
    assert jumps == []


@every_page
def test_a_page_says_its_language_and_fits_a_phone(name):
    page = page_of(name)
    assert page.all("html")[0]["lang"] == "en"
    metas = {meta["name"]: meta["content"] for meta in page.all("meta")}
    assert metas["viewport"] == "width=device-width, initial-scale=1"


@every_page
def test_everything_visible_stands_in_a_landmark(name):
    page = page_of(name)
    assert [len(page.all(tag)) for tag in ("header", "main", "footer")] == [1, 1, 1]
    top = [e for e in page.elements if e.inside == ("html", "body")]
    outside = [e for e in top if e.tag not in {"header", "main", "footer", "nav"}]
    assert outside == []


@every_page
def test_the_skip_link_comes_first_and_leads_into_main(name):
    page = page_of(name)
    first, second = [element for element in page.elements if element.tag == "a"][:2]
    main = page.all("main")[0]
    assert (first["href"], main["id"], main["tabindex"]) == ("#main", "main", "-1")
    assert second["href"] == "/request-evaluation/"


@every_page
def test_help_in_a_crisis_stands_above_everything(name):
    links = [a["href"] for a in page_of(name).all("a")]
    assert links[2:5] == ["/help-now/", "tel:988", "sms:988"]


@every_page
def test_navigations_of_a_page_can_be_told_apart(name):
    page = page_of(name)
    ids = {element["id"]: element.words for element in page.having("id")}
    names = [nav["aria-label"] or ids[nav["aria-labelledby"]] for nav in page.all("nav")]
    assert all(names)
    assert len(names) == len(set(names))


@every_page
def test_no_id_is_used_twice_and_every_reference_is_met(name):
    page = page_of(name)
    ids = [element["id"] for element in page.having("id")]
    assert len(ids) == len(set(ids))
    anchors = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        for element in page.having(attribute):
            anchors.update(element[attribute].split())
    assert anchors - set(ids) == set()


@every_page
def test_no_page_has_inline_style_script_or_handlers(name):
    page = page_of(name)
    data = "application/ld+json"  # for search engines; it does not run
    scripts = [each for each in page.all("script") if not each["src"] and each["type"] != data]
    assert page.all("style") + scripts == []
    found = [e for e in page.elements for a in e.attributes if a == "style" or a.startswith("on")]
    assert found == []


@every_page
def test_no_page_loads_anything_from_another_host(name):
    page = page_of(name)
    loaded = [e["src"] or e["href"] for e in page.all("img", "link", "iframe", "source", "video")]
    elsewhere = [address for address in loaded if "//" in address]
    canonical = [link["href"] for link in page.all("link") if link["rel"] == "canonical"]
    assert elsewhere == canonical
    assert all(address.startswith(settings.SITE_URL) for address in canonical)


@every_page
def test_every_link_has_words_or_a_label(name):
    assert [a["href"] for a in page_of(name).all("a") if not (a.words or a["aria-label"])] == []


@every_page
def test_every_control_has_a_label(name):
    page = page_of(name)
    labeled = {label["for"] for label in page.all("label")}
    controls = [e for e in page.all("input", "textarea", "select") if e["type"] != "hidden"]
    assert [control["id"] for control in controls if control["id"] not in labeled] == []


@every_guide_page
def test_a_guide_page_shows_where_it_stands(name):
    page = page_of(name)
    parts = [a for a in page.all("a") if a.inside[-3:] == ("nav", "ol", "li")]
    assert [a["href"] for a in parts] == [other.path for other in catalog().guide]
    assert [a["href"] for a in parts if a["aria-current"] == "page"] == [name]


@every_guide_page
def test_a_guide_page_leads_on_and_back(name):
    paths = [page.path for page in catalog().guide]
    place = paths.index(name)
    rel = {a["rel"]: a["href"] for a in page_of(name).all("a") if a["rel"] in {"prev", "next"}}
    assert rel.get("prev") == (paths[place - 1] if place else None)
    assert rel.get("next") == next(iter(paths[place + 1 : place + 2]), None)


@every_guide_page
def test_a_guide_page_says_who_reviewed_it(name):
    main = page_of(name).all("main")[0].words
    assert "Written from published sources. Not yet reviewed by a clinician." in main


def test_only_a_page_that_cites_sources_says_that_nobody_reviewed_it_yet():
    says = {
        path: "Not yet reviewed by a clinician." in page_of(path).all("main")[0].words
        for path in catalog().pages
    }
    assert says == {path: bool(page.citations) for path, page in catalog().pages.items()}


@every_guide_page
def test_the_sources_of_a_page_end_it_in_the_order_of_their_numbers(name):
    page = page_of(name)
    [listed] = [each for each in page.all("details") if each["class"] == "more page-sources"]
    numbers = {number(each) for each in page.all("sup")}
    assert listed.words.startswith(f"{max(numbers)} sources on this page")
    marked = {int(li["value"]): li.words for li in page.all("li") if li["value"]}
    [at_the_end] = [each for each in page.all("ol") if each["class"] == "sources"]
    assert [marked[key] for key in sorted(marked)] == items_of(page, at_the_end)


def number(sup) -> int:
    return max(int(each) for each in sup.words.strip("[]").split(","))


def items_of(page, found) -> list[str]:
    after = page.elements[page.elements.index(found) + 1 :]
    return [
        each.words
        for each in after
        if each.tag == "li" and each.inside[-2:] == (*found.inside[-1:], "ol")
    ]


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_stands_without_context_and_offers_a_way_on(name):
    links = {a["href"] for a in page_of(name).all("a")}
    assert {"/", "/help-now/", "tel:988"} <= links


def test_an_error_page_names_the_clinic_phone_when_it_is_known(rf):
    html = render_to_string("500.html", {"clinic": get_clinic()})
    assert f'href="tel:{get_clinic().phone.number}"' in html


@pytest.mark.parametrize("sections", [0, 1, 3])
def test_the_home_page_shows_the_guide_however_many_sections_it_has(sections):
    home = catalog().pages["/"]
    home = replace(home, headings=home.contents[:sections])
    page = Page(render_page(catalog(), home, TODAY))
    assert [heading["id"] for heading in page.all("h2")].count("guide") == 1
    assert len([each for each in page.all("section") if each["class"] == "band"]) == sections + 1


def test_a_page_past_its_review_date_says_so():
    page = next(page for page in catalog().guide if page.review_by)
    late = render_page(catalog(), page, page.review_by + timedelta(days=1))
    assert "We meant to check this page again" in late
    in_time = render_page(catalog(), page, page.review_by)
    assert "We meant to check this page again" not in in_time


@pytest.mark.parametrize("name", FILES)
def test_a_page_asks_for_an_evaluation_in_its_header_and_at_most_twice_in_its_text(name):
    buttons = [a for a in page_of(name).all("a") if a["href"] == "/request-evaluation/"]
    buttons = [a for a in buttons if a["class"] == "button"]
    assert len([a for a in buttons if "header" in a.inside]) == 1
    assert len([a for a in buttons if "main" in a.inside]) <= (0 if name == "/help-now/" else 2)


@pytest.mark.parametrize("name", FILES)
def test_a_page_to_read_keeps_the_evaluation_in_reach_and_a_page_for_a_crisis_sells_nothing(name):
    bars = [nav for nav in page_of(name).all("nav") if nav["class"] == "ask-bar"]
    without = {"/", "/help-now/", "/safety-plan/", "/benefits/suicidal-thoughts/"}
    assert len(bars) == (name not in without)


def test_every_class_in_the_styles_is_used_somewhere():
    css = "".join(f.read_text() for f in Path(settings.BASE_DIR, "static/css").glob("*.css"))
    rules = re.sub(r'/\*.*?\*/|"[^"]*"', "", css, flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][a-z_-]*)", rules))
    sources = [*Path(settings.BASE_DIR, "templates").rglob("*.*")]
    sources += Path(settings.BASE_DIR, "kapsite").rglob("*.py")
    sources += Path(settings.BASE_DIR, "static", "js").glob("*.js")
    text = " ".join(file.read_text(encoding="utf-8") for file in sources)
    missing = {name for name in classes if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)}
    # put together from two words
    built = {"care-urgent", "care-soon", "status-approved", "status-off-label"}
    built |= {f"field-{name}" for name in AllQuestions.base_fields}
    assert missing - built == set()
