"""Every place of a request in which somebody can write as much as they like.

The fields are read from the pages themselves, so that a new one is among them by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote

from django.conf import settings
from django.db import transaction

from tests.hostile_text import ALPHABETS
from tests.security.hostile import post, request
from tests.wsgi import connection_kept

BODY = 60_000  # bytes; with all other fields it stays below the limit of 64 kB
PATH, QUERY, HEADER = 900, 2_900, 8_000  # characters; the limits lie just above
CSRF_FIELD, CSRF = "csrfmiddlewaretoken", "a" * 32
PUBLIC = ("/", "/request-evaluation/", "/nothing/", "/static/css/base.css", "/healthz")
SIGNING_IN = f"/{settings.ADMIN_PATH}account/"
HEADERS = (
    *("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "HTTP_HOST"),
    *("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_ORIGIN", "HTTP_RANGE"),
    *("HTTP_REFERER", "HTTP_SEC_FETCH_SITE", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR"),
    *("CONTENT_TYPE", "CONTENT_LENGTH"),
)


@dataclass(frozen=True)
class Place:
    name: str
    most: int  # bytes that fit in
    environ: Callable[[bytes], dict]


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)  # each with a value that it offers


class Forms(HTMLParser):
    def __init__(self, html: str, path: str):
        super().__init__()
        self.path = path
        self.found: list[Form] = []
        self.is_inside = False
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            action = (given.get("action") or self.path).partition("#")[0]
            self.found.append(Form(action, (given.get("method") or "get").upper()))
            self.is_inside = True
        elif self.is_inside and tag == "option":
            self.found[-1].fields.setdefault(self.select, given.get("value") or "")
        elif self.is_inside and tag == "select":
            self.select = given["name"]
        elif self.is_inside and tag in ("input", "textarea", "button") and given.get("name"):
            self.found[-1].fields.setdefault(given["name"], given.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_inside = False


class Site:
    """The whole site, as somebody with ``cookie`` sees it; nothing that is sent stays."""

    def __init__(self, application, cookie=""):
        self.application = application
        self.cookie = cookie

    def ask(self, environ: dict) -> tuple[int, str]:
        started = []
        before = transaction.savepoint()
        with connection_kept():
            parts = self.application(environ, lambda *arguments: started.append(arguments))
            body = b"".join(parts)
            getattr(parts, "close", lambda: None)()
        transaction.savepoint_rollback(before)
        return int(started[-1][0][:3]), body.decode(errors="replace")

    def forms(self, path: str) -> list[Form]:
        status, html = self.ask(self.get(path))
        return Forms(html, path).found if status == 200 else []

    def get(self, path: str, **environ) -> dict:
        return request(path, **{"HTTP_COOKIE": self.cookie} | environ)

    def post(self, path: str, body: bytes) -> dict:
        return post(path, body, HTTP_COOKIE=self.cookie)

    def places_in_forms(self, paths, answers: dict | None = None) -> Iterator[Place]:
        """Each field of each form, the others with an answer that fits."""
        seen = set()
        for path in paths:
            for form in self.forms(path):
                key = (form.action.partition("?")[0], form.method, tuple(form.fields))
                if key not in seen:
                    seen.add(key)
                    yield from self.places_in(form, answers or {})

    def places_in(self, form: Form, answers: dict) -> Iterator[Place]:
        fields = form.fields | {n: v for n, v in answers.items() if n in form.fields}
        for name in [name for name in fields if name != CSRF_FIELD]:
            others = {n: v for n, v in fields.items() if n != name}
            yield self.place_in_field(form, name, others)

    def place_in_field(self, form: Form, name: str, others: dict) -> Place:
        def sent(text: bytes) -> dict:
            body = encoded(others) + b"&" + name.encode() + b"=" + text
            if form.method == "POST":
                return self.post(form.action, body)
            path, _, query = form.action.partition("?")
            return self.get(f"{path}?{query}&{quote(body, safe='&=%')}"[: QUERY + len(path)])

        most = BODY if form.method == "POST" else QUERY - len(encoded(others)) - 100
        return Place(f"{form.method} {form.action.partition('?')[0]} {name}", most, sent)

    def places_in_body(self, path: str, answers: dict) -> Iterator[Place]:
        """What no form of ours sends: other names, and the same name again and again."""
        known = encoded(answers)

        def place(name: str, body: Callable[[bytes], bytes]) -> Place:
            return Place(f"POST {path} {name}", BODY, lambda text: self.post(path, body(text)))

        yield place("(unknown field)", lambda text: known + b"&unknown=" + text)
        yield place("(a name)", lambda text: known + b"&" + text + b"=1")
        yield place("(only text)", lambda text: text)
        for name in answers:
            key = b"&" + name.encode() + b"="
            yield place(f"({name} 150 times)", lambda text, key=key: known + many(key, text, 150))
        yield place("(many small fields)", lambda text: many(b"&a=", text, len(text) // 4))

    def places_in_address(self, path: str, headers=HEADERS) -> Iterator[Place]:
        def query(text: bytes) -> dict:
            return self.get(f"{path}?a={quote(text, safe='&=%')}"[: QUERY + len(path)])

        def below(text: bytes) -> dict:
            return self.get(f"{path}{text.decode('latin-1')[:PATH]}/")

        yield Place(f"GET {path}?", QUERY, query)
        yield Place(f"GET {path}…", PATH, below)
        for name in headers:
            yield Place(
                f"GET {path} {name}",
                HEADER,
                lambda text, name=name: self.get(path, **{name: text.decode("latin-1")}),
            )


def hostile(alphabet: str, size: int) -> bytes:
    """As much of ``alphabet`` as has ``size`` bytes in a body."""
    make = ALPHABETS[alphabet]
    of_each = len(in_body(make(size))) / size  # bytes for a character
    return in_body(make(int(size / of_each)))[:size]


def many(before: bytes, text: bytes, times: int) -> bytes:
    size = max(len(text) // max(times, 1), 1)
    return b"".join(before + text[at : at + size] for at in range(0, len(text), size))


def encoded(fields: dict) -> bytes:
    pairs = [
        (name, each)
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    ]
    pairs = [(name, CSRF if name == CSRF_FIELD else value) for name, value in pairs]
    return b"&".join(name.encode() + b"=" + in_body(value) for name, value in pairs)


def in_body(text: str) -> bytes:
    """As few bytes as a form can have for it: only what separates fields is escaped."""
    for sign in "%&+=;#":
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text.encode()
