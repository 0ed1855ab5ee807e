"""Which forwarding headers to trust about where a request came from.

Forwarding headers are believed only from TRUSTED_PROXIES; all others are thrown away, so
nothing behind the guard can read a forged one.
"""

from collections.abc import Sequence
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from .networks import CLIENT_NETWORK, is_in, outside_network, parse

PROXY = "kapsite.proxy"  # in the environ: who connected; "" over a socket file
CLIENT_ADDRESS = "kapsite.client_address"  # in the environ; "" when it is not certain
SENT = "kapsite.forwarding_headers"  # in the environ: what they sent, for the log only
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
    def __init__(self, trusted: Sequence[str]) -> None:
        self.unix = UNIX_SOCKET in trusted
        self.networks = [entry for entry in trusted if entry != UNIX_SOCKET]
        self.trusts = lru_cache(1024)(self._trusts)

    def _trusts(self, address: str) -> bool:
        return is_in(address, self.networks) if address else self.unix

    def apply(self, environ: WSGIEnvironment) -> None:
        """Set REMOTE_ADDR and the scheme from a trusted proxy, and the network of the client.

        Forwarding headers are dropped. An address that sends some without being trusted is that of
        a proxy that TRUSTED_PROXIES lacks, so it says nothing about the client.
        """
        address = environ[PROXY] = environ.get("REMOTE_ADDR", "")
        sent = environ[SENT] = {name: environ.pop(name) for name in FORWARDING & environ.keys()}
        is_known = not sent or self.trusts(address)
        if sent and is_known:
            address = self._believe(environ, sent)
        is_a_proxy = self.trusts(address)
        environ[CLIENT_ADDRESS] = address if is_known and not (sent and is_a_proxy) else ""
        environ[CLIENT_NETWORK] = outside_network(address) if is_known and not is_a_proxy else ""

    def _believe(self, environ: WSGIEnvironment, sent: dict[str, str]) -> str:
        """Follow the headers of a trusted proxy; returns the client's address."""
        if scheme := sent.get("HTTP_X_FORWARDED_PROTO"):
            is_https = scheme.rpartition(",")[2].strip().lower() == "https"
            environ["wsgi.url_scheme"] = "https" if is_https else "http"
        # Counted from the right: what stands further left was written by the sender.
        for hop in reversed(sent.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            address = hop.strip()
            if not parse(address):
                break
            environ["REMOTE_ADDR"] = address
            if not self.trusts(address):
                break
        return environ.get("REMOTE_ADDR", "")
