"""Signed tokens in place of cookies: one in each form, one in the address of a confirmation."""

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

FORM_LIFE = timedelta(hours=24)
RECEIPT_LIFE = timedelta(hours=24)


def form_token(consent_version: str) -> str:
    """A token for one rendered form, bound to the consent text that it shows."""
    return _form_signer(consent_version).sign(secrets.token_urlsafe(16))


def form_id(token: str, consent_version: str) -> str | None:
    """What names the form that ``token`` was made for; None if it is old, altered or foreign."""
    return _open(_form_signer(consent_version), token, FORM_LIFE)


def receipt(inquiry) -> str:
    """An unguessable address for the confirmation; holds nothing about the person."""
    return _receipt_signer().sign(inquiry.form_token)


def receipt_for(token: str) -> str | None:
    """The ``form_token`` of the inquiry that a confirmation is about; None if too old."""
    return _open(_receipt_signer(), token, RECEIPT_LIFE)


def _form_signer(consent_version: str) -> TimestampSigner:
    return TimestampSigner(salt=f"kapsite.inquiries.form.{consent_version}")


def _receipt_signer() -> TimestampSigner:
    return TimestampSigner(salt="kapsite.inquiries.receipt")


def _open(signer: TimestampSigner, token: str, life: timedelta) -> str | None:
    try:
        return signer.unsign(token, max_age=life)
    except (BadSignature, ValueError):  # ValueError: text that has no bytes, a lone surrogate
        return None
