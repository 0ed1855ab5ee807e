"""Whether the mail server takes messages of the site."""

import smtplib
import ssl
from contextlib import suppress

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from kapsite.inquiries.models.request.notices import PRINTED

from .results import Unhealthy

HERE = ("localhost", "127.0.0.1", "::1")


def mail() -> str:
    """Connect, speak TLS and sign in, as for a message."""
    mail_connection().close()
    is_private = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_private and settings.EMAIL_HOST not in HERE:
        raise Unhealthy(
            f"mail goes to {settings.EMAIL_HOST} without encryption",
            "Write smtp+tls:// or smtp+ssl:// in EMAIL_URL.",
        )
    if not settings.NOTIFY_EMAILS:
        raise Unhealthy("nobody hears of new requests", "Set NOTIFY_EMAILS.")
    steps = ["connects", "speaks TLS" if is_private else "", signed_in()]
    return f"{settings.EMAIL_HOST} {', '.join(filter(None, steps))}"


def signed_in() -> str:
    name = settings.EMAIL_HOST_USER
    return f"takes the password of {name}" if name else "wants no password"


def mail_connection() -> BaseEmailBackend:
    if settings.EMAIL_BACKEND == PRINTED:
        raise Unhealthy("is only printed", "Set EMAIL_URL to your mail server.")
    connection = get_connection()
    try:
        open_in_words(connection)
    except Unhealthy:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()
        raise
    return connection


def open_in_words(connection: BaseEmailBackend) -> None:
    """Connect, speak TLS and sign in; what fails of these is said."""
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        words = f"{server} refuses the name or the password ({error.smtp_code})"
        raise Unhealthy(words, "Correct them in EMAIL_URL.") from None
    except smtplib.SMTPNotSupportedError as error:
        raise Unhealthy(f"{server}: {error}", "Try smtp+ssl:// with port 465.") from None
    except ssl.SSLError as error:
        words = f"{server} does not speak TLS as it should: {error.reason or error}"
        raise Unhealthy(words, "smtp+tls:// goes with port 587, smtp+ssl:// with 465.") from None
    except (OSError, smtplib.SMTPException) as error:
        words = f"{server} does not answer: {error}"
        raise Unhealthy(words, "Check the host and the port in EMAIL_URL.") from None


def send_test_message() -> str:
    """Send a message to each of NOTIFY_EMAILS."""
    subject, body = "Test", f"The mail of {settings.SITE_URL} arrives. Nothing is to be done.\n"
    with mail_connection() as connection:
        for address in settings.NOTIFY_EMAILS:
            try:
                EmailMessage(subject, body, to=[address], connection=connection).send()
            except (OSError, smtplib.SMTPException) as error:
                words = f"the mail server refuses a message to {address}: {error}"
                raise Unhealthy(words, "Check NOTIFY_EMAILS and MAIL_FROM.") from None
    return f"sent to {', '.join(settings.NOTIFY_EMAILS)}: look whether it arrived"
