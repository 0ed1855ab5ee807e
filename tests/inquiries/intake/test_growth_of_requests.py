"""Twice the request takes at most twice the processor time, wherever in it there is more.

Password hashing, which is slow on purpose and limited in its rate, is quick in tests.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

import pytest
from django.conf import settings
from django.test import Client

from kapsite.accounts.authentication import setup_links
from tests.accounts.people import enter, make_settled
from tests.factories import make_answers, make_staff, sign_in
from tests.growth import FLOOR, MOST, cost_of, growth
from tests.hostile_text import FEW, SOME
from tests.inquiries.desk.test_role_matrix import addresses, small_content, stored  # noqa: F401
from tests.places import CSRF, PUBLIC, SIGNING_IN, Site, hostile

# What is measured is the time of this process; another database works in its own.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
FORM = "/request-evaluation/"
SHORT = 7_000  # bytes; what a message may hold before it is not read


def too_much(site: Site, places, alphabets=FEW, short=False) -> list[str]:
    """Where the cost grows too fast, or the answer is a fault; with ``short``, of what fits too."""
    return [
        f"{place.name}, {alphabet}, {size} bytes: {times:.1f} times, {status}"
        for place in places
        for size in ([SHORT, place.most] if short else [place.most])
        for alphabet, times, status in growths(site, place, alphabets, size)
        if times > MOST or (status >= 500 and "/healthz" not in place.name)
    ]


def growths(site, place, alphabets, most) -> Iterator[tuple[str, float, int]]:
    def cost(alphabet, size):
        environ = place.environ(hostile(alphabet, size))
        return cost_of(lambda: statuses[alphabet].append(site.ask(environ)[0]))

    statuses = defaultdict(list)
    costs = {alphabet: cost(alphabet, most) for alphabet in alphabets}
    least = max(min(costs.values()), FLOOR)  # of what is read in different ways
    for alphabet, whole in costs.items():
        cost_of_this, times = partial(cost, alphabet), whole / least
        if times > MOST:
            times = growth(cost_of_this, most, least)
        if times > MOST:  # perhaps the half was short enough to be answered with another page
            times = growth(cost_of_this, most, max(cost_of_this(10), least))
        yield alphabet, times, max(statuses[alphabet])


def cookies_of(client: Client) -> str:
    pairs = {name: morsel.value for name, morsel in client.cookies.items()}
    pairs[settings.CSRF_COOKIE_NAME] = CSRF
    return "; ".join(f"{name}={value}" for name, value in pairs.items())


@pytest.fixture
def visitor(application):
    return Site(application, f"{settings.CSRF_COOKIE_NAME}={CSRF}")


@pytest.fixture
def staff(application):
    """A superuser with an app and recovery codes."""
    client = Client()
    sign_in(client, make_settled(None, "me", is_superuser=True))
    return Site(application, cookies_of(client))


def answers(**more) -> dict:
    return make_answers(email="ada@example.org", **more)


TEXTS = ("name", "phone", "email", "message")


def test_a_text_of_the_form(visitor, every_way):
    places = [p for p in visitor.places_in_forms([FORM], answers()) if p.name.split()[-1] in TEXTS]
    assert len(places) == len(TEXTS)
    assert too_much(visitor, places, SOME, short=True) == []


def test_another_field_of_the_form(visitor, every_way):
    places = [
        p for p in visitor.places_in_forms([FORM], answers()) if p.name.split()[-1] not in TEXTS
    ]
    assert {"token", "subject", "topics", "consent"} <= {p.name.split()[-1] for p in places}
    assert too_much(visitor, places) == []


def test_what_the_form_does_not_ask(visitor, every_way):
    assert too_much(visitor, visitor.places_in_body(FORM, answers())) == []


def test_what_is_given_for_a_minor(visitor, every_way):
    places = visitor.places_in_forms([FORM], answers(is_adult="no"))
    assert too_much(visitor, places) == []


@pytest.mark.parametrize("path", [*PUBLIC, f"{FORM}received/", f"{SIGNING_IN}sign-in/"])
def test_an_address_and_the_headers(visitor, path):
    assert too_much(visitor, visitor.places_in_address(path)) == []


def test_the_way_in(visitor):
    link = setup_links.reset_account(make_staff()).removeprefix(settings.SITE_URL)
    places = list(visitor.places_in_forms([f"{SIGNING_IN}sign-in/", link]))
    named = {place.name.split()[-1] for place in places}
    assert {"login", "password", "credential", "new_password1", "key"} <= named
    assert too_much(visitor, places) == []


def test_the_second_step(application):
    make_settled()
    client = Client()
    enter(client)
    site = Site(application, cookies_of(client))
    places = list(site.places_in_forms([f"{SIGNING_IN}sign-in/code/"]))
    assert {place.name.split()[-1] for place in places} >= {"code"}
    assert too_much(site, places) == []


def test_the_desk(staff, stored, small_content):  # noqa: F811
    places = list(staff.places_in_forms(path for _, path in addresses(stored)))
    named = {place.name.split()[-1] for place in places}
    assert {"q", "note", "reason", "reference", "since", "username", "oldpassword"} <= named
    # What each step asks, and each row of the menu, is read in the same way; once is enough.
    once = {re.sub(r"(?<=/step/)\w+|\S+\.md$", "", place.name): place for place in places}
    assert {"menu", "place", "version"} <= {name.split()[-1] for name in once}
    assert too_much(staff, once.values()) == []


def test_the_address_of_a_list_and_of_a_record(staff, stored):  # noqa: F811
    lists = ("", "inquiries/inquiry/", "auth/user/", f"inquiries/inquiry/{stored['inquiries']}/")
    for path in lists:
        places = staff.places_in_address(f"/{settings.ADMIN_PATH}{path}", ["HTTP_COOKIE"])
        assert too_much(staff, places) == []
