"""Several requests at once, from the list: each logged, all undone together, none overwritten."""

import html
import re

import pytest
from django.urls import reverse

from kapsite.inquiries.desk.inbox.rows import PER_PAGE
from kapsite.inquiries.models import Access, Inquiry, Undo
from tests.factories import make_inquiry, make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
BULK = f"{LIST}bulk/"


@pytest.fixture
def tom():
    return make_staff("front-desk", "tom", first_name="Tom")


@pytest.fixture
def three():
    return [make_inquiry() for _ in range(3)]


def keys(inquiries):
    return [f"{each.pk}.{each.version}" for each in inquiries]


def send(client, inquiries, action, query="", **sent):
    data = {"row": keys(inquiries), "action": action} | sent
    return client.post(f"{BULK}?{query}", data, follow=True)


def values(column):
    return list(Inquiry.objects.order_by("pk").values_list(column, flat=True))


def test_selected_requests_are_assigned_and_the_others_stay(client, ana, tom, three):
    page = send(client, three[:2], "assign", assigned_to=tom.pk).text
    assert values("assigned_to") == [tom.pk, tom.pk, None]
    assert "2 requests assigned to Tom." in page


def test_selected_requests_are_marked_as_spam_and_restored(client, ana, three):
    send(client, three, "spam")
    assert values("status") == ["spam"] * 3
    send(client, Inquiry.objects.all()[:2], "restore", "tab=spam")
    assert sorted(values("status")) == ["new", "new", "spam"]


def test_one_request_is_restored_by_the_button_in_its_row(client, ana):
    spam, other = make_inquiry(status="spam", spam_reasons="4 links"), make_inquiry(status="spam")
    page = client.get(LIST, {"tab": "spam"}).text
    assert "4 links" in page
    [key] = keys([spam])
    assert f'name="restore" value="{key}"' in page
    response = client.post(f"{BULK}?tab=spam", {"restore": key}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?tab=spam", 302)]
    assert values("status") == ["new", "spam"]
    assert other.pk


def test_each_request_is_logged_and_names_who_did_it(client, ana, three):
    send(client, three, "spam")
    logged = Access.objects.filter(act="changed").order_by("pk")
    assert [row.reference for row in logged] == [each.reference for each in three]
    assert {row.details for row in logged} == {"Mark as spam, from the list"}
    assert all(each.activities.filter(kind="moved", by=ana).exists() for each in three)


def test_all_are_undone_with_one_press(client, ana, tom, three):
    page = send(client, three, "assign", assigned_to=tom.pk).text
    [batch] = set(Undo.objects.values_list("batch", flat=True))
    undo = reverse("admin:inquiries_undo", args=[batch])
    assert undo in page
    page = client.post(undo, {"from_list": "yes"}, follow=True).text
    assert values("assigned_to") == [None] * 3
    assert "Undone. The 3 requests are as they were." in page


def test_an_undo_leads_back_to_the_list_it_was_pressed_on(client, ana, tom, three):
    send(client, three, "assign", assigned_to=tom.pk)
    page = client.get(f"{LIST}?tab=new").text
    [undo] = re.findall(r'action="([^"]*/undo/[^"]*)"', page)
    response = client.post(html.unescape(undo), {"from_list": "yes"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?tab=new", 302)]


def test_what_a_colleague_changed_meanwhile_is_left_alone(client, ana, tom, three):
    shown = keys(three)
    Inquiry.objects.filter(pk=three[0].pk).update(version=1, assigned_to=tom)
    page = client.post(BULK, {"row": shown, "action": "assign", "assigned_to": ana.pk}, follow=True)
    assert values("assigned_to") == [tom.pk, ana.pk, ana.pk]
    assert "1 request left alone: changed by someone else." in page.text


def test_a_safety_concern_is_never_marked_as_spam_from_the_list(client, ana, three):
    concern = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    page = send(client, [concern, *three], "spam").text
    assert values("status") == ["spam", "spam", "spam", "new"]
    assert "1 request left alone: open it to see why." in page


@pytest.mark.parametrize("action", ["close", "delete", "note", ""])
def test_nothing_else_can_be_done_from_the_list(client, ana, three, action):
    assert "Select at least one request first." in send(client, three, action, note="x").text
    assert values("version") == [0, 0, 0]


@pytest.mark.parametrize("row", ["x", "1", "1.x", "²3.0", f"{'9' * 30}.0", ""])
def test_what_is_no_row_of_the_list_is_left_out(client, ana, row):
    response = client.post(BULK, {"row": row, "action": "spam"}, follow=True)
    assert "Select at least one request first." in response.text


def test_no_more_than_a_page_is_changed_at_once(client, ana):
    inquiries = [make_inquiry() for _ in range(PER_PAGE + 1)]
    send(client, inquiries, "spam")
    assert values("status").count("spam") == PER_PAGE


def test_one_comes_back_to_the_same_list(client, ana, three):
    response = send(client, three, "spam", "tab=new&p=2")
    assert response.redirect_chain == [(f"{LIST}?tab=new&p=2", 302)]
