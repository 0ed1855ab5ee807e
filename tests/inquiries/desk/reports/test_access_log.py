"""Access log: refusals too, and the page that shows it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from kapsite.inquiries.desk.reports import access_log
from kapsite.inquiries.models import Access, Erasure, Inquiry
from tests.factories import make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/inquiries/inquiry/access/"
LIST = "/admin/inquiries/inquiry/"
DAY = timedelta(days=1)


@pytest.fixture
def ben():
    return make_staff("front-desk", "ben")


def acts(**wanted):
    return list(Access.objects.filter(**wanted).order_by("pk").values_list("act", "details"))


def references(page):
    return [row.reference for row, _ in page.context["lines"]]


# The page


def test_it_shows_who_did_what_and_when(client, lead, ben):
    inquiry = make_inquiry()
    at = datetime(2026, 11, 20, 18, 30, 5, tzinfo=UTC)
    Access.objects.create(by=ben, act="printed", reference=inquiry.reference, at=at)
    page = client.get(PAGE).text
    for words in ("Nov 20, 2026, 10:30:05 AM", "ben", "Printed", inquiry.reference_in_groups):
        assert f">{words}<" in page


def test_it_is_on_record_itself_with_the_filters_and_not_their_values(client, lead, ben):
    inquiry = make_inquiry()
    client.get(PAGE, {"reference": inquiry.reference, "person": ben.pk, "act": "opened"})
    [row] = Access.objects.all()
    assert (row.act, row.by, row.details) == ("report", lead, "reference, person, act")
    assert (row.reference, row.count) == (inquiry.reference, 0)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reference": "aaaa 2222"}, ["AAAA2222"]),
        ({"act": "exported"}, ["CCCC2222"]),
        ({"since": "2026-11-03"}, ["CCCC2222"]),
        ({"until": "2026-11-01"}, ["AAAA2222"]),
        ({"since": "2026-11-02", "until": "2026-11-02"}, ["BBBB2222"]),
        ({"act": "printed"}, []),
        ({}, ["CCCC2222", "BBBB2222", "AAAA2222"]),
    ],
)
def test_it_is_filtered_by_request_act_and_day_at_the_clinic(client, lead, ben, asked, found):
    late = datetime(2026, 11, 2, 7, 59, tzinfo=UTC)  # the last minute of November 1 at the clinic
    for day, (name, act) in enumerate([("A", "opened"), ("B", "opened"), ("C", "exported")]):
        Access.objects.create(by=ben, act=act, reference=f"{name * 4}2222", at=late + day * DAY)
    assert references(client.get(PAGE, {"person": ben.pk} | asked)) == found


def test_it_is_filtered_by_person(client, lead, ben):
    Access.objects.create(by=ben, act="opened", reference="AAAA2222")
    Access.objects.create(by=lead, act="opened", reference="BBBB2222")
    assert references(client.get(PAGE, {"person": ben.pk})) == ["AAAA2222"]


def test_it_goes_page_by_page_to_the_oldest_row_and_shows_each_once(client, lead, ben, monkeypatch):
    monkeypatch.setattr(access_log, "ROWS", 3)
    at = timezone.now()  # all in the same moment
    for number in range(8):
        Access.objects.create(by=ben, act="opened", reference=f"AAAA222{number}", at=at)
    seen, address = [], f"?person={ben.pk}"
    while address:
        page = client.get(PAGE + address)
        seen += references(page)
        address = page.context["older"]
    assert seen == [f"AAAA222{number}" for number in reversed(range(8))]


@pytest.mark.parametrize(
    "query",
    ["reference=x", "person=x", "person=999999", "act=x", "since=x", "before=x", "before=-1",
     "before=" + "9" * 40, "reference=%00", "person=%00", "since=%00"],
)  # fmt: skip
def test_no_query_breaks_it(client, lead, query):
    assert client.get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["since", "until"])
def test_a_day_that_no_time_zone_can_convert_is_refused_beside_its_field(client, lead, name, day):
    response = client.get(PAGE, {name: day})
    error = f'id="id_{name}_error">Enter a date from 2000 to 2199</p>'
    assert (response.status_code, error in response.text) == (200, True)
    assert f'aria-describedby="id_{name}_error"' in response.text
    assert "No matching entries" not in response.text


@pytest.mark.parametrize("day", ["2000-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_can_be_filtered_by(client, lead, day):
    assert client.get(PAGE, {"since": day, "until": day}).context["filters"].is_valid()


def test_it_shows_why_an_export_was_made_and_one_that_no_key_opens_hides_nothing(
    client, lead, settings
):
    settings.FIELD_KEYS, keys = ["A" * 42 + "Q"], settings.FIELD_KEYS
    Access.objects.create(by=lead, act="exported", reason="Lost")
    settings.FIELD_KEYS = keys
    Access.objects.create(by=lead, act="exported", reason="For the board")
    page = client.get(PAGE).text
    assert "(cannot be read)" in page
    assert "<bdi>For the board</bdi>" in page


def test_a_request_that_is_gone_is_shown_as_erased(client, lead, ben):
    Access.objects.create(by=ben, act="opened", reference="AAAA2222")
    assert "AAAA 2222 (deleted)" in client.get(PAGE).text


def test_asked_for_a_request_that_was_deleted_it_says_when_and_by_which_rule(client, lead):
    Erasure.objects.create(reference="AAAA2222", rule="spam", at=datetime(2026, 11, 2, tzinfo=UTC))
    page = client.get(PAGE, {"reference": "AAAA 2222"}).text
    assert "AAAA 2222 was deleted on November 1, 2026, 4:00 PM. Spam, retention ended." in page


def test_it_holds_nothing_that_a_person_typed(client, lead):
    inquiry = make_inquiry(name="Zyxcanary", message="Zyxcanary", email="zyxcanary@example.org")
    client.get(f"{LIST}{inquiry.pk}/change/")
    client.post(LIST, {"q": "Zyxcanary"}, follow=True)
    page = client.get(PAGE)
    assert "Opened" in page.text
    assert "zyxcanary" not in page.text.lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM inquiries_access")
        assert "zyxcanary" not in str(cursor.fetchall()).lower()


def test_nobody_can_edit_it_in_the_admin(client, lead):
    Access.objects.create(by=lead, act="listed")
    superuser = User.objects.create_superuser("root", "root@example.org")
    sign_in(client, superuser)
    for path in ("access/", "access/add/", "access/1/change/", "access/1/delete/"):
        assert client.post(f"/admin/inquiries/{path}").status_code == 404
    assert client.post(PAGE).status_code == 405


# Refusals


@pytest.mark.parametrize(
    ("path", "details"),
    [
        ("access/", "access report"),
        ("export/", "inquiry export"),
        ("{}/erase/", "inquiry erase"),
        ("{}/delete/", "inquiry delete"),
    ],
)
def test_a_refusal_is_on_record_with_the_request_it_is_about(client, ben, path, details):
    sign_in(client, ben)
    inquiry = make_inquiry()
    assert client.get(LIST + path.format(inquiry.pk)).status_code == 403
    [row] = Access.objects.filter(act="refused")
    expected = inquiry.reference if "{}" in path else ""
    assert (row.by, row.details, row.reference) == (ben, details, expected)


def test_somebody_without_a_role_is_refused_on_record(client):
    other = sign_in(client, make_staff(None, "other"))
    inquiry = make_inquiry()
    for path in ("", f"{inquiry.pk}/change/", "overview/"):
        assert client.get(LIST + path).status_code == 403
    assert [row.by for row in Access.objects.filter(act="refused")] == [other] * 3


def test_a_form_from_elsewhere_is_refused_on_record(ben):
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser, ben)
    inquiry = make_inquiry()
    assert browser.post(f"{LIST}{inquiry.pk}/message/").status_code == 403
    [row] = Access.objects.all()
    assert (row.act, row.reference) == ("refused", inquiry.reference)


def test_who_is_not_signed_in_leaves_no_row(client):
    assert client.get(LIST).status_code == 302
    assert not Access.objects.exists()


# When it cannot be written


@pytest.fixture
def broken():
    """Nothing can be added to the record from here on."""
    refuse = {
        "sqlite": [
            "CREATE TRIGGER broken BEFORE INSERT ON inquiries_access "
            "BEGIN SELECT RAISE(ABORT, 'broken'); END"
        ],
        "postgresql": [
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'broken'; END $$",
            "CREATE TRIGGER broken BEFORE INSERT ON inquiries_access "
            "FOR EACH ROW EXECUTE FUNCTION broken()",
        ],
    }
    with connection.cursor() as cursor:
        for statement in refuse[connection.vendor]:
            cursor.execute(statement)


SHOWN = ["", "{}/change/", "overview/", "access/", "?tab=new"]


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_that_cannot_be_put_on_record_is_not_shown(client, lead, broken, path):
    inquiry = make_inquiry(name="Zyxcanary")
    client.raise_request_exception = False
    response = client.get(LIST + path.format(inquiry.pk))
    assert response.status_code in (500, 503)
    assert "Zyxcanary" not in response.text
    assert inquiry.reference_in_groups not in response.text
    assert "988" in response.text  # the calm page, with its help line


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("{}/message/", {}),
        ("{}/print/", {}),
        ("export/", {"columns": ["name"], "states": ["new"], "reason": "Because"}),
        ("{}/erase/", {"rule": "asked", "requests": 1}),
    ],
)
def test_nor_is_anything_shown_printed_exported_or_erased(client, lead, broken, path, sent):
    inquiry = make_inquiry(name="Zyxcanary", message="Zyxcanary")
    client.raise_request_exception = False
    response = client.post(LIST + path.format(inquiry.pk), sent)
    assert response.status_code in (500, 503)
    assert "Zyx" not in response.text


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_cannot_be_put_on_record_does_not_happen(client, lead, broken):
    inquiry = make_inquiry()
    client.raise_request_exception = False
    client.post(f"{LIST}{inquiry.pk}/erase/", {"rule": "asked", "requests": inquiry.pk})
    assert Inquiry.objects.exists()
    with connection.cursor() as cursor:  # this one has to go by itself
        on = " ON inquiries_access CASCADE" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER broken{on}")
        if on:
            cursor.execute("DROP FUNCTION broken()")


def test_a_refusal_that_cannot_be_put_on_record_shows_nothing_either(client, ben, broken):
    sign_in(client, ben)
    client.raise_request_exception = False
    response = client.get(PAGE)
    assert response.status_code in (500, 503)
    assert "Who looked" not in response.text
