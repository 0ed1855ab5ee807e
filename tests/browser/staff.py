"""Staff in a browser, without the pages of signing in: tests/accounts/ are about those."""

from django.conf import settings
from django.test import Client

from tests.factories import sign_in


def let_in(page, user) -> None:
    """Give the browser a session of ``user``, as after a sign-in with a second factor."""
    client = Client()
    sign_in(client, user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value}
    cookie |= {"domain": "localhost", "path": settings.SESSION_COOKIE_PATH, "sameSite": "Strict"}
    page.context.add_cookies([cookie])
