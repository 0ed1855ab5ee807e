"""Notices that begin and end by themselves."""

import gzip
from datetime import date

import pytest

from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from tests.pages.samples import check_content, make_content, make_page
from tests.wsgi import ask

TODAY = date(2026, 12, 1)
NOTICES = """\
notices:
  - {text: Closed for the holidays., from: 2026-12-24, until: 2026-12-26}
  - {text: Our phone is out of order., from: 2026-11-30, until: 2026-12-24}
"""


class Calendar:
    day = TODAY

    def __call__(self):
        return self.day


@pytest.fixture
def calendar():
    return Calendar()


@pytest.fixture
def site(tmp_path, calendar):
    content = make_content(tmp_path)
    with (content / "clinic.yaml").open("a") as file:
        file.write(NOTICES)
    published = tmp_path / "published"
    publish(content, published, TODAY, {"/ask/": blank_form})
    clock = iter(range(0, 100_000, 10)).__next__  # seconds: looks again at every request
    return PageServer(None, published, clock, lambda version: "token", calendar)


def blank_form(clinic, token_field, context):
    return f"{token_field}{context['notices']}"


def notices_in(text):
    known = ("Closed for the holidays.", "Our phone is out of order.")
    return [notice for notice in known if notice in text]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 1), ["Our phone is out of order."]),
        (date(2026, 12, 23), ["Our phone is out of order."]),
        (date(2026, 12, 24), ["Closed for the holidays.", "Our phone is out of order."]),
        (date(2026, 12, 25), ["Closed for the holidays."]),
        (date(2026, 12, 26), ["Closed for the holidays."]),
        (date(2026, 12, 27), []),
        (date(2027, 12, 24), []),
    ],
)
def test_pages_and_the_form_show_a_notice_on_its_days_without_publishing(
    site, calendar, day, expected
):
    calendar.day = day
    for path in ("/", "/ask/"):
        assert notices_in(ask(site, path).text) == expected
    packed = ask(site, "/", HTTP_ACCEPT_ENCODING="gzip").body
    assert notices_in(gzip.decompress(packed).decode()) == expected


def test_what_is_made_ahead_has_no_address_of_its_own(site, calendar):
    calendar.day = date(2026, 12, 24)
    assert ask(site, "/_from/2026-12-24/").status == 404


def test_publishing_again_with_notices_takes_no_page_for_a_lost_one(site, tmp_path):
    publish(tmp_path / "content", tmp_path / "published", date(2026, 12, 27))


GROUP = make_page(
    "It meets on Monday [@S1; @S2].", title="Group", guide="10", expires_on="2026-12-31"
)


@pytest.fixture
def with_an_end(tmp_path, calendar):
    """A site with a page whose last day is December 31."""
    content, published = make_content(tmp_path, group=GROUP), tmp_path / "published"
    publish(content, published, TODAY, {"/ask/": lambda _, token, context: f"{token}{context}"})
    clock = iter(range(0, 100_000, 10)).__next__
    return PageServer(None, published, clock, lambda version: "token", calendar)


def test_after_its_last_day_a_page_says_so_and_leads_on(with_an_end, calendar):
    calendar.day = date(2026, 12, 31)
    assert "It meets on Monday" in ask(with_an_end, "/group/").text
    calendar.day = date(2027, 1, 1)
    answer = ask(with_an_end, "/group/")
    assert answer.status == 200
    assert "This page has ended." in answer.text
    assert "December 31, 2026" in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "It meets on Monday" not in answer.text


@pytest.mark.parametrize("path", ["/", "/ask/"])
def test_no_menu_leads_to_a_page_that_has_ended(with_an_end, calendar, path):
    assert "/group/" in ask(with_an_end, path).text
    calendar.day = date(2027, 1, 1)
    assert "/group/" not in ask(with_an_end, path).text


def test_what_is_published_after_its_end_is_the_same(tmp_path):
    content, published = make_content(tmp_path, group=GROUP), tmp_path / "published"
    publish(content, published, date(2027, 1, 1))
    site = PageServer(None, published, today=lambda: date(2027, 1, 2))
    assert "This page has ended." in ask(site, "/group/").text
    assert "/group/" not in ask(site, "/sitemap.xml").text


def test_editors_are_reminded_of_a_page_that_has_ended(tmp_path):
    content = make_content(tmp_path, group=GROUP)
    assert check_content(content, date(2026, 12, 31)) == []
    [reminder] = check_content(content, date(2027, 1, 1))
    assert (reminder.level, reminder.line) == ("warning", 5)


def test_the_home_page_cannot_end(tmp_path):
    content = make_content(tmp_path, index=make_page(title="Home", expires_on="2030-12-31"))
    assert [each.message for each in check_content(content, TODAY)] == ["The home page can't end."]
