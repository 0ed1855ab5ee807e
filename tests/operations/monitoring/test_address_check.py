"""What is wrong with the site's address is said with what to do."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kapsite.operations.monitoring.address_check import round_trip
from tests.deploy.nginx import make_certificate
from tests.mailserver import free_port
from tests.operations.monitoring.unhealthy import problem

OURS = {"Content-Security-Policy": "frame-ancestors 'none'"}


@pytest.fixture
def web():
    """A web server on this machine; ``answers`` holds status and headers by path."""

    class Handler(BaseHTTPRequestHandler):
        answers = {}

        def do_GET(self):
            status, headers = self.answers.get(self.path, (200, OURS))
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        Handler.address = f"http://localhost:{server.server_port}"
        Handler.server = server
        yield Handler
        server.shutdown()
        thread.join()


@pytest.fixture
def site(settings, web):
    """A site whose address leads to ``web``."""
    settings.SITE_URL, settings.SECURE = web.address, False
    return web


def test_a_site_that_answers_at_its_address_is_well(site):
    assert round_trip() == f"{site.address} answers"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((301, {"Location": "/"}), "TRUSTED_PROXIES"),  # to itself
        ((200, {}), "another server may answer for this name"),
        ((503, OURS), "answers 503"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/request-evaluation/"])
def test_what_a_reader_would_get_instead_of_the_site_is_said(site, path, answer, words):
    site.answers[path] = answer
    assert words in problem(round_trip)
    site.answers.clear()


def test_an_address_where_nobody_answers_is_said(settings):
    settings.SITE_URL = f"http://localhost:{free_port()}"
    assert "can't be reached from this machine" in problem(round_trip)


def test_a_certificate_that_browsers_do_not_trust_is_said(web, settings, tmp_path):
    make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    web.server.socket = context.wrap_socket(web.server.socket, server_side=True)
    settings.SITE_URL = web.address.replace("http", "https")
    assert "browsers don't trust the certificate" in problem(round_trip)
