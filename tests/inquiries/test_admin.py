from contextlib import suppress
from urllib.parse import urlencode

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import QueryDict

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.steps.base import NotPossible
from kapsite.inquiries.desk.steps.registry import BY_NAME
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.security.wsgi.guard import Guard
from tests.factories import make_inquiry, sign_in
from tests.wsgi import ask

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"


@pytest.fixture
def ana(admin_user, client):
    """A staff member, signed in."""
    sign_in(client, admin_user)
    return admin_user


def test_only_a_request_with_a_safety_concern_stands_out_in_the_list(client, ana):
    make_inquiry()
    assert "Safety concern" not in client.get(LIST).text
    make_inquiry(safety_concern=True, safety_concern_reason="Canary")
    page = client.get(LIST).text
    assert page.count("group-help") == page.count("Safety concern") == 1
    assert "Canary" not in page


def test_nobody_can_delete_a_request(client, ana):
    inquiry = make_inquiry()
    assert client.post(f"{LIST}{inquiry.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": inquiry.pk, "post": "yes"}
    client.post(LIST, action)
    assert Inquiry.objects.count() == 1


def test_the_list_is_not_a_view_of_a_record(client, ana):
    make_inquiry()
    client.get(LIST)
    assert not Activity.objects.exists()


def test_a_request_that_no_key_opens_is_in_the_list_all_the_same(client, ana, settings):
    inquiry = make_inquiry()
    settings.FIELD_KEYS = ["A" * 42 + "Q"]
    assert inquiry.reference_in_groups in client.get(LIST).text


def test_the_site_carries_the_name_of_the_clinic(client, ana):
    page = client.get("/admin/", follow=True).text
    assert get_clinic().name in page
    assert "Django" not in page


STRANGE_QUERIES = [
    "id__range=1",
    "received_at__year=x",
    "received_at__gte=9999-12-31",
    "reference__regex=(",
    "name=Ada",
    "name__startswith=a",
    "message__isnull=1",
    "status__exact=%00",
    "status__exact=x&status__exact=y",
    "status__in=x",
    "status=x",
    "safety_concern__exact=maybe",
    "safety_concern__isnull=maybe",
    "assigned_to__id__exact=x",
    "assigned_to__id__exact=%00",
    "assigned_to__id__exact=99999999999999999999999",
    "assigned_to__password__startswith=a",
    "assigned_to__isnull=x",
    "p=999999",
    "p=x",
    "p=-1",
    "p=" + "9" * 5000,
    "o=abc",
    "o=1.-2.x.99",
    "o=" + "9" * 50,
    "e=1",
    "all=1",
    "q=%00",
    "q=%ED%A0%80",
    "q=" + "a+" * 400,
    "_changelist_filters=%00",
    "_changelist_filters=%ff",
    "_to_field=password",
    "_popup=1",
    "_facets=x",
    "pk__in=x",
    "no_such_field=1",
    "__=1",
    "%00=1",
]


def broken(client, addresses) -> list[str]:
    """Those that are answered with an error of ours. Reading them changes nothing."""
    client.raise_request_exception = False
    return [each for each in addresses if client.get(each).status_code >= 500]


@pytest.mark.parametrize("path", ["inquiries/inquiry/", "auth/user/", "accounts/event/"])
def test_no_query_string_breaks_a_list(client, ana, path):
    make_inquiry()
    assert broken(client, [f"/admin/{path}?{query}" for query in STRANGE_QUERIES]) == []


@pytest.mark.parametrize("query", ["name=Ada", "assigned_to__password__startswith=a", "phone="])
def test_no_query_string_asks_about_what_the_list_does_not_offer(client, ana, query):
    make_inquiry()
    assert client.get(f"{LIST}?{query}").status_code == 400


PLACES = ["change/", "history/", "delete/", "message/", "print/", "step/take/", ""]
STRANGE_KEYS = ["x", "0", "-1", "9" * 30, "1.5", "%00", "%ff", "_5F", "1_2F", "a/b", "1%0a"]


@pytest.mark.parametrize("path", ["inquiries/inquiry", "auth/user"])
def test_no_made_up_key_breaks_a_record(client, ana, path):
    addresses = [f"/admin/{path}/{key}/{place}" for key in STRANGE_KEYS for place in PLACES]
    assert broken(client, addresses) == []


def test_no_other_admin_address_breaks(client, ana):
    paths = [
        "r/x/1/",
        "r/1/x/",
        f"r/{'9' * 30}/1/",
        "autocomplete/?app_label=inquiries&model_name=inquiry&field_name=assigned_to&term=a",
        "autocomplete/?app_label=%00",
        "jsi18n/?language=%00",
        "login/?next=//evil.example",
        "auth/user/x/password/",
        "no/such/page/",
    ]
    assert broken(client, [f"/admin/{path}" for path in paths]) == []


@pytest.mark.parametrize("selected", ["x", "\0", "9" * 30])
@pytest.mark.parametrize("path", ["inquiries/inquiry/", "auth/user/"])
def test_no_made_up_selection_breaks_an_action(client, ana, path, selected):
    action = {"action": "delete_selected", "_selected_action": selected, "index": selected}
    assert client.post(f"/admin/{path}", action).status_code < 500


STRANGE_VALUES = ["x", "\0", "9" * 30, "-1", "9999-12-31", "1.5", "\U0001f600" * 200]
FIELDS = [
    *("status", "outcome", "assigned_to", "next_action_on", "safety_concern", "note"),
    *("version", "seen", "to", "reason", "message", "safety_concern_reason"),
    *("username", "password1", "password2", "usable_password", "groups", "user_permissions"),
    *("last_login_0", "last_login_1", "date_joined_0", "password", "email"),
    *("_save", "_continue", "_saveasnew", "_popup", "_to_field", "initial-status"),
]


@pytest.mark.parametrize(
    "path",
    [
        "inquiries/inquiry/{}/change/",
        "inquiries/inquiry/{}/message/",
        "inquiries/inquiry/{}/print/",
        "inquiries/inquiry/{}/step/take/",
        "auth/user/{}/change/",
        "auth/user/{}/password/",
        "auth/user/add/",
    ],
)
def test_no_made_up_value_breaks_an_admin_form(client, ana, path):
    client.raise_request_exception = False
    key = make_inquiry().pk if "inquiry" in path else ana.pk
    sane = {"username": "ben", "usable_password": "true"}
    sane |= dict.fromkeys(("password1", "password2"), "a long one 17")

    def is_broken_by(sent) -> bool:
        """Afterwards all is as it was, the session too."""
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        with transaction.atomic():
            answer = client.post(f"/admin/{path.format(key)}", sent)
            transaction.set_rollback(True)
        client.cookies.load(cookies)
        assert "login" not in answer.headers.get("Location", "")
        return answer.status_code >= 500

    for strange in STRANGE_VALUES:
        chosen = sane | dict.fromkeys(("groups", "user_permissions"), strange)
        assert not is_broken_by(dict.fromkeys(FIELDS, strange)), strange
        assert not is_broken_by(chosen), strange


@pytest.mark.parametrize("name", BY_NAME)
def test_no_made_up_value_breaks_a_step(ana, name):
    """Whether or not it is offered, it can be read, shown again and taken or refused."""
    for strange in STRANGE_VALUES:
        typed = QueryDict(urlencode(dict.fromkeys(FIELDS, strange)))
        step = BY_NAME[name](make_inquiry(), ana, typed)
        step.is_valid()
        assert "".join(map(str, step)) or not step.fields
        with suppress(NotPossible):
            if step.is_valid():
                step.apply(0)


@pytest.mark.parametrize("name", ["scheduled", "correct"])
def test_no_made_up_value_breaks_the_page_of_a_step(client, ana, name):
    """With the version of now, or it would be too late and nothing else would be looked at."""
    client.raise_request_exception = False

    def is_broken_by(strange) -> bool:
        path = f"/admin/inquiries/inquiry/{make_inquiry().pk}/step/{name}/"
        of_now = dict.fromkeys(FIELDS, strange) | {"version": 0}
        return client.post(path, of_now).status_code >= 500

    assert [strange for strange in STRANGE_VALUES if is_broken_by(strange)] == []


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_no_made_up_cookie_breaks_the_admin(name):
    cookie = rf'{name}="abcdefgh\000ijklmnopqrstuvwxyz"'  # Python reads \000 as a NUL
    answer = ask(Guard(get_wsgi_application()), "/admin/", HTTP_COOKIE=cookie)
    assert answer.status < 500
