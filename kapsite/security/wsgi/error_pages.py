"""Complete error pages for what never reaches Django: no template, no database."""

from html import escape
from http import HTTPStatus

from kapsite.clinic.checked_values import Phone
from kapsite.clinic.facts import get_clinic

_UNREADABLE = "We couldn’t read that request. Please go back and try again."
_BUSY = "Something went wrong on our side. It’s nothing you did. Please try again soon."
_WORDS = {
    400: _UNREADABLE,
    404: "We couldn’t find that page.",
    405: "This page can’t be used that way. Please go back and try again.",
    408: "Your connection was too slow to finish sending. Please go back and try again.",
    411: _UNREADABLE,
    413: "That’s too long. Please go back and shorten it.",
    414: "That address is too long.",
    415: "We couldn’t read what was sent. Please use the form on our website.",
    417: _UNREADABLE,
    429: "Too many requests came from your internet connection at once. Wait a few seconds, then "
    "reload this page. If you already saw “We have your request,” we have it.",
    431: "Your browser sent too much. Clear this site’s cookies and try again.",
    500: _BUSY,
    503: _BUSY,
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{words}</p>
{form}{phone}<p>In an emergency in the United States, <a href="tel:911">call 911</a>. To talk with \
someone in a crisis, <a href="tel:988">call 988</a> or <a href="sms:988">text 988</a>.</p>
<p><a href="/">Go to the home page</a></p>
</main>
</body>
</html>
"""


def error_page(status: int, form: str = "", phone: Phone | None = None) -> bytes:
    """The HTML for ``status``; a status without words of its own gets those of 400 or 500.

    ``form`` is HTML to stand below the words, ``phone`` the clinic's number if not the one in use.
    """
    words = _WORDS.get(status) or _WORDS[400 if status < 500 else 500]
    title = "That didn’t work" if status < 500 else "We’re having a problem"
    return _PAGE.format(title=title, words=words, form=form, phone=_call(phone)).encode()


def status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _call(phone: Phone | None) -> str:
    try:
        number, display = phone or get_clinic().phone
    except Exception:  # the last line of defence must not need readable content files
        return ""
    return f'<p>You can also call us: <a href="tel:{number}">{escape(display)}</a>.</p>\n'
