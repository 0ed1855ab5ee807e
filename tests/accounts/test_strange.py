"""Nothing that can be sent to the account pages breaks one."""

import json

import pytest
from django.core.cache import cache

from kapsite.accounts import links
from tests.factories import make_staff

from .people import CODE, SIGN_IN, enter, enter_fully

pytestmark = pytest.mark.django_db
STRANGE = ["", "x", "\0", "9" * 3000, "-1", "\U0001f600" * 200, "' OR 1=1", "%00", "é"]
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
]


def send(client, page, value):
    cache.clear()
    return client.post(f"/admin/account/{page}", dict.fromkeys(FIELDS, value)).status_code


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("page", OUTSIDE)
def test_nothing_a_stranger_sends_breaks_a_page(client, ana, page, value):
    assert send(client, page, value) < 500


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("page", INSIDE)
def test_nothing_staff_send_breaks_a_page(client, ana, page, value):
    enter_fully(client)
    client.get(f"/admin/account/{page}")
    assert send(client, page, value) < 500


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("page", ["sign-in/passkey/", "sign-in/code/", "passkeys/add/"])
def test_no_made_up_passkey_breaks_a_page_or_opens_the_desk(client, ana, page, credential):
    if page == "sign-in/passkey/":
        client.get(f"/admin/account/{page}", headers={"accept": "application/json"})
    elif page == "sign-in/code/":
        enter(client)
        client.get(CODE)
    else:
        enter_fully(client)
        client.get(f"/admin/account/{page}")
    cache.clear()
    answer = client.post(f"/admin/account/{page}", {"credential": credential, "name": "x"})
    assert answer.status_code < 500
    assert not ana.authenticator_set.filter(type="webauthn").exists()
    if page != "passkeys/add/":
        assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "query", ["next=%00", "next=" + "a" * 2000, "next=%ff", "key=%00", "x=%ff"]
)
@pytest.mark.parametrize("page", [SIGN_IN, "/admin/account/set-up/", "/admin/account/session/"])
def test_no_query_breaks_a_page(client, page, query):
    assert client.get(f"{page}?{query}").status_code < 500


def test_a_set_up_form_with_strange_passwords_breaks_nothing(client):
    key = links.start_afresh(make_staff()).split("key=")[1]
    for value in STRANGE:
        typed = {"key": key, "new_password1": value, "new_password2": value}
        assert client.post("/admin/account/set-up/", typed).status_code < 500
