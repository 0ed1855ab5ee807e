"""Every role against every address of the admin: allowed as the table says, or refused in silence.

`pytest tests/inquiries/desk/test_role_matrix.py --role-matrix` prints what was found.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from kapsite.accounts.models import Event, EventKind
from kapsite.accounts.roles import ROLES
from kapsite.editor.writing.previews import preview
from kapsite.inquiries.models import Access, Appointment, Erasure, Inquiry
from tests.factories import make_inquiry, make_staff, sign_in
from tests.inquiries.data_protection.leaks import found_in
from tests.pages.samples import make_content, make_page

pytestmark = pytest.mark.django_db
NAME, NUMBER, MESSAGE = "Zyxcanary", "4255550188", "zyxmessage of a person"
CANARIES = [NAME, NUMBER, "555-0188", MESSAGE, "zyxmailbox", "zyxnote by hand", "zyxreason"]
EVERYONE = [*ROLES, "no role", "not of the staff", "no second factor", "superuser", "nobody"]
OUTSIDE = {"no role", "not of the staff", "no second factor", "nobody"}

DESK = {"front-desk", "clinician", "lead", "superuser"}
LEADS = {"lead", "superuser"}
ACCOUNTS = {"site-admin", "superuser"}
EVENTS = LEADS | ACCOUNTS
PUBLISHERS = {"publisher", "superuser"}
EDITORS = PUBLISHERS | {"editor"}
REVIEWERS = {"reviewer", "superuser"}
INSIDE = DESK | ACCOUNTS | EDITORS | REVIEWERS | {"no role"}
NAMES_IN_LIST = {"front-desk", "lead", "superuser"}
Q = "inquiries/inquiry/"

# Who is let in. What is not in here is refused to everybody: an address that is added is too.
ALLOWED = {
    ("GET", ""): INSIDE,
    ("POST", ""): INSIDE,
    ("GET", "jsi18n/"): INSIDE,
    ("GET", Q): DESK,
    ("POST", Q): DESK,
    ("GET", f"{Q}add/"): DESK,
    ("POST", f"{Q}add/"): DESK,
    ("GET", f"{Q}overview/"): DESK,
    ("GET", f"{Q}waiting/"): DESK,
    ("POST", f"{Q}bulk/"): DESK,
    ("GET", f"{Q}report/"): DESK,
    ("GET", f"{Q}report/<int:year>-<int:month>/"): DESK,
    ("GET", f"{Q}report/<int:year>-<int:month>.csv"): DESK,
    ("POST", f"{Q}flood/"): DESK,
    ("GET", f"{Q}appointments/"): DESK,
    ("GET", f"{Q}<int:pk>/calendar/"): DESK,
    ("GET", f"{Q}upcoming-deletions/"): DESK,
    ("GET", f"{Q}<path:object_id>/change/"): DESK,
    ("POST", f"{Q}<str:pk>/message/"): DESK,
    ("POST", f"{Q}<str:pk>/print/"): DESK,
    ("POST", f"{Q}<str:pk>/step/<slug:name>/"): DESK,
    ("POST", f"{Q}undo/<uuid:batch>/"): DESK,
    ("GET", f"{Q}hand-over/<int:pk>/"): DESK | ACCOUNTS,
    ("POST", f"{Q}hand-over/<int:pk>/"): DESK | ACCOUNTS,
    ("GET", f"{Q}access/"): LEADS,
    ("GET", f"{Q}export/"): LEADS,
    ("POST", f"{Q}export/"): LEADS,
    ("GET", f"{Q}<int:pk>/person/"): DESK,
    ("POST", f"{Q}<int:pk>/merge/"): DESK,
    ("POST", f"{Q}<int:pk>/access-file/"): LEADS,
    ("GET", f"{Q}<int:pk>/erase/"): LEADS,
    ("POST", f"{Q}<int:pk>/erase/"): LEADS,
    ("GET", f"{Q}erased/<int:pk>/"): LEADS,
    ("GET", "edit/"): EDITORS,
    ("POST", "edit/"): EDITORS,
    ("GET", "edit/new-chart/"): EDITORS,
    ("POST", "edit/new-chart/"): EDITORS,
    ("POST", "edit/data/people.yaml/preview/"): EDITORS,
    ("GET", "edit/menu/"): PUBLISHERS,
    ("POST", "edit/menu/"): PUBLISHERS,
    ("GET", "edit/history/"): EDITORS | LEADS | REVIEWERS,
    ("GET", "edit/history/log/"): EDITORS | LEADS | REVIEWERS,
    ("POST", "edit/history/download/"): PUBLISHERS | LEADS,
    ("GET", "edit/sign-offs/"): REVIEWERS,
    ("GET", "edit/images/"): EDITORS,
    ("GET", "edit/reminders/"): EDITORS,
    ("POST", "edit/images/"): EDITORS,
    ("POST", "edit/cancel/<int:pk>/"): PUBLISHERS,
    ("GET", "auth/user/"): ACCOUNTS,
    ("POST", "auth/user/"): ACCOUNTS,
    ("GET", "auth/user/add/"): ACCOUNTS,
    ("POST", "auth/user/add/"): ACCOUNTS,
    ("GET", "auth/user/<path:object_id>/change/"): ACCOUNTS,
    ("POST", "auth/user/<path:object_id>/change/"): ACCOUNTS,
    ("GET", "auth/user/<path:object_id>/history/"): ACCOUNTS,
    ("POST", "auth/user/<path:object_id>/history/"): ACCOUNTS,
    ("GET", "auth/user/<path:object_id>/set-up-link/"): ACCOUNTS,
    ("POST", "auth/user/<path:object_id>/set-up-link/"): ACCOUNTS,
    ("GET", "accounts/event/"): EVENTS,
    ("POST", "accounts/event/"): EVENTS,
    ("GET", "accounts/event/<path:object_id>/change/"): EVENTS,
    ("GET", "accounts/event/<path:object_id>/history/"): EVENTS,
    ("POST", "accounts/event/<path:object_id>/history/"): EVENTS,
    ("GET", "^(?P<app_label>inquiries|auth|accounts)/$"): DESK,  # asked for inquiries
    ("POST", "^(?P<app_label>inquiries|auth|accounts)/$"): DESK,
}
# Where what a person typed may be seen, and by whom.
SHOWN = {
    ("GET", Q): NAMES_IN_LIST,
    ("GET", f"{Q}appointments/"): NAMES_IN_LIST,
    ("POST", Q): NAMES_IN_LIST,
    ("GET", f"{Q}<path:object_id>/change/"): DESK,
    ("POST", f"{Q}<str:pk>/message/"): DESK,
    ("POST", f"{Q}<str:pk>/print/"): DESK,
    ("POST", f"{Q}<str:pk>/step/<slug:name>/"): DESK,
    ("POST", f"{Q}export/"): LEADS,
    ("GET", f"{Q}<int:pk>/person/"): DESK,
    ("POST", f"{Q}<int:pk>/merge/"): DESK,
    ("POST", f"{Q}<int:pk>/access-file/"): LEADS,
    ("GET", f"{Q}<int:pk>/erase/"): LEADS,
    ("POST", f"{Q}<int:pk>/erase/"): LEADS,
}
LEADING_ELSEWHERE = {("POST", Q), ("POST", f"{Q}<str:pk>/step/<slug:name>/")}
MESSAGE_SHOWN = {
    ("POST", f"{Q}<int:pk>/access-file/"),
    ("GET", f"{Q}<path:object_id>/change/"),
    ("POST", f"{Q}<str:pk>/message/"),
    ("POST", f"{Q}export/"),
}
# One's own account: for everybody, and about nobody else. tests/accounts is about these.
SIGN_IN = tuple(f"/{settings.ADMIN_PATH}{page}" for page in ("account/", "login/"))
OWN = ("account/", "login/", "logout/", "password_change/")


class Address(NamedTuple):
    route: str
    path: str


class Seen(NamedTuple):
    mark: str
    is_let_in: bool
    text: str


@pytest.fixture
def stored():
    """A request, its like in the records, and an account that has done something."""
    inquiry = make_inquiry(
        name=NAME, phone="(425) 555-0188", message=MESSAGE, email="zyxmailbox@example.org",
        safety_concern=True, safety_concern_reason="zyxreason",
    )  # fmt: skip
    other = make_staff("front-desk", "other")
    inquiry.record("noted", by=other, note="zyxnote by hand")
    Appointment.objects.create(
        inquiry=inquiry, starts_at=timezone.now(), length=60, place="video", state="attended",
        made_in=0, ended_in=0,
    )  # fmt: skip
    Access.objects.create(by=other, act="opened", reference=inquiry.reference)
    LogEntry.objects.create(
        user=other, object_id=inquiry.pk, object_repr=str(inquiry), action_flag=2,
        content_type=ContentType.objects.get_for_model(Inquiry), change_message="Changed.",
    )  # fmt: skip
    event = Event.objects.create(user=other, kind=EventKind.SIGNED_IN)
    trace = Erasure.objects.create(reference="AAAA2222", rule="spam")
    return {"inquiries": inquiry.pk, "auth": other.pk, "accounts": event.pk, "erased": trace.pk}


def browser_of(role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role == "nobody":
        return client
    if role == "superuser":
        return signed_in(client, User.objects.create_superuser("me"))
    if role == "not of the staff":
        return signed_in(client, User.objects.create_user("me"))
    user = make_staff(role if role in ROLES else None, "me")
    if role == "no second factor":
        user.groups.set(make_staff("lead", "lena").groups.all())
        client.force_login(user)
        return client
    return signed_in(client, user)


def signed_in(client, user) -> Client:
    sign_in(client, user)
    return client


def addresses(stored) -> Iterator[Address]:
    """Every address pattern of the admin, with a path for which it works."""
    for route in routes(get_resolver()):
        if route.startswith(settings.ADMIN_PATH):
            own = route.removeprefix(settings.ADMIN_PATH)
            yield Address(own, f"/{settings.ADMIN_PATH}{filled(own, stored)}")


def routes(resolver: URLResolver, before="") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def filled(route: str, stored: dict[str, int]) -> str:
    app = "erased" if "erased/" in route else route.partition("/")[0]
    app = "auth" if "hand-over/" in route else app
    key = str(stored.get(app, 1))
    for place, value in {
        "<path:content_type_id>": str(ContentType.objects.get_for_model(Inquiry).pk),
        "<path:object_id>": str(stored["inquiries"]) if route.startswith("r/") else key,
        "<int:pk>": key,
        "<int:year>-<int:month>": "2025-11",
        "<str:pk>": key,
        "<slug:name>": "note",
        "<uuid:batch>": "00000000-0000-4000-8000-000000000000",
        "^(?P<app_label>inquiries|auth|accounts)/$": "inquiries/",
        "(?P<url>.*)$": "no/such/page/",
    }.items():
        route = route.replace(place, value)
    return route


SENT = {  # what a form would send; all in one, since each takes what it knows
    "rule": "asked",
    "columns": ["name", "phone", "message"],
    "states": ["new"],
    "reason": "Because",
    "note": "A note",
    "version": "0",
    "username": "somebody",
    "post": "yes",
    "action": "delete_selected",
    "to": "restore",
    "which": "all",
    "newest": "0",
    "app_label": "inquiries",
    "model_name": "inquiry",
    "field_name": "assigned_to",
}


def ask(client: Client, method: str, address: Address) -> Seen:
    """What happens; afterwards all is as it was, the session too."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        send = client.post if method == "POST" else client.get
        response = send(address.path, SENT if method == "POST" else {})
        is_stream = getattr(response, "streaming", False)
        body = b"".join(response.streaming_content) if is_stream else response.content
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    to = urlsplit(response.headers.get("Location", "")).path
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    away = not address.route.startswith(OWN) and to.startswith(SIGN_IN)
    is_let_in = response.status_code < 400 and not away and not is_detour(address, to)
    mark = "sign in" if away else str(response.status_code)
    is_zip = response.headers.get("Content-Type") == "application/zip"
    return Seen(mark, is_let_in, f"{headers}\n{unpacked(body) if is_zip else body.decode()}")


def unpacked(archive: bytes) -> str:
    """The names and contents of its files; pictures aren't text."""
    with ZipFile(BytesIO(archive)) as files:
        return "\n".join(
            f"{name}\n{files.read(name).decode(errors='replace')}" for name in files.namelist()
        )


def is_detour(address: Address, to: str) -> bool:
    """Django's short address of a record leads to the full one, which asks again; what is not
    there leads to the first page."""
    is_short = re.fullmatch("[a-z]+/[a-z]+/<path:object_id>/", address.route)
    return bool(to) and (bool(is_short) or to == f"/{settings.ADMIN_PATH}")


def looked_at(stored, role: str, method: str) -> dict[str, Seen]:
    client = browser_of(role)
    return {address.route: ask(client, method, address) for address in addresses(stored)}


class Look(NamedTuple):
    reference: str
    seen: dict[str, Seen]


LOOKS: dict[tuple[str, str], Look] = {}
# Who may do what is decided by the same rows in both databases. That all addresses answer in
# both, a superuser shows.
decided_alike = pytest.mark.sqlite


@pytest.fixture
def small_content(settings, tmp_path, monkeypatch):
    """What there is to edit."""
    settings.CONTENT_DIR = make_content(tmp_path, risks=make_page(title="Risks"))
    monkeypatch.setattr(preview, "latest", {})


@pytest.fixture
def look(request, small_content):
    """What a role finds at every address. For all tests it looks there once, which takes long."""

    def look(role: str, method: str) -> Look:
        if (role, method) not in LOOKS:
            stored = request.getfixturevalue("stored")
            reference = Inquiry.objects.get().reference_in_groups
            with transaction.atomic():
                LOOKS[role, method] = Look(reference, looked_at(stored, role, method))
                transaction.set_rollback(True)
        return LOOKS[role, method]

    return look


@decided_alike
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", EVERYONE)
def test_each_role_is_let_in_where_the_table_says_and_nowhere_else(look, role, method):
    wrong = [
        f"{method} {route}: {seen.mark}"
        for route, seen in look(role, method).seen.items()
        if not route.startswith(OWN)
        and seen.is_let_in != (role in ALLOWED.get((method, route), set()))
    ]
    assert wrong == []


@decided_alike
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", EVERYONE)
def test_nobody_sees_what_a_person_typed_where_they_may_not(look, role, method):
    reference, found = look(role, method)
    leaks = []
    for route, seen in found.items():
        hidden = [] if role in SHOWN.get((method, route), set()) else CANARIES
        if (method, route) not in MESSAGE_SHOWN:
            hidden = [*hidden, MESSAGE]
        if not seen.is_let_in:
            hidden = [*hidden, reference, reference.replace(" ", "")]
        if leaked := found_in(seen.text, hidden):
            leaks.append((method, route, leaked))
    assert leaks == []


@decided_alike
@pytest.mark.parametrize(("method", "route"), sorted(SHOWN.keys() - LEADING_ELSEWHERE))
def test_what_may_be_seen_is_seen_or_the_test_above_could_not_fail(look, method, route):
    assert found_in(look("lead", method).seen[route].text, [NAME, MESSAGE])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_answers_with_a_fault(look, method):
    seen = look("superuser", method).seen
    assert [each for each in seen.items() if each[1].mark.startswith("5")] == []


@decided_alike
def test_the_matrix_can_be_shown(stored, request, capsys):
    """With --role-matrix as a table: a status, or where the way in leads."""
    if not request.config.getoption("role_matrix"):
        return
    rows = {}
    for role in EVERYONE:
        for method in ("GET", "POST"):
            with transaction.atomic():
                for route, seen in looked_at(stored, role, method).items():
                    words = f"**{seen.mark}**" if seen.is_let_in else seen.mark
                    rows.setdefault((route, method), []).append(words)
                transaction.set_rollback(True)
    with capsys.disabled():
        print("\n| Address | | " + " | ".join(EVERYONE) + " |")
        print("|---|---|" + "---|" * len(EVERYONE))
        for (route, method), cells in sorted(rows.items()):
            print(f"| `{route}` | {method} | " + " | ".join(cells) + " |")
