"""A passkey counts as two factors only because it checks who holds it."""

import json
import time
from hashlib import sha256

import pytest
from allauth.account.app_settings import LOGIN_TIMEOUT
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from .people import CODE, enter, is_inside, make_settled

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

    def answer(self, client, flags):
        """To the challenge that the site gave ``client`` last."""
        told = self.told("webauthn.get", client.session[STATE_SESSION_KEY]["challenge"])
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
    client.get(PASSKEY, headers={"accept": "application/json"})


@pytest.mark.parametrize(("flags", "inside"), [(VERIFIED, True), (HELD, False)])
def test_it_signs_in_alone_only_with_a_finger_a_face_or_a_pin(client, key, flags, inside):
    ask_for_challenge(client)
    client.post(PASSKEY, key.answer(client, flags))
    assert is_inside(client) is inside


def test_nor_with_the_challenge_of_a_colleagues_second_step(client, key, monkeypatch):
    """Else a colleague could sign in as whoever left a security key on the desk."""
    make_settled("front-desk", "eve")
    enter(client, "eve")
    client.get(CODE)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + LOGIN_TIMEOUT + 1)  # eve is asked no more
    client.post(PASSKEY, key.answer(client, HELD))
    assert not is_inside(client)


@pytest.mark.parametrize(("flags", "inside"), [(VERIFIED, True), (HELD, False)])
def test_it_checks_who_holds_it_after_the_password_too(client, key, flags, inside):
    enter(client)
    client.get(CODE)
    client.post(CODE, key.answer(client, flags))
    assert is_inside(client) is inside
