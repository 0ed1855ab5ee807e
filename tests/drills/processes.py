"""Processes that are killed, run twice or meet another time, and a mail server that is down."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.drills.places import drill_site, lost, worker
from tests.drills.row import Row, drill, in_seconds, seconds_until
from tests.drills.visitors import Visitors, get, in_words, send_form
from tests.mailserver import free_port, mail_server
from tests.server import ROOT, Server, running


def children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


@drill
def web_workers_killed() -> Row:
    with drill_site() as site, Visitors(site.address) as visitors:
        for _ in range(5):
            time.sleep(1.5)
            os.kill(children(site.process.pid)[0], signal.SIGKILL)
            killed = time.monotonic()
        recovered = visitors.wait_for_form(killed)
        visitors.is_over.set()
        time.sleep(1)
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
        saw = in_words(visitors.answers)
    return Row(
        "A web worker killed, 5 times", saw, gone, f"the next form after {in_seconds(recovered)}"
    )


@drill
def mail_worker_killed() -> Row:
    """While it sends; the next one goes on."""
    with mail_server() as mailbox, drill_site(EMAIL_URL=f"smtp://127.0.0.1:{mailbox.port}") as site:
        mailbox.fails = "hangs"
        with worker(site.environment) as process:
            stored = send_form(site.address).token
            seconds_until(lambda: mailbox.asked)
            process.kill()
            process.wait()
        mailbox.fails = ""
        with worker(site.environment):
            took = seconds_until(lambda: mailbox.letters, most=400)
        gone = lost({stored}, site.environment["DATABASE_URL"])
    words = f"{len(mailbox.letters)} notice {in_seconds(took)} after the next one started"
    return Row("The worker killed while it sends", "nothing", gone, words)


@drill
def mail_down() -> Row:
    port = free_port()
    with drill_site(EMAIL_URL=f"smtp://127.0.0.1:{port}") as site, worker(site.environment):
        with Visitors(site.address) as visitors:
            time.sleep(15)
        with mail_server(port) as mailbox:
            took = seconds_until(lambda: mailbox.letters, most=400)
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
    words = f"the first notice {in_seconds(took)} after the mail server was back"
    return Row("Mail server down for 15 s", in_words(visitors.answers), gone, words)


@drill
def two_publishes_at_once() -> Row:
    with drill_site() as site, worker(site.environment), Visitors(site.address) as visitors:
        words = [sys.executable, "manage.py", "publish"]
        quiet = {"cwd": ROOT, "env": site.environment, "stdout": subprocess.DEVNULL}
        both = [subprocess.Popen(words, **quiet) for _ in range(3)]
        codes = [process.wait(120) for process in both]
        visitors.is_over.set()
        health = seconds_until(lambda: get(site.address, "/healthz").is_good)
        saw = in_words(visitors.answers)
    return Row(
        "Three publishes at once",
        saw,
        "nothing",
        f"exit codes {codes}; /healthz green {in_seconds(health)} later",
    )


@drill
def two_workers_at_once() -> Row:
    with ExitStack() as stack:
        mailbox = stack.enter_context(mail_server())
        site = stack.enter_context(drill_site(EMAIL_URL=f"smtp://127.0.0.1:{mailbox.port}"))
        for _ in range(2):
            stack.enter_context(worker(site.environment))
        with Visitors(site.address, people=2) as visitors:
            time.sleep(5)
        seconds_until(lambda: mailbox.letters)
        time.sleep(5)
        letters = [str(letter["Subject"]) for letter in mailbox.letters]
        gone = lost(visitors.stored(), site.environment["DATABASE_URL"])
    twice = len(letters) - len(set(letters))
    words = f"{len(letters)} notices for {len(visitors.stored())} requests, {twice} of them twice"
    return Row("Two workers at once", in_words(visitors.answers), gone, words)


@drill
def clock_jumps() -> list[Row]:
    """The clock of server and worker stands apart from that of people by so much."""
    rows = []
    for jump in ("+2h", "-2h", "+400d", "-30d"):
        library = next(p for p in FAKETIME if os.path.exists(p))
        fake = {"LD_PRELOAD": library, "FAKETIME": jump, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        with drill_site() as site:
            before = send_form(site.address)
            url = site.environment["DATABASE_URL"]
            with running_again(site.environment | fake) as again, worker(site.environment | fake):
                healthy = seconds_until(lambda: get(again.address, "/healthz").is_good)
                after = send_form(again.address)
                page = get(again.address, "/risks/")
                time.sleep(25)  # for the scheduled jobs
            gone = lost({each.token for each in (before, after) if each.token}, url)
        form = "stored" if after.is_good else f"given back ({after.status})"
        saw = f"page {page.status}; a form opened before the jump: {form}"
        rows.append(Row(f"Clock jumps by {jump}", saw, gone, f"/healthz {in_seconds(healthy)}"))
    return rows


FAKETIME = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
]


@contextmanager
def running_again(environment: dict[str, str]) -> Iterator[Server]:
    with running(environment) as server:
        server.address = ("127.0.0.1", server.port)
        yield server
