"""People who read pages and send forms while something goes wrong, and what they got."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from typing import NamedTuple
from urllib.parse import urlencode

from tests.factories import make_answers
from tests.server import read_all

FORM = "/request-evaluation/"
PAUSE = 0.05  # seconds between two requests of one person
PATIENCE = 35  # seconds; longer than any time limit of the site
number = count(1)


class Answer(NamedTuple):
    is_form: bool
    at: float  # when it came, by time.monotonic()
    took: float  # seconds
    status: int  # 0: no answer
    token: str = ""  # of the request, once it is said to be stored
    is_filled_in: bool = False  # the form came back with what was typed

    @property
    def is_good(self) -> bool:
        return bool(self.token) if self.is_form else self.status == 200


Address = tuple[str, int] | Callable[[], socket.socket]


def ask(address: Address, raw: bytes) -> bytes:
    """The whole answer; empty if there is none."""
    with suppress(OSError), connect(address) as connection:
        connection.sendall(raw)
        return read_all(connection)
    return b""


def connect(address: Address) -> socket.socket:
    if callable(address):
        return address()
    return socket.create_connection(address, timeout=PATIENCE)


def head(method: str, path: str, host="localhost", **headers) -> str:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in names.items()), "", ""])


def get(address: Address, path: str, **headers) -> Answer:
    began = time.monotonic()
    return answer(False, began, ask(address, head("GET", path, **headers).encode()))


def send_form(address: Address, network="", **headers) -> Answer:
    """From another person each time, and unless ``network`` says so, another address."""
    each = next(number)
    network = network or f"198.{18 + each // 65536}.{each // 256 % 256}.{each % 256}"
    message = f"I am number {each}x and have tried two medicines so far."
    body = urlencode(make_answers(name=f"Name {each}", message=message), doseq=True)
    kind = {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": len(body)}
    headers = {"X_Forwarded_For": network, "X_Test_Address": network} | kind | headers
    began = time.monotonic()
    raw = ask(address, (head("POST", FORM, **headers) + body).encode())
    return answer(True, began, raw, f"number {each}x ".encode())


def answer(is_form: bool, began: float, raw: bytes, typed=b"") -> Answer:
    status = re.match(rb"HTTP/1\.1 (\d+)", raw)
    token = re.search(rb"(?m)^Location: \S+/received/([0-9a-f]{64})", raw)
    now = time.monotonic()
    return Answer(
        is_form,
        now,
        now - began,
        int(status[1]) if status else 0,
        token[1].decode() if token else "",
        bool(typed) and typed in raw,
    )


class Visitors:
    """Several threads that go on until they are stopped; half read, half send forms."""

    def __init__(self, address: Address, people=4, page="/risks/", **headers):
        self.address, self.page, self.headers = address, page, headers
        self.answers: list[Answer] = []
        self.is_over = threading.Event()
        visits = [self.read, self.send]
        self.threads = [
            threading.Thread(target=self.go_on, args=[visits[each % 2]]) for each in range(people)
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def go_on(self, visit: Callable[[], Answer]):
        while not self.is_over.wait(PAUSE):
            self.answers.append(visit())

    def read(self) -> Answer:
        return get(self.address, self.page, **self.headers)

    def send(self) -> Answer:
        return send_form(self.address, **self.headers)

    def stored(self) -> set[str]:
        """The tokens of all that the site said it has."""
        return {each.token for each in self.answers if each.token}

    def recovered_after(self, moment: float) -> float:
        """Seconds until a form was accepted that was answered after ``moment``."""
        good = [each.at for each in list(self.answers) if each.is_form and each.is_good]
        return next((at - moment for at in sorted(good) if at >= moment), float("inf"))

    def wait_for_form(self, moment: float, most=60) -> float:
        end = time.monotonic() + most
        while self.recovered_after(moment) == float("inf") and time.monotonic() < end:
            time.sleep(0.05)
        return self.recovered_after(moment)


def in_words(answers: Iterable[Answer]) -> str:
    """ "412 pages; 90 forms stored, 12 given back filled in (503), 1 without an answer"."""
    answers = list(answers)
    pages = [each for each in answers if not each.is_form]
    forms = [each for each in answers if each.is_form]
    words = [f"{sum(each.is_good for each in pages):,} pages", *failures("pages", pages)]
    words += [f"{sum(each.is_good for each in forms):,} forms stored"]
    back = [each for each in forms if not each.is_good and each.is_filled_in]
    if back:
        statuses = ", ".join(sorted({str(each.status) for each in back}))
        words.append(f"{len(back):,} forms given back filled in ({statuses})")
    words += failures("forms", (each for each in forms if not each.is_filled_in))
    slowest = max((each.took for each in answers), default=0)
    return f"{', '.join(words)}; slowest {slowest:.1f} s"


def failures(what: str, answers: Iterable[Answer]) -> list[str]:
    bad = [each.status for each in answers if not each.is_good]
    found = {status: bad.count(status) for status in sorted(set(bad))}
    return [
        f"{times} {what} answered {status}" if status else f"{times} {what} not answered"
        for status, times in found.items()
    ]
