"""Passkey sign-in that stores nothing when a challenge is requested.

Anyone can request one, as often as they like. The library would store each in a session of its own;
here the browser keeps it, signed, for a few minutes. After a sign-in it is remembered as used until
it expires.
"""

from typing import Any

from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

SALT = "kapsite.accounts.authentication.passkey_sign_in"
CHALLENGE_SECONDS = 5 * 60  # from request to response


class SignInByPasskey(LoginWebAuthnView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        if challenge := request.session.pop(STATE_SESSION_KEY, None):
            response.set_cookie(
                settings.PASSKEY_COOKIE_NAME,
                signing.dumps(challenge, salt=SALT),
                max_age=CHALLENGE_SECONDS,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.challenge = challenge_in(request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, ""))
        request.session[STATE_SESSION_KEY] = self.challenge
        response = super().post(request, *args, **kwargs)
        request.session.pop(STATE_SESSION_KEY, None)
        response.delete_cookie(
            settings.PASSKEY_COOKIE_NAME, path=settings.SESSION_COOKIE_PATH, samesite="Strict"
        )
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        mark = f"accounts.passkey:{self.challenge['challenge']}"
        if not cache.add(mark, 1, timeout=CHALLENGE_SECONDS):
            return self.form_invalid(form)
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Without a message, which would be stored in a session."""
        return redirect(f"{reverse('account_login')}?passkey=refused")


def challenge_in(cookie: str) -> dict:
    """What ``get`` signed; empty when forged or expired."""
    try:
        return signing.loads(cookie, salt=SALT, max_age=CHALLENGE_SECONDS)
    except signing.BadSignature:
        return {}
