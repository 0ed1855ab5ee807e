"""Which network a request comes from, and when nobody can say."""

import pytest

from kapsite.security.wsgi.networks import client_network, network_of, site_of
from kapsite.security.wsgi.proxies import Proxies


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_an_address_stands_for_a_household(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("network", "site"),
    [("203.0.113.9/32", ""), ("2001:db8:1:2::/64", "2001:db8:1::/48"), ("", "")],
)
def test_networks_of_one_ipv6_line_belong_together(network, site):
    assert site_of(network) == site


def behind_guard(remote, trusted=("127.0.0.1", "10.0.0.1", "unix"), **environ):
    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http"} | environ
    Proxies(trusted).apply(environ)
    return client_network(environ)


@pytest.mark.parametrize("remote", ["203.0.113.9", "2001:db8:1:2::9"])
def test_a_client_without_a_proxy_is_known_by_its_address(remote):
    assert behind_guard(remote) == network_of(remote)


@pytest.mark.parametrize("remote", ["127.0.0.1", "10.0.0.1", ""])
def test_a_client_behind_a_trusted_proxy_is_known_by_what_the_proxy_says(remote):
    assert behind_guard(remote, HTTP_X_FORWARDED_FOR="203.0.113.9") == "203.0.113.9/32"


@pytest.mark.parametrize(
    ("remote", "headers"),
    [
        ("127.0.0.1", {}),
        ("127.8.8.8", {}),
        ("::1", {}),
        ("::ffff:127.0.0.1", {}),
        ("", {}),  # a socket file
        ("10.0.0.1", {}),  # the proxy itself, asking for /healthz
        ("10.0.0.1", {"HTTP_X_FORWARDED_FOR": "unknown"}),
        ("10.0.0.1", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}),
        ("172.17.0.1", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}),  # a proxy that is not trusted
        ("172.17.0.1", {"HTTP_X_FORWARDED_PROTO": "https"}),
        ("172.17.0.1", {"HTTP_FORWARDED": "for=203.0.113.9"}),
    ],
)
def test_a_client_that_nobody_trustworthy_names_is_unknown(remote, headers):
    assert behind_guard(remote, **headers) == ""
