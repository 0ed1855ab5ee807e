"""The pages for faults."""

from types import SimpleNamespace

import pytest
from django import db
from django.http import HttpResponse
from django.test import Client, RequestFactory

from kapsite.security import views
from kapsite.security.middleware import BadAdminInput
from tests.factories import make_staff, sign_in

pytestmark = pytest.mark.django_db


def page_after(error):
    try:
        raise error
    except Exception:
        return views.server_error(RequestFactory().get("/"))


@pytest.mark.parametrize("error", [db.OperationalError(), db.InterfaceError()])
def test_while_the_database_is_away_the_answer_is_503(error):
    assert page_after(error).status_code == 503


@pytest.mark.parametrize("error", [ValueError(), db.IntegrityError()])
def test_any_other_fault_is_a_500(error):
    assert page_after(error).status_code == 500


def test_a_fault_page_is_the_published_one_where_there_is_one():
    server = SimpleNamespace(
        error_page={500: b"as published"}.get, served=SimpleNamespace(menus={})
    )
    request = RequestFactory().get("/", **{"kapsite.pages": server})
    assert views.server_error(request).content == b"as published"
    assert "We couldn’t read that" in views.bad_request(request).text


def test_a_fault_page_asks_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert "(425) 654-5433" in page_after(ValueError()).text


def test_a_refused_staff_form_is_answered_with_our_own_page(client):
    client.handler.enforce_csrf_checks = True
    response = client.post("/admin/login/", {"username": "a"})
    assert response.status_code == 403
    assert "CSRF" not in response.text


def refused(error, path="/admin/inquiries/inquiry/?id=1"):
    answer = BadAdminInput(HttpResponse).process_exception(RequestFactory().get(path), error)
    return answer.status_code if answer else None


@pytest.mark.parametrize("error", [OverflowError(), db.DataError()])
def test_a_value_the_database_cannot_take_is_the_senders_fault_in_the_admin(error):
    assert refused(error) == 400
    assert refused(error, "/request-evaluation/") is None


def test_a_value_error_of_django_is_the_senders_fault():
    with pytest.raises(ValueError, match="expected a number") as caught:
        db.models.IntegerField().get_prep_value("a")
    assert refused(caught.value) == 400


def test_a_value_error_in_our_own_code_is_ours():
    with pytest.raises(ValueError, match="not enough") as caught:
        exec(compile("a, b = []", views.__file__, "exec"))  # noqa: S102
    assert refused(caught.value) is None


def test_any_other_error_is_ours():
    assert refused(KeyError()) is None


REFUSED = {
    "/admin/auth/user/": (403, "Your role can’t open this"),
    "/admin/inquiries/inquiry/export/": (403, "Your role can’t open this"),
    "/admin/inquiries/inquiry/999/erase/": (403, "Your role can’t open this"),
    "/admin/nowhere/": (404, "Page not found"),
    "/admin/inquiries/inquiry/?nonsense=1": (400, "This page couldn’t be opened"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_staff_get_an_error_page_of_the_desk_and_not_that_of_patients(client, path):
    sign_in(client, make_staff("front-desk"))
    status, words = REFUSED[path]
    response = client.get(path)
    assert response.status_code == status
    assert words in response.text.partition("<h1>")[2].partition("</h1>")[0]
    assert "Go to the inbox" in response.text
    assert "/help-now/" not in response.text


def test_a_stale_form_of_staff_says_that_the_note_is_restored():
    client = Client(enforce_csrf_checks=True)
    sign_in(client, make_staff("front-desk"))
    response = client.post("/admin/inquiries/inquiry/1/step/note/", {"note": "x"})
    assert response.status_code == 403
    assert "A note that you were writing is restored there." in response.text


def test_others_get_the_usual_error_page_on_an_address_of_the_desk(client):
    assert "Back to the desk" not in client.get("/admin/nowhere/", follow=True).text
