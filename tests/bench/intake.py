"""What storing a sent form costs, beside a bare Django view that inserts one row.

    python -m tests.bench.intake

Ours checks and encrypts the answers, looks for spam and danger, and stores inquiry, history,
search digests and notices in one transaction; the bare view reads the message and inserts one
row. All else is the same for both: guard, middleware, database, gunicorn with two workers. They
take turns. Each form comes on a connection of its own and from another address, as from
different people; every answer must be a redirect.

On SQLite, and on a PostgreSQL of its own where there is one; both wait for the disk.
"""

import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from statistics import median, quantiles
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402

from tests.bench.serving import Gunicorn, gunicorn  # noqa: E402
from tests.factories import make_answers  # noqa: E402
from tests.postgres import PostgresMissing, private_cluster  # noqa: E402
from tests.server import manage, site  # noqa: E402

SETTINGS = {"bare": "tests.bench.bare_settings", "site": "kapsite.settings"}
FORM = "/request-evaluation/"
SENDERS = {1: 100, 8: 200, 64: 400}  # at once: forms in a round
ROUNDS = 3
REQUEST = (
    "POST {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: {}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}"
)
number = count(1)


def main():
    options = {"SECRET_KEY": settings.SECRET_KEY, "NOTIFY_EMAILS": "desk@example.org"}
    options |= {"TRUSTED_PROXIES": "127.0.0.1", "WEB_CONCURRENCY": "2"}
    options |= {"HOURLY_LIMITS": "total=1000000,total_most=1000000"}  # no flood here
    with site(**options) as prepared:
        yield from measure("SQLite", prepared.environment)
        try:
            with private_cluster(durable=True) as cluster:
                environment = prepared.environment | cluster
                manage("migrate", environment)
                yield from measure("PostgreSQL", environment)
        except PostgresMissing as missing:
            print(missing)


def measure(database: str, environment: dict[str, str]) -> Iterator[tuple[str, float]]:
    with ExitStack() as stack:
        servers = {}
        for name, module in SETTINGS.items():
            environment = environment | {"DJANGO_SETTINGS_MODULE": module}
            server = stack.enter_context(gunicorn("kapsite.wsgi", workers=2, **environment))
            servers[name] = server
            send_all(server, 8, 50)  # once to warm up
        for senders, forms in SENDERS.items():
            share = compare(database, servers, senders, forms)
            yield f"{database}, {senders} at once, share of a bare insert", share


def compare(database: str, servers: dict[str, Gunicorn], senders: int, forms: int) -> float:
    rounds: dict[str, list] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            rounds[name].append(send_all(server, senders, forms))
    line, rates = f"{database:10} {senders:3} at once:", {}
    for name, measured in rounds.items():
        rate, p95, used = (median(values) for values in zip(*measured, strict=True))
        rates[name] = rate
        line += f"  {name} {rate:5.0f}/s, p95 {p95:4.0f} ms, processor {used:4.1f} ms "
    share = rates["site"] / rates["bare"]
    print(f"{line}  share {share:.2f}", flush=True)
    return share


def send_all(server: Gunicorn, senders: int, forms: int) -> tuple[float, float, float]:
    """Forms accepted in a second, the 95th percentile, and the processor time of the workers for
    each form; in milliseconds."""
    requests = [make_request() for _ in range(forms)]
    port = int(server.address.rpartition(":")[2])
    before = server.processor_seconds()
    with ThreadPoolExecutor(senders) as pool:
        started = time.perf_counter()
        times = list(pool.map(lambda request: time_of(port, request), requests))
        rate = forms / (time.perf_counter() - started)
    used = server.processor_seconds() - before
    return rate, quantiles(times, n=20)[-1] * 1000, used / forms * 1000


def make_request() -> bytes:
    each = next(number)
    address = f"198.{18 + each // 65536}.{each // 256 % 256}.{each % 256}"
    message = f"I am number {each} and have tried two medicines so far."
    body = urlencode(make_answers(name=f"Name {each}", message=message), doseq=True)
    return REQUEST.format(FORM, address, len(body), body).encode()


def time_of(port: int, request: bytes) -> float:
    started = time.perf_counter()
    send(port, request)
    return time.perf_counter() - started


def send(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 302 "), answer[:200]
    return answer


if __name__ == "__main__":
    for _row in main():
        pass
