"""Every field is sent with words that stand nowhere else; then they are looked for everywhere."""

import io
import logging
import re
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from kapsite.accounts.models import StaffSession
from kapsite.encryption.fields import encrypted_fields
from kapsite.inquiries.intake import views
from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.request.notices import notices_for
from kapsite.inquiries.worker.delivery import send_next
from kapsite.security.logs import PrivateFormatter
from tests.factories import make_answers
from tests.inquiries.data_protection.leaks import (
    AS_STORED,
    CANARIES,
    DOMAIN,
    MAILBOX,
    MESSAGE,
    NOTE,
    OF_STAFF,
    REASON,
    TYPED,
    found_in,
)
from tests.server import site
from tests.waiting import until

FORM = "/request-evaluation/"
STATUS = f"{FORM}status/"
LIST = "/admin/inquiries/inquiry/"
EVERYTHING = [*CANARIES, *OF_STAFF]
# Nothing that a page, a script or a style asks for or leads to may repeat it either; but what
# staff click to dial is the number itself, and goes to no server.
ADDRESS = re.compile(r'(?:href|src|action|formaction|content)="(?!tel:|sms:|mailto:)([^"]*)"')


@pytest.fixture
def log():
    """All that this process logs, at every level, as production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PrivateFormatter("[%(levelname)s] %(name)s: %(message)s"))
    handler.addFilter(lambda record: not record.name.startswith("mail.log"))  # of the mail server
    root = logging.getLogger()
    before, root.level = root.level, logging.DEBUG
    root.addHandler(handler)
    yield stream.getvalue
    root.removeHandler(handler)
    root.setLevel(before)


class Visit:
    """Answers to one browser, kept to be searched."""

    def __init__(self, client):
        self.client = client
        self.client.raise_request_exception = False
        self.answers = []

    def get(self, path, **options):
        return self._keep(self.client.get(path, **options))

    def post(self, path, data, **options):
        return self._keep(self.client.post(path, data, **options))

    def _keep(self, answer):
        self.answers.append(answer)
        return answer

    @property
    def headers(self):
        return "\n".join(f"{name}: {value}" for a in self.answers for name, value in a.items())

    @property
    def cookies(self):
        return "\n".join(a.cookies.output() for a in self.answers)

    @property
    def addresses(self):
        return "\n".join(found for a in self.answers for found in ADDRESS.findall(a.text))

    @property
    def titles(self):
        return "\n".join(found for a in self.answers for found in re.findall("<title>.*", a.text))


@pytest.fixture
def visitor(client, every_way):
    """A person sent the form, and opened the confirmation."""
    visit = Visit(client)
    sent = visit.post(FORM, make_answers(contact_by="email", **TYPED))
    assert sent.status_code == 302
    assert visit.get(sent["location"]).status_code == 200
    return visit


@pytest.fixture
def staff(visitor, admin_client):
    """A colleague looked for the request, read it and wrote about it."""
    visit = Visit(admin_client)
    record = f"{LIST}{Inquiry.objects.get().pk}/"
    for path in (LIST, f"{record}change/"):
        assert visit.get(path).status_code == 200
    assert visit.post(f"{record}message/", {}).status_code == 200
    assert visit.post(f"{record}print/", {"message": "yes"}).status_code == 200
    found = visit.post(LIST, {"q": f"{TYPED['name']}"})
    assert Inquiry.objects.get().reference_in_groups in visit.get(found["location"]).text
    close, concern, clear, note = (
        f"{record}step/{name}/"
        for name in ("close", "set_safety_concern", "clear_safety_concern", "note")
    )
    assert visit.post(close, {"version": 0, "note": NOTE}).status_code == 200  # shown again
    assert visit.post(concern, {"version": 0, "reason": REASON}).status_code == 302
    assert visit.post(clear, {"version": 0, "note": NOTE}).status_code == 409  # and again
    assert visit.post(note, {"version": 1, "note": NOTE}).status_code == 302
    visit.get(LIST)
    visit.get("/admin/")
    look = {"phone": TYPED["phone"], "name": TYPED["name"], "message": MESSAGE, "look": "yes"}
    assert visit.post(f"{LIST}add/", look).status_code == 200
    assert visit.get(f"{record}person/").status_code == 200
    assert visit.post(f"{record}access-file/", {}).status_code == 200
    correction = {"person_name": "Other", "email": TYPED["email"], "phone": TYPED["phone"]}
    corrected = visit.post(f"{record}step/correct/", {"version": 2, **correction})
    assert corrected.status_code == 302
    return visit


def leaks(**places):
    """The places in which something was found that was typed, and what."""
    found = {place: found_in(text, EVERYTHING) for place, text in places.items()}
    return {place: words for place, words in found.items() if words}


pytestmark = pytest.mark.django_db


def test_the_record_shows_all_of_it_to_staff(staff):
    """Where it belongs. So it was typed, stored, and would be found elsewhere too."""
    page = next(a.text for a in staff.answers if "zyxmessage" in a.text)
    shown = {word for word, how in found_in(page, CANARIES) if how in {"plain", "html"}}
    assert shown == set(CANARIES) - set(AS_STORED)


def test_every_encrypted_field_of_a_request_is_among_what_is_looked_for():
    """A new one has to be typed in these tests, or be named here as made by the site or staff."""
    made = {"phone_e164", "normalized_email", "safety_concern_reason", "danger", "spam_reasons"}
    assert {field.name for field in encrypted_fields(Inquiry)} - made == set(TYPED)


def test_no_address_header_cookie_or_title_repeats_it(visitor, staff):
    for visit in (visitor, staff):
        assert visit.addresses
        assert visit.headers
        assert visit.titles
        assert (
            leaks(
                addresses=visit.addresses,
                headers=visit.headers,
                cookies=visit.cookies,
                titles=visit.titles,
            )
            == {}
        )


def test_the_confirmation_repeats_none_of_it_but_the_domain(visitor):
    page = visitor.answers[-1].text
    assert {word for word, _ in found_in(page, EVERYTHING)} == {DOMAIN}  # its mask leaves it


def looked_up(visitor):
    """The page of their request, found with what was typed."""
    reference = Inquiry.objects.get().reference
    return visitor.post(STATUS, {"reference": reference, "contact": TYPED["email"]})


def test_looked_up_it_repeats_none_of_it_but_the_domain(visitor):
    page = looked_up(visitor)
    assert page.status_code == 200
    assert {word for word, _ in found_in(page.text, EVERYTHING)} == {DOMAIN}
    assert leaks(addresses=visitor.addresses, headers=visitor.headers, titles=visitor.titles) == {}


def test_nothing_holds_what_was_corrected_as_it_was_typed(visitor, log):
    token = re.search('name="pass" value="([^"]+)"', looked_up(visitor).text)[1]
    corrected = {"email": "zyxcorrected@example.org", "contact_by": "email", "language": "zyxspeak"}
    page = visitor.post(STATUS, {"pass": token, "action": "change"} | corrected)
    assert "Your change is saved." in page.text
    assert Inquiry.objects.get().normalized_email == corrected["email"]
    rows = "\n".join(rows_by_table().values())
    assert found_in(rows + log() + page.text, ["zyxcorrected", "zyxspeak"]) == []


def test_no_letter_repeats_it(visitor, mailbox, staff):
    Notice.objects.all().delete()  # made before there was anybody to tell
    Notice.objects.bulk_create(notices_for(Inquiry.objects.get()))
    while send_next():
        pass
    assert len(mailbox.letters) == 2
    to_the_person = mailbox.letters[1]
    assert found_in(to_the_person["To"], [MAILBOX])
    del to_the_person["To"]
    assert leaks(letters="".join(letter.as_string() for letter in mailbox.letters)) == {}


def rows_by_table() -> dict[str, str]:
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows[table] = "\n".join(repr(row) for row in cursor.fetchall())
    return rows


def test_no_table_and_no_session_holds_it_as_it_was_typed(staff, mailbox):
    """The outbox and the history among them; the admin's own log is empty."""
    rows = rows_by_table()
    wanted = {"inquiries_inquiry", "inquiries_activity", "inquiries_notice"}
    wanted |= {"inquiries_searchdigest", "inquiries_access", "accounts_staffsession"}
    assert wanted - {table for table, text in rows.items() if text} <= {"inquiries_notice"}
    sessions = [session.get_decoded() for session in StaffSession.objects.all()]
    assert sessions
    assert leaks(sessions=repr(sessions), **rows) == {}
    assert not LogEntry.objects.exists()


# What goes wrong


def refused(visit):
    """Posts that no view takes, each with everything that was typed."""
    answers = make_answers(**TYPED)
    visit.post(FORM, answers, headers={"origin": "https://evil.example"})
    visit.post("/no/such/page/", answers)
    visit.post(f"{FORM}received/x/", answers)
    return visit


def test_no_error_page_repeats_it(client, monkeypatch):
    visit = refused(Visit(client))

    def fail(form, *_):
        raise RuntimeError(f"{form.data}")

    monkeypatch.setattr(views, "store", fail)
    visit.post(FORM, make_answers(**TYPED))
    assert [answer.status_code for answer in visit.answers] == [403, 404, 405, 500]
    assert leaks(**{str(a.status_code): a.text + str(a.headers) for a in visit.answers}) == {}


@pytest.mark.usefixtures("_somebody_to_tell")
def test_no_log_holds_it_whatever_happens(log, staff, mailbox, client, monkeypatch, settings):
    visit = refused(Visit(client))
    mailbox.fails = "refuses address"
    while send_next():
        pass

    def fail(form, *_):
        raise RuntimeError(f"{form.data}")

    with connection.execute_wrapper(lambda *args: 1 / 0):
        visit.post(FORM, make_answers(**TYPED))
    monkeypatch.setattr(views, "store", fail)
    visit.post(FORM, make_answers(**TYPED))
    settings.FIELD_KEYS = ["A" * 42 + "E"]
    visit.get("/admin/")
    said = log()
    assert "RuntimeError" in said
    assert "ZeroDivisionError" in said
    assert "SMTPRecipientsRefused" in said
    assert leaks(log=said) == {}


@pytest.fixture
def _somebody_to_tell(settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]


# On a real server


def test_no_log_of_the_server_or_the_worker_and_no_file_holds_it(shared_database, work, mailbox):
    keys = {name: shared_database[name] for name in ("DATABASE_URL", "SECRET_KEY", "FIELD_KEYS")}
    answers = urlencode(make_answers(**TYPED), doseq=True)
    mailbox.fails = "refuses address"
    with site(**keys, NOTIFY_EMAILS="desk@example.org") as server, work() as worker:
        statuses = [
            ask(server, FORM, answers),
            ask(server, FORM, answers, origin="https://evil.example"),
            ask(server, FORM, answers + "x" * 300_000),
            ask(server, FORM, answers, kind="application/json"),
            ask(server, "/history/", answers),
            ask(server, f"{FORM}received/x/", answers),
        ]
        until(Notice.objects.exclude(error="").exists)
        files = {
            str(file.relative_to(server.folder)): file.read_bytes()
            for file in server.folder.rglob("*")
            if file.is_file()
        }
    assert statuses == [302, 403, 413, 415, 404, 403]
    assert "POST /request-evaluation/ 302" in server.log
    assert "SMTPRecipientsRefused" in worker.log
    assert len(files) > 20
    assert leaks(server=server.log, worker=worker.log, **files) == {}


def ask(server, path, body, origin="http://localhost", kind="application/x-www-form-urlencoded"):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Host": "localhost", "Origin": origin, "Content-Type": kind}
    connection.request("POST", path, body.encode(), headers)
    try:
        return connection.getresponse().status
    finally:
        connection.close()
