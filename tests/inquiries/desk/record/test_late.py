"""What staff did before they could see a withdrawal is kept, and nothing typed is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kapsite.clinic.days import today
from kapsite.inquiries.data_protection import erasure
from kapsite.inquiries.intake import withdrawal
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.logs.erasure_log import Rule
from tests.factories import make_inquiry, make_staff, sign_in
from tests.html import Page
from tests.inquiries.desk.record.test_view import hidden, record, step

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
SOON = (today() + timedelta(days=4)).isoformat()
NOTE = "She rang back: zyxnote."


@pytest.fixture(params=["front-desk", "lead"])
def ana(request, client):
    return sign_in(client, make_staff(request.param, "ana"))


@pytest.fixture
def begin(client, ana):
    """Open a request, let the person withdraw it, and give what the page sends with a step."""

    def opened(**fields):
        inquiry = make_inquiry(**fields)
        page = client.get(record(inquiry)).text
        withdrawal.withdraw(inquiry.pk, timezone.now())
        sent = {name: hidden(page, name) for name in ("version", "seen")}
        return inquiry, sent | {"next_action_on": SOON, "note": NOTE}

    return opened


def done(inquiry):
    rows = inquiry.activities.filter(by__isnull=False).exclude(kind="viewed").order_by("pk")
    return [(row.kind, row.attempt, row.to_status, row.note) for row in rows]


def typed_on(response):
    assert response.status_code == 409
    assert "no-store" in response["Cache-Control"]
    [field] = [each for each in Page(response.text).all("textarea") if NOTE in each.words]
    return field.words.strip()


def test_once_they_spoke_it_is_a_request_to_delete_that_the_lead_sees(client, begin):
    inquiry, sent = begin()
    page = client.post(step(inquiry, "spoke"), sent, follow=True).text
    assert f"Call saved. The person withdrew {inquiry.reference_in_groups} in the meantime" in page
    assert "do not contact them" in page
    found = Inquiry.objects.get()
    assert (found.status, found.is_deletion_request, found.due_at) == ("contacted", True, None)
    assert found.first_contact_at
    assert done(inquiry) == [("called", "spoke", "", NOTE), ("moved", "", "contacted", "")]
    assert inquiry.reference_in_groups in client.get(f"{LIST}?tab=withdrawn").text
    undone = withdrawal.undo(inquiry.pk)
    assert (undone.status, undone.next_action_on.isoformat()) == ("contacted", SOON)
    assert undone.due_at


@pytest.mark.parametrize(("name", "status"), [("no_answer", "trying"), ("note", "new")])
def test_an_attempt_or_a_note_is_kept_and_the_request_stays_hidden(client, begin, name, status):
    inquiry, sent = begin()
    page = client.post(step(inquiry, name), sent, follow=True).text
    assert "do not contact them" in page
    assert inquiry.reference_in_groups not in client.get(f"{LIST}?tab=all").text
    assert Inquiry.objects.get().status == "withdrawn"
    assert NOTE in [note for _, _, _, note in done(inquiry)]
    assert withdrawal.undo(inquiry.pk).status == status


@pytest.mark.parametrize("name", ["spoke", "no_answer", "note"])
def test_a_button_pressed_twice_saves_once_and_says_so_twice(client, begin, name):
    inquiry, sent = begin()
    for _ in range(2):
        assert client.post(step(inquiry, name), sent).status_code == 302
    assert [note for _, _, _, note in done(inquiry)].count(NOTE) == 1


@pytest.mark.parametrize("fields", [{"next_action_on": ""}, {"version": "7"}])
def test_what_cannot_be_saved_is_shown_and_can_be_saved_as_a_note(client, begin, fields):
    inquiry, sent = begin()
    page = client.post(step(inquiry, "no_answer"), sent | fields)
    typed = typed_on(page)
    assert "The person withdrew request" in page.text
    assert "Ada" not in page.text
    assert typed.startswith("No answer")
    assert done(inquiry) == []
    form = {name: hidden(page.text, name) for name in ("version", "seen")}
    assert client.post(step(inquiry, "note"), form | {"note": typed}).status_code == 302
    assert [kind for kind, *_ in done(inquiry)] == ["noted"]


def test_what_was_typed_for_a_deleted_request_is_shown_once_more(client, begin):
    inquiry, sent = begin()
    erasure.erase(Inquiry.objects.all(), Rule.WITHDRAWN)
    page = client.post(step(inquiry, "spoke"), sent)
    assert "This request no longer exists." in page.text
    assert NOTE in typed_on(page)
    assert "Save as a note" not in page.text


def test_after_contact_too_a_call_is_kept(client, begin):
    inquiry, sent = begin(status="contacted", first_contact_at=timezone.now())
    response = client.post(step(inquiry, "no_answer"), sent)
    assert response["location"] == f"{record(inquiry)}#saved-{inquiry.pk}-no_answer"
    assert done(inquiry)[0] == ("called", "no_answer", "", NOTE)
    assert Inquiry.objects.get().is_deletion_request


def test_a_safety_concern_found_meanwhile_is_kept_and_comes_before_a_lead(client, begin):
    inquiry, sent = begin()
    client.post(step(inquiry, "set_safety_concern"), sent | {"reason": "Said so"})
    found = Inquiry.objects.get()
    assert (found.status, found.safety_concern) == ("withdrawn", True)


def test_a_page_that_showed_the_withdrawal_saves_no_call(client):
    sign_in(client, make_staff("lead"))
    inquiry = make_inquiry(status="contacted", first_contact_at=timezone.now())
    withdrawal.withdraw(inquiry.pk, timezone.now())
    page = client.get(record(inquiry)).text
    sent = {name: hidden(page, name) for name in ("version", "seen")}
    response = client.post(step(inquiry, "spoke"), sent | {"next_action_on": SOON, "note": NOTE})
    assert typed_on(response) == NOTE
    assert done(inquiry) == []
