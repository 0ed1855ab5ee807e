"""Erasing one request on the desk: a page that says what goes, one click, and a receipt."""

import pytest
from django.utils import timezone

from kapsite.inquiries.models import Access, Activity, Erasure, Inquiry
from tests.factories import make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"


@pytest.fixture
def lead(client):
    return sign_in(client, make_staff("lead", "lena"))


@pytest.fixture
def inquiry():
    return make_inquiry(name="Zyxcanary", message="Zyxcanary", phone="(425) 555-0188")


def erase(client, inquiry, **changes):
    return client.post(f"{LIST}{inquiry.pk}/erase/", {"rule": "asked"} | changes, follow=True)


def test_the_page_says_what_goes_and_what_stays_and_shows_nothing_that_was_typed(
    client, lead, inquiry
):
    inquiry.record("noted", by=lead, note="Zyxcanary")
    page = client.get(f"{LIST}{inquiry.pk}/erase/").text
    assert "with 1 note of staff" in page
    assert f"Erase {inquiry.reference_in_groups}" in page
    assert "Copies in backups" in page
    assert "Zyxcanary" not in page
    assert "0188" not in page


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
    assert (row.by, row.reference, row.details) == (lead, inquiry.reference, "test")


def test_the_receipt_says_reference_time_and_reason_and_nothing_else(client, lead, inquiry):
    response = erase(client, inquiry)
    page = response.text
    receipt = page.partition('class="receipt"')[2].partition("</section>")[0]
    today = timezone.localtime().strftime("%A, %B ")
    assert inquiry.reference_in_groups in receipt
    assert today in receipt
    assert "Requested by the person" in receipt
    assert "lena" not in receipt
    assert client.get(response.redirect_chain[-1][0]).status_code == 200  # again, to print it


@pytest.mark.django_db(transaction=True)
def test_it_is_overwritten_at_once_when_nobody_is_in_the_way(client, shared_database):
    sign_in(client, make_staff("lead", "lena"))
    page = erase(client, make_inquiry()).text
    assert "It is gone from the files of the database too." in page


def test_when_somebody_is_in_the_way_the_receipt_says_so(client, lead, inquiry):
    assert "overwritten within the hours to come" in erase(client, inquiry).text


def test_a_request_that_is_gone_already_is_not_found(client, lead, inquiry):
    erase(client, inquiry)
    assert erase(client, inquiry).status_code == 404
    assert client.get(f"{LIST}{'9' * 30}/erase/").status_code == 404
    assert client.get(f"{LIST}erased/{'9' * 30}/").status_code == 404


@pytest.mark.parametrize("role", ["front-desk", "clinician", "site-admin", None])
def test_nobody_but_a_lead_may_erase_or_see_receipts(client, role, inquiry):
    erasure_record = Erasure.objects.create(reference="AAAA2222", rule="spam")
    sign_in(client, make_staff(role, "ben"))
    assert erase(client, inquiry).status_code == 403
    assert client.get(f"{LIST}erased/{erasure_record.pk}/").status_code == 403
    assert Inquiry.objects.get() == inquiry


def test_later_requests_of_the_same_person_stay(client, lead, inquiry):
    later = make_inquiry(same_person_as=inquiry)
    erase(client, inquiry)
    later.refresh_from_db()
    assert later.same_person_as is None


def test_who_looked_at_the_page_and_at_the_receipt_is_on_record(client, lead, inquiry):
    client.get(f"{LIST}{inquiry.pk}/erase/")
    erase(client, inquiry)
    seen = Access.objects.filter(reference=inquiry.reference).order_by("pk")
    assert list(seen.values_list("act", "details")) == [
        ("opened", "to erase it"),
        ("erased", "asked"),
        ("opened", "the receipt of its erasure"),
    ]
