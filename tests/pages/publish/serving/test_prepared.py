"""Forms and error pages that are made ahead."""

import gzip
from itertools import count

import pytest

from kapsite.pages.publish.making.set_writer import swap_in, write_set
from kapsite.pages.publish.making.variants import File
from kapsite.pages.publish.serving.prepared import PreparedForm, place_for_token
from kapsite.pages.publish.serving.server import PageServer
from tests.wsgi import ask

FORM = "/request-evaluation/"
PAGE = f"<form>{place_for_token('2026-11')}{'a question – ' * 500}</form>"
NOT_FOUND = b"<h1>We could not find that page</h1>" * 20


def behind(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"from Django"]


@pytest.fixture
def site(tmp_path):
    home = File("/", "text/html; charset=utf-8", b"home")
    files = {
        "menu.json": b"{}",
        f"_forms{FORM}index.html": PAGE.encode(),
        "_errors/styled/404.html": NOT_FOUND,
    }
    write_set(tmp_path, "one", [home], files, {})
    swap_in(tmp_path, "one")
    number = count(1)
    return PageServer(behind, tmp_path, token_field=lambda version: f"<{version} {next(number)}>")


def test_each_reader_gets_the_form_with_a_token_of_its_own(site):
    first, second = ask(site, FORM), ask(site, FORM)
    assert first.text == f"<form><2026-11 1>{'a question – ' * 500}</form>"
    assert second.text == first.text.replace("<2026-11 1>", "<2026-11 2>")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Content-Length"] == str(len(first.body))


def test_a_form_is_compressed_whatever_the_length_of_its_token(site):
    plain = ask(site, FORM).text
    answer = ask(site, FORM, HTTP_ACCEPT_ENCODING="gzip, br")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.body) < len(plain.encode()) / 10
    assert gzip.decompress(answer.body).decode() == plain.replace(" 1>", " 2>")
    for length in (0, 1, 300, 65_535):
        form = PreparedForm(PAGE.encode(), lambda _, length=length: "x" * length)
        whole = PAGE.replace(place_for_token("2026-11"), "x" * length)
        assert gzip.decompress(form.answer("gzip").content).decode() == whole


def test_asking_for_the_head_of_a_form_makes_no_body(site):
    assert ask(site, FORM, "HEAD").body == b""


def test_a_form_that_is_sent_goes_to_django(site):
    assert ask(site, FORM, "POST").text == "from Django"


def test_django_makes_the_form_when_the_published_one_is_damaged(site, tmp_path):
    (tmp_path / "current/_forms/request-evaluation/index.html").write_text("cut off")
    restarted = PageServer(behind, tmp_path, token_field=str)
    assert ask(restarted, "/").text == "home"
    assert ask(restarted, FORM).text == "from Django"


def test_an_address_that_leads_nowhere_is_answered_with_the_published_page(site):
    for path in ("/nowhere", "/nowhere/", "/wp-login.php", "/request-evaluation/x/", "/ünder/"):
        answer = ask(site, path)
        assert (answer.status, answer.body) == (404, NOT_FOUND), path
        assert answer.headers["Cache-Control"] == "no-store"


def test_not_found_is_compressed_and_never_unchanged(site):
    answer = ask(site, "/no/", HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH="*")
    assert (answer.status, gzip.decompress(answer.body)) == (404, NOT_FOUND)


def test_what_django_or_the_static_files_may_have_is_passed_on(site, settings):
    desk = f"/{settings.ADMIN_PATH}"
    for path in (desk, desk.rstrip("/"), f"{desk}nowhere/", "/healthz", "/static/css/base.css"):
        assert ask(site, path).text == "from Django", path
    assert ask(site, "/request-evaluation").text == "from Django"  # which adds the slash
