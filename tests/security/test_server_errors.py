"""While the database is away, pages are read as ever and everything else says so calmly."""

import pytest
from django.db import OperationalError, connection

from kapsite.security.wsgi.headers import security_headers
from tests.wsgi import ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_database(application):
    def away(*_):
        raise OperationalError("connection to 10.0.0.7 refused")

    with connection.execute_wrapper(away):
        yield


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize("path", ["/", "/history/", "/help-now/", "/request-evaluation/"])
def test_pages_and_the_empty_form_are_served(application, path):
    assert ask(application, path).status == 200


@pytest.mark.usefixtures("no_database")
def test_static_files_are_served(application):
    assert ask(application, "/static/css/base.css").status == 200


@pytest.mark.usefixtures("no_database")
def test_the_admin_says_that_it_cannot_work_and_not_why(application):
    answer = ask(application, "/admin/", HTTP_COOKIE=f"sessionid={'a' * 32}")
    assert (answer.status, "(425) 654-5433" in answer.text) == (503, True)
    assert "10.0.0.7" not in answer.text
    assert answer.headers.items() >= dict(security_headers("/admin/")).items()


@pytest.mark.usefixtures("no_database", "afresh")
def test_the_health_check_fails(application):
    assert ask(application, "/healthz").status == 503
