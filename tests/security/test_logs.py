"""What an operator reads in the log, and what nobody reads there."""

import logging
import sys
from types import SimpleNamespace

import pytest

from kapsite.security.logs import PrivateFormatter, short_path


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/", "/"),
        ("/history/", "/history/"),
        ("/admin/inquiries/", "/admin/inquiries/"),
        ("/admin/inquiries/inquiry/7/", "/admin/inquiries/..."),
        ("/request-evaluation/received/token:abc/", "/request-evaluation/received/..."),
        ("/a\nb\x1b[31m", "/a?b?[31m"),
        ("/\u202e", "/?"),
        ("/" + "a" * 500, "/" + "a" * 99),
    ],
)
def test_a_path_is_cut_after_two_segments(path, short):
    assert short_path(path) == short


def formatted(message="Request failed", **extra):
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, message, (), sys.exc_info())
    record.__dict__.update(extra)
    return PrivateFormatter("%(levelname)s %(message)s").format(record)


def test_an_exception_is_named_with_its_place_but_without_its_message():
    try:
        try:
            int("Ada 555 0100")
        except ValueError as error:
            raise KeyError("Ada") from error
    except KeyError:
        text = formatted()
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert f"{__file__}:" in text
    assert "Ada" not in text


def test_the_path_of_a_failed_request_is_cut():
    request = SimpleNamespace(path="/request-evaluation/received/token/")
    text = formatted("Internal Server Error: /request-evaluation/received/token/", request=request)
    assert text.startswith("ERROR Internal Server Error: /request-evaluation/received/...")


def test_a_forged_host_and_other_refusals_are_not_logged(settings):
    assert settings.LOGGING["loggers"]["django.security"]["level"] == "CRITICAL"
