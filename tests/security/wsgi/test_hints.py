"""What the log says about requests that are refused or redirected because of a setting."""

import pytest

from kapsite.security.wsgi.guard import Guard
from tests.wsgi import ask

PROXY = "172.17.0.1"


@pytest.fixture
def guard(settings):
    settings.SITE_URL = "https://kap.example.org"
    settings.ALLOWED_HOSTS = ["kap.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    settings.TRUSTED_PROXIES = [PROXY]
    return lambda: Guard(lambda environ, start: start("200 OK", []) or [])


def visit(guard, host="kap.example.org", remote=PROXY, **headers):
    return ask(guard, HTTP_HOST=host, REMOTE_ADDR=remote, **headers).status


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        ({}, "the proxy sent no X-Forwarded-Proto. If"),
        ({"X_FORWARDED_PROTO": "http"}, "the proxy sent X-Forwarded-Proto: http, whose"),
        ({"X_FORWARDED_PROTO": "https, http"}, "sent X-Forwarded-Proto: https, http, whose"),
        ({"X_FORWARDED_SSL": "on"}, "no X-Forwarded-Proto (X-Forwarded-Ssl is not read)"),
        ({"FORWARDED": "proto=https"}, "no X-Forwarded-Proto (Forwarded is not read)"),
        ({"X_FORWARDED_PROTO": "", "X_FORWARDED_PORT": "443"}, "(X-Forwarded-Port is not read)"),
    ],
)
def test_a_redirect_behind_a_proxy_says_which_header_it_should_send(guard, caplog, sent, hint):
    headers = {f"HTTP_{name}": value for name, value in sent.items()}
    assert visit(guard(), **headers) == 301
    [record] = caplog.records
    assert record.message.startswith("Redirected from http to https://kap.example.org: ")
    assert hint in record.message
    assert "X-Forwarded-Proto: https" in record.message


@pytest.mark.parametrize(
    ("remote", "value"),
    [("10.0.0.7", "10.0.0.7"), ("", "unix"), ("8.8.8.8", "ADDRESS-OF-THE-PROXY")],
)
def test_a_proxy_that_is_not_trusted_is_named_with_the_value_to_set(guard, caplog, remote, value):
    assert visit(guard(), remote=remote, HTTP_X_FORWARDED_PROTO="https") == 301
    assert f"set TRUSTED_PROXIES={PROXY},{value} and restart" in caplog.text
    assert "8.8.8.8" not in caplog.text  # it may be a visitor's


def test_once_a_request_came_by_https_the_rest_are_readers_who_typed_http(guard, caplog):
    one = guard()
    assert visit(one, HTTP_X_FORWARDED_PROTO="https") == 200
    assert visit(one, HTTP_X_FORWARDED_PROTO="http") == 301
    assert caplog.records == []


def test_a_wrong_host_is_named_with_the_value_of_site_url(guard, caplog):
    assert visit(guard(), host="www.kap.example.org") == 400
    assert "SITE_URL is https://kap.example.org" in caplog.text
    assert "set SITE_URL=https://www.kap.example.org" in caplog.text
    assert "let it send Host: kap.example.org" in caplog.text


def test_what_was_sent_cannot_forge_a_line_of_the_log(guard, caplog):
    visit(guard(), host="a\r\n[CRITICAL] \x1b[31mpwned<" + "x" * 5_000)
    [record] = caplog.records
    assert not {"\r", "\n", "\x1b", "<"} & set(record.message)
    assert len(record.message) < 600


def test_each_is_said_once_a_minute_at_most(guard, caplog):
    now, one = [0.0], guard()
    for log in (one.hints.about_https, one.hints.about_hosts):
        log.clock, log.next_line = lambda: now[0], 0
    for now[0] in (0, 1, 59):
        visit(one)
        visit(one, host="other.example.org")
    assert len(caplog.records) == 2
    now[0] = 61
    visit(one)
    assert len(caplog.records) == 3
