"""Whatever is sent, the answer is below 500 and carries every security header."""

from itertools import product

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from kapsite.accounts.authentication.session_store import SessionStore, digest
from kapsite.security.wsgi.headers import security_headers
from tests.factories import make_inquiry, sign_in
from tests.wsgi import ask

from . import hostile
from .hostile import post, request

pytestmark = pytest.mark.django_db(transaction=True)
# The guard and Django answer these before any query depends on them, thousands of times.
before_any_query = pytest.mark.sqlite
EVAL = "/request-evaluation/"
STYLES = "/static/css/base.css"
PUBLIC = ["/", "/history/", "/history", EVAL, f"{EVAL}received/x/", STYLES, "/healthz", "/nothing/"]
READ = [*PUBLIC, "/admin/login/"]


@pytest.fixture
def staff(db):
    """The cookie of a signed-in superuser."""
    client = Client()
    sign_in(client, get_user_model().objects.create_superuser("staff"))
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@pytest.fixture
def broken(application):
    """What is wrong with the answers to some requests; empty when nothing is."""

    def broken(environs):
        return [fault for environ in environs for fault in faults(application, environ)]

    return broken


def faults(application, environ):
    sent = {key: value for key, value in environ.items() if key.isupper()}
    started = []
    parts = application(environ, lambda *args: started.append(args))
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", lambda: None)()
    status, headers = started[-1][:2]
    names = [name.lower() for name, _ in headers]
    if int(status[:3]) >= 500 and environ["PATH_INFO"] != "/healthz":
        yield status, shortened(sent)
    for name, value in security_headers(sent["PATH_INFO"]):
        if names.count(name.lower()) != 1 or (name, value) not in headers:
            yield f"{name} is missing or doubled", status, shortened(sent)
    if any("\r" in value or "\n" in value for _, value in headers):
        yield "a line break in a header", shortened(sent)
    if b"Traceback" in body:
        yield "a traceback in the body", shortened(sent)


def shortened(environ):
    usual = request()
    return {
        key: value[:80] + "..." if len(value) > 80 else value
        for key, value in environ.items()
        if usual.get(key) != value
    }


def test_paths(broken):
    assert broken(request(path.replace("?", "%3f")) for path in hostile.PATHS) == []
    assert broken(post(path.replace("?", "%3f")) for path in hostile.PATHS) == []


@before_any_query
def test_query_strings(broken):
    assert broken(request(f"{path}?{v}") for path in READ for v in hostile.VALUES) == []
    assert broken(request(f"/admin/login/?a={v}") for v in hostile.VALUES) == []


@before_any_query
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_address_answers_the_same_whatever_its_query_string(application, path):
    plain = ask(application, path)
    sent = [("GET", value) for value in hostile.VALUES] + [("HEAD", "1"), ("HEAD", "%ff")]
    for method, value in sent:
        answer = ask(application, f"{path}?a={value}", method)
        assert (answer.status, answer.headers.get("Location")) == (
            plain.status,
            plain.headers.get("Location"),
        )


@before_any_query
def test_methods(broken):
    assert broken(request(path, method) for path in READ for method in hostile.METHODS) == []


@before_any_query
def test_content_types(broken):
    assert (
        broken(
            request(path, method, b"a=b", CONTENT_TYPE=content_type, CONTENT_LENGTH="3")
            for path, method in [("/", "GET"), (EVAL, "GET"), (EVAL, "POST"), (EVAL, "OPTIONS")]
            for content_type in hostile.CONTENT_TYPES
        )
        == []
    )


def test_multipart_bodies(broken):
    assert (
        broken(
            post(path, body, CONTENT_TYPE="multipart/form-data; boundary=x")
            for path in [EVAL, "/admin/login/"]
            for body in hostile.MULTIPARTS
        )
        == []
    )


def test_content_lengths(broken):
    assert (
        broken(
            post(EVAL, b"a=b&c", CONTENT_LENGTH=length, REQUEST_METHOD=method)
            for method in ("GET", "POST")
            for length in hostile.LENGTHS
        )
        == []
    )


def test_bodies(broken):
    assert broken(post(EVAL, body) for body in hostile.BODIES) == []
    assert broken(post("/admin/login/", body) for body in hostile.BODIES) == []


def test_every_field_of_the_form(broken):
    values = [v.encode() for v in hostile.LOOKUP_VALUES] + [b"%ff", b"\xff", b"a" * 60_000]
    assert (
        broken(
            post(EVAL, name.encode() + b"=" + value) for name in hostile.FIELDS for value in values
        )
        == []
    )


@before_any_query
def test_hosts(broken):
    assert broken(request(path, HTTP_HOST=host) for path in READ for host in hostile.HOSTS) == []
    for path in READ:
        without = request(path)
        del without["HTTP_HOST"]
        assert broken([without]) == []


@before_any_query
def test_headers(broken):
    pairs = [(f"HTTP_{name}", value) for name in hostile.HEADERS for value in hostile.GARBAGE]
    for path in ["/history/", "/admin/login/", STYLES]:
        assert broken(request(path, **{key: value}) for key, value in pairs) == []


@pytest.mark.parametrize("name", ["COOKIE", "ORIGIN", "REFERER", "SEC_FETCH_SITE"])
def test_headers_that_decide_about_a_post(name, broken):
    values = hostile.GARBAGE
    assert broken(post(EVAL, b"name=a", **{f"HTTP_{name}": value}) for value in values) == []


@before_any_query
def test_headers_with_a_meaning_of_their_own(broken):
    for path in READ:
        for name, value in hostile.SPECIAL_HEADERS:
            key = f"HTTP_{name}"
            assert broken([request(path, **{key: value}), post(path, b"a=b", **{key: value})]) == []


def test_cookies(broken):
    paths = [*READ, "/admin/", "/admin/inquiries/inquiry/"]
    assert (
        broken(request(path, HTTP_COOKIE=cookie) for path in paths for cookie in hostile.COOKIES)
        == []
    )
    assert (
        broken(
            post(path, b"username=a&csrfmiddlewaretoken=" + b"a" * 64, HTTP_COOKIE=cookie)
            for path in [EVAL, "/admin/login/", "/admin/logout/"]
            for cookie in hostile.COOKIES
        )
        == []
    )


@before_any_query
@pytest.mark.parametrize("foreign", hostile.FOREIGN_COOKIES)
def test_a_cookie_of_another_program_locks_nobody_out_of_the_desk(application, staff, foreign):
    for cookies in (f"{foreign}; {staff}", f"{staff}; {foreign}", f"{foreign};{staff};{foreign}"):
        answer = ask(application, "/admin/jsi18n/", HTTP_COOKIE=cookies)
        assert answer.status == 200


def test_sessions_whose_content_is_broken(broken, staff):
    for data in ["", "x", "a:b:c", "é"]:
        session = SessionStore()
        session.create()
        row = session.model.objects.get(session_key=digest(session.session_key))
        row.session_data = data
        row.save()
        cookie = f"sessionid={session.session_key}"
        assert broken([request("/admin/", HTTP_COOKIE=cookie)]) == []


def test_confirmation_tokens(broken):
    assert broken(request(f"{EVAL}received/{token}/") for token in hostile.TOKENS) == []


LIST = "/admin/inquiries/inquiry/"
# A field of each kind.
FILTERS = {
    LIST: ["id", "received_at", "status", "assigned_to", "name"],
    "/admin/auth/user/": ["is_staff", "groups", "password"],
}


@pytest.mark.parametrize("path", FILTERS)
def test_what_the_admin_searches_for(path, broken, staff):
    make_inquiry()
    queries = [f"q={value}" for value in hostile.VALUES]
    assert broken(request(f"{path}?{query}", HTTP_COOKIE=staff) for query in queries) == []


@before_any_query
def test_what_else_the_admin_reads_from_a_query_string(broken, staff):
    """Every list reads it with the same code; of some keys only whether they are there."""
    make_inquiry()
    queries = [f"{key}={value}" for key in hostile.ADMIN_KEYS for value in hostile.VALUES]
    queries += [f"{key}={value}" for key in hostile.ADMIN_FLAGS for value in ("", "1", "%00")]
    assert broken(request(f"{LIST}?{query}", HTTP_COOKIE=staff) for query in queries) == []


@pytest.mark.parametrize("path", FILTERS)
def test_admin_filters(path, broken, staff):
    make_inquiry()
    queries = [
        f"{field}{lookup}={value}"
        for turn, (field, lookup) in enumerate(product(FILTERS[path], hostile.LOOKUPS))
        for value in hostile.LOOKUP_VALUES[turn % 4 :: 4]  # each lookup meets each value
    ]
    assert broken(request(f"{path}?{query}", HTTP_COOKIE=staff) for query in queries) == []


def test_admin_addresses(broken, staff):
    patterns = [
        "/admin/inquiries/inquiry/{}/",
        "/admin/inquiries/inquiry/{}/change/",
        "/admin/inquiries/inquiry/{}/history/",
        "/admin/inquiries/inquiry/{}/delete/",
        "/admin/auth/user/{}/change/",
        "/admin/auth/user/{}/password/",
        "/admin/auth/group/{}/change/",
        "/admin/r/{}/1/",
        "/admin/r/1/{}/",
        "/admin/{}/",
        "/admin/jsi18n/{}",
    ]
    paths = [pattern.format(value) for pattern in patterns for value in hostile.OBJECT_IDS]
    for cookie in (staff, ""):
        assert broken(request(path, HTTP_COOKIE=cookie) for path in paths) == []


def test_admin_autocomplete(broken, staff):
    names = hostile.LOOKUP_VALUES  # only looked up, while the term reaches the database
    sent = {"term": hostile.VALUES, "app_label": names, "model_name": names, "field_name": names}
    full = {"term": "a", "app_label": "auth", "model_name": "user", "field_name": "groups"}
    for key, values in sent.items():
        for value in values:
            query = "&".join(f"{k}={v}" for k, v in (full | {key: value}).items())
            assert broken([request(f"/admin/autocomplete/?{query}", HTTP_COOKIE=staff)]) == []


def test_admin_posts(broken, staff):
    """With a valid CSRF token, so that the fields are really read."""
    token = "a" * 32
    cookie = f"{staff}; csrftoken={token}"
    inquiry = make_inquiry()
    user = get_user_model().objects.get()
    targets = {
        "/admin/inquiries/inquiry/": ["action", "_selected_action", "select_across", "index"],
        f"/admin/inquiries/inquiry/{inquiry.pk}/change/": [
            *("status", "assigned_to", "next_action_on", "outcome", "note", "_save", "name"),
        ],
        "/admin/auth/user/add/": ["username", "password1", "_popup", "_to_field", "_addanother"],
        f"/admin/auth/user/{user.pk}/change/": ["username", "groups", "last_login_0", "email"],
        f"/admin/auth/user/{user.pk}/password/": ["password1", "usable_password"],
        "/admin/login/": ["username", "password", "next"],
        "/admin/password_change/": ["old_password", "new_password1"],
    }
    for path, fields in targets.items():
        usual = {"action": "delete_selected", "_selected_action": "1", "index": "0"}
        for field in fields:
            for value in hostile.LOOKUP_VALUES:
                answers = {name: text for name, text in usual.items() if name != field}
                body = "&".join(f"{name}={text}" for name, text in answers.items())
                body += f"&csrfmiddlewaretoken={token}&{field}={value}"
                assert broken([post(path, body.encode(), HTTP_COOKIE=cookie)]) == []


def test_without_the_guard_one_of_these_breaks_django():
    environ = request("/admin/login/?a=b", CONTENT_TYPE="text/html; charset=zlib")
    with pytest.raises(LookupError):
        list(faults(WSGIHandler(), environ))


def test_without_the_guard_the_headers_are_missing():
    found = [fault[0] for fault in faults(WSGIHandler(), request("/nothing/"))]
    assert "Permissions-Policy is missing or doubled" in found
