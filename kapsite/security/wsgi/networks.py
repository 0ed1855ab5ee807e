"""Which network a request comes from, as precisely as rate limits need it."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from wsgiref.types import WSGIEnvironment

CLIENT_NETWORK = "kapsite.client_network"  # in the environ; set by the guard
HOME_BITS = {4: 32, 6: 64}  # an IPv6 household has 2**64 addresses to send from
SITE_BITS = 48  # of IPv6: providers give a household or an office up to 2**16 networks of 64 bits
NETWORKS_OF_A_SITE = 4  # so many times the limit of one network, for all within SITE_BITS together


@lru_cache(4096)
def network_of(address: str) -> str:
    """The network that ``address`` stands for, as text; "" when it is none.

    >>> network_of("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::/64'
    """
    parsed = parse(address)
    return str(ip_network((parsed, HOME_BITS[parsed.version]), strict=False)) if parsed else ""


def parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed  # ::ffff:192.0.2.1


def is_in(address: str, networks: Iterable[str]) -> bool:
    parsed = parse(address)
    return parsed is not None and any(parsed in ip_network(network) for network in networks)


@lru_cache(4096)
def site_of(network: str) -> str:
    """The 48 bits around an IPv6 network; "" for IPv4 and for no network.

    >>> site_of("2001:db8:1:2::/64")
    '2001:db8:1::/48'
    """
    if ":" not in network:
        return ""
    return str(ip_network(network).supernet(new_prefix=SITE_BITS))


def client_network(environ: WSGIEnvironment) -> str:
    """The network of the person at the other end; "" when nobody trustworthy names it.

    That is so on this machine, behind a socket file, and behind a proxy that is not trusted:
    everybody would share one address, and one of them could use up the limits of all.
    """
    if CLIENT_NETWORK in environ:
        return environ[CLIENT_NETWORK]
    return outside_network(environ.get("REMOTE_ADDR", ""))


@lru_cache(4096)
def outside_network(address: str) -> str:
    parsed = parse(address)
    return "" if parsed and parsed.is_loopback else network_of(address)
