"""The page of one's own account."""

import pytest

from kapsite.accounts.models import Event
from kapsite.inquiries.worker import lead_mail
from tests.factories import make_staff, sign_in
from tests.wsgi import ask

from .people import HOME, make_settled

pytestmark = pytest.mark.django_db
PASSWORD_PAGE = f"{HOME}password/"
DETAILS = f"{HOME}details/"
NEW = {"first_name": "Ana", "last_name": "Ruiz", "email": "ana@example.org"}


def test_people_see_and_change_their_name_and_email(client):
    ana = sign_in(client, make_staff(first_name="Anna", email="old@example.org"))
    page = client.get(HOME).text
    assert ("Anna" in page, "old@example.org" in page, DETAILS in page) == (True, True, True)
    page = client.post(DETAILS, NEW, follow=True).text
    assert ("Ana Ruiz" in page, "ana@example.org" in page) == (True, True)
    event = Event.objects.get(user=ana, kind="details_changed")
    assert (event.by, event.details) == (None, "First name, Last name, Email")


def test_mail_for_leads_goes_to_the_address_that_a_lead_has_entered(client, settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    sign_in(client, make_staff("lead"))
    assert "go to the clinic’s shared address instead" in client.get(HOME).text
    client.post(DETAILS, NEW)
    assert lead_mail.recipients() == ["ana@example.org"]
    assert "shared address" not in client.get(HOME).text


def test_others_are_not_told_about_mail_for_leads(client):
    sign_in(client, make_staff("front-desk"))
    assert "shared address" not in client.get(HOME).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "ana"},
        {"email": "ana@example.org\nBcc: eve@example.org"},
        {"email": "x" * 300 + "@example.org"},
        {"first_name": "x" * 151},
        {"last_name": "\0"},
    ],
)
def test_what_cannot_be_saved_is_explained_and_kept_in_the_form(client, wrong):
    ana = sign_in(client, make_staff(first_name="Ana", email="old@example.org"))
    page = client.post(DETAILS, NEW | wrong).text
    assert "There is a problem" in page
    assert 'value="Ruiz"' in page or "last_name" in wrong
    ana.refresh_from_db()
    assert (ana.last_name, ana.email) == ("", "old@example.org")


def test_nothing_else_about_ones_account_can_be_sent_along(client):
    ana = sign_in(client, make_staff("front-desk"))
    client.post(DETAILS, NEW | {"username": "eve", "is_superuser": "on", "groups": "1"})
    ana.refresh_from_db()
    assert (ana.username, ana.first_name, ana.is_superuser) == ("ana", "Ana", False)
    assert [group.name for group in ana.groups.all()] == ["Front desk"]


def test_saving_without_a_change_logs_nothing(client):
    sign_in(client, make_staff("lead", **NEW))
    client.post(DETAILS, NEW)
    assert not Event.objects.filter(kind="details_changed").exists()


# For password managers: https://www.w3.org/TR/change-password-url/


def test_the_well_known_address_leads_to_the_page_for_a_new_password(client, application):
    answer = ask(application, "/.well-known/change-password")
    assert (answer.status, answer.headers["Location"]) == (302, PASSWORD_PAGE)
    sign_in(client, make_settled())
    page = client.get("/.well-known/change-password", follow=True)
    assert (page.status_code, page.redirect_chain[-1][0]) == (200, PASSWORD_PAGE)


def test_without_a_sign_in_it_leads_there_afterwards(client):
    page = client.get("/.well-known/change-password", follow=True)
    assert page.redirect_chain[-1][0] == f"{HOME}sign-in/?next={PASSWORD_PAGE}"


def test_other_well_known_addresses_are_not_found(application):
    """Password managers look whether the site answers 200 to everything."""
    name = "resource-that-should-not-exist-whose-status-code-should-not-be-200"
    assert ask(application, f"/.well-known/{name}").status == 404
