"""Whose word counts about where a request came from."""

import pytest

from kapsite.security.wsgi.proxies import FORWARDING, Proxies


def after(trusted, **environ):
    environ = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http"} | environ
    Proxies(trusted).apply(environ)
    return environ


def address(hops, trusted=("127.0.0.1", "10.0.0.0/8"), remote="127.0.0.1"):
    return after(trusted, REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=hops)["REMOTE_ADDR"]


def scheme(proto, trusted=("127.0.0.1",), remote="127.0.0.1"):
    environ = after(trusted, REMOTE_ADDR=remote, HTTP_X_FORWARDED_PROTO=proto)
    return environ["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::9", "2001:db8::9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        ("10.1.1.1, 10.1.1.2", "10.1.1.1"),
        ("203.0.113.9, unknown", "127.0.0.1"),
        ("203.0.113.9,", "127.0.0.1"),
        ("unknown, 10.1.1.1", "10.1.1.1"),
        ("203.0.113.9:1234", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_reader_is_the_first_from_the_right_who_is_no_proxy(hops, expected):
    assert address(hops) == expected


def test_an_address_from_a_stranger_is_not_believed():
    assert address("203.0.113.9", remote="198.51.100.7") == "198.51.100.7"


def test_an_ipv4_proxy_is_known_on_a_socket_for_ipv6_too():
    assert address("203.0.113.9", remote="::ffff:10.1.1.1") == "203.0.113.9"


def test_without_trusted_proxies_nobody_is_believed():
    assert address("203.0.113.9", trusted=()) == "127.0.0.1"
    assert scheme("https", trusted=()) == "http"


@pytest.mark.parametrize(
    ("proto", "expected"),
    [("https", "https"), ("HTTPS", "https"), ("http, https", "https"), ("https, http", "http")],
)
def test_a_trusted_proxy_says_whether_it_was_https(proto, expected):
    assert scheme(proto) == expected


def test_a_stranger_cannot_say_that_it_was_https():
    assert scheme("https", remote="198.51.100.7") == "http"


def test_a_proxy_on_a_socket_file_is_trusted_by_the_word_unix():
    assert address("203.0.113.9", trusted=("unix",), remote="") == "203.0.113.9"
    assert address("203.0.113.9", trusted=("127.0.0.1",), remote="") == ""


@pytest.mark.parametrize("remote", ["127.0.0.1", "198.51.100.7"])
def test_no_forwarding_header_goes_further(remote):
    environ = after(["127.0.0.1"], REMOTE_ADDR=remote, **dict.fromkeys(FORWARDING, "203.0.113.9"))
    assert not environ.keys() & set(FORWARDING)
