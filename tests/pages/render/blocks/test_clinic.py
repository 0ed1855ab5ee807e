"""What pages show of the clinic and its people, and how they do without."""

from datetime import timedelta

import pytest
import yaml
from django.conf import settings
from django.template.loader import render_to_string

from kapsite.clinic.facts import Clinic, get_clinic
from kapsite.content_files.problems import errors_among
from kapsite.pages.check.rules.site_rules import problems_of
from kapsite.pages.load.site import read_site
from kapsite.pages.publish.document.catalog import make_catalog
from kapsite.pages.publish.document.navigation import menus
from tests.pages.check.test_launch import ALL_FACTS, PEOPLE, READY
from tests.pages.images import save_image
from tests.pages.samples import (
    CLINIC,
    HOURS,
    TODAY,
    check_content,
    load_catalog,
    make_content,
    make_page,
)

FACTS = "::: clinic-facts\n:::"


@pytest.fixture
def facts_with(tmp_path):
    """The block of facts on a page, with ``clinic`` as the file."""

    def html(clinic: str) -> str:
        content = make_content(tmp_path, page=make_page(FACTS))
        (content / "clinic.yaml").write_text(clinic)
        return load_catalog(content).pages["/page/"].html

    return html


def test_every_fact_that_is_given_is_shown(facts_with):
    html = facts_with(READY + ALL_FACTS)
    for fact in (
        "1 Main Street", "hello@example.org", "Monday 9 am to 5 pm", "A talk by phone.", "IV drip",
        "One session: $100", "A nurse stays in the room.", "You can have someone with you.",
    ):  # fmt: skip
        assert fact in html
    assert "still adding" not in html


@pytest.mark.parametrize(
    ("more", "unknown"),
    [("", "address and hours"), (HOURS, "address"), ("address: Here, 1\n", "hours")],
)
def test_an_unknown_address_or_hours_are_one_sentence_and_no_empty_row(facts_with, more, unknown):
    html = facts_with(CLINIC + more)
    assert f"We’re still adding our {unknown}. Call, and we’ll tell you now." in html
    assert "<dd></dd>" not in html


def test_the_foot_of_every_page_says_so_too():
    words = render_to_string("includes/contact.html", {"clinic": get_clinic()})
    assert "We’re still adding our address and hours." in words


@pytest.fixture
def site_with(tmp_path):
    def read(people: str):
        content = make_content(tmp_path)
        (content / "people.yaml").write_text(people)
        return read_site(content)

    return read


def test_without_people_there_is_no_team_page_and_no_word_of_it(site_with):
    site = site_with("# nobody yet\n")
    assert site.paths == {"/"}
    assert problems_of(site, TODAY) == []


def test_the_first_person_makes_the_team_page_and_its_menu_entry(site_with):
    site = site_with(PEOPLE)
    catalog = make_catalog(site)
    assert {"path": "/team/", "menu": "Our team"} in menus(catalog)["footer_menu"]
    html = catalog.pages["/team/"].html
    assert '<h2>Ada Byron</h2>\n<p class="role">Medical director</p>\n' in html
    assert '<p class="small">License: WA 1</p>' in html
    assert problems_of(site, TODAY) == []


def test_the_real_team_page_has_no_errors_once_there_is_a_person(real):
    site, errors = real.after(real.folder / "people.yaml", PEOPLE)
    assert "/team/" in site.paths
    assert errors == []


def test_the_real_site_ships_with_nobody_and_asks_its_readers_nothing_about_itself():
    site = read_site(settings.CONTENT_DIR)
    assert "/team/" not in site.paths
    assert errors_among(problems_of(site, TODAY)) == []
    about = make_catalog(site).pages["/about/"].html
    assert "when are you open" not in about
    assert "We’re still adding our address and hours." in about


def test_a_person_with_a_photo_is_shown_with_it_and_one_that_is_missing_is_an_error(tmp_path):
    content = make_content(tmp_path)
    with_photo = PEOPLE.replace("license: WA 1", "license: WA 1, photo: images/ada.jpg")
    (content / "people.yaml").write_text(with_photo)
    assert "Ada Byron: There is no image images/ada.jpg." in [
        each.message for each in check_content(content)
    ]
    save_image(content, "ada.jpg")
    html = make_catalog(read_site(content)).pages["/team/"].html
    assert 'alt="Portrait of Ada Byron"' in html
    assert errors_among(check_content(content)) == []
    in_words = with_photo.replace("ada.jpg", "ada.jpg, photo_shows: Ada at her desk")
    (content / "people.yaml").write_text(in_words)
    html = make_catalog(read_site(content)).pages["/team/"].html
    assert 'alt="Ada at her desk"' in html


def test_an_editor_can_write_the_team_page(site_with, tmp_path):
    site_with(PEOPLE)
    (tmp_path / "content/us.md").write_text(make_page("::: team\n:::", title="Who we are"))
    assert read_site(tmp_path / "content").paths == {"/", "/us/"}


def test_a_list_of_nobody_is_an_error(tmp_path):
    content = make_content(tmp_path, us=make_page("::: team\n:::"))
    assert "Nobody is in people.yaml yet." in [each.message for each in check_content(content)]


def test_usual_facts_pass_the_checks_of_the_real_site(real):
    file = real.folder / "clinic.yaml"
    usual = """
address: 12040 NE 128th Street, Suite 400, Kirkland, WA 98034
routes: [IV drip, Lozenge]
prices: {Evaluation: free, One session: $450, Six sessions: "$2,400 to $2,700"}
evaluation_covers: A talk of 45 minutes with a nurse, by phone or video.
emergency_plan: We call 911, and a nurse stays with you.
chaperone_policy: A second staff member can stay in the room if you ask.
clinical_reviewer: Ada Byron, MD
legal_review: {by: Lee Example, on: 2026-11-20}
"""
    _, errors = real.after(file, file.read_text() + usual)
    assert [str(error) for error in errors] == []


def test_closed_days_ahead_stand_wherever_hours_do(facts_with):
    today = get_clinic().today
    day, passed = today + timedelta(days=20), today - timedelta(days=20)
    closed = f"{HOURS}holidays: [{day}, {passed}]\n"
    words = f"Closed {day:%B} {day.day}"
    assert f"Monday 9 am to 5 pm. {words}</dd>" in facts_with(CLINIC + closed)
    clinic = Clinic.model_validate(yaml.safe_load(CLINIC + closed))
    for part in ("about", "contact"):
        shown = render_to_string(f"includes/{part}.html", {"clinic": clinic})
        assert f"Monday 9 am to 5 pm. {words}" in shown
