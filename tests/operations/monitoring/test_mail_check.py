"""What is wrong with the site's mail server is said with what to do."""

import pytest

from kapsite.operations.monitoring.mail_check import PRINTED, mail, send_test_message
from tests.mailserver import mail_server
from tests.operations.monitoring.unhealthy import problem


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
    assert mail() == "127.0.0.1 connects, wants no password"
    assert mailbox.letters == []


def test_each_address_gets_a_test_message(mailbox, settings):
    assert "sent to desk@example.org, second@example.org" in send_test_message()
    assert [letter["To"] for letter in mailbox.letters] == settings.NOTIFY_EMAILS


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"EMAIL_PORT": 9}, "does not answer"),
        ({"EMAIL_HOST": "mail.invalid"}, "Check the host and the port in EMAIL_URL"),
        ({"EMAIL_USE_TLS": True}, "STARTTLS extension not supported"),
        ({"EMAIL_USE_SSL": True}, "does not speak TLS as it should"),
        ({"EMAIL_HOST_USER": "ada", "EMAIL_HOST_PASSWORD": "secret"}, "AUTH"),
        ({"EMAIL_BACKEND": PRINTED}, "Set EMAIL_URL"),
        ({"NOTIFY_EMAILS": []}, "Set NOTIFY_EMAILS"),
    ],
)
def test_the_step_that_fails_is_named(mailbox, settings, changes, words):
    for name, value in changes.items():
        setattr(settings, name, value)
    said = problem(mail)
    assert words in said
    assert "secret" not in said


def test_an_address_that_the_mail_server_refuses_is_named(mailbox):
    mailbox.refused["second@example.org"] = "550 no such mailbox"
    assert "second@example.org" in problem(send_test_message)
