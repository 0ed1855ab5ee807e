"""A person takes a request back: hidden at once, deleted a day later, undone until then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kapsite.inquiries.intake.withdrawal import undo, withdraw
from kapsite.inquiries.models import Erasure, Inquiry, Notice
from kapsite.inquiries.worker import jobs, lead_mail
from tests.factories import make_answers, make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
FORM, LIST = "/request-evaluation/", "/admin/inquiries/inquiry/"
NOW = timezone.now()
A_DAY_AGO = NOW - timedelta(hours=24, minutes=1)


@pytest.fixture(params=["front-desk", "lead"])
def desk(request, client):
    sign_in(client, make_staff(request.param))
    return client


def is_seen(desk, inquiry) -> bool:
    listed = inquiry.reference_in_groups in desk.get(f"{LIST}?tab=all").text
    opened = desk.get(f"{LIST}{inquiry.pk}/change/").status_code == 200
    assert listed == opened
    return opened


def test_it_is_hidden_from_staff_at_once_and_back_when_undone(desk):
    inquiry = make_inquiry()
    assert is_seen(desk, inquiry)
    withdraw(inquiry.pk, NOW)
    assert not is_seen(desk, inquiry)
    assert 'value="withdrawn"' not in desk.get("/admin/inquiries/export/").text
    undo(inquiry.pk)
    assert is_seen(desk, inquiry)
    by_the_person = inquiry.activities.filter(by=None).order_by("pk")
    assert list(by_the_person.values_list("kind", flat=True)) == ["withdrawn", "returned"]


@pytest.mark.parametrize(("role", "sees"), [("lead", True), ("front-desk", False)])
def test_a_safety_concern_stays_in_sight_of_a_lead(client, role, sees):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    withdraw(inquiry.pk, NOW)
    sign_in(client, make_staff(role))
    assert is_seen(client, inquiry) == sees
    assert (inquiry.reference_in_groups in client.get(f"{LIST}?tab=withdrawn").text) == sees


def test_a_step_that_staff_had_begun_is_a_conflict(client):
    sign_in(client, make_staff("lead"))
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so")
    withdraw(inquiry.pk, NOW)
    step = f"{LIST}{inquiry.pk}/step/take/"
    assert client.post(step, {"version": inquiry.version}).status_code == 409


def test_once_staff_reached_the_person_it_is_a_request_to_delete_that_staff_see(desk):
    inquiry = make_inquiry(status="contacted", first_contact_at=NOW)
    withdraw(inquiry.pk, A_DAY_AGO)
    page = desk.get(f"{LIST}{inquiry.pk}/change/").text
    assert "Asked us to delete this request" in page
    assert inquiry.reference_in_groups in desk.get(f"{LIST}?tab=withdrawn").text
    assert lead_mail.counts(NOW)["withdrawn, to delete or decide"] == 1
    jobs.delete_withdrawn()
    assert Inquiry.objects.filter(pk=inquiry.pk).exists()


def test_it_is_deleted_after_a_day_and_not_before(client):
    kept, gone = make_inquiry(), make_inquiry()
    withdraw(kept.pk, A_DAY_AGO + timedelta(hours=1))
    withdraw(gone.pk, A_DAY_AGO)
    while jobs.delete_withdrawn():
        pass
    assert list(Inquiry.objects.values_list("pk", flat=True)) == [kept.pk]
    [erasure] = Erasure.objects.all()
    assert (erasure.reference, erasure.rule, erasure.by) == (gone.reference, "withdrawn", None)


def test_what_was_undone_is_never_deleted(client):
    inquiry = make_inquiry()
    withdraw(inquiry.pk, A_DAY_AGO)
    undo(inquiry.pk)
    assert not jobs.delete_withdrawn()
    assert Inquiry.objects.get().status == "new"


def test_no_mail_goes_out_after_a_withdrawal_and_staff_are_told_after_an_undo(client, settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]
    client.post(FORM, make_answers())
    inquiry = Inquiry.objects.get()
    withdraw(inquiry.pk, NOW)
    assert not Notice.objects.exists()
    undo(inquiry.pk)
    assert [notice.kind for notice in Notice.objects.all()] == ["staff"]
    assert Inquiry.objects.get().due_at == inquiry.due_at


def test_twice_is_once(client):
    inquiry = make_inquiry()
    first = withdraw(inquiry.pk, NOW)
    assert withdraw(inquiry.pk, NOW + timedelta(hours=1)).withdrawn_at == first.withdrawn_at
    undo(inquiry.pk)
    assert undo(inquiry.pk).version == first.version + 1


def test_after_contact_too_a_waiting_message_to_the_person_is_not_sent(client):
    inquiry = make_inquiry(status="contacted", first_contact_at=NOW)
    Notice.objects.create(inquiry=inquiry, kind="acknowledgement")
    withdraw(inquiry.pk, NOW)
    assert not Notice.objects.filter(kind="acknowledgement").exists()
