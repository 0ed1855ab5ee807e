"""Whoever reads the database, or a backup of it, cannot be somebody else."""

import base64
import re
import secrets
import zlib
from contextlib import suppress

import pytest
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client

from kapsite.accounts.authentication.session_store import SessionStore, digest, unseal
from kapsite.accounts.models import StaffSession
from tests.accounts.people import HOME, PASSWORD, enter, enter_fully, is_inside, make_settled
from tests.factories import make_staff, sign_in

pytestmark = pytest.mark.django_db


def everything_stored() -> str:
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows += cursor.fetchall()
    return repr(rows)


def key_of(client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser_with(key) -> Client:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


def test_no_table_holds_the_key_of_a_session(client, ana):
    enter(client)
    half_way = key_of(client)
    assert digest(half_way) in everything_stored()
    assert half_way not in everything_stored()
    enter_fully(client)
    client.get(HOME)
    assert is_inside(client)
    assert digest(key_of(client)) in everything_stored()
    assert key_of(client) not in everything_stored()


def test_what_is_stored_of_a_key_opens_nothing(client, ana):
    enter_fully(client)
    for row in StaffSession.objects.all():
        assert not is_inside(browser_with(row.session_key))
    assert is_inside(browser_with(key_of(client)))


def test_content_copied_into_a_row_of_ones_own_opens_nothing(client, ana):
    enter_fully(client)
    mallory = Client()
    sign_in(mallory, make_staff(username="mallory"))
    hers, his = (StaffSession.objects.get(pk=digest(key_of(each))) for each in (client, mallory))
    his.session_data = hers.session_data
    his.save()
    assert not is_inside(mallory)
    assert is_inside(client)


def decoded(stored: str) -> bytes:
    """All that can be read without a key, as of a session that is only signed."""
    found = [stored.encode()]
    for part in re.split("[:.]", stored):
        with suppress(ValueError):
            found.append(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            with suppress(zlib.error):
                found.append(zlib.decompress(found[-1]))
    return b"".join(found)


def test_the_secret_of_an_app_that_is_being_set_up_is_not_readable(client):
    user = make_staff(password=PASSWORD)
    enter(client, user.username)
    client.get("/admin/account/app/")
    content = dict(client.session)
    secret = content[SECRET_SESSION_KEY].encode()
    row = StaffSession.objects.get(pk=digest(key_of(client)))
    assert secret in decoded(signing.dumps(content, compress=True))
    assert secret not in decoded(row.session_data)


def test_a_key_that_somebody_made_up_does_not_become_a_session(client, ana):
    made_up = "a" * 32
    browser = browser_with(made_up)
    enter(browser)
    assert key_of(browser) != made_up
    assert not SessionStore().exists(made_up)


def test_another_secret_key_signs_everybody_out_and_breaks_nothing(client, ana, settings):
    enter_fully(client)
    settings.SECRET_KEY = secrets.token_urlsafe(50)
    assert not is_inside(client)
    assert client.get("/admin/account/sign-in/").status_code == 200


@pytest.mark.parametrize("stored", ["", "x", "abcdefgh:", "00000000:AAAA", "é:é"])
def test_content_that_cannot_be_read_is_an_empty_session(stored):
    assert unseal(stored, "x") == {}


def test_the_account_page_lists_sessions_that_still_open_something(client, ana):
    other, idle = Client(), Client()
    enter_fully(other)
    enter_fully(idle)
    session = idle.session
    session["seen_at"] -= settings.SESSION_IDLE_SECONDS + 60
    session.save()
    enter_fully(client)
    page = client.get(HOME).text
    assert page.count("<li>Since") == 2
    assert page.count("(this browser)") == 1


def test_the_account_page_lists_nobody_elses_sessions(client, ana):
    make_settled("front-desk", "ben")
    enter_fully(Client(), login="ben")
    enter_fully(client)
    assert client.get(HOME).text.count("<li>Since") == 1
