"""What a request costs the processor when it is as large and as hostile as the limits allow.

    python -m tests.bench.limits

Every place that tests/places.py finds: texts with every alphabet of tests/hostile_text.py, all
else with a few. In one process, with the whole site around Django, on SQLite in memory; password
hashing, slow on purpose and limited in its rate, is quick here. Then how the costliest alphabet
of each endpoint grows.

Nothing in it is a ratio, unlike in the other benchmarks: the aim is 25 ms at the limit.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

import logging  # noqa: E402

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from kapsite.accounts.authentication import setup_links  # noqa: E402
from kapsite.pages.publish.publisher import publish  # noqa: E402
from tests.accounts.people import enter, make_settled  # noqa: E402
from tests.factories import make_answers, make_inquiry, make_staff, sign_in  # noqa: E402
from tests.growth import cost_of  # noqa: E402
from tests.hostile_text import ALPHABETS, FEW, PLAIN  # noqa: E402
from tests.places import CSRF, HEADERS, PUBLIC, SIGNING_IN, Place, Site, hostile  # noqa: E402

FORM, DESK = "/request-evaluation/", f"/{settings.ADMIN_PATH}inquiries/inquiry/"
WITH_HEADERS = ("/", FORM, f"{SIGNING_IN}sign-in/")
SIZES = (4_000, 8_000, 16_000, 32_000, 60_000)  # bytes
FITTING = 7_000  # bytes; of a text this is still read
TIMES = 5
CANDIDATES = 3
TEXTS = ("name", "phone", "email", "message", "note", "reason", "q", "password", "credential")


class Cost(NamedTuple):
    milliseconds: float
    alphabet: str
    size: int
    place: Place
    site: Site


def main():
    logging.disable()
    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    publish(settings.CONTENT_DIR, settings.PUBLISHED_DIR, date.today())
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # what is durable may stand in it
    with block:
        worst = [max(costs) for _, costs in by_endpoint(everywhere()).items()]
        grow(worst)
        transaction.set_rollback(True)


def everywhere() -> Iterator[tuple[Site, Iterable[Place]]]:
    from kapsite.wsgi import application  # reads the static files, so only now

    visitor = Site(application, f"{settings.CSRF_COOKIE_NAME}={CSRF}")
    answers = make_answers(email="ada@example.org")
    yield visitor, visitor.places_in_forms([FORM], answers)
    yield visitor, visitor.places_in_body(FORM, answers)
    for path in (*PUBLIC, f"{FORM}received/", f"{SIGNING_IN}sign-in/"):
        headers = HEADERS if path in WITH_HEADERS else ()
        yield visitor, visitor.places_in_address(path, headers)
    link = setup_links.reset_account(make_staff()).removeprefix(settings.SITE_URL)
    yield visitor, visitor.places_in_forms([f"{SIGNING_IN}sign-in/", link])
    make_settled(username="ben")
    client = Client()
    enter(client, "ben")
    at_second_step = Site(application, cookies_of(client))
    yield at_second_step, at_second_step.places_in_forms([f"{SIGNING_IN}sign-in/code/"])
    client = Client()
    sign_in(client, make_settled(None, "me", is_superuser=True))
    staff = Site(application, cookies_of(client))
    key = make_inquiry(message="Hello").pk
    account = [f"{SIGNING_IN}{page}" for page in ("password/", "app/", "passkeys/add/")]
    desk = [f"{DESK}{page}" for page in ("", "access/", "export/", f"{key}/erase/")]
    users = [f"/{settings.ADMIN_PATH}auth/user/{page}" for page in ("", "add/")]
    yield staff, staff.places_in_forms([*account, *desk, *users])
    steps = staff.places_in_forms([f"{DESK}{key}/change/"])
    yield staff, (step for step in steps if step.name.endswith("/note/ note"))
    yield staff, staff.places_in_address(DESK, ["HTTP_COOKIE"])


def cookies_of(client: Client) -> str:
    pairs = {name: morsel.value for name, morsel in client.cookies.items()}
    pairs[settings.CSRF_COOKIE_NAME] = CSRF
    return "; ".join(f"{name}={value}" for name, value in pairs.items())


def by_endpoint(found) -> dict[str, list[Cost]]:
    """Each endpoint's costs, place by place; prints the worst of each place."""
    print("| Place | Nothing typed | At the limit | Alphabet, size |\n|---|---|---|---|")
    costs: dict[str, list[Cost]] = {}
    for site, places in found:
        for place in places:
            worst = max(costs_of(site, place))
            usual = milliseconds(site, place, PLAIN, 10)
            where = f"{worst.alphabet}, {worst.size:,} bytes"
            print(
                f"| `{place.name}` | {usual:.1f} | {worst.milliseconds:.1f} | {where} |", flush=True
            )
            endpoint = " ".join(place.name.split()[:2])
            costs.setdefault(endpoint, []).append(worst)
    return costs


def costs_of(site: Site, place: Place) -> Iterator[Cost]:
    """With each alphabet once; then of those that cost most the least of some tries."""
    sizes = [FITTING, place.most] if is_text(place) else [place.most]
    all_once = [
        Cost(milliseconds(site, place, alphabet, size, 1), alphabet, size, place, site)
        for size in sizes
        for alphabet in (ALPHABETS if is_text(place) else FEW)
    ]
    for cost in sorted(all_once, reverse=True)[:CANDIDATES]:
        again = milliseconds(site, place, cost.alphabet, cost.size)
        yield cost._replace(milliseconds=again)


def is_text(place: Place) -> bool:
    return place.most > FITTING and place.name.split()[-1] in TEXTS


def milliseconds(site: Site, place: Place, alphabet: str, size: int, times=TIMES) -> float:
    text = hostile(alphabet, size)
    return 1000 * min(cost_of(site.ask, place.environ(text)) for _ in range(times))


def grow(worst: list[Cost]):
    """How the costliest alphabet of each endpoint grows with the request, up to its own limit."""
    print("\n| Endpoint | Alphabet |" + "".join(f" {size // 1000} kB |" for size in SIZES))
    print("|---|---|" + "---|" * len(SIZES))
    for cost in sorted(worst, reverse=True):
        sizes = [size for size in SIZES if size < cost.place.most] + [cost.place.most]
        row = [milliseconds(cost.site, cost.place, cost.alphabet, size) for size in sizes]
        cells = "".join(f" {each:.1f} |" for each in row) + " |" * (len(SIZES) - len(row))
        print(f"| `{cost.place.name}` | {cost.alphabet} |{cells}", flush=True)


if __name__ == "__main__":
    main()
