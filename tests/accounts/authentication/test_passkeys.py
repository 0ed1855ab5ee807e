"""A passkey counts as two factors only because it checks who holds it."""

import json
import os
import subprocess
import sys
import time
from hashlib import sha256

import pytest
from allauth.account.app_settings import LOGIN_TIMEOUT
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.core import signing
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from kapsite.accounts.models import CacheEntry, StaffSession
from tests.accounts.people import CODE, SIGN_IN, enter, is_inside, make_settled

pytestmark = pytest.mark.django_db
PASSKEY = "/admin/account/sign-in/passkey/"
FLAG = AuthenticatorData.FLAG
HELD, VERIFIED = FLAG.UP, FLAG.UP | FLAG.UV
ORIGIN, PLACE = "http://localhost", sha256(b"localhost").digest()
KEY_ID = b"0123456789abcdef"


class Key:
    """A passkey of ``user``; it answers any challenge, as somebody who holds it could make it."""

    def __init__(self, user):
        self.user, self.secret = user, ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(self.secret.public_key())
        about = AttestedCredentialData.create(b"\0" * 16, KEY_ID, public)
        made = AuthenticatorData.create(PLACE, VERIFIED | FLAG.AT, 0, about)
        response = {
            "clientDataJSON": websafe_encode(self.told("webauthn.create", "")),
            "attestationObject": websafe_encode(AttestationObject.create("none", made, {})),
        }
        WebAuthn.add(user, "Passkey", self.as_sent(response))

    def told(self, kind, challenge):
        return CollectedClientData.create(kind, challenge, ORIGIN)

    def as_sent(self, response):
        name = websafe_encode(KEY_ID)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def answer(self, challenge, flags):
        told = self.told("webauthn.get", challenge)
        data = AuthenticatorData.create(PLACE, flags, 1)
        response = {
            "clientDataJSON": websafe_encode(told),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(self.secret.sign(data + told.hash, ec.ECDSA(SHA256()))),
            "userHandle": websafe_encode(user_pk_to_url_str(self.user).encode()),
        }
        return {"credential": json.dumps(self.as_sent(response))}


@pytest.fixture
def client():
    """Passkeys belong to a host; without https to this one only."""
    return Client(SERVER_NAME="localhost")


@pytest.fixture
def key(ana):
    return Key(ana)


def ask_for_challenge(client):
    answer = client.get(PASSKEY, headers={"accept": "application/json"})
    return answer.json()["request_options"]["publicKey"]["challenge"]


def challenge_of_second_step(client):
    client.get(CODE)
    return client.session[STATE_SESSION_KEY]["challenge"]


@pytest.mark.parametrize(("flags", "inside"), [(VERIFIED, True), (HELD, False)])
def test_it_signs_in_alone_only_with_a_finger_a_face_or_a_pin(client, key, flags, inside):
    client.post(PASSKEY, key.answer(ask_for_challenge(client), flags))
    assert is_inside(client) is inside


def test_nor_with_the_challenge_of_a_colleagues_second_step(client, key, monkeypatch):
    """Else a colleague could sign in as whoever left a security key on the desk."""
    make_settled("front-desk", "eve")
    enter(client, "eve")
    challenge = challenge_of_second_step(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LOGIN_TIMEOUT + 1)  # eve is asked no more
    client.post(PASSKEY, key.answer(challenge, VERIFIED))
    assert not is_inside(client)


@pytest.mark.parametrize(("flags", "inside"), [(VERIFIED, True), (HELD, False)])
def test_it_checks_who_holds_it_after_the_password_too(client, key, flags, inside):
    enter(client)
    client.post(CODE, key.answer(challenge_of_second_step(client), flags))
    assert is_inside(client) is inside


def test_asking_for_challenges_stores_nothing(client):
    for _ in range(3):
        ask_for_challenge(client)
        ask_for_challenge(Client(SERVER_NAME="localhost"))
    assert not StaffSession.objects.exists()
    assert not CacheEntry.objects.exists()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_the_challenge_is_kept_for_a_few_minutes_in_a_cookie_for_us_alone(client):
    ask_for_challenge(client)
    cookie = client.cookies[settings.PASSKEY_COOKIE_NAME]
    assert (cookie["max-age"], cookie["path"], cookie["domain"]) == (300, "/admin/", "")
    assert (cookie["samesite"], cookie["httponly"]) == ("Strict", True)


def test_over_https_the_cookie_is_for_this_host_alone():
    """A browser takes a __Host- cookie only from the host itself, over https."""
    code = (
        "from django.conf import settings; "
        "print(settings.PASSKEY_COOKIE_NAME, settings.SESSION_COOKIE_PATH)"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "kapsite.settings",
        "SITE_URL": "https://kap.example.org",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.stdout.split() == [b"__Host-passkey", b"/"]


def test_a_challenge_signs_in_once(client, key):
    answer = key.answer(ask_for_challenge(client), VERIFIED)
    kept = client.cookies[settings.PASSKEY_COOKIE_NAME].value
    client.post(PASSKEY, answer)
    assert is_inside(client)
    assert client.cookies[settings.PASSKEY_COOKIE_NAME].value == ""
    other = Client(SERVER_NAME="localhost")
    other.cookies[settings.PASSKEY_COOKIE_NAME] = kept
    assert other.post(PASSKEY, answer).headers["Location"] == f"{SIGN_IN}?passkey=refused"
    assert not is_inside(other)


def test_a_challenge_is_over_after_a_few_minutes(client, key, monkeypatch):
    answer = key.answer(ask_for_challenge(client), VERIFIED)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    client.post(PASSKEY, answer)
    assert not is_inside(client)


def test_a_challenge_of_ones_own_opens_nothing(client, key):
    ask_for_challenge(client)
    signed = client.cookies[settings.PASSKEY_COOKIE_NAME].value
    for forged in (signed[:-1], "", "x:y:z", signing.dumps({"challenge": "AAAA"})):
        client.cookies[settings.PASSKEY_COOKIE_NAME] = forged
        client.post(PASSKEY, key.answer("AAAA", VERIFIED))
        assert not is_inside(client)


def test_a_passkey_that_did_not_sign_in_is_said_and_stores_nothing(client, key):
    challenge = ask_for_challenge(client)
    refused = client.post(PASSKEY, key.answer(challenge, HELD), follow=True)
    assert "That passkey didn’t work" in refused.text
    assert not StaffSession.objects.exists()
