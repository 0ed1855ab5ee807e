"""How much memory a web worker takes beyond one with bare Django.

    python -m tests.bench.memory

Two gunicorn workers with the site, after 200 requests for pages, the form, what it refuses,
signing in and the inbox; and two of gunicorn's own gevent workers with Django and its admin,
after 200 for the page to sign in. In MB: the proportional set size, in which memory that
processes share counts in parts, and the resident set size, in which it counts for each.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import tests.settings  # noqa: F401 -- names the folder in which sites are set up
from tests.bench.serving import Gunicorn, gunicorn
from tests.server import ROOT, site

REQUESTS = 200
WORKERS = 2
FORM, SIGN_IN, INBOX = (
    "/request-evaluation/",
    "/admin/account/sign-in/",
    "/admin/inquiries/inquiry/",
)
SITE = ("/", "/risks/", FORM, f"POST {FORM}", "/nothing/", SIGN_IN, INBOX)
PLAIN_GEVENT = ("--config", "python:tests.bench", "--worker-class", "gevent")  # which is empty
NEW_SESSION = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from tests.factories import make_staff, sign_in
client = Client()
sign_in(client, make_staff("lead", "ana"))
print(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")
"""


def main() -> Iterator[tuple[str, float]]:
    with site() as prepared:
        environment = prepared.environment | {"DJANGO_SETTINGS_MODULE": "kapsite.settings"}
        command = [sys.executable, "-c", NEW_SESSION]
        cookie = subprocess.check_output(command, cwd=ROOT, env=environment, text=True).strip()
        with gunicorn("kapsite.wsgi", workers=WORKERS, **environment) as server:
            ours = measure(server, "the site", SITE, cookie)
        environment["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare_django"
        app = "django.core.wsgi:get_wsgi_application()"
        with gunicorn(app, WORKERS, options=PLAIN_GEVENT, **environment) as server:
            bare = measure(server, "bare Django", ["/admin/login/"])
    yield "a worker, MB", ours["Pss"]
    yield "a worker beyond bare Django, MB", ours["Pss"] - bare["Pss"]


def measure(server: Gunicorn, name: str, wanted, cookie="") -> dict[str, float]:
    """MB of a worker by kind, after all requests."""
    for number in range(REQUESTS):
        ask(server.address, wanted[number % len(wanted)], cookie)
    used = [memory_of(pid) for pid in (server.pid, *server.workers())]
    master, *workers = used
    mean_of = {kind: mean(worker[kind] for worker in workers) for kind in master}
    print(
        f"{name:>11}: a worker {mean_of['Pss']:5.1f} MB (resident {mean_of['Rss']:5.1f}), "
        f"all processes {sum(each['Pss'] for each in used):6.1f} MB",
        flush=True,
    )
    return mean_of


def ask(address: str, wanted: str, cookie: str):
    """GET, or POST an empty form."""
    method, _, path = wanted.rpartition(" ")
    is_desk = path.startswith("/admin/")
    headers = {"Cookie": cookie} if is_desk and cookie else {"Connection": "close"}
    request = Request(f"{address}{path}", b"name=Ada" if method else None, headers)
    try:
        urlopen(request).read()
    except HTTPError as error:
        if error.code >= 500:
            raise
        error.read()


def memory_of(pid: int) -> dict[str, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {
        name: int(rest.split()[0]) / 1024 for name, _, rest in (x.partition(":") for x in lines)
    }
    return {kind: sizes[kind] for kind in ("Rss", "Pss")}


if __name__ == "__main__":
    for _row in main():
        pass
