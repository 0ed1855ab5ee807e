"""What holds for every public answer of the whole site: no cookie, no other host, all headers."""

import json
import re
import socket
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command

from kapsite.inquiries.worker import jobs
from kapsite.security.wsgi.headers import security_headers
from kapsite.security.wsgi.rate_limits import FORMS
from tests.factories import make_answers
from tests.wsgi import ask

pytestmark = pytest.mark.django_db(transaction=True)
FORM_TYPE = "application/x-www-form-urlencoded"
FORM = "/request-evaluation/"
OTHERS = [FORM, f"{FORM}received/x/", "/nothing/", "/admin/?a=%00", "/healthz"]


@pytest.fixture
def pages(application):
    """The path of every published page and file."""
    manifest = json.loads((settings.PUBLISHED_DIR / "current" / "manifest.json").read_text())
    return sorted(manifest["pages"])


def send(application, **answers):
    body = urlencode(make_answers(**answers), doseq=True).encode()
    headers = {"CONTENT_TYPE": FORM_TYPE, "HTTP_ORIGIN": "http://localhost:8000"}
    return ask(application, FORM, "POST", body, **headers)


def over_the_limit(application):
    """The page that holds the form for a network which sent too many."""
    headers = {"CONTENT_TYPE": FORM_TYPE, "HTTP_ORIGIN": "http://localhost:8000"}
    for _ in range(FORMS.at_once * 5):  # a slow machine allows some more meanwhile
        answer = ask(application, FORM, "POST", b"name=Ada", REMOTE_ADDR="203.0.113.77", **headers)
        if answer.status == 429:
            break
    return answer


@pytest.fixture
def public(application, pages):
    """One answer of every public kind, by what it is."""
    answers = {path: ask(application, path) for path in [*pages, *OTHERS]}
    etag = answers["/"].headers["ETag"]
    sent = send(application)
    return answers | {
        "not modified": ask(application, "/", HTTP_IF_NONE_MATCH=etag),
        "slash added": ask(application, "/history"),
        "styles": ask(application, "/static/css/base.css"),
        "styles, not modified": ask(
            application, "/static/css/base.css", HTTP_IF_MODIFIED_SINCE="Fri, 31 Dec 2100 0:0:0 GMT"
        ),
        "part of a file": ask(application, "/static/css/base.css", HTTP_RANGE="bytes=0-9"),
        "form with errors": send(application, name=""),
        "form sent": sent,
        "form received": ask(application, sent.headers["Location"]),
        "form over the limit": over_the_limit(application),
        "form from elsewhere": ask(
            application, FORM, "POST", b"a=b", CONTENT_TYPE=FORM_TYPE, HTTP_ORIGIN="http://x"
        ),
        "foreign host": ask(application, HTTP_HOST="evil.example"),
        "wrong method": ask(application, "/", "DELETE"),
        "wrong type": ask(application, FORM, "POST", b"{}", CONTENT_TYPE="application/json"),
    }


def test_the_answers_looked_at_are_of_every_kind(public):
    assert {answer.status for answer in public.values()} >= {
        *(200, 206, 301, 302, 304, 400, 403, 404, 405, 415, 429),
    }


def test_no_public_answer_sets_a_cookie(public):
    assert [kind for kind, answer in public.items() if "Set-Cookie" in answer.headers] == []


def test_every_answer_carries_every_security_header(public, application):
    admin = {path: ask(application, path) for path in ("/admin/", "/admin/login/")}
    for kind, answer in (public | admin).items():
        path = kind if kind.startswith("/") else "/"
        assert answer.headers.items() >= dict(security_headers(path)).items(), kind


def test_only_pages_static_files_and_the_empty_form_may_be_kept(public, pages):
    kept = {kind for kind, a in public.items() if "no-store" not in a.headers["Cache-Control"]}
    assert kept <= {*pages, "not modified", "slash added", *(k for k in public if "style" in k)} | {
        "part of a file",
        FORM,
    }
    assert public[FORM].headers["Cache-Control"] == "private, no-cache"


class Markup(HTMLParser):
    """Notes what a page loads, and code or style written into it."""

    LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "ping", "background"}
    LOADING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "manifest"}

    def __init__(self, text):
        super().__init__()
        self.loads, self.inline = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.loads += [value for name, value in attributes if name in self.LOADING]
        if tag == "link" and set((given.get("rel") or "").split()) & self.LOADING_LINKS:
            self.loads.append(given["href"])
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        is_data = given.get("type") == "application/ld+json"
        if tag == "style" or (tag == "script" and "src" not in given and not is_data):
            self.inline.append(tag)


def html_of(public):
    return {
        kind: Markup(answer.text)
        for kind, answer in public.items()
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.body
    }


def test_no_public_page_loads_anything_from_another_host(public):
    for kind, page in html_of(public).items():
        assert [url for url in page.loads if urlsplit(url).netloc] == [], kind


@pytest.fixture
def connections(monkeypatch):
    """Where this process connects to; PostgreSQL's library does so by itself."""
    made = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: made.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *names, **_: made.append(names) or [])
    return made


def test_whatever_a_visitor_asks_for_the_site_connects_to_no_other_host(connections, public):
    assert (len(public) > 20, connections) == (True, [])


def test_publishing_and_scheduled_jobs_connect_to_no_other_host(connections, application):
    call_command("publish", "--launch-anyway", "tests")
    jobs.run_due()
    assert connections == []


def test_a_connection_would_be_noticed(connections):
    with socket.socket() as opened:
        opened.connect(("example.org", 80))
    assert connections == [("example.org", 80)]


def test_no_style_sheet_loads_anything_from_another_host():
    for file in settings.BASE_DIR.glob("static/css/*.css"):
        for url in re.findall(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""", file.read_text()):
            assert urlsplit(url).netloc == "", file.name


def test_no_public_page_has_code_or_style_written_into_it(public):
    for kind, page in html_of(public).items():
        assert page.inline == [], kind


def test_the_pages_looked_at_do_load_something(public):
    assert any("/static/" in url for url in html_of(public)["/"].loads)
