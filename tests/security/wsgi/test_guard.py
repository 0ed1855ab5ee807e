"""What the guard lets in, what it makes of it, and what goes out."""

import contextlib
import logging
import socket
import threading
from io import BytesIO
from urllib.parse import unquote
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIRequest

from kapsite.security.wsgi.guard import LONG_TEXTS, Guard
from kapsite.security.wsgi.headers import ADMIN_POLICY, PUBLIC_POLICY, security_headers
from tests.wsgi import ask

FORM = "application/x-www-form-urlencoded"
POSTED = {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": "0"}


class Inside:
    """An application that notes what reaches it."""

    def __init__(self, status="200 OK", headers=(), body=b"inside"):
        self.answer = status, [*headers], body
        self.seen = None

    def __call__(self, environ, start_response):
        self.seen = environ | {"body": environ["wsgi.input"].read()}
        status, headers, body = self.answer
        start_response(status, headers)
        return [body]


@pytest.fixture
def inside():
    return Inside()


@pytest.fixture
def guard(inside):
    return Guard(inside)


def post(guard, body=b"name=Ada", **environ):
    return ask(guard, "/", "POST", body, **{"CONTENT_TYPE": FORM} | environ)


# Methods


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_goes_through(guard, method):
    assert ask(guard, "/", method).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", ""])
def test_other_methods_are_told_which_ones_are_allowed(guard, inside, method):
    answer = ask(guard, "/", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert inside.seen is None


# Posted bodies


@pytest.mark.parametrize(
    "content_type",
    [FORM, f"{FORM};charset=utf-8", f'{FORM}; charset="UTF-8"', FORM.upper(), f"{FORM};"],
)
def test_a_form_in_utf_8_goes_through_with_a_plain_content_type(guard, inside, content_type):
    assert post(guard, CONTENT_TYPE=content_type).status == 200
    assert (inside.seen["CONTENT_TYPE"], inside.seen["body"]) == (FORM, b"name=Ada")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        f"{FORM}; charset=zlib",
        f"{FORM}; charset=utf-7",
        f"{FORM}; charset*=utf-8''utf-8",
        f"{FORM}; charset=utf-8; charset=zlib",
        f"{FORM}, {FORM}",
    ],
)
def test_any_other_content_type_is_refused(guard, inside, content_type):
    assert post(guard, CONTENT_TYPE=content_type).status == 415
    assert inside.seen is None


def test_a_compressed_body_is_refused(guard):
    assert post(guard, HTTP_CONTENT_ENCODING="gzip").status == 415


def test_a_body_needs_a_length(guard):
    assert post(guard, CONTENT_LENGTH="").status == 411
    assert post(guard, HTTP_TRANSFER_ENCODING="chunked").status == 411


CHUNKED = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "REMOTE_ADDR": "10.0.0.1"}


@pytest.fixture
def behind_proxy(settings, inside):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    return Guard(inside)


def test_a_trusted_proxy_may_send_a_body_in_chunks_within_the_same_limit(behind_proxy, inside):
    assert post(behind_proxy, b"a" * 65_536, **CHUNKED).status == 200
    assert (inside.seen["CONTENT_LENGTH"], len(inside.seen["body"])) == ("65536", 65_536)
    assert "HTTP_TRANSFER_ENCODING" not in inside.seen
    assert post(behind_proxy, b"a" * 65_537, **CHUNKED).status == 413


def test_anybody_else_may_not(behind_proxy, inside):
    assert post(behind_proxy, **CHUNKED | {"REMOTE_ADDR": "10.0.0.2"}).status == 411
    assert inside.seen is None


@pytest.mark.parametrize("coding", ["chunked, chunked", "gzip, chunked", "identity", "x"])
def test_a_proxy_may_use_no_other_transfer_coding(behind_proxy, coding):
    assert post(behind_proxy, **CHUNKED | {"HTTP_TRANSFER_ENCODING": coding}).status == 411


@pytest.mark.parametrize("length", ["-1", "+1", "1.5", "five", "1 ", "\xb2", "9" * 400])
def test_a_length_that_is_no_number_is_refused(guard, length):
    assert post(guard, CONTENT_LENGTH=length).status == 400


def test_a_body_of_64_kb_goes_through_and_one_byte_more_does_not(guard):
    assert post(guard, b"a" * 65_536).status == 200
    assert post(guard, b"a" * 65_537).status == 413


def test_a_body_shorter_than_its_length_is_refused(guard):
    assert post(guard, b"name=A", CONTENT_LENGTH="100").status == 400


def test_a_body_that_breaks_off_is_refused(guard):
    class Broken:
        def read(self, size):
            raise ConnectionResetError

    assert post(guard, **{"wsgi.input": Broken()}).status == 400


def test_a_body_that_trickles_in_is_cut_off_after_a_while(inside):
    """However steadily its bytes come: the time counts for the whole body."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ended = threading.Event()

        def trickle():
            with contextlib.suppress(BrokenPipeError):  # cut off
                while not ended.wait(0.01):
                    theirs.send(b"a")

        sender = threading.Thread(target=trickle)
        sender.start()
        environ = {"wsgi.input": ours.makefile("rb"), "gunicorn.socket": ours}
        guard = Guard(inside, body_seconds=0.2)
        answer = post(guard, CONTENT_LENGTH="60000", **environ)
        ended.set()
        sender.join()
        environ["wsgi.input"].close()
    assert (answer.status, inside.seen) == (408, None)


def test_the_clock_of_a_body_stops_when_it_has_arrived(inside):
    before = set(threading.enumerate())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        post(Guard(inside, body_seconds=60), **{"gunicorn.socket": ours})
    for clock in set(threading.enumerate()) - before:
        clock.join(10)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_request_that_only_reads_arrives_without_a_body(guard, inside, method):
    ask(guard, "/", method, b"a=b", CONTENT_TYPE="text/html; charset=zlib")
    assert inside.seen["body"] == b""
    assert not {"CONTENT_TYPE", "CONTENT_LENGTH"} & inside.seen.keys()


# Paths and query strings


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/history/", 200),
        ("/caf\xc3\xa9/", 200),
        ("", 400),
        ("*", 400),
        ("history/", 400),
        ("/\x00", 400),
        ("/a\r\nb", 400),
        ("/\x7f", 400),
        ("/\xc2\x85", 400),
        ("/\xff", 400),
        ("/\xed\xa0\x80", 400),
        ("/" + "a" * 1000, 414),
    ],
)
def test_a_path_is_readable_text(guard, path, status):
    assert ask(guard, path).status == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("a=b%20c+d", 200),
        ("a=%C3%A9", 200),
        ("a=100%", 200),
        ("a=%00", 400),
        ("a=%0d%0a", 400),
        ("a=%ff", 400),
        ("a=%ed%a0%80", 400),
        ("a=\xe9", 400),
        ("a= ", 400),
        ("a" * 3001, 414),
    ],
)
def test_a_query_string_of_the_admin_is_readable_text(guard, query, status):
    assert ask(guard, f"/admin/?{query}").status == status


def test_half_a_letter_is_not_made_whole_by_the_query_string(guard):
    assert ask(guard, "/admin/\xc3?%A9").status == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("query", ["a=b", "a=%00", "a=caf%E9", "a=caf\xc3\xa9", "a" * 4000])
def test_a_query_string_reaches_the_admin_and_nothing_else(guard, inside, method, query):
    assert ask(guard, f"/history/?{query}", method, **POSTED).status == 200
    assert inside.seen["QUERY_STRING"] == ""
    ask(guard, "/admin/?a=b%20c")
    assert inside.seen["QUERY_STRING"] == "a=b%20c"


# Hosts and addresses


@pytest.mark.parametrize("host", ["localhost:8000", "localhost", "127.0.0.1:8000", "LOCALHOST"])
def test_the_own_host_is_answered(guard, host):
    assert ask(guard, HTTP_HOST=host).status == 200


@pytest.mark.parametrize("host", ["", "evil.example", "localhost:port", "localhost/x", "\x00"])
def test_a_foreign_host_is_refused(guard, inside, host):
    assert ask(guard, HTTP_HOST=host).status == 400
    assert inside.seen is None


def test_the_health_check_is_answered_under_any_host_and_without_tls(settings, inside):
    settings.SECURE_SSL_REDIRECT = True
    assert ask(Guard(inside), "/healthz", HTTP_HOST="10.0.0.7:8000").status == 200
    assert inside.seen["HTTP_HOST"] == "localhost:8000"


def test_a_script_name_is_forgotten(guard, inside):
    ask(guard, SCRIPT_NAME="/evil")
    assert inside.seen["SCRIPT_NAME"] == ""


def test_http_leads_to_the_same_address_under_https(settings, inside):
    settings.SECURE_SSL_REDIRECT = True
    settings.SITE_URL = "https://kap.example.org"
    settings.ALLOWED_HOSTS = ["kap.example.org"]
    guard = Guard(inside)
    plain = ask(guard, "/admin/?from=letter", HTTP_HOST="kap.example.org")
    secure = ask(guard, HTTP_HOST="kap.example.org", **{"wsgi.url_scheme": "https"})
    assert (plain.status, plain.body, secure.status) == (301, b"", 200)
    assert plain.headers["Location"] == "https://kap.example.org/admin/?from=letter"
    public = ask(guard, "/history/?utm_source=caf%E9", HTTP_HOST="kap.example.org")
    assert public.headers["Location"] == "https://kap.example.org/history/"


@pytest.fixture
def with_www(settings, inside):
    settings.SECURE_SSL_REDIRECT = True
    settings.SITE_URL = "https://kap.example.org"
    settings.ALLOWED_HOSTS = ["kap.example.org"]
    settings.EXTRA_HOSTS = ["www.kap.example.org", "old.example.org"]
    return Guard(inside)


@pytest.mark.parametrize("host", ["www.kap.example.org", "OLD.example.org:443", "old.example.org."])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_host_of_the_clinic_leads_to_the_same_path(with_www, host, scheme, method):
    for path in ("/history/", "//evil.example/x", "/\\evil.example", "/@evil.example"):
        answer = ask(with_www, path, method=method, HTTP_HOST=host, **{"wsgi.url_scheme": scheme})
        assert answer.status == 301
        location = answer.headers["Location"]
        assert location.startswith("https://kap.example.org/")
        assert unquote(location) == f"https://kap.example.org{path}"


@pytest.mark.parametrize(
    ("method", "host"),
    [
        ("POST", "www.kap.example.org"),  # a form is never there
        ("GET", "evil.example"),
        ("GET", "www.kap.example.org.evil.example"),
        ("GET", "kap.example.org@evil.example"),
        ("GET", ""),
    ],
)
def test_nothing_else_is_redirected(with_www, method, host):
    answer = ask(with_www, "/history/", method=method, HTTP_HOST=host)
    assert answer.status == 400
    assert "Location" not in answer.headers


# Cookies


OURS = "sessionid=abc; csrftoken=def; passkey=ghi:jkl"


def test_our_cookies_reach_the_admin_and_nothing_else(guard, inside):
    ask(guard, "/history/", HTTP_COOKIE=OURS)
    assert "HTTP_COOKIE" not in inside.seen
    ask(guard, "/admin/", HTTP_COOKIE=OURS)
    assert inside.seen["HTTP_COOKIE"] == OURS


@pytest.mark.parametrize("own", ['sessionid="aaaaaaaa\\000"', "csrftoken=a\\b", "a\\b", ""])
def test_a_cookie_that_may_hide_a_nul_is_dropped(guard, inside, own):
    ask(guard, "/admin/", HTTP_COOKIE=own)
    assert "HTTP_COOKIE" not in inside.seen


def test_a_malformed_session_cookie_leaves_the_other_one(guard, inside):
    ask(guard, "/admin/", HTTP_COOKIE='sessionid="x\\000"; sessionid=abc')
    assert inside.seen["HTTP_COOKIE"].strip() == "sessionid=abc"


# Answers


@pytest.mark.parametrize("status", ["200 OK", "301 Moved", "304 Not Modified", "404 No", "500 No"])
def test_every_answer_carries_the_security_headers(status):
    headers = ask(Guard(Inside(status)), "/").headers
    assert headers.items() >= dict(security_headers("/")).items()


def test_the_guard_has_the_last_word_about_its_headers():
    inside = Inside(headers=[("X-Frame-Options", "SAMEORIGIN"), ("x-content-type-options", "no")])
    headers = ask(Guard(inside), "/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "x-content-type-options" not in headers


class Server:
    """One that keeps headers that never change, like ours."""

    knows_constants = True

    def __init__(self):
        self.made = []

    def start_response(self, _status, headers, _exc_info=None):
        self.made.append(headers)


def headers_made(path, headers):
    server = Server()
    for _ in range(2):
        environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_HOST": "localhost:8000"}
        environ["wsgi.url_scheme"] = "http"
        Guard(Inside(headers=headers))(environ, server.start_response)
    return server.made


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", [("Location", "/request-evaluation/received/token/")]),
        ("/", [("ETag", "x"), ("Set-Cookie", "a=b")]),
        ("/admin/", [("ETag", "x")]),
    ],
)
def test_headers_that_may_hold_a_secret_are_not_kept_in_memory(path, headers):
    first, second = headers_made(path, headers)
    assert first == second
    assert first is not second


def test_the_headers_of_a_published_page_are_made_once():
    first, second = headers_made("/", [("ETag", "x"), ("X-Frame-Options", "SAMEORIGIN")])
    assert first is second
    assert dict(first).items() >= dict(security_headers("/")).items()


def test_any_server_gets_headers_as_a_plain_list_of_its_own():
    """A server may add to the list; so must the next answer not have it (PEP 3333)."""
    guard, lists = Guard(Inside(headers=[("ETag", '"1"')])), []
    environ = {"HTTP_HOST": "localhost:8000"}
    setup_testing_defaults(environ)

    def start(_status, headers, _exc_info=None):
        lists.append(headers)
        headers.append(("Date", "now"))

    for _ in range(2):
        guard(dict(environ), start)
    assert [type(each) for each in lists] == [list, list]
    assert [name for name, _ in lists[1]].count("Date") == 1


def test_an_answer_is_kept_nowhere_unless_it_says_so(guard):
    assert ask(guard).headers["Cache-Control"] == "no-store"
    inside = Inside(headers=[("Cache-Control", "max-age=60")])
    assert ask(Guard(inside)).headers["Cache-Control"] == "max-age=60"


def test_the_admin_has_its_own_content_policy(guard):
    assert ask(guard, "/admin/").headers["Content-Security-Policy"] == ADMIN_POLICY
    assert ask(guard, "/administration/").headers["Content-Security-Policy"] == PUBLIC_POLICY


@pytest.mark.parametrize("policy", [PUBLIC_POLICY, ADMIN_POLICY])
def test_no_policy_allows_inline_code_or_another_host(policy):
    allowed = {word for part in policy.split("; ") for word in part.split()[1:]}
    assert allowed <= {"'none'", "'self'", "'script'"}


def test_https_alone_brings_hsts(guard):
    plain, secure = ask(guard), ask(guard, **{"wsgi.url_scheme": "https"})
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.headers["Strict-Transport-Security"] == "max-age=300"
    assert secure.headers["Content-Security-Policy"].endswith("; upgrade-insecure-requests")


# The last line of defence


def failing(environ, start_response):
    raise ValueError("Ada, 555 0100")


def test_a_fault_below_is_answered_with_a_complete_page_and_all_headers():
    answer = ask(Guard(failing), "/")
    assert answer.status == 500
    assert "(425) 654-5433" in answer.text
    assert answer.headers.items() >= dict(security_headers("/")).items()


def test_a_fault_after_the_headers_replaces_them():
    def late(environ, start_response):
        start_response("200 OK", [])
        raise ValueError

    started = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "localhost"}
    environ |= {"wsgi.input": BytesIO(), "wsgi.url_scheme": "http"}
    Guard(late)(environ, lambda *arguments: started.append(arguments))
    (first, _, no_error), (second, _, error) = started
    assert (first, no_error, second) == ("200 OK", None, "500 Internal Server Error")
    assert error[0] is ValueError


def test_a_fault_is_logged(caplog):
    ask(Guard(failing), "/")
    [record] = caplog.records
    assert (record.levelno, record.exc_info[0]) == (logging.ERROR, ValueError)


def test_an_error_page_needs_no_readable_content(settings, monkeypatch, tmp_path):
    monkeypatch.setattr("kapsite.security.wsgi.error_pages.get_clinic", failing)
    answer = ask(Guard(failing), "/")
    assert (answer.status, "988" in answer.text) == (500, True)


def test_a_refusal_of_a_head_request_has_no_body(guard):
    assert ask(guard, "/admin/?a=%00", "HEAD").body == b""


def test_only_an_editor_may_send_a_long_text(guard):
    long = b"a" * 65_537
    assert post(guard, long, PATH_INFO="/admin/edit/page/index.md/").status == 200
    assert post(guard, b"a" * 4_000_001, PATH_INFO="/admin/edit/page/index.md/").status == 413
    assert post(guard, long, PATH_INFO="/admin/inquiries/").status == 413


LONG_TEXT = {"PATH_INFO": "/admin/edit/page/index.md/"}


def test_few_long_texts_are_received_at_once():
    def page(environ, start_response):
        start_response("200 OK", [])
        try:
            return [environ["wsgi.input"].read()[:1]]
        except OSError as error:
            return [str(error).encode()]

    guard = Guard(page, body_seconds=0.01)
    for _ in range(LONG_TEXTS):
        guard.long_texts.acquire()
    assert "Other long texts" in post(guard, b"a" * 65_537, **LONG_TEXT).text
    assert post(guard, b"a" * 65_536, **LONG_TEXT).text == "a"
    guard.long_texts.release()
    assert post(guard, b"a" * 65_537, **LONG_TEXT).text == "a"


def test_a_long_text_of_someone_else_takes_no_place():
    def page(environ, start_response):
        start_response("302 Found", [])
        return [b""]

    length = {"CONTENT_LENGTH": "65537", "wsgi.input": Unread()}
    assert post(Guard(page), **LONG_TEXT | length).status == 302


# Images


IMAGES = "/admin/edit/images/"
UPLOAD = {"CONTENT_TYPE": "multipart/form-data; boundary=----abc", "PATH_INFO": IMAGES}


class Unread:
    """A body that must not be read."""

    def read(self, *_):
        raise AssertionError("It was read.")


def test_an_upload_is_taken_at_one_address_only(guard, inside):
    assert post(guard, b"image", **UPLOAD).status == 200
    assert inside.seen["body"] == b"image"
    for path in ("/", "/admin/edit/", "/admin/edit/images/x/", "/request-evaluation/"):
        assert post(guard, b"image", **UPLOAD | {"PATH_INFO": path}).status == 415
    assert post(guard, b"image", **UPLOAD | {"CONTENT_TYPE": "multipart/form-data"}).status == 415


def test_django_can_take_an_upload():
    def page(environ, start_response):
        assert WSGIRequest(environ).read() == b"image"
        start_response("200 OK", [])
        return [b""]

    assert post(Guard(page), b"image", **UPLOAD).status == 200


def test_of_an_upload_nothing_is_read_before_the_page_asks_for_it(settings):
    def page(environ, start_response):
        assert environ["wsgi.input"].is_too_large == (int(environ["CONTENT_LENGTH"]) > 15_000_000)
        start_response("200 OK", [])
        return [b""]

    for length in ("100", "50000000"):
        upload = UPLOAD | {"CONTENT_LENGTH": length, "wsgi.input": Unread()}
        assert post(Guard(page), **upload).status == 200


@pytest.mark.parametrize("length", ["", "x", "-1"])
def test_an_upload_says_its_length(guard, length):
    assert post(guard, b"image", **UPLOAD | {"CONTENT_LENGTH": length}).status in (400, 411)


def test_an_upload_in_chunks_is_refused_since_its_length_is_not_known(behind_proxy):
    chunked = UPLOAD | {"HTTP_TRANSFER_ENCODING": "chunked", "REMOTE_ADDR": "127.0.0.1"}
    assert post(behind_proxy, b"image", **chunked).status == 411


def test_an_upload_that_breaks_off_is_an_error_of_reading():
    def page(environ, start_response):
        with pytest.raises(OSError, match="broke off"):
            environ["wsgi.input"].read()
        start_response("200 OK", [])
        return [b""]

    assert post(Guard(page), b"image", **UPLOAD | {"CONTENT_LENGTH": "100"}).status == 200


def test_an_upload_that_trickles_in_is_cut_off_after_a_while(monkeypatch):
    monkeypatch.setattr("kapsite.security.wsgi.guard.UPLOAD_SECONDS", 0.2)
    ours, theirs = socket.socketpair()

    def page(environ, start_response):
        with pytest.raises(OSError, match="broke off"):
            environ["wsgi.input"].read()
        start_response("200 OK", [])
        return [b""]

    theirs.send(b"begun")
    with contextlib.closing(ours), contextlib.closing(theirs), ours.makefile("rb") as body:
        slow = {"CONTENT_LENGTH": "100", "wsgi.input": body, "gunicorn.socket": ours}
        assert post(Guard(page), **UPLOAD | slow).status == 200
