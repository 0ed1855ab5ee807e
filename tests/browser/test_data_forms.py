"""Facts, a source and a chart in a browser, with a script and without one."""

import pytest
from playwright.sync_api import expect

from kapsite.editor.models import ContentVersion
from tests.browser.test_editor import fits_and_is_accessible, page  # noqa: F401
from tests.editor.data_forms.test_data_views import CHART

DATA = "/admin/edit/data/"


def save(page):  # noqa: F811
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved as a draft")).to_be_visible()


def draft(name):
    return ContentVersion.objects.draft_of(name).text_of(name)


def test_a_notice_is_written_and_a_second_one_added(page):  # noqa: F811
    page.goto("/admin/edit/")
    page.get_by_role("link", name="Facts about the clinic").click()
    page.get_by_role("link", name="Notices").click()
    expect(page.get_by_label("First day")).to_be_visible()
    fits_and_is_accessible(page)
    page.get_by_label("What every page says").fill("We’re closed.")
    page.get_by_label("First day").fill("2026-12-24")
    page.get_by_label("Last day").fill("2026-12-23")
    save(page)
    expect(page.locator(".error-message")).to_contain_text("ends before it begins")
    fits_and_is_accessible(page)
    page.get_by_label("Last day").first.fill("2026-12-26")
    save(page)
    expect(page.locator(".error-message")).to_have_count(0)
    page.get_by_text("Add one").click()
    page.get_by_label("What every page says").last.fill("We moved.")
    save(page)
    page.get_by_label("Position").last.fill("1")
    save(page)
    text = draft("clinic.yaml")
    assert text.index("We moved.") < text.index("We’re closed.")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_an_error_goes_when_its_field_is_corrected(page):  # noqa: F811
    page.goto(f"{DATA}clinic.yaml/?part=name-and-contact")
    phone = page.get_by_label("Phone", exact=True)
    phone.fill("12")
    page.get_by_label("Email address").focus()
    expect(page.locator("#id_phone_error")).to_contain_text("a phone number")
    expect(phone).to_have_attribute("aria-invalid", "true")
    phone.fill("+14255550142")
    expect(page.locator(".error-message")).to_have_count(0)
    expect(page.get_by_text("No problems found")).to_be_visible()
    assert not ContentVersion.objects.open_drafts().exists()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_the_error_of_an_entry_goes_when_it_is_corrected(page):  # noqa: F811
    page.goto(f"{DATA}clinic.yaml/?part=notices")
    page.get_by_label("What every page says").fill("We’re closed.")
    page.get_by_label("First day").fill("2026-12-24")
    page.get_by_label("Last day").fill("2026-12-23")
    save(page)
    expect(page.locator(".error-message")).to_contain_text("ends before it begins")
    page.get_by_label("Last day").first.fill("2026-12-26")
    page.get_by_label("What every page says").first.focus()
    expect(page.locator(".error-message")).to_have_count(0)
    assert "2026-12-23" in draft("clinic.yaml")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_a_source_is_added(page):  # noqa: F811
    page.goto(f"{DATA}sources.yaml/")
    fits_and_is_accessible(page)
    page.get_by_label("Name of the new source").fill("S200")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Title")).to_be_visible()
    fits_and_is_accessible(page)
    page.get_by_label("Title").fill("A new trial")
    page.get_by_label("Kind").select_option("trial")
    page.get_by_label("How it was read").select_option("A")
    page.get_by_label("What it shows").fill("It helped some people.")
    save(page)
    assert "S200:\n  title: A new trial\n  kind: trial\n" in draft("sources.yaml")


def test_a_chart_is_drawn_beside_its_numbers(page, settings):  # noqa: F811
    (settings.CONTENT_DIR / "charts").mkdir()
    (settings.CONTENT_DIR / "charts/one.yaml").write_text(CHART)
    page.goto(f"{DATA}charts/one.yaml/")
    picture = page.frame_locator("iframe[title='Picture of the chart']")
    expect(picture.get_by_text("45 in 100").first).to_be_visible()
    fits_and_is_accessible(page)
    page.get_by_label("How many in 100").first.fill("59")
    save(page)
    expect(picture.get_by_text("59 in 100").first).to_be_visible()


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_what_was_typed_into_a_field_is_back_after_the_page_was_left(page):  # noqa: F811
    url = f"{DATA}clinic.yaml/?part=name-and-contact"
    page.goto(url)
    page.get_by_label("Name of the clinic").fill("Typed and not saved")
    page.wait_for_function("Object.keys(sessionStorage).some(name => name.startsWith('draft '))")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/edit/")
    page.goto(url)
    expect(page.get_by_label("Name of the clinic")).to_have_value("Typed and not saved")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_choices_and_ticks_are_back_too_and_leaving_asks_first(page, settings):  # noqa: F811
    (settings.CONTENT_DIR / "people.yaml").write_text("- name: Jo Berg\n  role: Nurse\n")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.goto(f"{DATA}people.yaml/")
    page.get_by_label("Kind").first.select_option("nurse")
    page.get_by_label("Remove it").first.check()
    page.get_by_role("link", name="Edit site").first.click()
    page.wait_for_url("/admin/edit/")
    assert asked == [
        "Your text isn’t saved yet. It stays in this tab until you sign out. Leave this page?"
    ]
    page.goto(f"{DATA}people.yaml/")
    expect(page.get_by_text("was restored")).to_have_count(1)
    expect(page.get_by_label("Kind").first).to_have_value("nurse")
    expect(page.get_by_label("Remove it").first).to_be_checked()
    page.get_by_label("Remove it").first.uncheck()
    save(page)
    expect(page.get_by_text("was restored")).to_have_count(0)
    assert "kind: nurse" in draft("people.yaml")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_who_searches_for_a_source_is_corrected_only_after_that(page):  # noqa: F811
    page.goto(f"{DATA}charts/new.yaml/?kind=bars")
    source = page.locator("#id_sources_1")
    source.press_sequentially("no such words")
    expect(page.get_by_role("heading", name="Still to fill in")).to_be_visible()
    expect(page.locator(".error-message")).to_have_count(0)
    page.get_by_label("Title", exact=True).first.focus()
    expect(page.locator("#id_sources_error")).to_contain_text("No source has")
    fits_and_is_accessible(page)
    source.fill("S1")
    expect(page.locator("#id_sources_error")).to_have_count(0)
    expect(page.locator("[data-title]").first).not_to_be_empty()


def test_a_new_source_of_a_chart_leads_back_to_it(page):  # noqa: F811
    page.goto(f"{DATA}charts/new.yaml/?kind=bars")
    page.get_by_label("Title", exact=True).first.fill("It helped")
    page.get_by_role("button", name="Add a new source").first.click()
    page.get_by_label("Title").fill("A trial of rest")
    save(page)
    expect(page.get_by_role("heading", name="It helped")).to_be_visible()
    expect(page.locator("[data-title]").first).to_have_text("A trial of rest")
    fits_and_is_accessible(page)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_enter_saves_the_draft(page):  # noqa: F811
    page.goto(f"{DATA}charts/new.yaml/?kind=bars")
    page.get_by_label("The others").press_sequentially("did not")
    page.get_by_label("The others").press("Enter")
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    assert "did_not: did not" in draft("charts/new.yaml")
