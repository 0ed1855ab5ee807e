"""What each kind of answer costs, as a share of what gunicorn can serve at all.

    python -m tests.bench.pages

A bare application answers with the same bytes and headers and does nothing else. Both run
with the site's gunicorn settings and one worker, in turns, so that they share the machine's
moods; the site writes its access log, the bare application none. Wants wrk.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import NamedTuple

from tests.bench.intake import make_request, send, settings
from tests.bench.serving import Gunicorn, Load, gunicorn, load
from tests.server import site
from tests.waiting import until

PAGE = "/risks/"
FORM = "/request-evaluation/"
BROTLI = "Accept-Encoding: br"
ROUNDS = 3
BY_THE_SERVER = {"date", "server", "connection", "transfer-encoding"}
STYLE = re.compile(rb'href="(/static/[^"]+\.css)"')


class Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes


def bare(environ, start_response, answers={}):  # noqa: B006 -- read once, kept
    """As little as an application can do."""
    if not answers:
        stored = json.loads(Path(os.environ["BENCH_ANSWERS"]).read_text())
        for path, (status, headers, body) in stored.items():
            answers[path] = status, [(n, v) for n, v in headers], [body.encode("latin-1")]
    status, headers, body = answers[environ["PATH_INFO"]]
    start_response(status, headers)
    return body


def main():
    options = {"WEB_CONCURRENCY": "1", "TRUSTED_PROXIES": "127.0.0.1"}  # loopback: no rate limit
    options |= {"HOURLY_LIMITS": "total=1000000,total_most=1000000"}
    options |= {"SECRET_KEY": settings.SECRET_KEY}  # of tokens
    module = {"DJANGO_SETTINGS_MODULE": "kapsite.settings"}
    with tempfile.TemporaryDirectory() as folder, site(**options) as prepared, ExitStack() as stack:
        ours = stack.enter_context(
            gunicorn("kapsite.wsgi", log=True, **prepared.environment, **module)
        )
        stack.enter_context(worker(ours, prepared.environment))
        paths = find_paths(ours)
        answers = {path: read(ours, path) for path in paths.values()}
        file = Path(folder) / "answers.json"
        kept = {
            path: (a.status, a.headers, a.body.decode("latin-1")) for path, a in answers.items()
        }
        file.write_text(json.dumps(kept))
        floor = stack.enter_context(gunicorn("tests.bench.pages:bare", BENCH_ANSWERS=str(file)))
        read(floor, PAGE)  # wait for its worker
        print(f"{'':18} {'bare':>8} {'site':>8}  share   processor      p50    p95    p99")
        for name, path in paths.items():
            yield from compare(name, path, answers[path], floor, ours)
        yield from turns(ours)


@contextmanager
def worker(server: Gunicorn, environment: dict[str, str]):
    """Without one, /healthz tells that it is missing."""
    words = [sys.executable, "manage.py", "run_worker"]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: read(server, "/healthz").status.startswith("200"), seconds=60)
        yield
    finally:
        process.terminate()
        process.wait(30)


def find_paths(server: Gunicorn) -> dict[str, str]:
    page = read(server, PAGE, coding="identity").body
    return {
        "published page": PAGE,
        "static file": STYLE.search(page)[1].decode(),
        "redirect": PAGE.rstrip("/"),
        "/healthz": "/healthz",
        "confirmation": confirmation(server),
        "form": FORM,
        "404": "/no-such-page/",
    }


def read(server: Gunicorn, path: str, coding="br") -> Answer:
    connection = HTTPConnection(server.address.partition("//")[2])
    connection.request("GET", path, headers={"Accept-Encoding": coding})
    answer = connection.getresponse()
    headers = [each for each in answer.getheaders() if each[0].lower() not in BY_THE_SERVER]
    return Answer(f"{answer.status} {answer.reason}", headers, answer.read())


def confirmation(server: Gunicorn) -> str:
    answer = send(port_of(server), make_request())
    return re.search(rb"\r\nLocation: (\S+)", answer)[1].decode()


def port_of(server: Gunicorn) -> int:
    return int(server.address.rpartition(":")[2])


def compare(
    name: str, path: str, answer: Answer, floor: Gunicorn, ours: Gunicorn
) -> Iterator[tuple[str, float]]:
    """Medians over the rounds, after one to warm up."""
    rounds = [
        [measured(server, path, int(answer.status[:3])) for server in (floor, ours)]
        for _ in range(ROUNDS + 1)
    ][1:]
    least, most = (
        [median(c) for c in zip(*side, strict=True)] for side in zip(*rounds, strict=True)
    )
    share = median(our[0] / bare[0] for bare, our in rounds)
    cost = median(bare[-1] / our[-1] for bare, our in rounds)
    times = " ".join(f"{each:6.2f}" for each in most[1:4])
    print(
        f"{name:18} {least[0]:6.0f}/s {most[0]:6.0f}/s  {share:5.2f}  "
        f"{cost:4.2f} {most[-1]:5.0f} µs  {times}",
        flush=True,
    )
    yield f"{name}, share of bare", share
    yield f"{name}, share by processor time", cost
    yield f"{name}, µs of processor", most[-1]
    yield f"{name}, p99 ms", most[3]


def measured(server: Gunicorn, path: str, status: int) -> tuple[float, ...]:
    """Rate, p50, p95, p99 and µs of the worker's processor time for each request."""
    before = server.processor_seconds()
    result = load(server.address + path, BROTLI, seconds=1, status=status)
    spent = server.processor_seconds() - before
    return (*result, spent / result.rate * 1e6)


# Turns: among many busy connections none should wait much longer than the others.


def turns(ours: Gunicorn) -> Iterator[tuple[str, float]]:
    print(f"\n{'':36} {'rate':>8}    p50    p95    p99  p99/p50")
    address = ours.address + PAGE
    yield from fairness("16 connections", lambda: load(address, BROTLI))
    yield from fairness("64 connections", lambda: load(address, BROTLI, connections=64))
    with posting(port_of(ours)):
        yield from fairness("16 connections, while forms arrive", lambda: load(address, BROTLI))


def fairness(name: str, measure) -> Iterator[tuple[str, float]]:
    rounds: list[Load] = [measure() for _ in range(ROUNDS)]
    rate, *times = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(each.p99 / each.p50 for each in rounds)
    shown = " ".join(f"{each:6.2f}" for each in times)
    print(f"{name:36} {rate:6.0f}/s {shown} {ratio:8.1f}", flush=True)
    yield f"{name}, p99/p50", ratio


@contextmanager
def posting(port: int):
    """One sender posts a form after the other."""
    enough = Event()

    def post():
        while not enough.is_set():
            send(port, make_request())

    sender = Thread(target=post)
    sender.start()
    try:
        yield
    finally:
        enough.set()
        sender.join()


if __name__ == "__main__":
    for _row in main():
        pass
