"""How long a reader waits for a published page while somebody attacks.

    python -m tests.bench.attacks

Two gunicorn workers on loopback; the attacker is a process of its own, in one network. Each
attack lasts some seconds, meanwhile a reader from another network opens page after page, each on a
connection of its own. Also said: what the attacker got for it, by status.

Loopback is never limited, so the networks are named as a trusted proxy does.
"""

import multiprocessing
import os
import selectors
import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from itertools import count
from statistics import quantiles
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402

from tests.factories import make_answers  # noqa: E402
from tests.server import site  # noqa: E402

SECONDS = 8  # for each attack
PAUSE = 0.01  # seconds between a reader's pages
FORM = "/request-evaluation/"
ATTACKER = "203.0.113.9"
DANGER = "I want to kill myself tonight."
number = count(1)


def main():
    environment = {"SECRET_KEY": settings.SECRET_KEY, "NOTIFY_EMAILS": "desk@example.org"}
    environment |= {"TRUSTED_PROXIES": "127.0.0.1", "WEB_CONCURRENCY": "2"}
    with site(**environment) as server:
        list(read_pages(server.port))  # once, until every worker has started
        for name, attack in ATTACKS.items():
            with going_on(attack, server.port) as answers:
                waits = list(read_pages(server.port))
            say(name, waits, answers)


def say(name, waits, answers):
    cuts = quantiles(waits * 2, n=20, method="inclusive")  # of one page too
    print(
        f"{name:38} p50 {cuts[9] * 1000:6.1f} ms  p95 {cuts[18] * 1000:6.1f} ms  "
        f"longest {max(waits) * 1000:6.0f} ms  of {len(waits):4}; {dict(answers)}",
        flush=True,
    )


@contextmanager
def going_on(attack, port):
    """Inside, the attack runs; afterwards, how often it got which status."""
    answers: Counter = Counter()
    if not attack:
        yield answers
        return
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=run, args=(attack, port, theirs))
    process.start()
    time.sleep(0.5)
    try:
        yield answers
    finally:
        if ours.poll(60):
            answers.update(ours.recv())
        process.join(30)
        process.kill()


def run(attack, port, pipe):
    answers: Counter = Counter()
    attack(port, time.monotonic() + SECONDS + 1, answers)
    pipe.send(answers)


def read_pages(port):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        started = time.perf_counter()
        with connect(port) as connection:
            connection.sendall(lines("GET", "/history/", "198.51.100.7", "Connection: close"))
            while connection.recv(65536):
                pass
        yield time.perf_counter() - started
        time.sleep(PAUSE)


def connect(port) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def lines(method, path, address, *more) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"X-Forwarded-For: {address}", *more]
    return "\r\n".join([*head, "", ""]).encode()


# The attacks. Each sends as fast as it is answered, until ``end``.


def posts(senders, make_body):
    return many(senders, lambda *told: send_posts(*told, make_body))


def many(threads, work):
    def attack(port, end, answers):
        running = [threading.Thread(target=work, args=(port, end, answers)) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()

    return attack


def send_posts(port, end, answers, make_body):
    while time.monotonic() < end:
        body = make_body()
        kind = "Content-Type: application/x-www-form-urlencoded"
        head = lines("POST", FORM, ATTACKER, kind, f"Content-Length: {len(body)}")
        with suppress(OSError), connect(port) as connection:
            connection.sendall(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
            answer = connection.recv(65536)
            answers[answer[9:12].decode()] += 1
            while connection.recv(65536):
                pass


def form(**answers) -> bytes:
    return urlencode(make_answers(name=f"Name {next(number)}", **answers), doseq=True).encode()


def form_at_the_limit() -> bytes:
    """The largest body that is accepted."""
    body = form()
    spare = (settings.FORM_BYTES - len(body) - len("&extra=")) // 3
    return body + b"&extra=" + b"%22" * spare


def many_heads(port, end, answers, connections=300):
    """Each connection asks again as soon as it is answered."""
    request = lines("HEAD", FORM, ATTACKER)
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = connect(port)
            connection.sendall(request)
            selector.register(connection, selectors.EVENT_READ)
        while time.monotonic() < end:
            for key, _ in selector.select(1):
                answer = key.fileobj.recv(65536)
                if not answer:
                    selector.unregister(key.fileobj)
                    continue
                answers[answer[9:12].decode()] += 1
                key.fileobj.sendall(request)
        for key in list(selector.get_map().values()):
            key.fileobj.close()


def pipeline(port, end, answers, at_once=2_000):
    """Written by one thread, read by another, so that the server never waits."""
    with connect(port) as connection:
        reader = threading.Thread(target=count_answers, args=(connection, answers))
        reader.start()
        with suppress(OSError):
            while time.monotonic() < end:
                connection.sendall(lines("HEAD", FORM, ATTACKER) * at_once)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        reader.join()


def count_answers(connection, answers):
    with suppress(OSError):
        while part := connection.recv(65536):
            for status in ("200", "429"):
                if found := part.count(f"HTTP/1.1 {status}".encode()):
                    answers[status] += found


ATTACKS = {
    "nobody": None,
    "40 senders, changing names": posts(40, form),
    "40 senders, words of danger": posts(40, lambda: form(message=DANGER)),
    "300 connections, HEAD of the form": many_heads,
    "4 clients that pipeline": many(4, pipeline),  # more than there are workers
    "4 senders, bodies at the limit": posts(4, form_at_the_limit),
}

if __name__ == "__main__":
    main()
