"""Who makes, changes and ends accounts, and what nobody can do to themselves or others."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from kapsite.accounts.models import Event
from kapsite.accounts.roles import ROLES, give_permissions
from tests.factories import make_inquiry, make_staff, sign_in

from .people import NAMED, enter_fully, events_of, is_inside, make_settled

pytestmark = pytest.mark.django_db
USERS, ADD = "/admin/auth/user/", "/admin/auth/user/add/"


@pytest.fixture
def sam(client):
    """A site admin, signed in."""
    return sign_in(client, make_staff("site-admin", "sam"))


def page_of(user, place="change"):
    return f"{USERS}{user.pk}/{place}/"


def role(name):
    return Group.objects.get(name=ROLES[name].name).pk


def answers(*roles, **changes):
    filled = {"first_name": "", "last_name": "", "email": "", "is_active": "on"}
    return filled | {"groups": [role(each) for each in roles]} | changes


def test_each_role_has_exactly_its_permissions():
    stored = {
        group.name: {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()}
        for group in Group.objects.all()
    }
    assert stored == {each.name: set(each.permissions) for each in ROLES.values()}


def test_a_role_that_was_tampered_with_is_mended_by_the_next_migrate():
    group = Group.objects.get(name="Site admin")
    group.permissions.add(Permission.objects.get(codename="view_inquiry"))
    give_permissions(using="default")
    assert not group.permissions.filter(codename="view_inquiry").exists()


def test_a_new_account_gets_a_link_that_is_shown_once(client, sam):
    response = client.post(ADD, answers("front-desk", username="Ana"))
    link = re.search(r"http://localhost:8000(/admin/account/set-up/\?key=\S+?)<", response.text)[1]
    assert "Choose a password" in Client().get(link).text
    ana = User.objects.get(username="ana")
    assert (ana.is_staff, ana.is_superuser, ana.has_usable_password()) == (True, False, False)
    assert [group.name for group in ana.groups.all()] == ["Front desk"]
    assert link.split("key=")[1] not in client.get(page_of(ana)).text


def test_the_same_name_in_capitals_is_refused(client, sam):
    make_staff(username="ana")
    assert "already taken" in client.post(ADD, answers(username="ANA")).text


def test_what_happens_to_an_account_is_on_record(client, sam):
    client.post(ADD, answers("front-desk", username="ana"))
    ana = User.objects.get(username="ana")
    client.post(page_of(ana), answers("clinician"))
    client.post(page_of(ana), answers("clinician", is_active=""))
    client.post(page_of(ana), answers("clinician"))
    client.post(page_of(ana, "set-up-link"))
    events = Event.objects.filter(user=ana, by=sam).order_by("pk").values_list("kind", "details")
    assert list(events) == [
        ("account_made", ""),
        ("roles_changed", "Front desk"),
        ("link_made", ""),
        ("roles_changed", "Clinician"),
        ("switched_off", ""),
        ("switched_on", ""),
        ("link_made", ""),
    ]


def test_which_details_of_an_account_changed_is_logged_without_their_values(client, sam):
    ana = make_staff()
    client.post(page_of(ana), answers("lead", first_name="Ana", email="ana@example.org"))
    event = Event.objects.get(user=ana, kind="details_changed")
    assert (event.by, event.details) == (sam, "First name, Email")


def test_switching_an_account_off_ends_its_sessions_and_it_stays_out(client, sam, ana):
    browser = Client()
    enter_fully(browser)
    assert is_inside(browser)
    client.post(page_of(ana), answers("lead", is_active=""))
    assert not is_inside(browser)
    assert "Wrong username or password" in browser.post("/admin/account/sign-in/", NAMED).text


@pytest.mark.parametrize(
    ("roles", "changes", "asks"),
    [
        (["lead"], {"is_active": ""}, True),
        ([], {}, True),  # without a role they cannot work on requests either
        (["clinician"], {}, False),
        (["lead"], {"first_name": "Ana"}, False),
    ],
)
def test_who_takes_over_is_asked_when_somebody_can_no_longer_work(
    client, sam, ana, roles, changes, asks
):
    make_inquiry(assigned_to=ana)
    page = client.post(page_of(ana), answers(*roles, **changes), follow=True)
    assert ("Who takes over?" in page.text) is asks


def test_switching_off_a_superuser_asks_who_takes_over_too(admin_client):
    eve = User.objects.create_superuser("eve")
    page = admin_client.post(page_of(eve), answers(is_superuser="on", is_active=""), follow=True)
    assert "Hand over eve’s open requests" in page.text


def test_a_new_link_starts_a_colleague_afresh(client, sam, ana):
    browser = Client()
    enter_fully(browser)
    assert "signs them out everywhere" in client.get(page_of(ana, "set-up-link")).text
    assert is_inside(browser)
    client.post(page_of(ana, "set-up-link"))
    ana.refresh_from_db()
    assert not is_inside(browser)
    assert not ana.authenticator_set.exists()
    assert not ana.has_usable_password()


# What a site admin cannot do


@pytest.mark.parametrize("place", ["", "{}/change/", "{}/history/", "export/", "overview/"])
def test_a_site_admin_cannot_open_requests(client, sam, place):
    inquiry = make_inquiry(name="Canary")
    response = client.get(f"/admin/inquiries/inquiry/{place.format(inquiry.pk)}", follow=True)
    assert response.status_code in (403, 404)
    assert "Canary" not in response.text


@pytest.mark.parametrize(
    "sneaked", [{"is_superuser": "on"}, {"is_staff": ""}, {"user_permissions": "1"}]
)
def test_no_field_that_is_not_offered_can_be_sent(client, sam, sneaked):
    ana = make_staff("front-desk")
    client.post(page_of(ana), answers("front-desk", username="eve", password="x", **sneaked))
    ana.refresh_from_db()
    assert (ana.username, ana.is_superuser, ana.is_staff) == ("ana", False, True)
    assert not ana.user_permissions.exists()
    client.post(ADD, answers("front-desk", username="ben", password="x", **sneaked))
    ben = User.objects.get(username="ben")
    assert (ben.is_superuser, ben.is_staff, ben.has_usable_password()) == (False, True, False)
    assert not ben.user_permissions.exists()


def test_nobody_gives_themselves_a_role_or_shuts_themselves_out(client, sam):
    client.post(page_of(sam), answers("lead", "site-admin", is_active=""))
    sam.refresh_from_db()
    assert sam.is_active
    assert [group.name for group in sam.groups.all()] == ["Site admin"]
    assert client.post(page_of(sam, "set-up-link")).status_code == 403


@pytest.mark.parametrize("place", ["change", "set-up-link"])
def test_a_superusers_account_is_for_superusers(client, sam, admin_user, place):
    assert client.post(page_of(admin_user, place), answers()).status_code == 403
    admin_user.refresh_from_db()
    assert (admin_user.is_superuser, admin_user.has_usable_password()) == (True, True)


def test_a_superuser_can_make_another(admin_client, ana):
    admin_client.post(page_of(ana), answers("lead", is_superuser="on"))
    ana.refresh_from_db()
    assert ana.is_superuser
    assert Event.objects.filter(user=ana, kind="roles_changed", details="Superuser").exists()


@pytest.mark.parametrize("place", ["password", "delete"])
def test_nobody_sets_a_password_for_others_or_deletes_an_account(admin_client, ana, place):
    response = admin_client.post(page_of(ana, place), {"password1": "x", "post": "yes"})
    assert response.status_code in (302, 403, 404)
    assert User.objects.get(pk=ana.pk).password == ana.password


@pytest.mark.parametrize("path", ["auth/group/", "account/emailaddress/", "mfa/authenticator/"])
def test_tables_of_the_library_are_not_in_the_admin(admin_client, path):
    assert admin_client.get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize("name", ["front-desk", "clinician", "lead", None])
def test_others_of_the_staff_see_no_accounts(client, name):
    ben = make_staff("front-desk", "ben")
    sign_in(client, make_staff(name))
    for path in (USERS, ADD, page_of(ben), page_of(ben, "set-up-link")):
        assert client.get(path).status_code == 403
    nobody = User(pk=ben.pk + 1000)
    for path in (page_of(nobody), page_of(nobody, "set-up-link")):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("name", "status"),
    [("front-desk", 403), ("clinician", 403), (None, 403), ("lead", 200), ("site-admin", 200)],
)
def test_what_a_site_admin_does_to_accounts_the_lead_can_see(client, name, status):
    sign_in(client, make_staff(name))
    assert client.get("/admin/accounts/event/").status_code == status


def test_the_record_of_events_cannot_be_changed_even_by_a_superuser(admin_client, ana):
    enter_fully(Client())
    event = Event.objects.get(user=ana)
    assert "Code from an app" in admin_client.get("/admin/accounts/event/").text
    for place in ("add/", f"{event.pk}/delete/"):
        path = f"/admin/accounts/event/{place}"
        assert admin_client.post(path, {"post": "yes", "kind": "refused"}).status_code == 403
    admin_client.post(f"/admin/accounts/event/{event.pk}/change/", {"kind": "refused"})
    assert events_of(ana) == [("signed_in", "totp")]


def test_the_admin_log_holds_no_values_of_accounts(client, sam):
    ana = make_staff("front-desk")
    client.post(page_of(ana), answers("lead", email="canary@example.org"))
    told = str(list(LogEntry.objects.values()))
    assert "canary" not in told


def test_accounts_are_looked_for_by_no_more_than_ten_words(admin_client):
    make_staff(username="eve")
    page = admin_client.get(USERS, {"q": "eve " * 700})
    assert (page.status_code, page.context["cl"].result_count) == (200, 1)


def test_a_name_with_markup_is_text_everywhere(admin_client):
    bad = "<script>alert(1)</script>"
    user = make_settled(username="eve", first_name=bad, last_name="\u202e")
    for path in (USERS, page_of(user), page_of(user, "set-up-link")):
        assert bad not in admin_client.get(path).text


@pytest.mark.parametrize("role", ["front-desk", "clinician", "lead"])
def test_who_works_on_requests_starts_with_them(client, role):
    sign_in(client, make_staff(role, "ben"))
    assert client.get("/admin/").headers["Location"] == "/admin/inquiries/inquiry/"


def test_who_manages_accounts_starts_with_those(client):
    sign_in(client, make_staff("site-admin", "sam"))
    page = client.get("/admin/").text
    assert "/admin/auth/user/" in page
    assert "Recent actions" not in page
