"""Account pages, below the admin's path so that they get its cookies. Of django-allauth's pages
only those that staff need: no sign-up, no email verification, no reset by email."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from kapsite.accounts.authentication.passkey_sign_in import SignInByPasskey

from . import views

own: list[URLPattern] = [
    path("", views.home, name="home"),
    path("details/", views.details, name="details"),
    path("set-up/", views.set_up, name="set_up"),
    path("second-step/", views.enrol, name="enrol"),
    path("session/", views.session, name="session"),
    path("sessions/end/", views.end_other_sessions, name="end_other_sessions"),
    path("signed-out/", views.signed_out, name="signed_out"),
]
home = RedirectView.as_view(pattern_name="accounts:home")
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((own, "accounts"))),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("password-again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("code-again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("passkey-again/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("app/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    # Where the library redirects to; our account page replaces these.
    path("overview/", home, name="mfa_index"),
    path("passkeys/", home, name="mfa_list_webauthn"),
    path("no-sign-up/", home, name="account_signup"),
    path("no-password/", home, name="account_set_password"),
]
