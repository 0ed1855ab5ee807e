"""Requests as a table: chosen columns, a reason, on record first, and harmless in a spreadsheet."""

import csv
import io
import re
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic import days
from kapsite.inquiries.desk.export import view
from kapsite.inquiries.desk.export.columns import COLUMNS, USUAL
from kapsite.inquiries.desk.export.spreadsheet import as_text, phone_as_text
from kapsite.inquiries.models import Access, Activity, Appointment, Inquiry
from tests.factories import make_inquiry, make_searchable, sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/admin/inquiries/inquiry/export/"
EVERYTHING = {"columns": list(COLUMNS), "states": ["new", "closed"], "reason": "For the board"}


def asked(**changes):
    return {"columns": USUAL, "states": ["new"], "reason": "For the board"} | changes


def download(client, **changes):
    response = client.post(PAGE, asked(**changes))
    assert response["Content-Type"] == "text/csv", response.text
    return b"".join(response.streaming_content).decode()


def table(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))))


# The page


def ticked(page):
    boxes = re.findall(r'<input type="checkbox" name="columns"[^>]*>', page)
    return [re.search('value="(.*?)"', box)[1] for box in boxes if "checked" in box]


def test_the_usual_columns_name_nobody_and_are_ticked(client, lead):
    assert ticked(client.get(PAGE).text) == USUAL
    assert not {"name", "phone", "email", "message", "topics"} & set(USUAL)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "Write why this export is needed."),
        ({"reason": " \u200b "}, "Write why this export is needed."),
        ({"columns": []}, "Select at least one column."),
        ({"states": []}, "Select at least one state."),
        ({"columns": ["password"]}, "Select a valid choice."),
        (
            {"since": "2026-11-02", "until": "2026-11-01"},
            "“Received to” can’t be before “Received from”.",
        ),
        ({"since": "soon"}, "Enter a date, like 12/31/2026"),
        ({"since": "0001-01-01"}, "Enter a date from 2000 to 2199"),
        ({"until": "0001-01-01"}, "Enter a date from 2000 to 2199"),
        ({"since": "9999-12-31"}, "Enter a date from 2000 to 2199"),
        ({"until": "9999-12-31"}, "Enter a date from 2000 to 2199"),
        ({"until": "2200-01-01"}, "Enter a date from 2000 to 2199"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_sent_or_recorded(client, lead, changes, message):
    make_inquiry()
    response = client.post(PAGE, asked(**changes))
    assert (response.status_code, message in response.text) == (200, True)
    assert response["Content-Type"].startswith("text/html")
    assert not Access.objects.filter(act="exported").exists()
    assert not Activity.objects.exists()


def test_what_was_filled_in_stays_when_something_is_missing(client, lead):
    assert ticked(client.post(PAGE, asked(reason="", columns=["phone"])).text) == ["phone"]


def test_who_may_not_read_messages_is_not_offered_them(client):
    from django.contrib.auth.models import Permission, User

    user = User.objects.create_user("ex", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="export_inquiries"))
    sign_in(client, user)
    make_inquiry(message="Zyxcanary", topics="pain")
    assert 'value="message"' not in client.get(PAGE).text
    response = client.post(PAGE, asked(columns=["reference", "message"]))
    assert "Select a valid choice." in response.text
    assert "Zyxcanary" not in response.text


# The file


def test_the_file_holds_the_chosen_columns_of_the_chosen_requests(client, lead):
    old = make_inquiry(received_at=timezone.now() - 10 * DAY)
    wanted = make_inquiry(name="Ada", message="Line one\nline “two”; “three”")
    make_inquiry(status="spam")
    yesterday = days.today() - DAY
    text = download(client, columns=["reference", "name", "message"], since=str(yesterday))
    [row] = table(text)
    assert row == {
        "Reference": wanted.reference_in_groups,
        "Name": "Ada",
        "Message": "Line one\nline “two”; “three”",
    }
    assert old.reference_in_groups not in text


def test_every_column_can_be_had(client, lead):
    make_inquiry(topics="pain,anxiety", times="morning", email="ada@example.org")
    [row] = table(download(client, **EVERYTHING))
    assert list(row) == [column.label for column in COLUMNS.values()]
    assert (row["Wants help with"], row["Best times"]) == (
        "Migraine or other pain, Anxiety",
        "Mornings",
    )


def test_the_last_day_is_included(client, lead):
    make_inquiry()
    today = str(days.today())
    assert len(table(download(client, since=today, until=today))) == 1


def test_spreadsheets_read_it_as_utf_8_and_nobody_keeps_it(client, lead):
    response = client.post(PAGE, asked())
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbf")
    assert "no-store" in response["Cache-Control"]
    today = days.today()
    assert response["Content-Disposition"] == f'attachment; filename="requests-{today}.csv"'


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|1", "'+cmd|1"),
        ("+1 425 555 0142\t=1", "'+1 425 555 0142\t'=1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1", "'  =1"),
        ("'=1", "''=1"),
        ('"=HYPERLINK(1)', "'\"=HYPERLINK(1)"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ("a\n- b", "a\n'- b"),
        ("Ada", "Ada"),
        ("a = b, c-d @ e + f", "a = b, c-d @ e + f"),
        ("", ""),
    ],
)
def test_nothing_that_was_typed_becomes_a_formula(typed, written):
    assert as_text(typed) == written


def test_a_formula_in_a_name_reaches_the_file_as_text(client, lead):
    make_inquiry(name='=HYPERLINK("http://evil.example";"x")', phone="+1 425 555 0142")
    [row] = table(download(client, columns=["name", "phone"]))
    assert row["Name"].startswith("'=HYPERLINK")
    assert row["Phone"] == "(425) 555-0142"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("0042", "'0042"),
        ("98004", "'98004"),
        ("1e5", "'1e5"),
        ("(425)", "'(425)"),
        ("$1,000.50", "'$1,000.50"),
        ("12/5", "'12/5"),
        ("2026-12-31 09:00", "'2026-12-31 09:00"),
        ("98004 Bellevue", "98004 Bellevue"),
        ("7K4M W2PA", "7K4M W2PA"),
        ("(425) 555-0142", "(425) 555-0142"),
        ("12 Main St", "12 Main St"),
        ("3 pm", "3 pm"),
    ],
)
def test_what_a_spreadsheet_would_take_for_a_number_or_date_stays_text(typed, written):
    assert as_text(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("+1 425 555 0142", "(425) 555-0142"),
        ("+14255550142", "(425) 555-0142"),
        ("＋1 425 555 0142", "(425) 555-0142"),
        ("4255550142", "(425) 555-0142"),
        ("0044 20 7946 0958", "(+44) 20 7946 0958"),
        ("+52 55 1234 5678", "(+52) 55 1234 5678"),
        ("+1 425 555 0133 ext. 12", "(425) 555-0133 ext. 12 (as entered: +1 425 555 0133 ext. 12)"),
        ("+1 425 555 0142 after 5", "(425) 555-0142 (as entered: +1 425 555 0142 after 5)"),
        ("(425) 555-0142", "(425) 555-0142"),
        ("425-555-0142 or work", "425-555-0142 or work"),
        ("0555 0142", "Can’t be dialed: 0555 0142"),
        ("+1", "Can’t be dialed: +1"),
        ("=1+1", "Can’t be dialed: =1+1"),
        ("=1;=2", "Can’t be dialed: =1;'=2"),
    ],
)
def test_a_phone_number_is_written_so_that_it_stays_one_and_is_no_formula(typed, written):
    assert phone_as_text(typed) == written


def test_appointments_and_times_to_call_back_are_columns(client, lead):
    at = datetime(2026, 12, 2, 17, tzinfo=UTC)
    due = {"next_action_on": at.date(), "next_action_time": at.time()}
    for _ in range(3):
        inquiry = make_inquiry(status="scheduled", **due)
        booked = {"starts_at": at, "length": 60, "place": "phone", "made_in": 1}
        Appointment.objects.create(inquiry=inquiry, **booked)
    make_inquiry(status="scheduled", **due)
    with CaptureQueriesContext(connection) as queries:
        columns = ["next action", "appointment"]
        rows = table(download(client, columns=columns, states=["scheduled"]))
    assert [row["Next appointment"] for row in rows] == ["2026-12-02 09:00"] * 3 + [""]
    assert rows[0]["Follow-up date"] == "2026-12-02 17:00"
    reads = [each for each in queries if 'FROM "inquiries_appointment"' in each["sql"]]
    assert len(reads) == 1  # for each batch


def test_times_are_those_of_the_clinic(client, lead, clinic_file):
    clinic_file(time_zone="Asia/Kolkata")
    make_inquiry(received_at=datetime(2026, 11, 20, 18, 40, tzinfo=UTC))
    [row] = table(download(client, columns=["received"]))
    assert row["Received"] == "2026-11-21 00:10"


def test_our_own_numbers_and_days_stay_numbers_and_days(client, lead):
    day = days.today()
    make_inquiry(status="trying", next_action_on=day, attempts=3)
    [row] = table(download(client, columns=["attempts", "next action"], states=["trying"]))
    assert row == {"Attempts": "3", "Follow-up date": str(day)}


def test_a_number_is_exported_as_typed_and_as_it_is_dialed(client, lead):
    make_inquiry(phone="work: 425.555.0133x12 or +44 20 7946 0958")
    [row] = table(download(client, columns=["phone", "number"]))
    assert row["Phone"] == "work: 425.555.0133x12 or +44 20 7946 0958"
    assert row["Phone to dial"] == "(425) 555-0133 ext. 12 or (+44) 20 7946 0958"


def test_a_row_that_no_key_opens_says_so_and_the_others_are_there(client, lead, settings):
    settings.FIELD_KEYS, keys = ["A" * 42 + "Q"], settings.FIELD_KEYS
    make_inquiry(name="Lost")
    settings.FIELD_KEYS = keys
    make_inquiry(name="Ada")
    rows = table(download(client, columns=["reference", "name"]))
    assert [row["Name"] for row in rows] == ["(cannot be read)", "Ada"]


# Logged


def test_an_export_is_on_record_before_anything_is_sent(client, lead):
    inquiry = make_inquiry()
    other = make_inquiry(status="trying", next_action_on=days.today())
    client.post(PAGE, asked(columns=["reference", "name"]))  # not a byte is read
    row = Access.objects.get(act="exported")
    assert (row.by, row.count, row.details) == (lead, 1, "reference, name")
    assert row.reason == "For the board"
    [line] = Activity.objects.all()
    assert (line.inquiry, line.kind, line.by) == (inquiry, "exported", lead)
    assert line.fields == "reference, name"
    assert not other.activities.exists()


def test_the_reason_is_stored_encrypted(client, lead):
    client.post(PAGE, asked(reason="Zyxcanary"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM inquiries_access WHERE act = 'exported'")
        assert "Zyxcanary" not in cursor.fetchone()[0]


def test_what_is_sent_is_what_was_put_on_record(client, lead):
    """Whatever changes between the two."""
    first, second = make_inquiry(), make_inquiry()
    response = client.post(PAGE, asked(columns=["reference"]))
    Inquiry.objects.filter(pk=first.pk).update(status="contacted")
    later = make_inquiry()
    text = b"".join(response.streaming_content).decode()
    found = [row["Reference"] for row in table(text)]
    assert found == [first.reference_in_groups, second.reference_in_groups]
    assert later.reference_in_groups not in found


# Long ones


def store(count):
    known = Inquiry.objects.count()
    template = {"for_whom": "me", "contact_by": "call", "voicemail": "no", "consent_version": "1"}
    Inquiry.objects.bulk_create(
        Inquiry(
            reference=f"{number:08}",  # random ones might meet
            name=f"Name {number}",
            phone="(425) 555-0142",
            message="x" * 500,
            form_token=f"token {number}",
            **template,
        )
        for number in range(known, known + count)
    )


def peak_of_export(client):
    """The most memory held while the file is made and sent, in bytes."""
    tracemalloc.start()
    try:
        response = client.post(PAGE, asked(columns=["reference", "name", "message"]))
        length = sum(len(part) for part in response.streaming_content)
        return tracemalloc.get_traced_memory()[1], length
    finally:
        tracemalloc.stop()


def test_ten_times_the_rows_need_no_more_memory(client, lead, monkeypatch):
    monkeypatch.setattr(view, "BATCH", 50)
    store(100)
    peak_of_export(client)  # what is made once
    small, short = peak_of_export(client)
    store(900)
    large, long = peak_of_export(client)
    print(f"100 rows: {short:,} bytes, peak {small:,}. 1,000 rows: {long:,}, peak {large:,}")
    assert long > 9 * short
    assert large < 2 * small


def test_the_voicemail_column_follows_the_strictest_rule_of_a_number(client, lead):
    for answer in ("yes", "no"):
        make_searchable(voicemail=answer)
    first, second = table(download(client, columns=["voicemail"]))
    assert first == {"Voicemail": "No (another request from this number)"}
    assert second == {"Voicemail": "No"}


def test_it_is_one_query_for_a_batch(client, lead, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(view, "BATCH", 50)
    store(200)
    response = client.post(PAGE, asked(columns=["name"]))
    with django_assert_num_queries(4):
        b"".join(response.streaming_content)


def test_the_page_is_linked_by_name():
    assert reverse("admin:inquiries_inquiry_export") == PAGE
