"""Hooks for django-allauth: rate limits, wording, what it stores and how."""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from kapsite.accounts import audit_log
from kapsite.accounts.models import EventKind, How
from kapsite.clinic.facts import get_clinic
from kapsite.encryption.keyring import keyring

from . import sessions
from .backends import StaffBackend
from .rate_limits import networks

SECRETS = "mfa_authenticator.data"  # what the encryption of secrets is bound to
MAIN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes are only a fallback


class StaffAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Wrong username or password. Passwords are case-sensitive.",
        "too_many_login_attempts": "Too many attempts. Wait 15 minutes, or sign in with a passkey.",
        "incorrect_password": "Wrong password.",
        "enter_current_password": "Wrong password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The library would store addresses with its rate limits."""
        return networks.stand_in(request)

    def is_reauthentication_required(self, **about: Any) -> bool:
        """Not for the first factor, and not right after signing in."""
        request = context.request
        timeout = app_settings.REAUTHENTICATION_TIMEOUT
        if sessions.has_just_proved(request.session, timeout) or not has_main_factor(request.user):
            return False
        return super().is_reauthentication_required(**about)

    # Two limits slow down guessing: one for a username from one network, one for a username from
    # all networks. The second exempts networks from which the person recently signed in, or else
    # an outsider could lock them out by guessing wrongly all day. Both count unknown usernames too.
    # Passkeys can't be guessed and have no limit.

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        user = known_user(credentials)
        is_open = ratelimit.consume(request, action="name_here", key=here(request, credentials))
        # For unknown users too: same timing.
        if is_open and not audit_log.is_familiar(user, request):
            is_open = ratelimit.consume(request, action="name", key=name_in(credentials))
        if not is_open:
            audit_log.record(EventKind.LOCKED, user, request=request, how=How.PASSWORD)
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()  # inactive accounts stay out
        if user:
            ratelimit.clear(request, action="name_here", key=here(request, credentials))
        else:
            self.authentication_failed(request, **credentials)
        return user

    def login(self, request: HttpRequest, user: User) -> None:
        """Refuse an account that was switched off meanwhile, whatever it authenticated with."""
        if not StaffBackend().user_can_authenticate(user):
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        audit_log.record(EventKind.REFUSED, user, request=request)
        self.add_message(request, messages.ERROR, message="Sign-in failed.")
        return redirect("account_login")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        audit_log.record(
            EventKind.REFUSED, known_user(credentials), request=request, how=How.PASSWORD
        )


def name_in(credentials: dict[str, str]) -> str:
    return credentials.get("username", "").lower()


def here(request: HttpRequest, credentials: dict[str, str]) -> str:
    return f"{name_in(credentials)} {networks.stand_in(request)}"


def known_user(credentials: dict[str, str]) -> User | None:
    return get_user_model().objects.filter(username__iexact=name_in(credentials)).first()


def has_main_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=MAIN).exists()


class FactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code isn’t right. Codes change every 30 seconds: "
        "wait for the next one and enter it right away.",
        "cannot_delete_authenticator": "Add another second step first. You need at least one.",
    }

    def encrypt(self, text: str) -> str:
        return keyring().encrypt(text, SECRETS)

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().decrypt(encrypted_text, SECRETS)

    def get_totp_issuer(self) -> str:
        return get_clinic().name

    def build_totp_svg(self, url: str) -> str:
        """The QR code, without inline styles: the content policy forbids them."""
        import qrcode  # here, since it brings all of Pillow

        code = qrcode.QRCode(border=4)  # quiet zone of four modules: ISO/IEC 18004
        code.add_data(url)
        rows = code.get_matrix()
        dark = "".join(
            f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on
        )
        return format_html(
            '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="QR code to scan with '
            'your app"><path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{1}"/></svg>',
            len(rows),
            dark,
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user, type__in=MAIN)
        return others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": get_clinic().name}
