"""Staff who have set up their account, and what they type to sign in."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache

from tests.factories import make_staff

PASSWORD = "violet-lamp-harbor-tundra"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN, CODE, HOME = "/admin/account/sign-in/", "/admin/account/sign-in/code/", "/admin/account/"
NAMED = {"login": "ana", "password": PASSWORD}


def code(secret=SECRET, periods=0) -> str:
    """What an app shows now, or so many periods of 30 seconds later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + periods))


def make_settled(role: str | None = "lead", username="ana", **fields):
    """With a password, an app and recovery codes."""
    user = make_staff(role, username, password=PASSWORD, **fields)
    totp.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def recovery_codes(user) -> list[str]:
    return user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()


def enter(client, login="ana", password=PASSWORD, **more):
    """The first step: name and password."""
    return client.post(SIGN_IN, {"login": login, "password": password} | more)


def enter_fully(client, login="ana", **more):
    """Both steps, with the code that the app shows."""
    cache.clear()  # the code may have been used already
    enter(client, login, **more)
    return client.post(CODE, {"code": code()})


def events_of(user=None) -> list[tuple[str, str]]:
    from kapsite.accounts.models import Event

    return list(Event.objects.filter(user=user).order_by("pk").values_list("kind", "how"))


def is_inside(client) -> bool:
    return client.get("/admin/jsi18n/").status_code == 200
