"""The files in deploy/nginx keep the site's promises: in the real nginx, before a real gunicorn."""

import contextlib
import re
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured
from django.urls import reverse
from django.utils import timezone

from kapsite.inquiries.models.counting.recent_sender import digest_of, living_slots
from kapsite.security.logs import short_path
from kapsite.security.wsgi.headers import headers_for
from kapsite.security.wsgi.networks import network_of
from tests import server
from tests.deploy.nginx import FILES, HOST, HOW_TO_GET, ROOT, find_nginx, nginx, status_of
from tests.factories import make_answers
from tests.waiting import until

pytestmark = pytest.mark.sqlite  # nginx knows no database

FORM = "/request-evaluation/"
PERSON = "203.0.113.7"
OTHERS = [f"198.51.100.{number}" for number in range(1, 250)]


@pytest.fixture(scope="module")
def site():
    if not find_nginx():
        pytest.skip(HOW_TO_GET)
    with server.site(
        SITE_URL=f"https://{HOST}",
        TRUSTED_PROXIES="127.0.0.1",
        FIELD_KEYS=",".join(configured.FIELD_KEYS),
        WEB_CONCURRENCY="1",
    ) as running:
        yield running


@pytest.fixture(scope="module")
def front(site, tmp_path_factory):
    with nginx(tmp_path_factory.mktemp("nginx"), site.port, site.folder) as running:
        yield running


@pytest.fixture
def another(site, tmp_path_factory):
    """Start one more nginx, with a change to our files, or before another port."""

    @contextlib.contextmanager
    def start(change=lambda text: text, upstream=site.port):
        with nginx(tmp_path_factory.mktemp("another"), upstream, site.folder, change) as running:
            yield running

    return start


def patient(text):
    """On a busy machine the first of many unfinished requests would end before the last came."""
    return text.replace("client_body_timeout 15s", "client_body_timeout 300s")


def slow_refill(text):
    """The burst as shipped, but hardly more after it: on a busy machine requests come slowly."""
    return text.replace("rate=100r/s", "rate=1r/s")


def send_form(front, address, padding=0, in_chunks=False, **headers):
    """Fill in the form as it was sent, and post it; what is not known makes the body longer."""
    page = front.ask("GET", FORM, X_Test_Address=address).page.decode()
    token = unescape(re.search('name="token" value="([^"]+)"', page)[1])
    body = urlencode(make_answers(token=token) | {"padding": "x" * padding}, doseq=True)
    own = {"Origin": f"https://{HOST}", "X_Test_Address": address}
    return front.ask("POST", FORM, iter([body.encode()]) if in_chunks else body, **own | headers)


def has_sent(site, address) -> bool:
    """Whether the site took a request to come from ``address``."""
    digests = {digest_of(network_of(address), slot) for slot in living_slots(timezone.now())}
    with contextlib.closing(sqlite3.connect(site.folder / "db.sqlite3")) as database:
        stored = {row[0] for row in database.execute("SELECT digest FROM inquiries_recentsender")}
    return bool(stored & digests)


# The form


def test_the_form_works_and_the_client_s_own_address_arrives(front, site):
    answer = send_form(front, PERSON)
    assert answer.status == 302
    page = front.ask("GET", answer.headers["Location"], X_Test_Address=PERSON)
    assert "We have your request" in page.page.decode()
    assert has_sent(site, PERSON)


def test_a_forged_forwarding_header_does_not_move_the_client(front, site):
    forged = {"X_Forwarded_For": "192.0.2.99", "X_Forwarded_Proto": "http", "Forwarded": "for=1"}
    assert send_form(front, OTHERS[0], **forged).status == 302
    assert has_sent(site, OTHERS[0])
    assert not has_sent(site, "192.0.2.99")


# Nothing on the disk


def without_temporary_folders(running):
    """From now on nginx cannot write to the disk what it receives or sends."""
    for name in ("body", "proxy"):
        (running.folder / name).rmdir()


@pytest.mark.parametrize("in_chunks", [False, True], ids=["with its length", "in chunks"])
def test_a_long_form_never_touches_the_disk(another, in_chunks):
    with another() as running:
        without_temporary_folders(running)
        assert send_form(running, PERSON, 60_000, in_chunks).status == 302


def test_with_nginx_s_own_buffers_it_would(another):
    def change(text):
        return text.replace("client_body_buffer_size 128k;", "")

    with another(change) as running:
        without_temporary_folders(running)
        assert send_form(running, PERSON, padding=60_000).status in (500, 503)


def test_a_form_that_is_too_long_is_answered_by_the_site_itself(front):
    answer = front.ask("POST", FORM, "a=" + "x" * 100_000)
    assert answer.status == 413
    assert "That’s too long. Please go back and shorten it." in answer.page.decode()


def test_an_image_reaches_the_site_without_being_stored_on_the_way(another):
    kind = {"Content_Type": "multipart/form-data; boundary=abc"}
    with another() as running:
        without_temporary_folders(running)
        answer = running.ask("POST", "/admin/edit/images/", b"x" * 3_000_000, **kind)
        assert answer.status == 302  # to the page where staff sign in
        assert "/account/sign-in/" in answer.headers["Location"]
        elsewhere = running.ask("POST", "/admin/inquiries/", b"x" * 3_000_000, **kind)
        assert elsewhere.status == 413


LENGTH = 20_000_000  # bytes; more than sockets and nginx keep


@pytest.fixture
def large_answers():
    """The port of a site whose answers are large."""

    def answer(listener):
        with contextlib.suppress(OSError), listener.accept()[0] as connection:
            connection.recv(65536)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\nConnection: close\r\n\r\n"
            connection.sendall(head.encode() + bytes(LENGTH))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=[listener])
        thread.start()
        yield listener.getsockname()[1]
    thread.join()


def take_slowly(running) -> int:
    """How many bytes of a large answer reach a client that lets nginx wait at first."""
    with running.connect(tls=False) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        time.sleep(1)
        received = 0
        while part := connection.recv(65536):
            received += len(part)
    return received


def test_an_answer_that_is_taken_slowly_never_touches_the_disk(another, large_answers):
    with another(upstream=large_answers) as running:
        without_temporary_folders(running)
        assert take_slowly(running) > LENGTH


def test_with_nginx_s_own_rule_it_would(another, large_answers):
    def change(text):
        return text.replace("proxy_max_temp_file_size 0;", "")

    with another(change, upstream=large_answers) as running:
        without_temporary_folders(running)
        assert take_slowly(running) < LENGTH


# Logs


TOKEN = "canary-token-3141592653"
PATHS = [
    "/",
    "/history/",
    "/history",
    "/benefits/depression/",
    f"/request-evaluation/received/{TOKEN}/",
    f"/request-evaluation/received/{TOKEN}",
    f"/request-evaluation/received/{TOKEN}/?{TOKEN}",
    f"/admin/account/set-up/{TOKEN}/",
    f"/history/?q={TOKEN}",
    f"/history?q={TOKEN}/a/b",
    f"/?{TOKEN}",
    f"//request-evaluation/received/{TOKEN}/",
    f"/./request-evaluation/received/{TOKEN}/",
    f"/request-evaluation/received/{TOKEN}/../",
    f"/{'a' * 200}{TOKEN}/",
    f"/a/{'b' * 200}{TOKEN}/c",
]


@pytest.mark.parametrize("path", PATHS)
def test_the_log_has_the_start_of_a_path_and_nothing_else(another, path):
    with another() as running:
        running.ask("GET", path, Referer=f"https://{HOST}/{TOKEN}", User_Agent=TOKEN)
        until(lambda: running.log())
        [line] = running.log().splitlines()
    expected = short_path(path.partition("?")[0])
    shown = line.split()[2]
    assert shown == expected or len(path) > 100
    assert len(shown) < 210
    assert TOKEN not in line
    assert "127.0.0.1" not in line
    assert re.fullmatch(r"\S+ GET \S+ \d{3} \d+ [\d.]+s upstream \d{3}", line)


MALFORMED = [
    f"GET /a/b/{TOKEN}",
    f"GET http://{TOKEN}/ HTTP/1.1\r\n\r\n",
    f"{TOKEN}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: {TOKEN}\r\nHost: b\r\n\r\n",
    f"GET /a/b/{TOKEN} HTTP/1.1\r\nX: {'a' * 20_000}\r\n\r\n",
    f"GET /a/b/{TOKEN}{'a' * 20_000} HTTP/1.1\r\n\r\n",
    f"POST /a/b/{TOKEN} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 999999\r\n\r\n",
    f"POST /a/b/{TOKEN} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: x\r\n\r\n",
    f"GET http://{HOST}/a/b/{TOKEN} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n",
    f"GET /a/b/{TOKEN} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n",
]


def trouble(front):
    """All that makes nginx write to an error log, as far as clients can cause it."""
    for raw in MALFORMED:
        with contextlib.suppress(OSError):
            front.send(raw.encode() if raw.endswith("\r\n\r\n") else f"{raw}\r\n\r\n".encode())
    with contextlib.suppress(OSError), front.connect(tls=False) as connection:
        connection.sendall(f"POST {FORM}received/{TOKEN}/ HTTP/1.1\r\nHost: {HOST}\r\n".encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody
    with contextlib.suppress(ssl.SSLError), front.connect(tls=False) as connection:
        context.wrap_socket(connection, server_hostname=TOKEN)
    with socket.create_connection(("127.0.0.1", front.tls)) as connection:
        connection.sendall(b"\x16\x03\x01\x00\x05hello" * 20)
    flood(front, f"/risks/?{TOKEN}")


def flood(front, path, addresses=(PERSON, PERSON, PERSON)) -> list[int]:
    """The states of the answers to 500 requests from each of ``addresses`` as quickly as can be."""
    states = []
    for address in addresses:
        request = f"HEAD {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Test-Address: {address}\r\n"
        raw = f"{request}\r\n" * 499 + f"{request}Connection: close\r\n\r\n"
        answers = front.send(raw.encode(), tls=True)
        states += [int(state) for state in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]
    return states


def leaks(running) -> list[str]:
    """Lines of any log that tell who came or for what."""
    files = running.folder.glob("*.log")
    lines = [line for file in files for line in file.read_text(errors="replace").splitlines()]
    return [line for line in lines if re.search(rf"{TOKEN}|client: |{PERSON}", line)]


def test_no_log_holds_an_address_or_a_token_whatever_goes_wrong(another):
    with another(slow_refill) as running:
        trouble(running)
    assert leaks(running) == []
    assert running.log("default.log") == ""
    assert " 429 " in running.log()


def test_a_site_that_is_down_leaves_no_address_in_a_log_either(another):
    with another(upstream=1) as running:
        answer = running.ask("GET", f"{FORM}received/{TOKEN}/", X_Test_Address=PERSON)
        assert answer.status == 503
    assert leaks(running) == []
    assert "/request-evaluation/received/... 503" in running.log()
    assert running.log().strip().endswith("upstream 502")


def test_without_our_line_the_error_log_would_hold_them(another):
    def change(text):
        return slow_refill(text).replace("error_log /dev/null emerg;", "")

    with another(change) as running:
        trouble(running)
    found = "\n".join(leaks(running))
    assert [word for word in (TOKEN, PERSON, "limiting requests") if word not in found] == []


# Limits


def test_a_flood_from_one_network_is_answered_429_and_others_are_served(another):
    with another(slow_refill) as running:
        states = flood(running, "/robots.txt")
        assert len(states) == 1_500
        assert set(states) == {200, 429}
        assert states.count(200) >= 1_000
        answer = running.ask("GET", "/risks/", X_Test_Address=OTHERS[1])
        assert answer.status == 200


def test_a_network_of_ipv6_is_one_client(another):
    with another(slow_refill) as running:
        states = flood(running, "/robots.txt", [f"2001:db8:1:2::{number}" for number in (1, 2, 3)])
        assert 429 in states
        assert flood(running, "/robots.txt", ["2001:db8:1:3::1"]) == [200] * 500


def test_two_hundred_requests_at_once_are_the_most_for_a_network(another):
    start = f"POST {FORM} HTTP/1.1\r\nHost: {HOST}\r\nX-Test-Address: {PERSON}\r\n"
    start += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"
    with another(patient) as running, contextlib.ExitStack() as waiting:
        for _ in range(200):
            connection = waiting.enter_context(running.connect(tls=False))
            connection.sendall(start.encode())
        until(lambda: running.ask("GET", "/", X_Test_Address=PERSON).status == 429)
        assert running.ask("GET", "/", X_Test_Address=OTHERS[2]).status == 200


def test_a_clinic_behind_one_address_is_not_affected(front):
    """A hundred people who open a page with its files at the same moment."""
    assert flood(front, "/help-now/", [OTHERS[3]] * 2) == [200] * 1_000


# What readers get


@pytest.mark.parametrize("path", ["/", "/risks/", "/robots.txt", FORM, "/nothing/", "/admin/"])
@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_every_answer_has_the_site_s_own_headers(front, path, coding):
    answer = front.ask("GET", path, Accept_Encoding=coding)
    assert set(answer.headers.items()) >= set(headers_for(path == "/admin/", True))
    if path in ("/", "/risks/"):
        assert answer.headers.get("Content-Encoding", "identity") == coding
        again = front.ask("GET", path, Accept_Encoding=coding, If_None_Match=answer.headers["ETag"])
        assert again.status == 304


# What nginx keeps


def kept(running) -> str:
    """What lies in the cache."""
    files = [file for file in (running.folder / "kept").rglob("*") if file.is_file()]
    return "".join(file.read_text("latin-1") for file in files)


def was_asked(running) -> list[bool]:
    """Of each request that was logged: whether nginx asked the site."""
    return [not line.endswith("upstream -") for line in running.log().splitlines()]


def test_pages_and_static_files_are_kept_with_all_their_headers(another):
    with another() as running:
        style = re.search(r'href="(/static/[^"]+\.css)"', running.ask("GET", "/").page.decode())[1]
        for path in ("/history/", style):
            first, second = (running.ask("GET", path, Accept_Encoding="br") for _ in range(2))
            assert second.page == first.page
            assert drop_date(second.headers) == drop_date(first.headers)
        until(lambda: was_asked(running) == [True, True, False, True, False])


def drop_date(headers):
    return sorted(pair for pair in headers.items() if pair[0] != "Date")


@pytest.mark.parametrize(
    "path", [FORM, "/healthz", "/nothing/", "/history", "/admin/", "/history/?q=1", "/admin/login/"]
)
def test_nothing_else_is_kept(another, path):
    with another() as running:
        for _ in range(2):
            running.ask("GET", path)
        assert send_form(running, OTHERS[4]).status == 302
        assert kept(running) == ""


PUBLISHED = {"ETag": '"1"', "Cache-Control": "no-cache"}


class OtherSite(BaseHTTPRequestHandler):
    """Answers as its class says at the moment."""

    status, sends, requests = 200, PUBLISHED, 0

    def do_GET(self):
        type(self).requests += 1
        self.send_response(self.status)
        for name, value in ({"Content-Length": "4"} | self.sends).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"page")

    def log_message(self, *_):
        pass


@pytest.fixture
def other_site():
    class Handler(OtherSite):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever)
        thread.start()
        Handler.port = listener.server_port
        yield Handler
        listener.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"1"'},
        {"Cache-Control": "no-cache"},
        {"ETag": '"1"', "Cache-Control": "no-store"},
        {"ETag": '"1"', "Cache-Control": "no-cache, private"},
        {"ETag": '"1"', "Cache-Control": "max-age=60"},
        PUBLISHED | {"Set-Cookie": "a=b"},
    ],
)
def test_an_answer_that_may_be_personal_is_asked_for_each_time(another, other_site, headers):
    other_site.sends = headers
    with another(upstream=other_site.port) as running:
        assert [running.ask("GET", "/").page for _ in range(3)] == [b"page"] * 3
        assert kept(running) == ""
    assert other_site.requests == 3


def test_a_page_that_is_published_no_more_goes(another, other_site):
    with another(upstream=other_site.port) as running:
        assert running.ask("GET", "/").status == 200
        other_site.status, other_site.sends = 404, {"Cache-Control": "no-store"}
        until(lambda: running.ask("GET", "/").status == 404)


def test_pages_stay_up_while_the_site_is_down(another, other_site):
    with another(upstream=other_site.port) as running:
        assert running.ask("GET", "/").page == b"page"
        other_site.status, other_site.sends = 503, {"Cache-Control": "no-store"}
        asked = other_site.requests
        until(lambda: running.ask("GET", "/").page == b"page" and other_site.requests > asked)
        assert running.ask("GET", "/other/").status == 503


def test_what_the_site_leaves_uncompressed_stays_so(front):
    answer = front.ask("GET", reverse("account_login"), Accept_Encoding="gzip, br")
    assert answer.status == 200
    assert "Content-Encoding" not in answer.headers


def test_http_leads_to_https_with_all_headers(front):
    answer = front.ask("GET", "/history/", tls=False)
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/history/")
    assert set(answer.headers.items()) >= set(headers_for(False, False))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1"])
def test_another_host_is_refused_by_the_site(front, host):
    assert front.ask("GET", "/", Host=host).status == 400


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_today_s_versions_of_tls_are_spoken(front, version):
    context = front.context()
    context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    with socket.create_connection(("127.0.0.1", front.tls)) as connection:
        context.wrap_socket(connection, server_hostname=HOST).close()


# What nginx answers itself


OWN = {
    400: b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    413: f"POST {FORM} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 999999\r\n\r\n".encode(),
    414: f"GET /{'a' * 20_000} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
    431: f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX: {'a' * 20_000}\r\n\r\n".encode(),
}


def without_hsts(headers) -> set:
    """What nginx's own pages have: how long HSTS lasts, the site alone knows."""
    return {pair for pair in headers if pair[0] != "Strict-Transport-Security"}


@pytest.mark.parametrize(("status", "raw"), OWN.items(), ids=OWN)
def test_a_request_that_nginx_refuses_gets_our_page_with_help_and_all_headers(front, status, raw):
    answer = front.send(raw, tls=True)
    assert status_of(answer) == status
    head, _, page = answer.decode().partition("\r\n\r\n")
    assert {"tel:911", "tel:988", "tel:+1425"} <= set(re.findall(r'href="(tel:\+?\d{3,4})', page))
    headers = {line.partition(": ")[::2] for line in head.split("\r\n")[1:]}
    assert headers >= without_hsts(headers_for(False, True))
    assert ("Content-Type", "text/html; charset=utf-8") in headers


def test_while_the_site_is_down_readers_get_the_number_to_call(another):
    with another(upstream=1) as running:
        answer = running.ask("GET", "/")
    assert answer.status == 503
    assert b"(425) 654-5433" in answer.page
    assert set(answer.headers.items()) >= without_hsts(headers_for(False, True))
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_pages_for_errors_have_no_address_of_their_own(front):
    assert front.ask("GET", "/_errors/503.html").status == 404


def test_nginx_does_not_tell_its_version(front):
    assert front.ask("GET", "/").headers["Server"] == "nginx"
    assert front.ask("GET", "/_errors/503.html").headers["Server"] == "nginx"


# The limits of gunicorn and of nginx fit together


def test_a_header_as_long_as_gunicorn_takes_passes(front):
    assert front.ask("GET", "/history/", X=f"{'a' * 8_100}").status == 200


def test_nginx_waits_as_long_as_gunicorn_works():
    gunicorn = (ROOT / "gunicorn.conf.py").read_text()
    ours = "".join(file.read_text() for file in FILES.glob("*.conf"))
    seconds = re.search(r"^timeout = (\d+)", gunicorn, re.M)[1]
    assert f"proxy_read_timeout {seconds}s;" in ours
    idle = int(re.search(r"^keepalive = (\d+)", gunicorn, re.M)[1])
    assert int(re.search(r"keepalive_timeout (\d+)s;\n}", ours)[1]) < idle


def test_debian_s_nginx_takes_the_files_as_they_are_documented(front):
    said = subprocess.run(
        [find_nginx(), "-t", "-c", front.folder / "nginx.conf", "-e", front.folder / "main.log"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "syntax is ok" in said.stderr
    assert "[warn]" not in said.stderr
