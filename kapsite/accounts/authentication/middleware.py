"""Ends expired sessions, and requires a second factor."""

from typing import Any

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from kapsite.accounts import audit_log
from kapsite.accounts.models import EventKind
from kapsite.accounts.pages import StaffRequest, page_of
from kapsite.security.wsgi.rate_limits import SIGNED_IN

from . import sessions
from .adapter import has_main_factor

ANONYMOUS_VIEWS = {
    "accounts:set_up",
    "accounts:signed_out",
    "account_login",
    "account_logout",
    "admin:login",
    "admin:logout",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
VIEWS_WITHOUT_FACTOR = {
    "accounts:enrol",
    "accounts:session",
    "account_logout",
    "admin:logout",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}


class StaffSessions(MiddlewareMixin):
    def process_view(
        self, request: StaffRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.path.startswith(f"/{settings.ADMIN_PATH}"):
            return None
        if request.user.is_anonymous:
            return self.ask_to_sign_in(request)
        if sessions.is_over(request.session):
            return self.end(request)
        if "X-Background" not in request.headers:
            sessions.touch(request.session)
        if not sessions.has_factor(request):
            return self.ask_for_factor(request)
        request.META[SIGNED_IN] = True
        return None

    def ask_to_sign_in(self, request: StaffRequest) -> HttpResponse | None:
        """Earlier than the library, which would store anonymous input in a session."""
        if request.resolver_match.view_name in ANONYMOUS_VIEWS:
            return None
        return redirect_to_login(page_of(request), reverse("account_login"))

    def end(self, request: StaffRequest) -> HttpResponse:
        audit_log.record(EventKind.TIMED_OUT, request.user, request=request)
        logout(request)
        if "X-Background" in request.headers:
            return HttpResponse(status=401)
        messages.info(request, "You were signed out to keep requests private. Sign in to continue.")
        return redirect_to_login(page_of(request), reverse("account_login"))

    def ask_for_factor(self, request: StaffRequest) -> HttpResponse | None:
        if has_main_factor(request.user):  # added in another browser meanwhile: use it here too
            logout(request)
            return redirect("account_login")
        if request.resolver_match.view_name in VIEWS_WITHOUT_FACTOR:
            return None
        return redirect("accounts:enrol")

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for reauthentication. Meanwhile the library would keep the whole request in the
        session, with its cookies and address; here the form is sent again instead."""
        if not isinstance(exception, ReauthenticationRequired) or request.user.is_anonymous:
            return None
        first = get_reauthentication_flows(request.user)[0]["id"]
        page = reverse("account_reauthenticate" if first == "reauthenticate" else first)
        return redirect_to_login(request.get_full_path(), page)
