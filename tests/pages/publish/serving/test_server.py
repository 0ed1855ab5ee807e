"""The front: published pages from memory, everything else from Django."""

import os

import pytest

from kapsite.pages.publish.making.set_writer import swap_in, write_set
from kapsite.pages.publish.making.variants import File
from kapsite.pages.publish.serving import server
from kapsite.pages.publish.serving.responses import best_coding
from kapsite.pages.publish.serving.server import PageServer
from tests.wsgi import ask


def behind(environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"from Django"]


def put(folder, name, text):
    """Publish one page, ``/risks/``, saying ``text``."""
    page = File("/risks/", "text/html; charset=utf-8", (text * 50).encode())
    write_set(folder, name, [page], {"menu.json": b"{}"}, {})
    swap_in(folder, name)


@pytest.fixture
def site(tmp_path, clock):
    put(tmp_path, "one", "the first text ")
    return PageServer(behind, tmp_path, clock)


def test_a_published_page_is_answered_with_its_type_and_length(site):
    answer = ask(site, "/risks/")
    assert answer.status == 200
    assert answer.text == "the first text " * 50
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(answer.body))


def test_anything_else_goes_on_to_django(site):
    assert ask(site, "/admin/").text == "from Django"


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_only_reading_is_answered_from_memory(site, method):
    assert ask(site, "/risks/", method).text == "from Django"


def test_a_head_request_has_the_headers_and_no_body(site):
    head, get = ask(site, "/risks/", "HEAD"), ask(site, "/risks/")
    assert head.headers == get.headers
    assert head.body == b""


def test_an_address_without_its_last_slash_leads_to_the_page(site):
    answer = ask(site, "/risks")
    assert (answer.status, answer.headers["Location"]) == (301, "/risks/")


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_reader_gets_the_page_in_a_coding_it_names(site, coding):
    answer = ask(site, "/risks/", HTTP_ACCEPT_ENCODING=coding)
    assert answer.headers["Content-Encoding"] == coding
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("deflate", "identity"),
        ("", "identity"),
        ("*", "identity"),
        ("br;q=0.000, gzip; q=0", "identity"),
    ],
)
def test_the_smallest_accepted_coding_is_chosen(accepts, coding):
    assert best_coding(accepts, frozenset({"br", "gzip", "identity"})) == coding


def test_a_copy_that_is_still_current_is_not_sent_again(site):
    etag = ask(site, "/risks/").headers["ETag"]
    answer = ask(site, "/risks/", HTTP_IF_NONE_MATCH=f'"old", W/{etag}')
    assert (answer.status, answer.body) == (304, b"")
    assert "Content-Length" not in answer.headers


def test_an_outdated_copy_is_replaced(site):
    assert ask(site, "/risks/", HTTP_IF_NONE_MATCH='"old"').status == 200


def test_a_new_set_is_taken_over_within_two_seconds(site, tmp_path, clock):
    put(tmp_path, "two", "the second text ")
    clock.now += 2
    assert ask(site, "/risks/").text.startswith("the second")


def test_the_link_is_not_read_again_at_every_request(site, tmp_path, clock, monkeypatch):
    monkeypatch.setattr(os, "readlink", lambda path: pytest.fail("read the disk"))
    clock.now += server.CHECK_INTERVAL / 2
    assert ask(site, "/risks/").status == 200


@pytest.mark.parametrize("broken", ["menu.json", "risks/index.html"])
def test_a_set_that_cannot_be_read_leaves_the_one_before_in_use(
    site, tmp_path, clock, caplog, broken
):
    write_set(tmp_path, "two", [File("/risks/", "text/html", b"half")], {"menu.json": b"{}"}, {})
    (tmp_path / "sets" / "two" / broken).unlink()
    swap_in(tmp_path, "two")
    clock.now += 2
    assert ask(site, "/risks/").text.startswith("the first")
    assert "Readers get set one. Run manage.py publish." in caplog.text


def test_without_a_published_set_everything_goes_on_to_django(tmp_path):
    assert ask(PageServer(behind, tmp_path), "/").text == "from Django"
