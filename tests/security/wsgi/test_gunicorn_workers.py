"""What only a real gunicorn and real sockets can show."""

import contextlib
import os
import re
import signal
import socket
import threading
from pathlib import Path

import gevent
import gevent.socket
import pytest
from gunicorn.config import Config
from gunicorn.workers.base_async import AsyncWorker

from kapsite.security.wsgi.gunicorn_workers import GeventWorker, Response
from kapsite.security.wsgi.headers import Constant, security_headers
from tests import server
from tests.server import read_all
from tests.waiting import until


@pytest.fixture(scope="module")
def site():
    with server.site() as running:
        yield running


@pytest.fixture(scope="module")
def alone(site):
    """A server with one worker."""
    with server.running(site.environment | {"WEB_CONCURRENCY": "1"}) as running:
        yield running


def headers_of(answer: bytes):
    status, *lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return status, dict(line.split(": ", 1) for line in lines)


def assert_plain_refusal(answer, sent):
    status, headers = headers_of(answer)
    assert 400 <= int(status.split()[1]) < 500, (status, sent[:200])
    assert headers.items() >= dict(security_headers("/")).items(), (status, sent[:200])


@pytest.mark.parametrize("path", ["/", "/request-evaluation/", "/nope/", "/healthz", "/static/x"])
def test_a_head_request_leaves_no_warning_in_the_log(site, path):
    before = len(site.lines)
    head = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = site.send(head.encode())
    assert answer.endswith(b"\r\n\r\n")
    until(lambda: any(f" HEAD {path} " in line for line in site.lines[before:]))
    assert not [line for line in site.lines[before:] if "[WARNING]" in line]


FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST /request-evaluation/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
# A page that Django renders for each reader
RENDERED = b"HEAD /request-evaluation/received/old/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"

MALFORMED = [
    b"\r\n\r\n\r\n",
    b"\x00\x01\x02\x03\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200 + b"\r\n\r\n",  # a TLS greeting
    b"GET\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1 x\r\nHost: localhost\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"get / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"G\xffT / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    GET + b"no colon\r\n\r\n",
    GET + b": no name\r\n\r\n",
    GET + b"a b: c\r\n\r\n",
    GET + b"X: a\r\n folded\r\n\r\n",
    GET + b"X: \x00\r\n\r\n",
    GET + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
    GET + b"X: a\r\n" * 200 + b"\r\n",
    GET + b"Expect: 200-maybe\r\n\r\n",
    GET + b"Content-Length: -1\r\n\r\n",
    GET + b"Content-Length: \xb2\r\n\r\n",
    GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    GET + b"Transfer-Encoding: banana\r\n\r\n",
    GET + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
    POST + b"\r\n",
    POST + FORM + b"\r\n",
    POST + FORM + b"Content-Length: x\r\n\r\n",
    POST + FORM + b"Content-Length: 999999999\r\n\r\n",
    POST + FORM + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    POST + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    POST + FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nname=\r\n0\r\n\r\n",
    POST + FORM + b"Transfer-Encoding: gzip\r\n\r\n",
    POST + FORM + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\na=b",
    POST + b"Content-Type: text/plain; charset=zlib\r\nContent-Length: 3\r\n\r\na=b",
    POST + FORM[:-2] + b"; charset=zlib\r\nContent-Length: 3\r\n\r\na=b",
    POST + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5\r\n\r\n--x--",
    b"GET /%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET /%ed%a0%80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"GET /static/../settings.py HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
]


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_request_gets_a_plain_refusal_with_all_headers(site, raw):
    assert_plain_refusal(site.send(raw), raw)


def test_a_body_shorter_than_announced_is_refused(site):
    with site.connect() as connection:
        connection.sendall(POST + FORM + b"Content-Length: 10\r\n\r\na=b")
        connection.shutdown(socket.SHUT_WR)
        assert_plain_refusal(read_all(connection), b"short body")


@pytest.mark.parametrize("query", [b"caf\xc3\xa9", b"\xff\x80", b"%zz%00%0a", b"a" * 4_000])
def test_no_query_string_refuses_a_page(site, query):
    for path in (b"/history/", b"/request-evaluation/", b"/robots.txt", b"/healthz"):
        ending = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        status, _headers = headers_of(site.send(b"GET " + path + b"?" + query + ending))
        without, _headers = headers_of(site.get(path.decode()))
        assert status == without
        assert "200" in without or path == b"/healthz"  # red: no worker runs here


@pytest.mark.parametrize(("size", "status"), [(800, 200), (2_000, 431)])
def test_all_headers_together_have_a_limit(site, size, status):
    headers = [f"X-{number}: {'a' * size}" for number in range(20)]
    assert site.get("/", *headers).startswith(f"HTTP/1.1 {status} ".encode())


def test_the_server_tells_its_name_and_no_version(site):
    for path in ("/", "/request-evaluation/", "/static/css/base.css", "/nothing/"):
        _status, headers = headers_of(site.get(path))
        assert headers["Server"] == "gunicorn"


def test_a_forwarder_header_cannot_move_the_site(site):
    status, _headers = headers_of(site.get("/history/", "SCRIPT_NAME: /history", "Script-Name: /x"))
    assert status == "HTTP/1.1 200 OK"


def test_the_log_holds_no_query_address_agent_or_token(site):
    site.get("/history/?q=secret-question", "User-Agent: secret-agent", "Referer: http://secret/")
    site.get("/request-evaluation/received/secret-token/")
    site.send(b"GET / HTTP/1.1\r\nsecret header\r\n\r\n")
    until(lambda: "GET /request-evaluation/received/... " in site.log)
    assert "GET /history/ 200" in site.log
    assert not [word for word in ("secret", "127.0.0.1 ", "::1") if word in site.log]


SLOW = {
    "say nothing": b"",
    "stop in the first line": b"GET /hist",
    "stop in the headers": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",
    "stop in the body": POST + FORM + b"Content-Length: 5000\r\n\r\nname=A",
}


@pytest.mark.parametrize("start", SLOW.values(), ids=SLOW)
def test_a_hundred_slow_clients_do_not_keep_others_waiting(site, start):
    with contextlib.ExitStack() as open_ones:
        for _ in range(100):
            connection = open_ones.enter_context(site.connect())
            connection.sendall(start)
        assert headers_of(site.get("/history/"))[0] == "HTTP/1.1 200 OK"
        assert headers_of(site.get("/request-evaluation/"))[0] == "HTTP/1.1 200 OK"


def test_a_hundred_clients_that_take_no_answer_do_not_keep_others_waiting(site):
    with contextlib.ExitStack() as open_ones:
        for _ in range(100):
            connection = open_ones.enter_context(small_window(site))
            connection.sendall(GET.replace(b"Connection: close\r\n", b"") + b"\r\n")
        assert headers_of(site.get("/history/"))[0] == "HTTP/1.1 200 OK"


def small_window(site):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    connection.connect(("127.0.0.1", site.port))
    return connection


def test_the_style_sheets_of_a_page_may_be_kept_for_ever(site):
    page = site.get("/").decode()
    styles = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert styles != []
    for path in styles:
        status, headers = headers_of(site.get(path, "Accept-Encoding: br"))
        assert (status, headers["Content-Encoding"]) == ("HTTP/1.1 200 OK", "br")
        assert "immutable" in headers["Cache-Control"]


def test_a_connection_serves_several_requests(site):
    with site.connect() as connection:
        for _ in range(3):
            connection.sendall(b"HEAD /history/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_pipelines_requests_shares_the_worker_with_others(alone):
    """By how many of its answers have come: a worker that it holds sends them all first."""
    sent = 2_000
    with alone.connect() as greedy, alone.connect() as other:
        ask(other)  # so that both connections are accepted
        answers = Answers(greedy)
        greedy.sendall(RENDERED * sent)
        until(lambda: answers.count)
        ask(other)
        assert answers.count < sent / 2


def test_whoever_was_not_heard_yet_comes_after_one_request_of_each_other(monkeypatch):
    handled = []
    monkeypatch.setattr(AsyncWorker, "handle_request", lambda *given: handled.append(given))
    worker = GeventWorker.__new__(GeventWorker)
    ours, theirs = gevent.socket.socketpair()
    with ours, theirs:
        reader = gevent.spawn(ours.recv, 1)

        def send_on_and_on():
            while not reader.ready() and len(handled) < 1_000:
                worker.handle_request("", None, None, None)

        others = [gevent.spawn(theirs.send, b"x")]  # once the reader waits
        others += [gevent.spawn(send_on_and_on) for _ in range(2)]
        gevent.joinall([reader, *others])
    assert len(handled) < 10


class Wire:
    """What a Response needs of a request and a socket."""

    method, version = "GET", (1, 1)

    def __init__(self):
        self.sent = b""

    def should_close(self):
        return False

    def sendall(self, data):
        self.sent += data


def test_a_fault_after_the_headers_of_a_page_leaves_nothing_of_them_behind():
    page = Constant([("ETag", "x"), ("Content-Length", "4")])
    for fails in (False, True, False):
        wire = Wire()
        response = Response(wire, wire, Config())
        response.start_response("200 OK", page)
        if fails:
            error = [("Content-Type", "text/html"), ("Content-Length", "5")]
            response.start_response("500 No", error, (ValueError, ValueError(), None))
        response.write(b"error" if fails else b"page")
        head, _, body = wire.sent.partition(b"\r\n\r\n")
        assert (b"ETag" in head, b"text/html" in head) == (not fails, fails)
        assert head.count(b"Content-Length") == 1
        assert body == (b"error" if fails else b"page")


def test_a_page_arrives_in_one_piece(site):
    with site.connect() as connection:
        for _ in range(50):
            connection.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            assert len(body) == int(re.search(rb"Content-Length: (\d+)", head)[1])


def test_a_crowd_that_asks_for_rendered_pages_does_not_hold_up_a_reader(alone):
    """By how many of the crowd were answered first: without turns, nearly all of them."""
    crowd = 150
    with contextlib.ExitStack() as open_ones:
        connections = [open_ones.enter_context(alone.connect()) for _ in range(crowd)]
        other = open_ones.enter_context(alone.connect())
        for connection in [*connections, other]:
            ask(connection)  # so that all of them are accepted
        answers = [Answers(connection) for connection in connections]
        for connection in connections:
            connection.sendall(RENDERED)
        ask(other)
        assert counted(answers) < crowd / 4


def test_a_crowd_of_new_connections_does_not_hold_up_a_reader(site):
    """With two workers, where gunicorn would accept one connection at each look."""
    crowd = 150
    with contextlib.ExitStack() as open_ones:
        both = open_ones.enter_context(server.running(site.environment))
        with both.connect() as first:
            ask(first)  # so that a worker is there
        answers = []
        for _ in range(crowd):
            connection = open_ones.enter_context(both.connect())
            connection.sendall(RENDERED)
            answers.append(Answers(connection))
        with both.connect() as other:
            waiting = crowd - counted(answers)  # others were answered while the crowd gathered
            ask(other)
            assert crowd - counted(answers) >= waiting / 2


def ask(connection):
    connection.sendall(b"HEAD /history/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


def counted(answers):
    return sum(answer.count for answer in answers)


class Answers(threading.Thread):
    """Reads answers as they come, and counts them."""

    def __init__(self, connection):
        super().__init__(daemon=True)
        self.connection = connection
        self.count = 0
        self.start()

    def run(self):
        with contextlib.suppress(OSError):
            while part := self.connection.recv(65536):
                self.count += part.count(b"HTTP/1.1 ")


def test_workers_share_most_of_what_is_loaded(site):
    with server.running(site.environment) as fresh:
        until(lambda: len(workers_of(fresh)) == 2)
        for worker in workers_of(fresh):
            sizes = dict(
                line.split(":")
                for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()[1:]
            )
            assert int(sizes["Private_Dirty"].split()[0]) < int(sizes["Rss"].split()[0]) / 2


def test_workers_inherit_no_connection_to_the_database(site):
    opened = [os.readlink(file) for file in Path(f"/proc/{site.process.pid}/fd").iterdir()]
    assert [file for file in opened if "sqlite" in file] == []


@pytest.mark.parametrize("worker_class", ["gevent", "gthread"])
def test_a_worker_that_is_killed_is_replaced(site, worker_class):
    environment = site.environment | {"WORKER_CLASS": worker_class}
    with server.running(environment) as hurt:
        until(lambda: len(workers_of(hurt)) == 2)
        before = workers_of(hurt)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        until(lambda: len(workers_of(hurt)) == 2 and not before & workers_of(hurt))
        assert hurt.get("/risks/").startswith(b"HTTP/1.1 200 OK")
        assert hurt.get("/request-evaluation/").startswith(b"HTTP/1.1 200 OK")


def workers_of(running) -> set[int]:
    master = running.process.pid
    return set(map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split()))


def test_a_request_in_progress_is_finished_when_the_server_stops(site):
    with server.running(site.environment) as ending, ending.connect() as connection:
        connection.sendall(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.recv(65536)
        connection.sendall(POST + FORM + b"Content-Length: 8\r\n\r\nname")
        ending.process.terminate()
        until(lambda: "Handling signal: term" in ending.log)
        connection.sendall(b"=Ada")
        assert read_all(connection).startswith(b"HTTP/1.1 200 OK")
        assert ending.process.wait(120) == 0
