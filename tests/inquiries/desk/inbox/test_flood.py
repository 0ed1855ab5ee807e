"""Staff find what is real in a flood, and move many requests at once."""

import pytest
from django.utils import timezone

from kapsite.inquiries.models import Access, Inquiry
from kapsite.inquiries.models.choices import Status
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
FLOOD = f"{LIST}?tab=flood"
MOVE = f"{LIST}flood/"


@pytest.fixture
def desk(client):
    client.user = sign_in(client, make_staff("front-desk"))
    return client


def flooded(**fields):
    at = timezone.now()
    fields = {"status": "flood", "flood": "network", "reply_by": at, "received_at": at} | fields
    return make_inquiry(**fields)


def worrying(**fields):
    return flooded(safety_concern=True, safety_concern_reason="Suicide", danger="suicide", **fields)


def move(client, to, *inquiries, **fields):
    newest = Inquiry.objects.latest("pk").pk
    sent = {"which": "selected", "newest": newest, "key": [each.pk for each in inquiries]}
    return client.post(MOVE, sent | {"to": to, "note": ""} | fields, follow=True)


def references(page) -> list[str]:
    found = [each for each in Page(page.text).all("span") if each["class"] == "ref"]
    return [each.words.replace(" ", "") for each in found]


def status_of(inquiry) -> str:
    return Inquiry.objects.get(pk=inquiry.pk).status


# Where they are seen


def test_a_flood_is_not_among_what_must_be_done_now(desk):
    real = make_inquiry(safety_concern=True, safety_concern_reason="Suicide")
    worrying()
    flooded()
    assert references(desk.get(LIST)) == [real.reference]


@pytest.mark.parametrize("tab", ["now", "new", "mine", "closed"])
def test_every_list_says_how_many_came_in_a_flood_and_how_many_may_be_in_danger(desk, tab):
    flooded()
    worrying()
    page = desk.get(f"{LIST}?tab={tab}").text
    assert "2 requests arrived in a flood" in page
    assert "1 with a safety concern" in page
    assert 'href="?tab=flood"' in page


def test_without_a_flood_nothing_is_said(desk):
    make_inquiry()
    assert "in a flood and" not in desk.get(LIST).text


def test_the_flood_list_begins_with_danger_and_goes_on_with_what_is_most_likely_real(desk):
    spammy = flooded(flood="network", spam_points=4)
    plain = flooded(flood="network", spam_points=0)
    elsewhere = flooded(flood="total", spam_points=4)
    danger = worrying(flood="network", spam_points=4)
    order = [each.reference for each in (danger, elsewhere, plain, spammy)]
    assert references(desk.get(FLOOD)) == order


def test_the_record_tells_that_it_came_in_a_flood(desk):
    page = desk.get(f"{LIST}{flooded().pk}/change/").text
    assert "Flood" in page
    assert "Many requests from one network" in page


# Restoring


def test_the_selected_ones_are_restored_and_the_others_stay(desk):
    first, second, third = flooded(), worrying(), flooded()
    page = move(desk, "restore", first, second)
    assert "2 requests moved to New. 1 left." in page.text
    assert [status_of(each) for each in (first, second, third)] == ["new", "new", "flood"]
    assert Inquiry.objects.get(pk=second.pk).safety_concern


def test_all_are_restored_at_once(desk):
    inquiries = [flooded() for _ in range(60)]  # more than a page
    page = move(desk, "restore", which="all")
    assert "60 requests moved to New." in page.text
    assert {status_of(each) for each in inquiries} == {"new"}


def test_a_restored_one_is_due_when_the_person_was_promised_a_reply(desk):
    inquiry = flooded()
    move(desk, "restore", inquiry)
    assert Inquiry.objects.get().due_at == inquiry.reply_by


def test_each_history_names_who_restored_it(desk):
    inquiry = flooded()
    move(desk, "restore", inquiry)
    line = inquiry.activities.get(kind="moved")
    assert (line.to_status, line.by) == ("new", desk.user)
    assert Inquiry.objects.get().version == inquiry.version + 1


def test_the_access_record_tells_what_was_done_with_how_many(desk):
    move(desk, "restore", flooded(), flooded())
    line = Access.objects.get(act="changed")
    assert (line.count, line.details) == (2, "flood: restore")


def test_what_came_after_the_page_was_made_is_not_moved(desk):
    seen = flooded()
    unseen = flooded()
    move(desk, "spam", which="all", newest=seen.pk)
    assert (status_of(seen), status_of(unseen)) == ("spam", "flood")


def test_one_that_a_colleague_moved_meanwhile_is_left_alone(desk):
    inquiry = flooded()
    Inquiry.objects.update(status=Status.CONTACTED)
    move(desk, "restore", inquiry)
    assert status_of(inquiry) == "contacted"


def test_only_what_came_in_a_flood_can_be_moved_so(desk):
    other = make_inquiry()
    move(desk, "spam", other)
    assert status_of(other) == "new"


# Spam


def test_selected_ones_are_marked_as_spam(desk):
    first, second = flooded(), flooded()
    page = move(desk, "spam", first)
    assert "1 request marked as spam. 1 left." in page.text
    assert [status_of(each) for each in (first, second)] == ["spam", "flood"]
    assert Inquiry.objects.get(pk=first.pk).due_at is None


def test_a_safety_concern_is_marked_as_spam_only_with_a_note(desk):
    inquiries = [flooded(), worrying()]
    page = move(desk, "spam", *inquiries)
    assert page.status_code == 400
    assert "Some of these have a safety concern" in page.text
    assert {status_of(each) for each in inquiries} == {"flood"}


def test_the_note_stands_in_the_history_of_each_safety_concern(desk):
    plain, danger = flooded(), worrying()
    move(desk, "spam", plain, danger, note="Called two: made up")
    inquiry = Inquiry.objects.get(pk=danger.pk)
    assert (inquiry.status, inquiry.safety_concern) == ("spam", False)
    assert inquiry.danger == "suicide"
    line = danger.activities.get(kind="changed")
    assert (line.note, line.fields, line.by) == ("Called two: made up", "safety_concern", desk.user)
    assert not plain.activities.filter(kind="changed").exists()


def test_what_was_selected_and_typed_survives_an_error(desk):
    chosen, other = worrying(), worrying()
    page = move(desk, "spam", chosen, note="x" * 501)
    assert page.status_code == 400
    boxes = [box for box in Page(page.text).all("input") if box["type"] == "checkbox"]
    assert {box["value"]: "checked" in box.attributes for box in boxes} == {
        f"{chosen.pk}.0": True,
        f"{other.pk}.0": False,
    }
    assert "x" * 501 in page.text


def test_nothing_selected_is_said_in_words(desk):
    flooded()
    page = move(desk, "restore")
    assert page.status_code == 400
    assert "Select at least one request" in page.text


def test_the_single_step_restores_one_too(desk):
    inquiry = flooded()
    desk.post(f"{LIST}{inquiry.pk}/step/restore/", {"version": 0})
    assert status_of(inquiry) == "new"


def test_in_a_filtered_list_only_the_selected_can_be_moved(desk):
    flooded()
    page = Page(desk.get(f"{FLOOD}&since=2020-01-01").text)
    assert [each["value"] for each in page.all("input") if each["name"] == "which"] == ["selected"]
