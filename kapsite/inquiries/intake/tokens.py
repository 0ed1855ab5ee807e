"""Signed tokens in place of cookies: one in each form, one in the address of a confirmation."""

import hashlib
import secrets
import time
from datetime import timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, Signer, TimestampSigner
from django.utils.crypto import salted_hmac
from django.utils.html import format_html

RECEIPT_LIFE = timedelta(hours=24)


class OpenedForm(NamedTuple):
    """What a token says about the form it was made for."""

    id: str
    consent_version: str
    seconds: float | None  # since the page was made; None: the clock was put back
    network: str  # a digest of the only network that it was made for; "": made for anyone

    def is_made_for(self, network: str) -> bool:
        return self.network == _digest(network)


def form_token(consent_version: str, network: str | None = None) -> str:
    """A token for one rendered form, which knows the consent text that it shows."""
    form = {"id": secrets.token_urlsafe(16), "consent": consent_version, "made": int(time.time())}
    if network is not None:
        form["network"] = _digest(network)
    return _form_signer().sign_object(form)


def token_field(token: str) -> str:
    """The hidden field. By ``data-form`` the browser knows that this form was sent: form.js."""
    html = '<input type="hidden" name="token" value="{}" data-form="{}">'
    return format_html(html, token, public_id(token))


def new_token_field(consent_version: str) -> str:
    return token_field(form_token(consent_version))


def opened_form(token: str) -> OpenedForm | None:
    """The form that ``token`` was made for, however long ago; None if it is altered or foreign.

    Age proves nothing: anybody can have a new token by opening the form again. Sending an old
    page back would only ask a person to press the button twice.
    """
    try:
        form = _form_signer().unsign_object(token)
    except (BadSignature, ValueError):  # ValueError: text that has no bytes, a lone surrogate
        return None
    seconds = time.time() - form["made"]
    known_seconds = seconds if seconds >= 0 else None
    return OpenedForm(form["id"], form["consent"], known_seconds, form.get("network", ""))


def public_id(token: str) -> str:
    """What a browser may keep to know a form again. It leads back neither to ``token`` nor to the
    id in it, with which someone who has the database could try out what a person typed.
    """
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def receipt(inquiry, public_id: str) -> str:
    """An unguessable address for the confirmation; holds nothing about the person."""
    return _receipt_signer().sign(f"{inquiry.form_token}.{public_id}")


def read_receipt(token: str) -> tuple[str | None, str]:
    """The ``form_token`` of the inquiry that a confirmation is about, and the ``public_id`` of its
    form; None and "" if it is too old.
    """
    try:
        form_token, _, public_id = (
            _receipt_signer().unsign(token, max_age=RECEIPT_LIFE).partition(".")
        )
    except (BadSignature, ValueError):
        return None, ""
    return form_token, public_id


class Pass(NamedTuple):
    """For forms that change a request: its holder has just sent the request or looked it up.

    Never part of an address. The page after a change has a new one that is good no longer than
    the first; a change of the contacts ends all others.
    """

    form_token: str  # of the inquiry that may be changed
    contacts: str  # a digest of those that the inquiry had
    since: float  # seconds since the epoch

    @classmethod
    def to(cls, inquiry, since: float) -> "Pass":
        return cls(inquiry.form_token, _contacts_of(inquiry), since)

    def is_good_for(self, inquiry) -> bool:
        is_fresh = time.time() - self.since <= RECEIPT_LIFE.total_seconds()
        return is_fresh and self.contacts == _contacts_of(inquiry)

    def __str__(self):
        return _pass_signer().sign_object(self)


def read_pass(token: str) -> Pass | None:
    """None if it is altered or foreign."""
    try:
        return Pass(*_pass_signer().unsign_object(token))
    except (BadSignature, ValueError):
        return None


def _contacts_of(inquiry) -> str:
    contacts = f"{inquiry.form_token} {inquiry.phone_e164} {inquiry.normalized_email}"
    return salted_hmac("kapsite.inquiries.contacts", contacts, algorithm="sha256").hexdigest()[:16]


def _digest(network: str) -> str:
    return salted_hmac("kapsite.inquiries.network", network, algorithm="sha256").hexdigest()[:16]


def _form_signer() -> Signer:
    return Signer(salt="kapsite.inquiries.opened-form")


def _receipt_signer() -> TimestampSigner:
    return TimestampSigner(salt="kapsite.inquiries.receipt")


def _pass_signer() -> Signer:
    return Signer(salt="kapsite.inquiries.pass")
