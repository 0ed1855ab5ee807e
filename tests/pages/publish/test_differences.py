"""What would change, before it does."""

import pytest

from kapsite.pages.publish.publisher import differences_of, publish
from tests.pages.samples import TODAY, make_content, make_page


@pytest.fixture
def content(tmp_path):
    calls = make_page("Call {phone}.\n\nA second paragraph.", title="Calling")
    return make_content(tmp_path, calls=calls, other=make_page("Text.", title="Other"))


@pytest.fixture
def published(content, tmp_path):
    publish(content, tmp_path / "published", TODAY)
    return tmp_path / "published"


def edit(file, old, new):
    file.write_text(file.read_text().replace(old, new, 1))


def test_without_a_change_there_is_nothing_to_say(content, published):
    assert differences_of(content, published, TODAY) == []


def test_in_a_preview_its_banner_is_no_change(content, tmp_path):
    publish(content, tmp_path / "published", TODAY, preview=True)
    assert differences_of(content, tmp_path / "published", TODAY) == []


def test_a_changed_sentence_is_shown_before_and_after(content, published):
    edit(content / "calls.md", "A second", "Another")
    assert differences_of(content, published, TODAY) == [
        "Changed page: /calls/",
        "  - A second paragraph.",
        "  + Another paragraph.",
    ]


def test_a_changed_fact_is_told_once_with_the_number_of_its_pages(content, published):
    edit(content / "clinic.yaml", "+14255550142", "+14255550199")
    assert differences_of(content, published, TODAY) == [
        'The phone number changes from "(425) 555-0142" to "(425) 555-0199" on 3 pages.',
        "3 other pages only outside the text: menus, footer, styles or drawings.",
    ]


def test_new_pages_and_those_taken_away_are_named(content, published):
    (content / "other.md").unlink()
    page = make_page("Text.", title="Newer", menu_in="none", redirect_from="[/other/]")
    (content / "newer.md").write_text(page)
    lines = differences_of(content, published, TODAY)
    assert lines[:2] == ["New page: /newer/", "Page taken away: /other/"]


def test_nothing_is_published(content, published):
    before = {file: file.stat().st_mtime_ns for file in published.rglob("*")}
    edit(content / "calls.md", "A second", "Another")
    differences_of(content, published, TODAY)
    assert {file: file.stat().st_mtime_ns for file in published.rglob("*")} == before


def test_before_anything_is_published_every_page_is_new(content, tmp_path):
    lines = differences_of(content, tmp_path / "nothing", TODAY)
    assert lines == ["New page: /", "New page: /calls/", "New page: /other/"]
