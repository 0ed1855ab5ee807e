"""Nothing that can be sent to the account pages breaks one."""

import base64
import json
from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.db import transaction

from kapsite.accounts import urls
from kapsite.accounts.authentication import setup_links
from kapsite.accounts.models import StaffSession
from tests.factories import make_staff

from .people import CODE, SIGN_IN, enter, enter_fully, events_of, is_inside

pytestmark = pytest.mark.django_db
STRANGE = [
    "",
    "x",
    "\0",
    "9" * 3000,
    "[" * 60_000,
    "-1",
    "\U0001f600" * 200,
    "' OR 1=1",
    "%00",
    "é",
]
FIELDS = ["login", "password", "next", "code", "key", "name", "credential", "oldpassword"]
FIELDS += ["password1", "password2", "new_password1", "new_password2", "remember"]
INSIDE = ["password/", "password-again/", "code-again/", "passkey-again/", "app/", "app/remove/"]
INSIDE += ["recovery-codes/", "recovery-codes/new/", "passkeys/add/", "passkeys/1/name/"]
INSIDE += ["passkeys/1/remove/", f"passkeys/{'9' * 30}/remove/", "session/", "sessions/end/", ""]
OUTSIDE = ["sign-in/", "sign-in/code/", "sign-in/passkey/", "set-up/", "signed-out/", "sign-out/"]

CREDENTIALS = [
    "1",
    "null",
    "[]",
    "{}",
    '"x"',
    '{"response": 1}',
    '{"response": {}}',
    '{"response": {"userHandle": 1}}',
    '{"response": {"userHandle": "MQ"}}',
    '{"response": {"userHandle": "_____w"}}',
    '{"id": "x", "rawId": "x", "type": "public-key", "response": null}',
    json.dumps(
        {
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "attestationObject": "AAAA",
                "authenticatorData": "AAAA",
                "signature": "AAAA",
                "userHandle": "MQ",
            },
        }
    ),
    json.dumps(
        {
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "!",
                "attestationObject": "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YUA",
                "authenticatorData": "",
                "signature": "!",
                "userHandle": "",
            },
        }
    ),
    "[" * 500,
    "[" * 7_000,
    "1" * 7_000,
]


def websafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def credential(data: bytes, kind: str) -> str:
    """As a browser sends it, around bytes that an authenticator is said to have made."""
    client = {"type": f"webauthn.{kind}", "challenge": "AAAA", "origin": "http://localhost"}
    answer = {"clientDataJSON": websafe(json.dumps(client).encode()), "signature": "AAAA"}
    answer |= {"userHandle": "MQ", "attestationObject": websafe(data)}
    answer |= {"authenticatorData": websafe(data)}
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": answer})


EXTENDED = bytes(32) + b"\x81" + bytes(4)  # what follows are extensions, in CBOR
CREDENTIALS += [
    credential(data, kind)
    for kind in ("get", "create")
    for data in (
        EXTENDED + b"\x81" * 2_000,  # a list in a list in a list
        EXTENDED + b"\x9b" + b"\xff" * 8,  # of more elements than there can be
        EXTENDED + b"\x1b\0",  # a number that ends too soon
        b"\xa1" * 2_000,
        b"\x9b" + b"\xff" * 8,
        b"\x1b\0",
    )
]


def send(client, page, value):
    cache.clear()
    return client.post(f"/admin/account/{page}", dict.fromkeys(FIELDS, value)).status_code


@contextmanager
def undone(client):
    """Let nothing that is sent inside change what comes after."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies


def breaking(client, page, is_read_before) -> list[str]:
    """The strange values that ``page`` answers with an error of ours, each sent as the first."""
    client.raise_request_exception = False
    if is_read_before:
        client.get(f"/admin/account/{page}")
    found = []
    for value in STRANGE:
        with undone(client):
            if send(client, page, value) >= 500:
                found.append(value[:80])
    return found


@pytest.mark.parametrize("page", OUTSIDE)
def test_nothing_a_stranger_sends_breaks_a_page(client, ana, page):
    assert breaking(client, page, is_read_before=False) == []


@pytest.mark.parametrize("page", INSIDE)
def test_nothing_staff_send_breaks_a_page(client, ana, page):
    enter_fully(client)
    assert breaking(client, page, is_read_before=True) == []


@pytest.mark.parametrize("page", ["sign-in/passkey/", "sign-in/code/", "passkeys/add/"])
def test_no_made_up_passkey_breaks_a_page_or_opens_the_desk(client, ana, page):
    if page == "sign-in/passkey/":
        client.get(f"/admin/account/{page}", headers={"accept": "application/json"})
    elif page == "sign-in/code/":
        enter(client)
        client.get(CODE)
    else:
        enter_fully(client)
        client.get(f"/admin/account/{page}")
    for made_up in CREDENTIALS:
        with undone(client):
            cache.clear()
            answer = client.post(f"/admin/account/{page}", {"credential": made_up, "name": "x"})
            assert answer.status_code < 500, made_up[:80]
            assert not ana.authenticator_set.filter(type="webauthn").exists()
            assert is_inside(client) == (page == "passkeys/add/")


@pytest.mark.parametrize(
    "query", ["next=%00", "next=" + "a" * 2000, "next=%ff", "key=%00", "x=%ff"]
)
@pytest.mark.parametrize("page", [SIGN_IN, "/admin/account/set-up/", "/admin/account/session/"])
def test_no_query_breaks_a_page(client, page, query):
    assert client.get(f"{page}?{query}").status_code < 500


def test_a_set_up_form_with_strange_passwords_breaks_nothing(client):
    key = setup_links.reset_account(make_staff()).split("key=")[1]
    for value in STRANGE:
        typed = {"key": key, "new_password1": value, "new_password2": value}
        assert client.post("/admin/account/set-up/", typed).status_code < 500


def test_a_password_may_have_200_characters_and_a_longer_one_is_explained(client):
    key = setup_links.reset_account(make_staff()).split("key=")[1]

    def choose(password):
        typed = {"key": key, "new_password1": password, "new_password2": password}
        return client.post("/admin/account/set-up/", typed)

    longest = "violet-lamp-harbor-tundra" * 8
    assert "Password can have at most 200 characters." in choose(longest + "x").text
    assert choose(longest).status_code == 302


@pytest.mark.parametrize("name", ["login", "password"])
def test_signing_in_with_far_too_much_is_explained_and_tries_nothing(client, ana, name):
    answer = client.post(SIGN_IN, {"login": "ana", "password": "x", name: "x" * 60_000})
    assert "at most" in answer.text
    assert events_of(ana) == events_of() == []


def pages_of_the_account() -> list[str]:
    found = []
    for each in urls.urlpatterns:
        found += [str(page.pattern) for page in getattr(each, "url_patterns", [each])]
    return [f"/admin/account/{page}".replace("<int:pk>", "1") for page in found]


@pytest.mark.sqlite
@pytest.mark.parametrize("page", [*pages_of_the_account(), "/admin/", "/admin/auth/user/add/"])
def test_whoever_is_not_signed_in_fills_no_table(client, ana, page):
    """Each page in each way; with a right password a session begins, and is there for that."""
    for _ in range(2):
        client.get(page)
        client.get(page, headers={"accept": "application/json"})
        client.post(page, {"next": "/admin/"} | dict.fromkeys(FIELDS, "x" * 1000))
        client.post(page, {})
    assert not StaffSession.objects.exists()
