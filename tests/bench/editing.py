"""How long readers wait while someone edits, and while the site is published.

    python -m tests.bench.editing

One gunicorn worker, so that all of it meets in one process, and `run_worker`. A reader asks for a
page a hundred times a second on a connection that stays open: alone, while an editor who types and
stops each second gets a preview of a long page, and while a changed page is published over and
over.
"""

import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from string import ascii_lowercase
from urllib.parse import urlencode

import tests.settings  # noqa: F401 -- names the folder in which sites are set up
from tests.bench.memory import NEW_SESSION
from tests.bench.serving import gunicorn
from tests.server import ROOT, site

PAGE, READ = "risks.md", "/risks/"
PAUSE = 0.01  # seconds between two readers
SECONDS = 20  # that each is measured
TYPING = 1.0  # seconds until the next pause in typing
LONGEST = 60  # seconds until a page is published
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def token() -> str:
    return "".join(random.choices(ascii_lowercase, k=12))  # noqa: S311


class Editor:
    """What the browser of an editor sends."""

    def __init__(self, address: str, cookie: str):
        self.connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
        self.cookies = dict([cookie.split("=", 1)])
        self.shown: dict[str, str] = {}
        self.text = (ROOT / "content" / PAGE).read_text(encoding="utf-8")

    def preview(self) -> float:
        """Seconds until it is there."""
        page = f"/admin/edit/page/{PAGE}/"
        if not self.shown:
            self.shown = self.hidden_fields(page)
        begun = time.perf_counter()
        self.ask("POST", f"{page}live/", self.shown | self.written(token()))
        took = time.perf_counter() - begun
        time.sleep(TYPING)
        return took

    def publish(self) -> float:
        """Save a draft and publish it; seconds until readers have it."""
        page, word = f"/admin/edit/page/{PAGE}/", token()
        self.ask("POST", page, self.hidden_fields(page) | self.written(word))
        fields = self.hidden_fields(f"{page}publish/")
        self.ask("POST", f"{page}publish/", fields | {"reason": "It is measured."})
        begun = time.perf_counter()
        while word not in self.ask("GET", READ):
            if time.perf_counter() - begun > LONGEST:
                sys.exit(f"The page was not published within {LONGEST} seconds.")
            time.sleep(0.02)
        return time.perf_counter() - begun

    def written(self, word: str) -> dict[str, str]:
        return {"text": f"{self.text}\nSee you soon, {word}.\n", "shape": "text"}

    def hidden_fields(self, path: str) -> dict[str, str]:
        self.connection.close()  # the server may have, after a rest
        found = HIDDEN.findall(self.ask("GET", path))
        return {name: unescape(value) for name, value in found}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields) if fields else None
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            sys.exit(f"{method} {path} was answered with {answer.status}.")
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return text


def main() -> Iterator[tuple[str, float]]:
    with site() as prepared:
        content = Path(prepared.folder) / "content"
        shutil.copytree(ROOT / "content", content)
        environment = prepared.environment | {
            "DJANGO_SETTINGS_MODULE": "kapsite.settings",
            "CONTENT_DIR": str(content),
        }
        command = [sys.executable, "-c", NEW_SESSION.replace('"lead"', '"publisher"')]
        cookie = subprocess.check_output(command, cwd=ROOT, env=environment, text=True).strip()
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "run_worker"], cwd=ROOT, env=environment
        )
        try:
            with gunicorn("kapsite.wsgi", workers=1, **environment) as server:
                yield from measure(server.address, cookie)
        finally:
            worker.terminate()
            worker.wait(60)


def measure(address: str, cookie: str) -> Iterator[tuple[str, float]]:
    alone, _ = waits(address, nothing)
    editor = Editor(address, cookie)
    editor.preview()  # the first one reads all content
    print(f"{'readers alone':24}{said(alone)}", flush=True)
    for name, work in (("previews", editor.preview), ("publishing", editor.publish)):
        waited, took = waits(address, work)
        print(f"{f'beside {name}':24}{said(waited)}; {name} {said(took)}", flush=True)
        yield f"p95 of readers beside {name}, times alone", p95(waited) / p95(alone)


def nothing() -> float:
    time.sleep(PAUSE)
    return 0


def waits(address: str, work: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Seconds that readers wait while ``work`` is done again and again, and what it says."""
    waited: list[float] = []
    is_over = threading.Event()

    def read():
        reader = Editor(address, "none=none")
        while not is_over.wait(PAUSE):
            begun = time.perf_counter()
            reader.ask("GET", READ)
            waited.append(time.perf_counter() - begun)

    reading = threading.Thread(target=read)
    reading.start()
    took, end = [], time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            took.append(work())
    finally:
        is_over.set()
        reading.join()
    return waited, took


def said(waited: list[float]) -> str:
    return f"p50 {median(waited) * 1000:7.1f} ms, p95 {p95(waited) * 1000:7.1f} ms"


def p95(waited: list[float]) -> float:
    return quantiles(waited, n=20)[-1] if len(waited) > 1 else waited[0]


if __name__ == "__main__":
    for _row in main():
        pass
