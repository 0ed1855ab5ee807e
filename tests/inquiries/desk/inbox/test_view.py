"""The list of requests: what needs a person first, and nothing a role may not see."""

import re
import secrets
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from itertools import count
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kapsite.clinic.days import day_of
from kapsite.encryption.keyring import Keyring
from kapsite.inquiries.desk.inbox.behind import neighbors
from kapsite.inquiries.desk.inbox.query import InboxQuery
from kapsite.inquiries.desk.inbox.rows import PER_PAGE
from kapsite.inquiries.desk.inbox.tabs import MOST_COUNTED, in_digits
from kapsite.inquiries.desk.page_parts.addresses import FROM_LIST
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.logs.access_log import Access
from kapsite.inquiries.models.request.deadlines import next_due
from kapsite.inquiries.models.request.search_digest import SearchDigest
from kapsite.text.cleaning import UNSEEN, visible
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
NOW = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FOUND = re.compile(r'<th scope="row"[^>]*>.*?<a href="([^"]+)".*?>([A-Z0-9]{4} [A-Z0-9]{4})<')
number = count(1)


@pytest.fixture
def noon(monkeypatch):
    """A Monday at noon; ask for it before anybody signs in."""
    noon = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    monkeypatch.setattr(timezone, "now", lambda: noon)
    return noon


@pytest.fixture
def ben(client):
    """A clinician, who may open requests but sees no names in the list."""
    return sign_in(client, make_staff("clinician", "ben"))


def closed(**more):
    return {"status": "closed", "outcome": "declined", "closed_at": NOW - HOUR} | more


def store(due=None, digests=True, **answers):
    """An inquiry that is due then, and can be found."""
    inquiry = make_inquiry(**{"form_token": f"form {next(number)}"} | answers)
    Inquiry.objects.filter(pk=inquiry.pk).update(due_at=due)
    if digests:
        SearchDigest.objects.add_for(inquiry)
    return inquiry


def listed(client, **query):
    """References on the page, in its order."""
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [reference for _, reference in FOUND.findall(page.text)]


def of(*inquiries):
    return [inquiry.reference_in_groups for inquiry in inquiries]


# What is where


def test_what_needs_a_person_now_comes_first(noon, client, ben):
    waiting = {"status": "waiting", "next_action_on": noon.date()}
    today = store(due=noon + HOUR, status="contacted")
    new = store(due=noon + 9 * DAY)
    late = store(due=noon - HOUR, **waiting)
    later = store(due=noon - 2 * DAY)
    care = store(due=noon + 9 * DAY, safety_concern=True, safety_concern_reason="Said so")
    store(due=noon + 9 * DAY, **waiting)
    assert listed(client) == of(care, later, late, new, today)


CONCERN = {"safety_concern": True, "safety_concern_reason": "Said so"}


def test_of_safety_concerns_the_newest_that_nobody_reached_comes_first(noon, client, ben):
    trying = {"status": "trying", "next_action_on": noon.date()}
    reached = store(status="contacted", received_at=noon, **CONCERN)
    old = store(due=noon - DAY, received_at=noon - 3 * DAY, **CONCERN)
    called = store(due=noon + HOUR, received_at=noon - DAY, **trying, **CONCERN)
    newest = store(due=noon + DAY, received_at=noon - HOUR, **CONCERN)
    assert listed(client) == of(newest, called, old, reached)


def test_the_groups_are_named(client, ben):
    store(due=NOW - HOUR)
    store(due=NOW + 9 * DAY)
    groups = re.findall(r'scope="rowgroup"[^>]*>(.*?)<', client.get(LIST).text)
    assert groups == ["Overdue", "New"]


def test_likely_spam_needs_nobody_now_unless_it_has_a_safety_concern(client, ben):
    store(status="spam")
    care = store(status="spam", safety_concern=True, safety_concern_reason="Said so")
    assert listed(client) == of(care)


@pytest.mark.parametrize(
    ("tab", "fields"),
    [
        ("new", {"status": "new"}),
        ("trying", {"status": "trying", "next_action_on": day_of(NOW)}),
        ("waiting", {"status": "waiting", "next_action_on": day_of(NOW)}),
        ("contacted", {"status": "contacted"}),
        ("scheduled", {"status": "scheduled"}),
        ("spam", {"status": "spam"}),
        ("closed", closed()),
    ],
)
def test_each_state_has_a_tab(client, ben, tab, fields):
    other = closed() if tab != "closed" else {"status": "new"}
    store(**other)
    ours = store(**fields)
    assert listed(client, tab=tab) == of(ours)
    page = client.get(LIST, {"tab": tab}).text
    assert re.search(r'aria-current="page">\w+ <span class="n">1</span>', page)


def test_mine_holds_what_is_with_me_and_open(client, ben):
    mine = store(assigned_to=ben)
    store()
    store(assigned_to=ben, **closed())
    assert listed(client, tab="mine") == of(mine)


def test_all_holds_everything_the_newest_first(client, ben):
    older = store(received_at=NOW - DAY, **closed())
    newer = store(received_at=NOW - HOUR, status="spam")
    assert listed(client, tab="all") == of(newer, older)


def test_an_unknown_tab_is_the_first_one(client, ben):
    new = store()
    assert listed(client, tab="x") == of(new)


def test_counting_stops_at_a_thousand(client, ben, monkeypatch):
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.tabs.MOST_COUNTED", 2)
    for _ in range(4):
        store(digests=False)
    page = client.get(LIST, {"tab": "all"}).text
    assert 'All <span class="n">2+</span>' in page
    assert MOST_COUNTED == 1000


@pytest.mark.parametrize(
    ("page", "words"), [(1, "1–2 of 3+"), (2, "3–4 of 4+"), (3, "5–6 of 6+"), (4, "7–7 of 7")]
)
def test_the_total_is_never_less_than_what_is_shown(client, ben, monkeypatch, page, words):
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.tabs.MOST_COUNTED", 3)
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.rows.PER_PAGE", 2)
    for _ in range(7):
        store(digests=False)
    assert f"<p>{words}</p>" in client.get(LIST, {"tab": "all", "p": page}).text
    assert in_digits(1001, at_least=10_000) == "10,000+"


# What a row says


def row(client, **query):
    """The words of the first row by the classes of its cells."""
    page = Page(client.get(LIST, query).text)
    cells = [cell for cell in page.all("td") if cell["role"] == "cell"]
    return {cell["class"].split()[-1]: cell.words for cell in reversed(cells)}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Call No voicemail No voicemail · Any time"),
        ({"voicemail": "yes"}, "Call Voicemail OK Any time"),
        ({"voicemail": "discreet"}, "Call Voicemail: first name and number only Any time"),
        (
            {"voicemail": "yes", "times": "morning,evening"},
            "Call Voicemail OK Mornings or evenings",
        ),
        ({"contact_by": "text", "times": "evening"}, "Text Evenings"),
        ({"contact_by": "email", "email": "ada@example.org"}, "Email Any time"),
        (
            {"contact_by": "text", "language": "Spanish", "aids": "interpreter,relay"},
            "Text Interpreter · Relay (711) · Spanish",
        ),
        ({"contact_by": "text", "for_whom": "other"}, "Text For someone else"),
        ({"contact_by": "text", "for_whom": "clinician"}, "Text Referral"),
        (
            {"withdrawn_at": NOW, "status": "contacted", "safety_concern": True}
            | {"safety_concern_reason": "Said so"},
            "Withdrawn: don’t contact",
        ),
    ],
)
def test_a_row_says_how_to_reach_the_person_safely(client, ana, fields, words):
    store(**fields)
    assert row(client, tab="all")["how"] == words


def test_a_row_follows_the_strictest_voicemail_rule_of_its_number(client, ben):
    store(voicemail="yes", phone="(425) 555-0142")
    store(voicemail="no", phone="425 555 0142")
    page = client.get(LIST).text
    assert page.count('<b class="strict" aria-hidden="true">No voicemail ·</b>') == 2
    assert ">Voicemail OK</span>" not in page


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (-DAY - HOUR, "1 day late"),
        (-3 * HOUR - timedelta(minutes=1), "3 h late"),
        (-timedelta(minutes=5), "5 min late"),
        (2 * HOUR + timedelta(minutes=30), "in 2 h"),
        (DAY, "tomorrow"),
        (5 * DAY, "in 5 days"),
    ],
)
def test_a_row_says_how_much_time_is_left(noon, client, ben, due, words):
    store(due=noon + due)
    assert row(client, tab="all")["due"].endswith(words)


@pytest.mark.parametrize(
    ("status", "day", "at", "shown"),
    [
        ("scheduled", date(2026, 12, 5), None, "Sat Dec 5"),
        ("waiting", date(2027, 1, 4), None, "Mon Jan 4, 2027"),
        ("trying", date(2026, 12, 5), time(15, 30), "Sat Dec 5, 3:30 PM"),
        ("trying", date(2026, 11, 23), time(16), "Today, 4 PM"),
        ("waiting", date(2026, 11, 23), None, "Today"),
        ("scheduled", date(2026, 12, 5), time(9), "Sat Dec 5, 9 AM"),
    ],
)
def test_a_row_names_the_weekday_and_date_of_the_next_step(
    noon, client, ben, status, day, at, shown
):
    step = {"next_action_on": day, "next_action_time": at}
    due = next_due(make_inquiry(status=status, **step))
    Inquiry.objects.all().delete()
    store(due=due, status=status, **step)
    assert row(client, tab=status)["due"].rpartition(" in ")[0] == shown


def test_a_new_request_names_the_day_by_which_it_is_answered(noon, client, ben):
    store(due=datetime(2026, 12, 8, 1, tzinfo=UTC))  # 5 PM the day before in Seattle
    assert row(client, tab="new")["due"] == "Mon Dec 7 in 14 days"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=2), "Received 2 min ago"),
        (3 * HOUR, "Received 3 h ago"),
        (DAY, "Received yesterday"),
        (3 * DAY, "Received Fri"),
        (59 * DAY, "Received Sep 25"),
        (800 * DAY, "Received Sep 14, 2024"),
    ],
)
def test_a_row_says_when_the_request_came(noon, client, ben, length, words):
    store(received_at=noon - length)
    assert row(client, tab="all")["last"] == words


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        ({"kind": "called", "attempt": "no_answer"}, "No answer · 2 h ago"),
        ({"kind": "moved", "to_status": "waiting"}, "To Waiting · 2 h ago"),
        ({"kind": "noted", "note": "Canary"}, "Note · 2 h ago"),
        ({"kind": "corrected"}, "Changed by the person · 2 h ago"),
    ],
)
def test_a_row_says_what_was_done_last_apart_from_looking(noon, client, ben, activity, words):
    inquiry = store()
    inquiry.record(by=None if activity["kind"] == "corrected" else ben, **activity,
                   at=noon - 2 * HOUR)  # fmt: skip
    inquiry.record("viewed", by=ben, at=noon)
    assert row(client)["last"] == words
    assert "Canary" not in client.get(LIST).text


def test_what_the_person_changed_stands_out_until_a_colleague_opens_it(client, ben):
    inquiry = store()
    inquiry.record("corrected")
    assert '<span class="chip chip-info">Changed by the person' in client.get(LIST).text
    client.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]))
    assert "chip-info" not in client.get(LIST).text


def test_a_row_says_that_nobody_has_opened_it(client, ben):
    inquiry = store()
    assert "Not opened yet" in client.get(LIST).text
    Inquiry.objects.filter(pk=inquiry.pk).update(opened_by=ben, opened_at=NOW)
    assert "Not opened yet" not in client.get(LIST).text


def test_likely_spam_says_when_it_will_be_deleted(client, ben):
    store(status="spam", received_at=timezone.now() - 10 * DAY)
    page = client.get(LIST, {"tab": "spam"}).text
    assert "Deleted in 4 days" in page
    assert "is kept for 14 days" in page


def test_days_among_spam_count_from_when_somebody_set_it_aside(client, ben):
    inquiry = store(status="spam", received_at=timezone.now() - 10 * DAY)
    moved = {"to_status": "spam", "at": timezone.now() - 3 * DAY}
    inquiry.record("moved", by=ben, **moved)
    assert "Deleted in 11 days" in client.get(LIST, {"tab": "spam"}).text


def test_a_closed_request_is_not_overdue(client, ben):
    store(due=NOW - DAY, **closed())
    assert " late" not in client.get(LIST, {"tab": "all"}).text


# What a row does not say


def test_names_are_shown_to_those_who_may_see_them_in_the_list(client, ana):
    store(name="Canary")
    assert '<bdi class="name">Canary</bdi>' in client.get(LIST).text


def test_others_see_no_name_and_none_is_read(client, ben):
    store(name="Canary")
    with CaptureQueriesContext(connection) as queries:
        page = client.get(LIST).text
    assert "Canary" not in page
    read = [query["sql"] for query in queries if '"inquiries_inquiry"."name"' in query["sql"]]
    assert [sql for sql in read if "inquiries_undo" not in sql] == []


@pytest.mark.parametrize("column", ["phone", "email", "message", "topics", "safety_concern_reason"])
def test_the_list_reads_nothing_else_that_was_typed(client, ana, column):
    store()
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert not [query for query in queries if f'"inquiries_inquiry"."{column}"' in query["sql"]]


def test_only_the_names_and_numbers_on_the_page_are_decrypted(client, ana, monkeypatch):
    for _ in range(PER_PAGE + 3):
        store(digests=False)
    opened, decrypt = [], Keyring.decrypt

    def count(self, stored, place, row=""):
        opened.append(place)
        return decrypt(self, stored, place, row)

    monkeypatch.setattr(Keyring, "decrypt", count)
    client.get(LIST)
    of_requests = [place for place in opened if not place.startswith("session ")]
    expected = [f"inquiries_inquiry.{column}" for column in ("name", "phone_e164")]
    assert sorted(of_requests) == sorted(expected * PER_PAGE)


def test_a_name_that_no_key_opens_hides_no_other(client, ana):
    store(name="Canary")
    broken = store()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inquiries_inquiry SET name = phone WHERE id = %s", [broken.pk])
    page = client.get(LIST).text
    assert "(cannot be read)" in page
    assert "Canary" in page


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7|add:7 }}{% now 'Y' %}",
        "\u202eadA\u2066",
        "\x01\x02",
    ],
)
def test_a_hostile_name_stays_text_within_its_place(client, ana, name):
    store(name=name)
    page = client.get(LIST).text
    [shown] = re.findall(r'<bdi class="name">(.*?)</bdi>', page, re.DOTALL)
    assert "<" not in shown
    assert unescape(shown) == visible(name)
    assert not UNSEEN.search(page)


def test_the_title_and_the_addresses_name_nobody(client, ana):
    store(name="Canary")
    store(name="Canary")
    page = client.post(LIST, {"q": "canary"}, follow=True).text
    assert '<bdi class="name">Canary</bdi>' in page
    assert "Canary" not in re.search(r"<title>.*?</title>", page, re.DOTALL)[0]
    assert not [link for link in re.findall(r'(?:href|action)="(.*?)"', page) if "anary" in link]


# Filters


def test_filtered_by_person(client, ben):
    mine, nobodys = store(assigned_to=ben), store()
    assert listed(client, person=ben.pk) == of(mine)
    assert listed(client, person="nobody") == of(nobodys)


def test_filtered_by_topic(client, ben):
    store(topics="anxiety")
    store()
    both = store(topics="depression,pain")
    assert listed(client, topic="pain") == of(both)
    assert listed(client, topic="depression", tab="all") == of(both)


def test_a_common_topic_is_filtered_as_a_rare_one_is(client, ben, monkeypatch):
    ours, nobodys = store(topics="pain", assigned_to=ben), store(topics="pain")
    store(assigned_to=ben)
    wanted = [({"topic": "pain"}, of(ours, nobodys)), ({"person": ben.pk}, of(ours))]
    wanted.append(({"person": "nobody"}, of(nobodys)))
    wanted.append(({"tab": "all"}, of(nobodys, ours)))  # the newest first
    for rare in (10, 1):
        monkeypatch.setattr("kapsite.inquiries.desk.inbox.query.RARE", rare)
        assert [listed(client, **{"topic": "pain"} | query) for query, _ in wanted] == [
            found for _, found in wanted
        ]


def test_a_topic_is_found_whichever_key_its_digest_was_made_with(client, ben, settings):
    ours = store(topics="pain")
    settings.FIELD_KEYS = [secrets.token_urlsafe(32), *settings.FIELD_KEYS]
    newer = store(topics="pain")
    assert listed(client, topic="pain") == of(ours, newer)


def test_filtered_by_the_day_received_in_the_clinics_time(client, ben):
    store(received_at="2026-11-02T07:59:59Z")
    first = store(received_at="2026-11-02T08:00Z")  # midnight in Seattle
    last = store(received_at="2026-11-04T07:59Z")
    store(received_at="2026-11-04T08:00Z")
    assert listed(client, since="2026-11-02", until="2026-11-03") == of(first, last)


def test_a_filter_says_what_is_wrong_with_it(client, ben):
    store()
    page = client.get(LIST, {"since": "soon", "person": "x"}).text
    assert "Enter a date, like 12/31/2026" in page
    assert "Select a valid choice." in page


def test_filters_stay_on_from_tab_to_tab(client, ben):
    page = client.get(LIST, {"topic": "pain", "tab": "closed"}).text
    assert '?tab=new&amp;topic=pain">New</a>' in page
    assert '?tab=closed">Clear filters</a>' in page


@pytest.mark.parametrize(
    "query",
    [
        "name=Ada",
        "message__startswith=a",
        "assigned_to__password__startswith=a",
        "status__exact=new",
        "o=1",
        "e=1",
        "all=1",
        "_to_field=password",
        "_facets=True",
    ],
)
def test_the_address_can_ask_for_nothing_that_the_list_does_not_offer(client, ben, query):
    assert client.get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"tab": "\0"},
        {"person": "9" * 30},
        {"person": "\0"},
        {"topic": "other'--"},
        {"since": "9999-12-31"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"p": "9" * 50},
        {"p": "٣"},
        {"p": "-1"},
        {"p": "100000"},
        {"q": "\0"},
    ],
)
def test_no_value_breaks_the_list(client, ben, query):
    store()
    assert client.get(LIST, query).status_code == 200


# Search


def test_a_search_can_be_narrowed_to_a_tab(client, ben):
    new, old = store(name="Ada"), store(name="Ada", **closed())
    address = client.post(LIST, {"q": "ada"}).headers["Location"]
    [sealed] = parse_qs(urlsplit(address).query)["q"]
    assert listed(client, q=sealed) == of(old, new)
    assert listed(client, q=sealed, tab="closed") == of(old)


def test_a_search_that_finds_nothing_says_what_it_looks_for(client, ben):
    page = client.post(LIST, {"q": "nobody"}, follow=True).text
    assert "No requests match this search." in page
    assert "the first three letters of a name are enough" in page


# Pages


def test_a_long_list_has_pages(client, ben):
    inquiries = [store(digests=False, received_at=NOW - n * DAY) for n in range(PER_PAGE + 1)]
    first = client.get(LIST, {"tab": "all"}).text
    assert '<a href="?tab=all&amp;p=2" rel="next">' in first
    assert 'rel="prev"' not in first
    assert listed(client, tab="all", p=2) == of(inquiries[-1])
    assert '<a href="?tab=all" rel="prev">' in client.get(LIST, {"tab": "all", "p": 2}).text


def test_beyond_the_last_page_there_is_a_way_back(client, ben):
    assert "Go to the first page" in client.get(LIST, {"tab": "all", "p": 9}).text


def test_the_last_page_that_can_be_asked_for_says_how_to_find_what_is_older(
    client, ben, monkeypatch
):
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.rows.PER_PAGE", 1)
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.rows.LAST_PAGE", 2)
    for _ in range(3):
        store(digests=False)
    pages = [client.get(LIST, {"tab": "all", "p": page}).text for page in (1, 2)]
    assert ['rel="next"' in page for page in pages] == [True, False]
    assert ["The list ends here" in page for page in pages] == [False, True]


def test_an_empty_list_says_so_kindly(client, ben):
    page = client.get(LIST).text
    assert "You’re all caught up." in page
    assert 'class="list"' not in page


# From record to record


def ways(client, rf, user, inquiry, **query):
    """The records before and after, as the record's own address leads to them."""
    page = client.get(LIST, query).text
    links = {there: unescape(url) for url, there in FOUND.findall(page)}
    request = rf.get(links[inquiry.reference_in_groups])
    request.user = user
    return neighbors(request, inquiry)


def key_in(url):
    return int(re.search(r"/(\d+)/change/", url)[1])


def test_a_record_leads_to_the_one_before_and_after_in_the_list(client, rf, ben):
    one, two, three = (store(due=NOW - n * DAY) for n in (3, 2, 1))
    before, after = ways(client, rf, ben, two)
    assert (key_in(before), key_in(after)) == (one.pk, three.pk)
    assert ways(client, rf, ben, one)[0] is None
    assert ways(client, rf, ben, three)[1] is None


def test_the_way_stays_within_the_filters(client, rf, ben):
    one, _, three = (
        store(due=NOW - 3 * DAY, topics="pain"),
        store(due=NOW - 2 * DAY),
        store(due=NOW - DAY, topics="pain"),
    )
    _, after = ways(client, rf, ben, one, topic="pain")
    assert key_in(after) == three.pk
    assert "topic%3Dpain" in after


def test_the_way_goes_on_to_the_next_page_and_back(client, rf, ben):
    inquiries = [store(digests=False, received_at=NOW - n * DAY) for n in range(PER_PAGE + 2)]
    _, after = ways(client, rf, ben, inquiries[PER_PAGE - 1], tab="all")
    assert key_in(after) == inquiries[PER_PAGE].pk
    assert "p%3D2" in after
    before, after = ways(client, rf, ben, inquiries[PER_PAGE], tab="all", p=2)
    assert key_in(before) == inquiries[PER_PAGE - 1].pk
    assert "p%3D2" not in before
    assert key_in(after) == inquiries[PER_PAGE + 1].pk


def test_a_record_that_left_the_list_leads_to_the_first_of_it(client, rf, ben):
    first, dealt_with = store(due=NOW - 2 * DAY), store(due=NOW - DAY)
    url = reverse("admin:inquiries_inquiry_change", args=[dealt_with.pk])
    Inquiry.objects.filter(pk=dealt_with.pk).update(**closed())
    request = rf.get(url, {FROM_LIST: "tab=now"})
    request.user = ben
    before, after = neighbors(request, dealt_with)
    assert (before, key_in(after)) == (None, first.pk)


@pytest.mark.parametrize("query", [{}, {FROM_LIST: "name=Ada"}])
def test_without_a_list_there_is_no_way(rf, ben, query):
    request = rf.get("/", query)
    request.user = ben
    assert neighbors(request, store()) == (None, None)


# Logged


def test_looking_at_the_list_is_on_record(client, ben):
    store(topics="pain")
    client.get(LIST, {"tab": "new", "topic": "pain"})
    [access] = Access.objects.all()
    assert (access.act, access.by, access.count) == ("listed", ben, 1)
    assert access.details == "tab new, topic"


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("Canary", "name"),
        ("canary@example.org", "email"),
        ("(425) 555-0142", "phone"),
        ("0142", "last four"),
    ],
)
def test_a_search_is_on_record_without_what_was_looked_for(client, ben, term, kind):
    client.post(LIST, {"q": term}, follow=True)
    [access] = Access.objects.all()
    assert (access.act, access.details) == ("searched", f"{kind}, tab all")


def test_a_search_by_reference_is_on_record_as_such(client, ben):
    client.post(LIST, {"q": store().reference_in_groups})
    assert Access.objects.get().details == "reference, tab all"


@pytest.mark.parametrize(
    ("narrowed", "told"),
    [
        ({"q": "Canary"}, "from the list: name, tab all"),
        ({"topic": "pain"}, "from the list: tab now, topic"),
        ({"tab": "all"}, ""),
    ],
)
def test_a_list_known_by_the_way_through_its_records_is_on_record(client, ben, narrowed, told):
    """Whoever never opens the list still learns from "next" what a search finds."""
    if "q" in narrowed:
        narrowed = dict(parse_qsl(urlsplit(client.post(LIST, narrowed)["location"]).query))
    url = reverse("admin:inquiries_inquiry_change", args=[store().pk])
    client.get(url, {FROM_LIST: urlencode(narrowed)})
    access = Access.objects.get()
    assert (access.act, access.details) == ("opened", told)


def test_nothing_is_shown_when_it_cannot_be_put_on_record(client, ben, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("kapsite.inquiries.desk.inbox.view.log_access", fail)
    client.raise_request_exception = False
    inquiry = store()
    response = client.get(LIST)
    assert response.status_code == 500
    assert inquiry.reference_in_groups not in response.text


def test_somebody_without_the_right_sees_no_list(client):
    sign_in(client, make_staff("site-admin", "eve"))
    inquiry = store()
    response = client.get(LIST)
    assert response.status_code == 403
    assert inquiry.reference_in_groups not in response.text
    assert client.post(LIST, {"q": "ada"}).status_code == 403


# While the list stays open


def test_an_open_list_learns_how_many_wait_and_how_many_came(client, ben):
    old = store()
    page = client.get(LIST).text
    assert f"waiting/?since={old.pk}" in page
    store()
    store(status="spam")
    assert client.get(f"{LIST}waiting/", {"since": old.pk}).json() == {"now": "2", "new": "1"}
    assert not Access.objects.exclude(act="listed").exists()


@pytest.mark.parametrize("since", ["", "x", "²", "-1", "9" * 30])
def test_what_is_no_key_is_refused(client, ben, since):
    assert client.get(f"{LIST}waiting/", {"since": since}).status_code == 400


def test_the_title_counts_what_waits(client, ben):
    store()
    assert "<title>(1) Inbox | Desk</title>" in client.get(LIST).text


# Cost


BY_INDEX = [
    ({"tab": "closed"}, "inquiry_status"),
    ({"tab": "all"}, "inquiry_received"),
    ({"tab": "all", "person": "ben"}, "inquiry_person"),
    ({"tab": "closed", "person": "ben"}, "inquiry_person"),
    ({"tab": "closed", "person": "ben", "topic": "pain"}, "primary key"),
    ({"tab": "all", "person": "nobody", "topic": "pain", "since": "2026-01-01"}, "primary key"),
    ({"tab": "closed", "since": "2026-01-01"}, "inquiry_status (status=? and received_at>?)"),
    ({"tab": "withdrawn", "person": "ben", "since": "2026-01-01"}, "inquiry_withdrawn"),
    ({"tab": "now", "person": "ben"}, "covering index inquiry_mine"),
    ({"tab": "now", "since": "2026-01-01"}, "covering index inquiry_"),
    ({"tab": "now"}, "covering index inquiry_"),
    ({"tab": "mine"}, "covering index inquiry_mine"),
    ({"tab": "spam"}, "covering index inquiry_open"),
]


@pytest.mark.sqlite  # PostgreSQL decides by what is there
@pytest.mark.parametrize(("query", "index"), BY_INDEX)
def test_a_list_is_found_by_an_index_that_has_its_order_or_few_requests(ben, query, index):
    address = QueryDict(mutable=True)
    address.update(query | ({"person": str(ben.pk)} if query.get("person") == "ben" else {}))
    plan = InboxQuery(address, ben).keys().explain().lower()
    asked = [line for line in plan.splitlines() if "inquiries_inquiry" in line]
    assert all(index in line for line in asked), plan


ASKED = [
    {},
    {"tab": "new"},
    {"tab": "spam"},
    {"tab": "closed"},
    {"tab": "all"},
    {"topic": "pain"},
    {"person": "nobody"},
]


def test_the_list_costs_as_many_queries_with_two_pages_of_requests_as_with_few(client, ana):
    states = [{"status": "new"}, {"status": "spam"}, closed(opened_by=ana)]

    def asked(query):
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST, query)
        return len(captured)

    def queries():  # the least of two, because now and then one also prolongs the session
        return [min(asked(query) for _ in range(2)) for query in ASKED]

    for n in range(6):
        store(topics="pain", **states[n % 3])
    few = queries()
    for n in range(2 * PER_PAGE):
        store(topics="pain", **states[n % 3])
    assert queries() == few
