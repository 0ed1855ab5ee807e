"""From a setup link to the desk: a password, then a second factor, and nothing before."""

import os
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from kapsite.accounts.authentication import setup_links
from kapsite.inquiries.worker import lead_mail
from tests.accounts.people import (
    HOME,
    PASSWORD,
    code,
    enter,
    enter_fully,
    events_of,
    is_inside,
    make_settled,
    recovery_codes,
)
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True)  # what the library does after a commit counts
SET_UP, ENROL, APP = "/admin/account/set-up/", "/admin/account/second-step/", "/admin/account/app/"


@pytest.fixture
def link():
    """The path and query of a fresh link for ana."""
    return path_of(setup_links.reset_account(make_staff()))


def path_of(link):
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def key_of(link):
    return urlsplit(link).query.removeprefix("key=")


def choose(client, link, password=PASSWORD, again=None):
    typed = {"key": key_of(link), "new_password1": password, "new_password2": again or password}
    return client.post(SET_UP, typed)


def add_app(client):
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(APP).text)[1]
    return secret, client.post(APP, {"code": code(secret)})


@commits
def test_a_link_leads_through_password_and_app_to_the_desk(client, link):
    assert "Your username is" in client.get(link).text
    assert client.get(choose(client, link).headers["Location"]).headers["Location"] == ENROL
    _, response = add_app(client)
    page = client.get(response.headers["Location"]).text
    assert len(re.findall(r"<code>\d{4} \d{4}</code>", page)) == 10
    assert is_inside(client)
    ana = User.objects.get()
    assert events_of(ana) == [
        ("link_made", ""),
        ("password_set", ""),
        ("signed_in", "password"),
        ("factor_added", "totp"),
        ("codes_made", ""),
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/inquiries/inquiry/",
        "/admin/auth/user/",
        "/admin/no/such/page/",
        HOME,
        "/admin/account/password/",
        "/admin/account/recovery-codes/",
        "/admin/account/recovery-codes/new/",
    ],
)
def test_before_there_is_a_second_factor_nothing_else_opens(client, link, path):
    choose(client, link)
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (302, ENROL)


def test_somebody_without_a_second_factor_can_sign_out(client, link):
    choose(client, link)
    assert client.post("/admin/account/sign-out/").status_code == 302
    assert client.get(ENROL).headers["Location"].startswith("/admin/account/sign-in/")


def test_a_wrong_first_code_adds_nothing(client, link):
    choose(client, link)
    client.get(APP)
    page = client.post(APP, {"code": "000000"}).text
    assert "That code isn’t right" in page
    assert not Authenticator.objects.exists()


def test_the_code_to_scan_stays_the_same_after_a_wrong_code(client, link):
    choose(client, link)
    before = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(APP).text)[1]
    assert before in client.post(APP, {"code": "000000"}).text


@commits
def test_recovery_codes_are_shown_once(client, link):
    choose(client, link)
    _, response = add_app(client)
    where = response.headers["Location"]
    assert "shown only once" in client.get(where).text
    page = client.get(where).text
    assert not re.search(r"<code>\d", page)
    assert "10 of 10 codes left" in page


def test_looking_at_a_link_does_not_use_it_up(client, link):
    client.get(link)
    client.head(link)
    assert choose(client, link).status_code == 302


def test_a_link_works_once(client, link):
    choose(client, link)
    client.post("/admin/account/sign-out/")
    assert "Ask for a new link" in client.get(link).text
    assert "Ask for a new link" in choose(client, link, "another-lamp-harbor-tundra").text
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(("hours", "works"), [(47, True), (49, False)])
def test_a_link_works_for_two_days(client, link, monkeypatch, hours, works):
    later = datetime.now() + timedelta(hours=hours)
    monkeypatch.setattr(setup_links.tokens, "_now", lambda: later)
    assert ("Choose a password" in client.get(link).text) is works


def test_a_new_link_ends_the_one_before(client, link):
    newer = path_of(setup_links.reset_account(User.objects.get()))
    assert "Ask for a new link" in client.get(link).text
    assert "Choose a password" in client.get(newer).text


def test_a_link_of_an_account_that_was_switched_off_is_over(client, link):
    User.objects.update(is_active=False)
    assert "Ask for a new link" in choose(client, link).text


@pytest.mark.parametrize(
    "key",
    ["", "x", "\0", "é", "a" * 5000, "1", "1-", "1-x", "1-x-y", "-1-x", "²-x", "9" * 5000 + "-x"],
)
def test_a_made_up_link_is_over(client, link, key):
    assert "Ask for a new link" in client.get(SET_UP, {"key": key}).text
    assert "Ask for a new link" in client.post(SET_UP, {"key": key}).text


def test_a_link_survives_a_corrected_name_or_email(client, link):
    User.objects.update(first_name="Ana", email="ana@example.org")
    assert "Choose a password" in client.get(link).text


def test_a_password_that_was_set_otherwise_ends_the_link(client, link):
    ana = User.objects.get()
    ana.set_password(PASSWORD)
    ana.save()
    assert "Ask for a new link" in client.get(link).text


def test_the_database_alone_cannot_make_a_link(client, link, settings):
    settings.SECRET_KEY = "another " * 8
    forged = path_of(setup_links.reset_account(User.objects.get()))
    settings.SECRET_KEY = os.environ["SECRET_KEY"]
    assert "Ask for a new link" in client.get(forged).text


def test_nobody_uses_their_link_for_another_account(client, link):
    ben = make_staff(username="ben")
    stolen = key_of(link).partition("-")[2]
    assert "Ask for a new link" in client.get(SET_UP, {"key": f"{ben.pk}-{stolen}"}).text


def test_of_two_who_use_a_link_at_once_the_first_sets_the_password(link):
    first, second = (setup_links.find_user(key_of(link)) for _ in range(2))
    assert setup_links.use(first, PASSWORD)
    assert not setup_links.use(second, "another-lamp-harbor-tundra")
    assert User.objects.get().check_password(PASSWORD)


def test_a_link_signs_out_whoever_sits_at_the_computer(client, link):
    make_settled("front-desk", "ben")
    enter_fully(client, login="ben")
    choose(client, link)
    assert "ana" in client.get(ENROL).text


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("only-fourteen1", "at least 15 characters"),
        ("1234567890123456", "entirely numeric"),
        ("passwordpassword", "too easy to guess"),
        ("qwerty123456789", "too easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "too easy to guess"),
        ("Ketamine-clinic-2", "too easy to guess"),
    ],
)
def test_a_password_that_others_could_guess_is_refused(client, link, password, told):
    assert told in choose(client, link, password).text
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", PASSWORD, "vJ3!kq9_Lm2xRt7w", "моя кошка любит снег"],
)
def test_four_words_or_what_a_manager_makes_is_a_good_password(client, link, password):
    assert choose(client, link, password).status_code == 302


def test_passwords_that_differ_are_a_message_beside_the_field(client, link):
    assert "match" in choose(client, link, again="another-lamp-harbor-tundra").text


# add_staff


def add_staff(capsys, *arguments):
    call_command("add_staff", *arguments)
    return capsys.readouterr().out


def test_add_staff_prints_a_link_that_opens_the_set_up(client, capsys):
    said = add_staff(capsys, "Ana", "--role", "front-desk", "--role", "clinician")
    link = re.search(r"http://localhost:8000\S+", said)[0]
    assert "ana (Clinician, Front desk)" in said
    assert "Choose a password" in client.get(path_of(link)).text
    ana = User.objects.get()
    assert (ana.username, ana.is_staff, ana.is_superuser) == ("ana", True, False)
    assert not ana.has_usable_password()


def test_add_staff_takes_a_name_and_an_email(capsys):
    names = ["--name", " Ana  María Ruiz ", "--email", "ana@example.org"]
    said = add_staff(capsys, "ana", "--role", "lead", *names)
    ana = User.objects.get()
    assert (ana.first_name, ana.last_name) == ("Ana", "María Ruiz")
    assert lead_mail.recipients() == ["ana@example.org"]
    assert "No email" not in said


def test_add_staff_says_that_a_lead_without_an_email_gets_no_mail(capsys):
    assert "mail for leads goes to NOTIFY_EMAILS" in add_staff(capsys, "ana", "--role", "lead")
    assert "NOTIFY_EMAILS" not in add_staff(capsys, "ben", "--role", "front-desk")


def test_add_staff_corrects_name_and_email_of_somebody_who_has_not_set_up(capsys, link):
    add_staff(capsys, "ana", "--email", "ana@example.org")
    add_staff(capsys, "ana", "--name", "Ana")
    assert User.objects.values_list("first_name", "email").get() == ("Ana", "ana@example.org")


def test_add_staff_gives_a_new_link_to_somebody_who_has_not_set_up(client, capsys, link):
    said = add_staff(capsys, "ana")
    assert "ana (Lead)" in said
    assert "Ask for a new link" in client.get(link).text


def test_add_staff_again_takes_password_factors_and_sessions_away(client, capsys, ana):
    enter_fully(client)
    assert is_inside(client)
    add_staff(capsys, "ana", "--again")
    ana.refresh_from_db()
    assert not is_inside(client)
    assert not ana.has_usable_password()
    assert not ana.authenticator_set.exists()
    assert "Wrong username or password" in enter(client).text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ana"], "type: manage.py add_staff ana --again"),
        (["ben"], "Give ben a role"),
        (["ben", "--again"], "There is no account ben"),
        (["ben smith", "--role", "lead"], "username: Enter a valid username"),
        (["ben", "--role", "lead", "--email", "ben"], "email: Enter a valid email address"),
        (["ben", "--role", "lead", "--name", "x" * 200], "first name: Ensure this value has at"),
        (["gone"], "is switched off"),
    ],
)
def test_add_staff_says_in_a_line_what_is_wrong(ana, arguments, told):
    make_staff(username="gone", is_active=False)
    with pytest.raises(CommandError, match=re.escape(told)) as error:
        call_command("add_staff", *arguments)
    assert "\n" not in str(error.value)
    assert len(recovery_codes(ana)) == 10
