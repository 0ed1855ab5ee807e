"""How often one network may ask Django for something, and what it is told beyond that."""

import re
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client

from kapsite.inquiries.models import Inquiry
from kapsite.security.wsgi.guard import Guard
from kapsite.security.wsgi.networks import NETWORKS_OF_A_SITE
from kapsite.security.wsgi.rate_limits import DESK, FORMS, PAGES, Buckets, Limits, Rate
from kapsite.security.wsgi.send_again import CachedPage
from tests.factories import make_answers, make_staff, sign_in
from tests.html import Page
from tests.wsgi import ask

FORM = "/request-evaluation/"
FORM_TYPE = "application/x-www-form-urlencoded"
STATUS = "/request-evaluation/status/"  # never published, so Django answers
SIGN_IN, HOME = "/admin/account/login/", "/admin/account/"
ATTACKER, NEIGHBOR = "203.0.113.9", "203.0.113.10"


@pytest.fixture
def buckets(clock):
    return Buckets(clock=clock)


@pytest.fixture
def reached():
    """The paths that got through to Django."""
    return []


@pytest.fixture
def site(buckets, reached):
    def django(environ, start_response):
        reached.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"inside"]

    return Guard(Limits(django, buckets))


def get(site, address=ATTACKER, path=FORM, method="GET", **environ):
    return ask(site, path, method, REMOTE_ADDR=address, **environ)


def post(site, address=ATTACKER, path=FORM, **fields):
    body = urlencode(fields or {"name": "Ada"}, doseq=True).encode()
    own = {"CONTENT_TYPE": FORM_TYPE, "HTTP_ORIGIN": "http://localhost:8000"}
    return ask(site, path, "POST", body, REMOTE_ADDR=address, **own)


def use_up(send, rate, *args, **kwargs):
    statuses = [send(*args, **kwargs).status for _ in range(rate.at_once)]
    assert set(statuses) == {200}


# The buckets


def test_a_bucket_gives_so_many_at_once_and_then_one_at_a_time(buckets, clock):
    rate = Rate(3, seconds=10)
    assert [buckets.take(("a", rate)) for _ in range(4)] == [0, 0, 0, 10]
    clock.now += 9
    assert buckets.take(("a", rate)) == pytest.approx(1)
    clock.now += 1
    assert [buckets.take(("a", rate)) for _ in range(2)] == [0, 10]


def test_asking_in_vain_does_not_make_the_wait_longer(buckets, clock):
    rate = Rate(1, seconds=10)
    for _ in range(50):
        buckets.take(("a", rate))
    clock.now += 10
    assert buckets.take(("a", rate)) == 0


def test_a_bucket_is_never_fuller_than_full(buckets, clock):
    rate = Rate(2, seconds=10)
    buckets.take(("a", rate))
    clock.now += 10_000
    assert [buckets.take(("a", rate)) for _ in range(3)] == [0, 0, 10]


def test_of_two_buckets_either_both_give_or_none(buckets):
    small, large = Rate(1, 10), Rate(2, 10)
    assert [buckets.take(("a", small), ("both", large)) for _ in range(2)] == [0, 10]
    assert buckets.take(("b", small), ("both", large)) == 0
    assert buckets.take(("c", small), ("both", large)) == 10
    assert "c" not in buckets


def test_only_the_most_recent_networks_are_kept(clock):
    buckets = Buckets(most=3, clock=clock)
    for name in "abcabd":  # c is the one not used for longest
        buckets.take((name, Rate(9, 1)))
    assert list(buckets.full_at) == ["a", "b", "d"]


# Who is limited


def test_a_network_over_its_limit_gets_429_and_costs_django_nothing(site, reached):
    use_up(get, PAGES, site)
    answer = get(site)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert len(reached) == PAGES.at_once


def test_others_are_not_affected(site):
    use_up(get, PAGES, site)
    assert get(site).status == 429
    assert get(site, NEIGHBOR).status == 200


def test_after_a_while_the_network_is_served_again(site, clock):
    use_up(post, FORMS, site)
    assert post(site).headers["Retry-After"] == "10"
    clock.now += 10
    assert post(site).status == 200


def test_many_addresses_of_one_ipv6_household_count_as_one(site):
    for number in range(FORMS.at_once):
        assert post(site, f"2001:db8:1:2::{number:x}").status == 200
    assert post(site, "2001:db8:1:2:ffff::").status == 429


def test_the_many_networks_of_one_ipv6_line_have_a_limit_together(site):
    """Home lines come with 256 or 65,536 networks of 64 bits."""
    most = FORMS.at_once * NETWORKS_OF_A_SITE
    statuses = [post(site, f"2001:db8:1:{number:x}::1").status for number in range(most + 1)]
    assert statuses == [200] * most + [429]
    assert post(site, "2001:db8:2::1").status == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", ""])
def test_an_address_that_is_not_the_clients_is_never_limited(site, address):
    use_up(get, PAGES, site, address)
    assert get(site, address).status == 200


def test_readers_behind_a_proxy_that_is_not_trusted_are_never_limited(site):
    for number in range(PAGES.at_once + 1):
        answer = get(site, "172.17.0.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{number % 250}")
        assert answer.status == 200


def test_opening_pages_does_not_use_up_what_may_be_sent(site):
    use_up(get, PAGES, site)
    assert get(site).status == 429
    assert post(site).status == 200


def test_what_others_do_with_the_form_keeps_no_one_from_signing_in(site):
    use_up(get, PAGES, site)
    use_up(post, FORMS, site)
    assert get(site, path=SIGN_IN).status == 200


@pytest.mark.parametrize("path", [SIGN_IN, "/nothing/", "/healthz", "/history/"])
def test_every_address_that_django_answers_is_limited(site, path):
    use_up(get, PAGES, site, path=path)
    assert get(site, path=path).status == 429


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_every_method_is_limited(site, method):
    use_up(get, PAGES, site, method=method)
    assert get(site, method=method).status == 429


# What is said then


def test_an_answer_to_head_has_no_body(site):
    use_up(get, PAGES, site)
    answer = get(site, method="HEAD")
    assert (answer.status, answer.body) == (429, b"")


def test_the_page_for_readers_has_help_and_the_phone_number(site):
    use_up(get, PAGES, site)
    page = get(site).text
    assert 'href="tel:988"' in page
    assert 'href="tel:+1' in page


TYPED = {
    "name": 'Ada "A" <b>',
    "topics": ["depression", "anxiety"],
    "message": "First line\r\nand 'another' & <script>alert(1)</script> [[fields]] [[action]] ñ 🙂",
    "token": "abc:def",
    "subject": "",
}


def fields_in(page: str) -> list[tuple[str, str]]:
    """What a browser would send for the form on ``page``."""
    found = Page(page).all("input")
    return [(field["name"], field["value"]) for field in found]


def test_a_form_over_the_limit_comes_back_with_everything_that_was_typed(site):
    use_up(post, FORMS, site)
    answer = post(site, **TYPED)
    assert answer.status == 429
    sent = parse_qsl(urlencode(TYPED, doseq=True), keep_blank_values=True)
    assert fields_in(answer.text) == sent
    assert {field["type"] for field in Page(answer.text).all("input")} == {"hidden"}
    assert "<script>" not in answer.text


def test_it_has_one_button_help_and_the_phone_number(site):
    use_up(post, FORMS, site)
    page = post(site).text
    assert re.findall(r"<button[^>]*>(.*?)</button>", page) == ["Send again"]
    assert re.findall(r'<form method="(\w+)" action="(.*?)"', page) == [("post", FORM)]
    assert 'href="tel:988"' in page
    assert 'href="tel:+1' in page


def test_the_page_is_made_once_for_many(site, monkeypatch):
    use_up(post, FORMS, site)
    post(site)
    monkeypatch.setattr("kapsite.security.wsgi.send_again.render_to_string", None)
    assert fields_in(post(site, name="Ben").text) == [("name", "Ben")]


def test_a_broken_template_leaves_a_plain_page_with_all_fields(site, monkeypatch):
    monkeypatch.setattr(CachedPage, "stale_at", float("-inf"))
    monkeypatch.setattr("kapsite.security.wsgi.send_again.render_to_string", None)
    use_up(post, FORMS, site)
    answer = post(site, **TYPED)
    assert len(fields_in(answer.text)) == 6
    assert "Send again</button>" in answer.text
    monkeypatch.setattr(CachedPage, "stale_at", float("-inf"))


def test_a_form_from_another_website_is_not_held(site):
    """Else its button would send, in the visitor's name, what that website made up."""
    use_up(post, FORMS, site)
    answer = ask(site, FORM, "POST", b"name=Eve", REMOTE_ADDR=ATTACKER, CONTENT_TYPE=FORM_TYPE,
                 HTTP_ORIGIN="https://evil.example")  # fmt: skip
    assert answer.status == 429
    assert "Eve" not in answer.text


def test_a_form_with_thousands_of_fields_is_not_held(site):
    use_up(post, FORMS, site)
    answer = post(site, **{f"n{number}": "x" for number in range(2_000)})
    assert answer.status == 429
    assert fields_in(answer.text) == []


def test_a_password_never_comes_back(site):
    use_up(post, PAGES, site, path=SIGN_IN)
    answer = post(site, path=SIGN_IN, login="ana", password="correct horse")
    assert answer.status == 429
    assert "correct horse" not in answer.text
    assert fields_in(answer.text) == []


def test_the_log_gets_one_line_a_minute_without_an_address(site, clock, caplog):
    use_up(get, PAGES, site)
    for _ in range(100):
        get(site)
    assert caplog.text.count("over the limit") == 1
    assert ATTACKER not in caplog.text


# With the real Django behind


@pytest.fixture
def real(application, buckets, monkeypatch):
    """The whole site, with buckets of its own."""
    static = application.app.app.app
    monkeypatch.setattr(static.application, "buckets", buckets)
    return application


@pytest.mark.django_db(transaction=True)
def test_published_pages_and_static_files_are_never_limited(real):
    use_up(get, PAGES, real, path=STATUS)
    assert get(real, path=STATUS).status == 429
    assert get(real, path="/history/").status == 200
    assert get(real, path="/static/css/base.css").status == 200


@pytest.mark.django_db(transaction=True)
def test_send_again_stores_the_request_once_the_network_is_below_its_limit(real, buckets, clock):
    answers = make_answers(message="Line\r\nand another, “quoted”.")
    for _ in range(FORMS.at_once):
        post(real, name="")
    held = post(real, **answers)
    assert held.status == 429
    clock.now += FORMS.seconds
    sent = fields_in(held.text)
    again = ask(real, FORM, "POST", urlencode(sent).encode(), REMOTE_ADDR=ATTACKER,
                CONTENT_TYPE=FORM_TYPE, HTTP_ORIGIN="http://localhost:8000")  # fmt: skip
    assert again.status == 302
    assert Inquiry.objects.get().message == "Line\nand another, “quoted”."


@pytest.mark.django_db(transaction=True)
def test_a_signed_in_session_has_a_higher_limit_of_its_own(real, buckets):
    client = Client()
    sign_in(client, make_staff())
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    first = get(real, path=HOME, HTTP_COOKIE=cookie)
    statuses = [get(real, path=SIGN_IN).status for _ in range(PAGES.at_once)]
    assert statuses[-1] == 429
    assert (first.status, get(real, path=HOME, HTTP_COOKIE=cookie).status) == (200, 200)


@pytest.mark.django_db(transaction=True)
def test_a_made_up_session_gets_no_higher_limit(real):
    cookie = f"sessionid={'a' * 32}"
    statuses = [
        get(real, path="/admin/", HTTP_COOKIE=cookie).status for _ in range(PAGES.at_once + 1)
    ]
    assert statuses == [302] * PAGES.at_once + [429]


def test_what_a_colleague_typed_comes_back_too(site, buckets):
    name = Limits(None)._session({"HTTP_COOKIE": "sessionid=known"})
    for _ in range(DESK.at_once):
        buckets.take((name, DESK))
    body = urlencode({"note": "Called twice", "password": "secret"}).encode()
    answer = ask(site, "/admin/inquiries/inquiry/1/step/note/", "POST", body,
                 REMOTE_ADDR=ATTACKER, CONTENT_TYPE=FORM_TYPE, HTTP_COOKIE="sessionid=known",
                 HTTP_ORIGIN="http://localhost:8000")  # fmt: skip
    assert fields_in(answer.text) == [("note", "Called twice")]
