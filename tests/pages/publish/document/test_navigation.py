import pytest

from kapsite.pages.publish.document.navigation import menus, pages_above, previous_and_next
from tests.pages.samples import load_catalog, make_content, make_page


@pytest.fixture
def catalog(tmp_path):
    return load_catalog(
        make_content(
            tmp_path,
            history=make_page(title="History", guide="10", menu_in="header"),
            benefits=make_page(title="Benefits", guide="20", menu_in="header"),
            risks=make_page(title="Risks", guide="30", menu_in="header"),
            privacy=make_page(title="Privacy"),
            hidden=make_page(title="Hidden", menu_in="none"),
        )
    )


@pytest.mark.parametrize(
    ("path", "previous", "following"),
    [
        ("/history/", None, "/benefits/"),
        ("/benefits/", "/history/", "/risks/"),
        ("/risks/", "/benefits/", None),
        ("/privacy/", None, None),
    ],
)
def test_the_guide_leads_from_page_to_page(catalog, path, previous, following):
    found = previous_and_next(catalog, catalog.pages[path])
    assert [page and page.path for page in found] == [previous, following]


def test_a_page_in_a_folder_belongs_to_the_page_with_the_name_of_the_folder(tmp_path):
    pages = {
        "benefits": make_page(title="Benefits"),
        "benefits/pain": make_page(title="Pain"),
        "letters/first": make_page(title="A letter"),
    }
    catalog = load_catalog(make_content(tmp_path, **pages))
    above = {path: [each.path for each in pages_above(catalog, page)]
             for path, page in catalog.pages.items()}  # fmt: skip
    assert above == {
        "/": [],
        "/benefits/": [],
        "/benefits/pain/": ["/benefits/"],
        "/letters/first/": [],
    }


def test_each_menu_has_its_pages_and_home_is_in_none(catalog):
    found = menus(catalog)
    header = [entry["path"] for entry in found["header_menu"]]
    assert header == ["/history/", "/benefits/", "/risks/"]
    assert found["footer_menu"] == [{"path": "/privacy/", "menu": "Privacy"}]


def test_a_page_outside_the_guide_with_a_place_is_exactly_there(tmp_path):
    pages = {
        "benefits": make_page(title="Benefits", guide="10", menu_in="header"),
        "risks": make_page(title="Risks", guide="20", menu_in="header"),
        "cost": make_page(title="Cost", menu_in="header", place="2"),
        "other": make_page(title="Other", menu_in="header"),
    }
    found = menus(load_catalog(make_content(tmp_path, **pages)))
    names = [entry["menu"] for entry in found["header_menu"]]
    assert names == ["Benefits", "Cost", "Risks", "Other"]
