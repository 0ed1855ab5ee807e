"""More visitors than usual: a day within minutes, slow ones, a scanner."""

import random
import socket
import threading
import time
from contextlib import ExitStack
from itertools import product

from tests.bench.memory import memory_of
from tests.drills.places import drill_site, lost, worker
from tests.drills.processes import children
from tests.drills.row import Row, drill, in_seconds
from tests.drills.visitors import Visitors, get, in_words

SLOW = 300  # connections
PROBES = 10_000


@drill
def days_traffic(seconds=600) -> Row:
    """More than a clinic's day: its forms and ten times its pages. Memory on the way."""
    sizes: list[str] = []
    with drill_site() as site, worker(site.environment) as mail_worker:
        with Visitors(site.address, people=6) as visitors:
            for part in (0.1, 0.4, 0.5):
                time.sleep(seconds * part)
                sizes.append(f"{used(site.process.pid, mail_worker.pid):.0f}")
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
    memory = f"{', '.join(sizes)} MB after a tenth, a half and all of it"
    fault = f"A day's traffic in {seconds / 60:.0f} minutes"
    return Row(fault, in_words(visitors.answers), gone, memory)


def used(*masters: int) -> float:
    """MB of all their processes: the proportional set size."""
    processes = [pid for master in masters for pid in (master, *children(master))]
    return sum(memory_of(pid)["Pss"] for pid in processes)


@drill
def slow_connections(seconds=30) -> Row:
    """They send a byte of a form now and then, without a proxy in front."""
    with drill_site() as site, ExitStack() as stack:
        slow = [stack.enter_context(site.connect()) for _ in range(SLOW)]
        is_over = threading.Event()
        dripping = threading.Thread(target=drip, args=[slow, is_over])
        dripping.start()
        time.sleep(2)
        with Visitors(site.address) as visitors:
            time.sleep(seconds)
        is_over.set()
        dripping.join()
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
    fault = f"{SLOW} slow connections, no proxy"
    return Row(fault, in_words(visitors.answers), gone, "nothing to recover from")


def drip(connections: list[socket.socket], is_over: threading.Event) -> None:
    head = b"POST /request-evaluation/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n"
    for position in range(10_000):
        for each, connection in enumerate(connections):
            try:
                connection.send(head[position : position + 1] or b"a")
            except OSError:  # the site has had enough of it
                connections[each] = connection
        if is_over.wait(1):
            return


WORDS = (
    "admin",
    "wp-login",
    ".env",
    ".git/config",
    "phpmyadmin",
    "api/v1/users",
    "backup",
    "cgi-bin/x",
)
ENDINGS = ("", "/", ".php", ".bak", "?id=1%27--", "/../../etc/passwd", "%00", ".sql.gz")


@drill
def scanner() -> Row:
    with drill_site() as site:
        with Visitors(site.address) as visitors:
            began = time.monotonic()
            statuses = scan(site.address)
            took = time.monotonic() - began
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
        found = ", ".join(f"{n:,} × {status}" for status, n in sorted(statuses.items()))
        fault = f"A scanner's {PROBES:,} requests"
    return Row(fault, in_words(visitors.answers), gone, f"{in_seconds(took)}: {found}")


def scan(address) -> dict[int, int]:
    chance = random.Random(1)  # noqa: S311 -- no secret
    paths = [f"/{word}{ending}" for word, ending in product(WORDS, ENDINGS)]
    statuses: dict[int, int] = {}
    lock = threading.Lock()

    def some():
        for _ in range(PROBES // 8):
            path = chance.choice(paths)
            headers = {"X_Forwarded_For": "203.0.113.9"}
            status = get(address, path, **headers).status
            with lock:
                statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
