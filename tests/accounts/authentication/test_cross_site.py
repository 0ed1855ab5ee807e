"""Another site makes nobody open, log or see anything on the desk; one press of a button does."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from kapsite.accounts.models import Event
from kapsite.inquiries.models import Access, Activity, Erasure, Inquiry
from tests.factories import make_inquiry, sign_in

pytestmark = pytest.mark.django_db
INBOX = "/admin/inquiries/inquiry/"
ELSEWHERE = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    {"sec-fetch-site": "cross-site", "referer": "http://testserver/admin/"},
    {"sec-fetch-site": "same-site", "sec-fetch-dest": "image"},  # another host of our domain
    {"sec-fetch-site": "same-site", "referer": "https://blog.example.org/"},
    {"referer": "https://evil.example/"},
    {"referer": "https://testserver.evil.example/"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]
OURS = [
    {},
    {"sec-fetch-site": "none"},  # typed, or from a program for mail
    {"sec-fetch-site": "same-origin"},
    {"referer": "http://testserver/admin/inquiries/inquiry/"},
]


@pytest.fixture
def desk(client, admin_user):
    """The browser of somebody who may do everything, and sends its cookie whatever happens."""
    sign_in(client, admin_user)
    return client


@pytest.fixture
def inquiry():
    return make_inquiry(name="Ada Canary", message="zyxmessage")


@pytest.fixture
def record(inquiry):
    return f"/admin/inquiries/inquiry/{inquiry.pk}/change/"


def logged() -> list[str]:
    return [*Access.objects.values_list("act", flat=True), *kinds(Activity), *kinds(Event)]


def kinds(model) -> list[str]:
    return list(model.objects.values_list("kind", flat=True))


def stored() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM inquiries_inquiry")
        return cursor.fetchall()


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_link_from_elsewhere_shows_a_button_and_nothing_else_happens(
    desk, inquiry, record, headers
):
    before = logged()
    page = desk.get(record, headers=headers)
    assert page.status_code == 200
    assert "Open the request</button>" in page.text
    assert logged() == before
    assert Inquiry.objects.get().opened_at is None
    for secret in ("Ada", "zyxmessage", inquiry.reference[:4], "admin@example"):
        assert secret not in page.text


@pytest.mark.parametrize("headers", OURS)
def test_a_page_of_ours_an_address_that_is_typed_and_a_mail_program_open_it(desk, record, headers):
    assert "Ada Canary" in desk.get(record, headers=headers).text
    assert "message" in logged()


def test_the_button_opens_it(desk, record):
    page = desk.get(record, headers={"sec-fetch-site": "cross-site"}).text
    assert re.findall(r'<form method="get" action="([^"]+)"', page) == [record]
    opened = desk.get(record, headers={"sec-fetch-site": "same-origin"})
    assert "Ada Canary" in opened.text
    assert logged().count("message") == 1


def test_the_button_keeps_what_the_link_asked_for(desk):
    query = {"tab": "all", "owner": "1", "_changelist_filters": 'a=1&b="2"'}
    page = desk.get(INBOX, query, headers={"sec-fetch-site": "cross-site"}).text
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    assert {unescape(name): unescape(value) for name, value in fields} == query


@pytest.mark.parametrize("page", ["/admin/account/sign-in/", "/admin/login/"])
def test_the_button_opens_no_other_page_than_it_names(desk, record, page):
    """Who is signed in already would be led on from the sign-in without being asked."""
    shown = desk.get(page, {"next": record}, headers={"sec-fetch-site": "cross-site"}).text
    assert "Open the page</button>" in shown
    assert record not in shown


def pages_of_the_desk() -> list[str]:
    """Every address below the admin, with numbers and words where it takes any."""
    found = []

    def walk(patterns, prefix):
        for each in patterns:
            path = prefix + str(each.pattern)
            if isinstance(each, URLPattern):
                found.append(path)
            else:
                walk(each.url_patterns, path)

    walk(get_resolver().url_patterns, "/")
    paths = [path for path in found if path.startswith(f"/{settings.ADMIN_PATH}")]
    filled = [re.sub(r"<slug:\w+>", "note", re.sub(r"<(int|str|path):\w+>", "1", p)) for p in paths]
    return [path for path in filled if not re.search(r"[(?^$<]", path)]


@pytest.mark.parametrize("method", ["get", "head", "post", "options"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_page_of_the_desk_logs_or_changes_anything_for_another_site(desk, site, method):
    """Also none that is written later."""
    make_inquiry(pk=1, message="zyxmessage")
    Erasure.objects.create(pk=1, reference="A2C3E4F5", rule="spam", at=timezone.now())
    before = logged(), stored()
    pages = pages_of_the_desk()
    assert len(pages) > 40
    desk.handler.enforce_csrf_checks = True
    answers = {
        page: getattr(desk, method)(page, headers={"sec-fetch-site": site}).status_code
        for page in pages
        if page != "/admin/account/set-up/"
    }
    wanted = 200 if method in ("get", "head") else 403
    assert {page: status for page, status in answers.items() if status != wanted} == {}
    assert (logged(), stored()) == before


@pytest.mark.parametrize(
    "header",
    [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch")],
)
def test_a_browser_that_guesses_ahead_opens_nothing(desk, record, header):
    before = logged()
    name, value = header
    answer = desk.get(record, headers={name: value, "sec-fetch-site": "none"})
    assert (answer.status_code, answer.content) == (503, b"")
    assert logged() == before


def test_a_set_up_link_needs_no_further_press(client):
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    page = client.get("/admin/account/set-up/?key=x", headers=headers).text
    assert "setup link" in page


@pytest.mark.parametrize("path", ["/", "/request-evaluation/", "/healthz"])
def test_pages_for_everybody_are_not_asked_about(client, path):
    page = client.get(path, headers={"sec-fetch-site": "cross-site"})
    assert "outside the staff desk" not in page.text


@pytest.mark.parametrize(
    "path", ["no/such/page/", "inquiries/inquiry/1/%3Fnext=/", "%22%3E%3Cb%3E/"]
)
def test_an_address_that_leads_nowhere_breaks_nothing(client, path):
    page = client.get(f"/admin/{path}", headers={"sec-fetch-site": "cross-site"})
    assert "Open the page</button>" in page.text
    assert f'action="/admin/{path.replace("=", "%3D")}"' in page.text


def test_the_page_is_the_same_for_a_stranger(desk, client, record):
    headers = {"sec-fetch-site": "cross-site"}
    mine = desk.get(record, headers=headers).text
    client.cookies.clear()
    assert client.get(record, headers=headers).text == mine
    assert (
        client.get(record.replace("/1/", "/999/"), headers=headers).text.replace("/999/", "/1/")
        == mine
    )
