"""Erasing one request on the desk: a page that says what goes, one click, and a receipt."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from kapsite.clinic.days import zone
from kapsite.inquiries.models import Access, Activity, Erasure, Inquiry
from kapsite.inquiries.models.request.search_digest import SearchDigest
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def inquiry():
    return make_inquiry(name="Ada", message="Zyxcanary", phone="(425) 555-0188")


def erase(client, inquiry, **changes):
    sent = {"rule": "asked", "requests": [inquiry.pk]} | changes
    return client.post(f"{LIST}{inquiry.pk}/erase/", sent, follow=True)


@pytest.fixture
def four():
    """Of one person, one long ago, with a number or an address in common; beside another's."""
    both = {"phone": "(425) 555-0188", "email": "ada@example.org"}
    first = make_inquiry(name="Ada", **both)
    others = [
        make_inquiry(name="Ada L.", phone="425.555.0188 ext. 3", received_at=LONG_AGO),
        make_inquiry(name="A. Lovelace", contact_by="email", phone="", voicemail="",
                     email="Ada@Example.org"),
        make_inquiry(name="Ada", phone="(206) 555-0100", same_person_as=first),
    ]  # fmt: skip
    make_inquiry(name="Someone", phone="(206) 555-0177")
    for each in Inquiry.objects.all():
        SearchDigest.objects.add_for(each)
    return [first, *others]


def test_the_page_names_the_person_and_lists_every_request_of_theirs_ticked(client, lead, four):
    page = Page(client.get(f"{LIST}{four[0].pk}/erase/").text)
    boxes = [each for each in page.all("input") if each["name"] == "requests"]
    assert {int(box["value"]) for box in boxes} == {each.pk for each in four}
    assert all("checked" in box.attributes for box in boxes)
    told = page.all("main")[0].words
    assert "You’re about to delete 4 requests from Ada. This can’t be undone." in told
    assert all(f"{each.name}, {each.reference_in_groups}" in told for each in four)
    assert "Ada" not in page.all("title")[0].words
    seen = Access.objects.filter(act="opened", details="delete page")
    assert {row.reference for row in seen} == {each.reference for each in four}


def test_those_that_are_ticked_are_erased_together_with_one_receipt(client, lead, four):
    response = erase(client, four[0], requests=[four[0].pk, four[1].pk, four[3].pk])
    assert {each.name for each in Inquiry.objects.all()} == {"A. Lovelace", "Someone"}
    erased = [four[0], four[1], four[3]]
    receipt = response.text.partition('class="receipt"')[2].partition("</section>")[0]
    assert all(each.reference_in_groups in receipt for each in erased)
    rows = Access.objects.filter(act="erased")
    assert {row.reference for row in rows} == {each.reference for each in erased}


def test_a_request_of_somebody_else_cannot_be_erased_along(client, lead, four):
    other = Inquiry.objects.latest("pk")
    assert (
        "Select from the requests in the list."
        in erase(client, four[0], requests=[four[0].pk, other.pk]).text
    )
    assert Inquiry.objects.count() == 5


def test_with_no_request_ticked_nothing_is_erased(client, lead, four):
    assert "Select at least one request." in erase(client, four[0], requests=[]).text
    assert Inquiry.objects.count() == 5


def test_the_page_says_what_goes_and_what_stays_and_shows_nothing_but_the_name(
    client, lead, inquiry
):
    inquiry.record("noted", by=lead, note="Zyxcanary")
    page = client.get(f"{LIST}{inquiry.pk}/erase/").text
    assert "including 1 staff note" in page
    assert f"Delete {inquiry.reference_in_groups}" in page
    assert "Copies in backups" in page
    assert "Zyxcanary" not in page
    assert "555-0188" not in page


def test_looking_at_the_page_erases_nothing(client, lead, inquiry):
    client.get(f"{LIST}{inquiry.pk}/erase/")
    assert Inquiry.objects.get() == inquiry


@pytest.mark.parametrize("sent", [{"rule": ""}, {"rule": "spam"}, {"rule": "\0"}])
def test_without_one_of_the_reasons_nothing_is_erased(client, lead, inquiry, sent):
    response = erase(client, inquiry, **sent)
    assert "There is a problem" in response.text
    assert Inquiry.objects.get() == inquiry
    assert not Access.objects.filter(act="erased").exists()


def test_one_click_erases_it_and_leaves_a_trace(client, lead, inquiry):
    erase(client, inquiry, rule="test")
    assert not Inquiry.objects.exists()
    assert not Activity.objects.exists()
    [erasure_record] = Erasure.objects.all()
    assert (erasure_record.reference, erasure_record.rule, erasure_record.by) == (
        inquiry.reference,
        "test",
        lead,
    )
    row = Access.objects.get(act="erased")
    assert (row.by, row.reference, row.details) == (lead, inquiry.reference, "Test request")


def test_the_receipt_says_reference_time_and_reason_and_nothing_else(client, lead, inquiry):
    response = erase(client, inquiry)
    page = response.text
    receipt = page.partition('class="receipt"')[2].partition("</section>")[0]
    today = timezone.localtime(timezone=zone()).strftime("%A, %B ")
    assert inquiry.reference_in_groups in receipt
    assert today in receipt
    assert "Requested by the person" in receipt
    assert "lena" not in receipt
    assert client.get(response.redirect_chain[-1][0]).status_code == 200  # again, to print it


@pytest.mark.django_db(transaction=True)
def test_it_is_overwritten_at_once_when_nobody_is_in_the_way(client, shared_database):
    sign_in(client, make_staff("lead", "lena"))
    page = erase(client, make_inquiry()).text
    assert "Nothing is left of it in the database." in page


def test_when_somebody_is_in_the_way_the_receipt_says_so(client, lead, inquiry):
    assert "overwritten within a few hours" in erase(client, inquiry).text


def test_a_request_that_is_gone_already_is_not_found(client, lead, inquiry):
    erase(client, inquiry)
    assert erase(client, inquiry).status_code == 404
    assert client.get(f"{LIST}{'9' * 30}/erase/").status_code == 404
    assert client.get(f"{LIST}erased/{'9' * 30}/").status_code == 404


def test_viewing_the_page_and_the_receipt_is_logged(client, lead, inquiry):
    client.get(f"{LIST}{inquiry.pk}/erase/")
    erase(client, inquiry)
    seen = Access.objects.filter(reference=inquiry.reference).order_by("pk")
    assert list(seen.values_list("act", "details")) == [
        ("opened", "delete page"),
        ("erased", "Requested by the person"),
        ("opened", "deletion receipt"),
    ]
