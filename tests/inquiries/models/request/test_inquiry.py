import re
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from kapsite.database.append_only import AppendOnly
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.inquiries.models.reference import new_reference
from kapsite.inquiries.models.request import queryset
from tests.factories import make_inquiry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ANSWERS = {
    "name": "Ada",
    "for_whom": "me",
    "contact_by": "call",
    "phone": "(425) 555-0142",
    "voicemail": "no",
    "consent_version": "v1",
}


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"name": ""}, "inquiry_has_a_name_and_consent"),
        ({"consent_version": ""}, "inquiry_has_a_name_and_consent"),
        ({"form_token": ""}, "inquiry_has_a_name_and_consent"),
        ({"phone": ""}, "inquiry_can_be_called"),
        ({"voicemail": ""}, "inquiry_can_be_called"),
        ({"contact_by": "text", "phone": ""}, "inquiry_can_be_texted"),
        ({"contact_by": "email"}, "inquiry_can_be_emailed"),
        ({"contact_by": "pigeon"}, "inquiry_contact_by_is_known"),
        ({"for_whom": "cat"}, "inquiry_for_whom_is_known"),
        ({"voicemail": "maybe"}, "inquiry_voicemail_is_known"),
        ({"status": "lost"}, "inquiry_state_is_known"),
        ({"outcome": "lost", "status": "closed", "closed_at": NOW}, "inquiry_outcome_is_known"),
        ({"status": "closed", "closed_at": NOW}, "inquiry_outcome_exactly_when_closed"),
        ({"outcome": "duplicate"}, "inquiry_outcome_exactly_when_closed"),
        ({"status": "closed", "outcome": "duplicate"}, "inquiry_closed_at_exactly_when_closed"),
        ({"closed_at": NOW}, "inquiry_closed_at_exactly_when_closed"),
        ({"status": "waiting"}, "inquiry_trying_and_waiting_have_a_date"),
        ({"status": "trying"}, "inquiry_trying_and_waiting_have_a_date"),
        ({"safety_concern": True}, "inquiry_safety_concern_with_a_reason"),
        ({"safety_concern_reason": "She said so"}, "inquiry_safety_concern_with_a_reason"),
    ],
)
def test_the_database_refuses_an_inquiry_with(wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        make_inquiry(**wrong)


@pytest.mark.parametrize(
    "right",
    [
        {"contact_by": "email", "email": "ada@example.org", "phone": "", "voicemail": ""},
        {"contact_by": "text", "voicemail": ""},
        {"status": "waiting", "next_action_on": date(2026, 12, 1)},
        {"status": "closed", "outcome": "declined", "closed_at": NOW},
        {"safety_concern": True, "safety_concern_reason": "She said so"},
        {"status": "spam"},
    ],
)
def test_the_database_takes_an_inquiry_with(right):
    make_inquiry(**right)
    assert Inquiry.objects.count() == 1


@pytest.mark.parametrize("twin", ["reference", "form_token"])
def test_no_two_inquiries_share_a(twin):
    first = make_inquiry()
    with pytest.raises(IntegrityError):
        make_inquiry(**{"form_token": "another"} | {twin: getattr(first, twin)})


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"kind": "guessed"}, "activity_kind_is_known"),
        ({"kind": "moved"}, "activity_says_where_it_moved"),
        ({"kind": "received", "to_status": "new"}, "activity_says_where_it_moved"),
        ({"kind": "received", "attempt": "spoke"}, "activity_says_how_it_went"),
        ({"kind": "viewed"}, "activity_of_staff_names_them"),
        ({"kind": "noted"}, "activity_note_has_text"),
    ],
)
def test_the_database_refuses_an_activity_with(wrong, constraint, admin_user):
    inquiry = make_inquiry()
    by = admin_user if wrong["kind"] in {"noted", "guessed"} else None
    with pytest.raises(IntegrityError, match=constraint):
        inquiry.record(by=by, **wrong)


def test_history_cannot_be_changed_or_taken_away(admin_user):
    activity = make_inquiry().record("noted", by=admin_user, note="Rang.")
    for attempt in [
        activity.save,
        activity.delete,
        Activity.objects.all().delete,
        lambda: Activity.objects.update(note=""),
        lambda: Activity.objects.bulk_update([activity], ["note"]),
    ]:
        with pytest.raises(AppendOnly):
            attempt()
    assert Activity.objects.get().note == "Rang."


def test_an_inquiry_with_a_history_cannot_be_deleted():
    inquiry = make_inquiry()
    inquiry.record("received")
    with pytest.raises(ProtectedError):
        inquiry.delete()


def test_a_reference_has_a_digit_at_every_second_place_and_no_look_alikes():
    for _ in range(500):
        assert re.fullmatch("([ACEFHJKMNPRTVWXY][2-9]){4}", new_reference())


def test_a_reference_is_shown_in_two_groups_of_four():
    assert make_inquiry(reference="K7M4W2P8").reference_in_groups == "K7M4 W2P8"


def test_an_inquiry_is_called_by_its_reference_and_names_nobody():
    inquiry = make_inquiry(reference="K7M4W2P8", name="Canary")
    assert str(inquiry) == "Inquiry K7M4 W2P8"
    assert "Canary" not in str(inquiry.record("received")) + repr(inquiry)


def test_the_same_form_with_the_same_answers_is_stored_once():
    first, is_new = Inquiry.objects.receive("form 1", **ANSWERS)
    again, is_new_again = Inquiry.objects.receive("form 1", **ANSWERS)
    assert (first, is_new, is_new_again) == (again, True, False)
    assert list(first.activities.values_list("kind", flat=True)) == ["received"]


@pytest.mark.parametrize("other", [{"form_id": "form 2"}, {"message": "More"}, {"name": "Eve"}])
def test_another_form_or_other_answers_are_another_inquiry(other):
    Inquiry.objects.receive("form 1", **ANSWERS)
    _, is_new = Inquiry.objects.receive(**{"form_id": "form 1"} | ANSWERS | other)
    assert is_new
    assert Inquiry.objects.count() == 2


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    taken = make_inquiry().reference
    drawn = iter([taken, taken, "K7M4W2P8"])
    field = Inquiry._meta.get_field("reference")
    monkeypatch.setattr(field, "_get_default", lambda: next(drawn))
    inquiry, _ = Inquiry.objects.receive("form 1", **ANSWERS)
    assert inquiry.reference == "K7M4W2P8"


def test_a_row_that_can_never_be_stored_ends_in_an_error_and_not_in_a_loop():
    with pytest.raises(IntegrityError):
        Inquiry.objects.receive("form 1", **ANSWERS | {"phone": ""})
    assert not Inquiry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_person_waits_for_few_statements():
    Inquiry.objects.receive("form 1", **ANSWERS)
    with CaptureQueriesContext(connection) as sent:
        Inquiry.objects.receive("form 2", **ANSWERS)
    together = ["count", "inquiry, history and digests"]
    if connection.vendor == "sqlite":  # which takes one statement at a time
        together = ["BEGIN", "count", "inquiry", "history", "digests", "COMMIT"]
    assert len(sent) == len(together)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_stored_when_its_last_row_is_refused(monkeypatch):
    Inquiry.objects.receive("form 1", **ANSWERS)
    monkeypatch.setattr(queryset, "digests_of", lambda inquiry: [("name", "the same")] * 2)
    with pytest.raises(IntegrityError):
        Inquiry.objects.receive("form 2", **ANSWERS)
    assert (Inquiry.objects.count(), Activity.objects.count()) == (1, 1)


def test_nothing_is_stored_without_the_activity_that_says_so(monkeypatch):
    monkeypatch.setattr(queryset, "first_activities", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Inquiry.objects.receive("form 1", **ANSWERS)
    assert not Inquiry.objects.exists()
