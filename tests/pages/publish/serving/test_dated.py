"""Notices that begin and end by themselves."""

import gzip
from datetime import date

import pytest

from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from tests.pages.samples import make_content
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
