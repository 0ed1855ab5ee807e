"""What the whole site, guard included, puts around the sign-in."""

import pytest

from tests.wsgi import ask

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["sign-in/", "set-up/", "signed-out/", ""]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_can_be_put_into_a_frame_or_kept(application, page):
    headers = ask(application, f"/admin/account/{page}").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize("page", ["/", "/history/", "/request-evaluation/", "/no/such/page/"])
def test_readers_get_no_cookie_even_with_one_of_the_staff(application, page):
    answer = ask(application, page, HTTP_COOKIE="sessionid=abcdefghijklmnopqrstuvwxyz012345")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
