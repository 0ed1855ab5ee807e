from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from django.template import Context, Template

from tests.pages.samples import load_catalog, make_content, make_page


def test_a_files_path_is_its_address(tmp_path):
    catalog = load_catalog(make_content(tmp_path, history=make_page()))
    assert list(catalog.pages) == ["/", "/history/"]


def test_a_page_knows_its_headings_and_citations(tmp_path):
    body = "## One\n\nA [@S2]. B [@S1]. C [@S2].\n\n### Detail\n\n::: steps\n### A step\nGo.\n:::"
    page = load_catalog(make_content(tmp_path, page=make_page(body))).pages["/page/"]
    assert [heading.text for heading in page.headings] == ["One", "Detail"]
    assert [heading.text for heading in page.contents] == ["One"]
    assert dict(page.citations) == {"S2": 2, "S1": 1}


def test_the_menu_shows_the_title_unless_there_is_a_shorter_word(tmp_path):
    pages = {"a": make_page(title="What it costs", menu="Cost"), "b": make_page(title="Risks")}
    catalog = load_catalog(make_content(tmp_path, **pages))
    assert [catalog.pages[path].menu for path in ("/a/", "/b/")] == ["Cost", "Risks"]


def test_pages_stand_in_the_order_of_the_guide_and_then_by_name(tmp_path):
    pages = {
        "zebra": make_page(title="Zebra"),
        "apple": make_page(title="Apple"),
        "second": make_page(title="Second", guide="20"),
        "first": make_page(title="First", guide="3"),
    }
    catalog = load_catalog(make_content(tmp_path, **pages))
    assert list(catalog.pages) == ["/", "/first/", "/second/", "/apple/", "/zebra/"]
    assert [page.path for page in catalog.guide] == ["/first/", "/second/"]


def test_a_page_changed_on_the_last_day_that_it_names(tmp_path):
    page = make_page(
        reviewed_on="2026-11-01",
        review_by="2027-11-01",
        changes="[{on: 2026-10-01, note: A}, {on: 2026-11-02, note: B}]",
    )
    loaded = load_catalog(make_content(tmp_path, page=page)).pages["/page/"]
    assert loaded.changed_on == date(2026, 11, 2)
    assert [change.note for change in loaded.changes] == ["B", "A"]


def test_templates_print_the_html_as_it_is(tmp_path):
    page = load_catalog(make_content(tmp_path)).pages["/"]
    assert Template("{{ page.html }}").render(Context({"page": page})) == page.html


def test_a_catalog_cannot_be_changed(tmp_path):
    catalog = load_catalog(make_content(tmp_path))
    with pytest.raises(TypeError):
        catalog.pages["/"] = None
    with pytest.raises(TypeError):
        catalog.sources["S1"] = None
    with pytest.raises(FrozenInstanceError):
        catalog.pages["/"].title = "Other"
    with pytest.raises(TypeError):
        catalog.pages["/"].citations["S1"] = ()
