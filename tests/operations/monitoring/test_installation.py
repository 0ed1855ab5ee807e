"""What is wrong with a machine, its address or its mail is said with what to do."""

import os
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kapsite.operations.monitoring import installation
from kapsite.operations.monitoring.health import Unhealthy
from tests.deploy.nginx import make_certificate
from tests.mailserver import free_port, mail_server

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


def problem(check) -> str:
    with pytest.raises(Unhealthy) as raised:
        check()
    assert raised.value.fix
    return f"{raised.value.words}. {raised.value.fix}"


# The address


def test_a_site_that_answers_at_its_address_is_well(site):
    assert installation.round_trip() == f"{site.address} answers"


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
    assert words in problem(installation.round_trip)
    site.answers.clear()


def test_an_address_where_nobody_answers_is_said(settings):
    settings.SITE_URL = f"http://localhost:{free_port()}"
    assert "can't be reached from this machine" in problem(installation.round_trip)


def test_a_certificate_that_browsers_do_not_trust_is_said(web, settings, tmp_path):
    make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    web.server.socket = context.wrap_socket(web.server.socket, server_side=True)
    settings.SITE_URL = web.address.replace("http", "https")
    assert "browsers don't trust the certificate" in problem(installation.round_trip)


# Mail


@pytest.fixture
def mailbox(settings):
    with mail_server() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.NOTIFY_EMAILS = ["desk@example.org", "second@example.org"]
        yield mailbox


def test_a_mail_server_that_is_ready_is_well_and_gets_no_message(mailbox):
    assert installation.mail() == "127.0.0.1 connects, wants no password"
    assert mailbox.letters == []


def test_each_address_gets_a_test_message(mailbox, settings):
    assert "sent to desk@example.org, second@example.org" in installation.send_test_message()
    assert [letter["To"] for letter in mailbox.letters] == settings.NOTIFY_EMAILS


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"EMAIL_PORT": 9}, "does not answer"),
        ({"EMAIL_HOST": "mail.invalid"}, "Check the host and the port in EMAIL_URL"),
        ({"EMAIL_USE_TLS": True}, "STARTTLS extension not supported"),
        ({"EMAIL_USE_SSL": True}, "does not speak TLS as it should"),
        ({"EMAIL_HOST_USER": "ada", "EMAIL_HOST_PASSWORD": "secret"}, "AUTH"),
        ({"EMAIL_BACKEND": installation.PRINTED}, "Set EMAIL_URL"),
        ({"NOTIFY_EMAILS": []}, "Set NOTIFY_EMAILS"),
    ],
)
def test_the_step_that_fails_is_named(mailbox, settings, changes, words):
    for name, value in changes.items():
        setattr(settings, name, value)
    said = problem(installation.mail)
    assert words in said
    assert "secret" not in said


def test_an_address_that_the_mail_server_refuses_is_named(mailbox):
    mailbox.refused["second@example.org"] = "550 no such mailbox"
    assert "second@example.org" in problem(installation.send_test_message)


# Files


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users: sudo make test")
def test_code_that_the_site_could_change_is_named_on_a_public_address(settings, tmp_path):
    settings.VAR_DIR = settings.CONTENT_DIR = tmp_path
    settings.SECURE = True
    assert "the site could change" in problem(installation.owners)  # root can write anywhere
    settings.SECURE = False
    assert installation.owners() == "the site can write to its data"


def test_a_folder_of_data_that_the_site_cannot_write_to_is_named(settings, monkeypatch, tmp_path):
    settings.CONTENT_DIR = tmp_path
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path)
    assert f"can't write to {tmp_path}" in problem(installation.owners)
