"""The pages of one's own account; most of the others are django-allauth's."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import LogoutView
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kapsite.accounts.authentication.adapter import FactorAdapter, has_main_factor
from kapsite.accounts.authentication.forms import SetUpForm

from . import audit_log
from .audit_log import DETAILS
from .authentication import sessions, setup_links
from .forms import DetailsForm
from .models import FAILURES, Event, EventKind
from .pages import StaffRequest

SHOWN = 20  # of one's own events, and of failures


@require_safe
@login_required
def home(request: StaffRequest) -> HttpResponse:
    """The user's name, credentials, sessions and recent activity."""
    factors = Authenticator.objects.filter(user=request.user)
    shown = {
        "title": "Your account",
        "app": factors.filter(type=Authenticator.Type.TOTP).first(),
        "passkeys": [key.wrap() for key in factors.filter(type=Authenticator.Type.WEBAUTHN)],
        "codes_left": codes_left(request.user),
        "sessions": sessions.open_sessions(request.user, request.session.session_key),
        "events": events_of(request.user),
        "roles": request.user.groups.order_by("name"),
    }
    return render(request, "accounts/home.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def details(request: StaffRequest) -> HttpResponse:
    form = DetailsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if not form.is_valid():
        shown = {"title": "Your name and email", "form": form}
        return render(request, "accounts/details.html", shown)
    form.instance.save(update_fields=DETAILS)  # an admin may be changing the rest
    audit_log.record_details(form)
    messages.success(request, "Your name and email are saved.")
    return redirect("accounts:home")


def events_of(user: User) -> list[Event]:
    """Failures are limited apart: anyone can cause them, and could hide a sign-in that way."""
    found = Event.objects.filter(user=user).select_related("by")
    failures, others = found.filter(kind__in=FAILURES), found.exclude(kind__in=FAILURES)
    newest = [*failures[:SHOWN], *others[:SHOWN]]
    return sorted(newest, key=lambda event: (event.at, event.pk), reverse=True)


def codes_left(user: User) -> int:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    used = codes.data["used_mask"].bit_count() if codes else app_settings.RECOVERY_CODE_COUNT
    return app_settings.RECOVERY_CODE_COUNT - used


@require_safe
@login_required
def enrol(request: StaffRequest) -> HttpResponse:
    """At the first sign-in; nothing else opens before a second factor is set up."""
    if has_main_factor(request.user):
        return redirect("accounts:home")
    return render(request, "accounts/enrol.html", {"title": "Add a second step"})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Where a setup link leads. Only submitting the form uses the link: scanners that open links
    in messages don't submit forms."""
    sent = request.method == "POST"
    user = setup_links.find_user((request.POST if sent else request.GET).get("key", ""))
    if user is None:
        return render(request, "accounts/link_is_over.html", {"title": "Ask for a new link"})
    form = SetUpForm(user, request.POST if sent else None, initial=request.GET.dict())
    if not form.is_valid():
        shown = {"title": "Choose a password", "form": form, "name": user.get_username()}
        return render(request, "accounts/set_up.html", shown)
    if not setup_links.use(user, form.cleaned_data["new_password1"]):
        return redirect("accounts:set_up")
    sessions.end_sessions(user)
    audit_log.record(EventKind.PASSWORD_SET, user, request=request)
    request.session.flush()  # ends the session of anyone else signed in here
    name = user.get_username()
    return perform_password_login(request, {"username": name}, Login(user=user))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def session(request: HttpRequest) -> HttpResponse:
    """How long the session lasts; POST extends it. Called by the script that warns."""
    if request.method == "POST":
        request.session[sessions.SEEN] = sessions.fresh(factor=True)[sessions.SEEN]
    return JsonResponse({"seconds": round(sessions.seconds_left(request.session)) - sessions.STEP})


@require_POST
@login_required
def end_other_sessions(request: StaffRequest) -> HttpResponse:
    ended = sessions.end_sessions(request.user, but=request.session.session_key)
    if ended:
        audit_log.record(EventKind.SESSIONS_ENDED, request.user, request=request)
    messages.success(request, "You’re signed out everywhere else.")
    return redirect("accounts:home")


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/signed_out.html", {"title": "You’re signed out"})


class SignOut(LogoutView):
    """Signing out clears all that the browser stores for the site, including drafts of notes."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            audit_log.record(EventKind.SIGNED_OUT, request.user, request=request)
        response = super().post(request, *args, **kwargs)
        request.session.flush()
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response


class RemovePasskey(RemoveWebAuthnView):
    """The library would also remove the last factor."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not FactorAdapter().can_delete_authenticator(self.get_object()):
            messages.error(
                self.request, FactorAdapter.error_messages["cannot_delete_authenticator"]
            )
            return redirect("accounts:home")
        return super().form_valid(form)
