"""Whose word counts about where a request came from.

Forwarding headers are believed only from TRUSTED_PROXIES; all others are thrown away, so
nothing behind the guard can read a forged one.
"""

import logging
from functools import lru_cache
from ipaddress import ip_network

from .networks import CLIENT_NETWORK, outside_network, parse

logger = logging.getLogger(__name__)

UNIX_SOCKET = "unix"  # in TRUSTED_PROXIES: a proxy on this machine, over a socket file
FORWARDING = frozenset(
    {
        "HTTP_FORWARDED",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_X_FORWARDED_PREFIX",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_PROTOCOL",
        "HTTP_X_FORWARDED_SCHEME",
        "HTTP_X_FORWARDED_SERVER",
        "HTTP_X_FORWARDED_SSL",
        "HTTP_X_HTTP_METHOD_OVERRIDE",
        "HTTP_X_ORIGINAL_URL",
        "HTTP_X_REAL_IP",
        "HTTP_X_REWRITE_URL",
        "HTTP_X_SCRIPT_NAME",
    }
)


class Proxies:
    def __init__(self, trusted):
        self.unix = UNIX_SOCKET in trusted
        self.networks = [ip_network(entry) for entry in trusted if entry != UNIX_SOCKET]
        self.trusts = lru_cache(1024)(self._trusts)
        self.warned = False  # once for each process: anyone can send such a header

    def _trusts(self, address: str) -> bool:
        if not address:
            return self.unix
        parsed = parse(address)
        return parsed is not None and any(parsed in network for network in self.networks)

    def apply(self, environ):
        """Set REMOTE_ADDR and the scheme from a trusted proxy, and the network of the client.

        Forwarding headers are dropped. Whoever sends some without being trusted is a proxy that
        TRUSTED_PROXIES lacks, so its own address says nothing about the client.
        """
        is_known = FORWARDING.isdisjoint(environ) or self._believe(environ)
        address = environ.get("REMOTE_ADDR", "")
        if not is_known or self.trusts(address):
            address = ""
        environ[CLIENT_NETWORK] = outside_network(address)

    def _believe(self, environ) -> bool:
        """Whether the forwarding headers come from a trusted proxy; then they are followed."""
        hops = environ.get("HTTP_X_FORWARDED_FOR", "")
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", "")
        for name in FORWARDING:
            environ.pop(name, None)
        if not self.trusts(environ.get("REMOTE_ADDR", "")):
            if scheme and not self.warned:
                self.warned = True
                logger.warning(
                    "A request said that it came over a proxy, from an address that is not in "
                    "TRUSTED_PROXIES. If every page redirects to itself, put the proxy there."
                )
            return False
        if scheme:
            is_https = scheme.rpartition(",")[2].strip().lower() == "https"
            environ["wsgi.url_scheme"] = "https" if is_https else "http"
        # Counted from the right: what stands further left was written by the sender.
        for hop in reversed(hops.split(",")):
            address = hop.strip()
            if not parse(address):
                break
            environ["REMOTE_ADDR"] = address
            if not self.trusts(address):
                break
        return True
