"""All requests of one person: seen, merged, handed out and deleted together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kapsite.inquiries.data_protection import erasure
from kapsite.inquiries.desk.inbox.rows import PER_PAGE
from kapsite.inquiries.desk.record.timeline import MOST
from kapsite.inquiries.desk.steps.base import NotPossible
from kapsite.inquiries.desk.steps.merging import merge
from kapsite.inquiries.intake import withdrawal
from kapsite.inquiries.models import (
    Access,
    Appointment,
    EarlierContact,
    Inquiry,
    SearchDigest,
    Undo,
)
from kapsite.inquiries.models.logs.erasure_log import Rule
from tests.factories import make_searchable, make_staff, sign_in
from tests.html import Page
from tests.inquiries.reading import text

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
NUMBER = "(206) 555-0142"


@pytest.fixture
def maria(client):
    return sign_in(client, make_staff("lead", "maria", first_name="Maria"))


def stored(**answers):
    inquiry = make_searchable(**{"phone": NUMBER, "voicemail": "yes"} | answers)
    inquiry.record("received")
    return inquiry


def row(inquiry):
    inquiry.refresh_from_db()
    return f"{inquiry.pk}.{inquiry.version}"


def post_merge(client, into, *others):
    sent = {"into": row(into), "row": [row(each) for each in others]}
    return client.post(f"{LIST}{into.pk}/merge/", sent, follow=True)


def file_of(client, inquiry, *others):
    rows = [row(each) for each in others]
    return client.post(f"{LIST}{inquiry.pk}/access-file/", {"row": rows}).text


def record(inquiry):
    return f"{LIST}{inquiry.pk}/change/"


def person(client, inquiry):
    return client.get(f"{LIST}{inquiry.pk}/person/")


def test_all_requests_from_one_number_or_email_are_on_one_page(client, maria):
    first = stored(name="Omar Moore", email="omar@example.org", voicemail="discreet")
    closed = stored(voicemail="no", status="closed", outcome="unreached", closed_at=timezone.now())
    by_mail = stored(phone="", contact_by="email", email="Omar@Example.org", voicemail="")
    earlier = stored(phone="(425) 555-0199")
    EarlierContact.objects.create(inquiry=earlier, phone=NUMBER)
    SearchDigest.objects.renew_contacts(earlier)
    stranger = stored(phone="(360) 555-0100")
    first.record("noted", by=maria, note="Prefers a call before work.")
    response = person(client, first)
    page = text(response)
    for each in (first, closed, by_mail, earlier):
        assert each.reference_in_groups in page
    assert stranger.reference_in_groups not in page
    assert "Prefers a call before work." in page
    assert "No voicemail" in page
    title = Page(response.text).all("title")[0].words
    assert title.startswith("One person, 4 requests")
    opened = Access.objects.filter(act="opened", details="person page")
    assert opened.count() == 4


def test_a_request_withdrawn_after_contact_says_so_instead_of_its_state(client, maria):
    inquiry = stored()
    stored(status="contacted", withdrawn_at=timezone.now())
    page = text(person(client, inquiry))
    assert "Withdrawn: don’t contact them" in page
    assert "Contacted" not in page
    assert "Withdrawn by the person Ask the lead" in text(client.get(record(inquiry)))


def test_merging_closes_the_others_and_keeps_the_most_urgent_of_all(client, maria):
    soon, later = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(days=3)
    tom = make_staff("front-desk", "tom", first_name="Tom")
    into = stored(reply_by=later)
    other = stored(
        reply_by=soon, assigned_to=tom, safety_concern=True, safety_concern_reason="Said so"
    )
    page = post_merge(client, into, other)
    into.refresh_from_db()
    other.refresh_from_db()
    assert (other.status, other.outcome, other.duplicate_of) == ("closed", "duplicate", into)
    assert (into.safety_concern, into.assigned_to, into.status) == (True, tom, "new")
    assert into.due_at <= soon
    assert "2 requests merged." in text(page)
    assert f"Merged into {into.reference_in_groups}" in text(client.get(record(other)))
    assert f"Merged into this one {other.reference_in_groups}" in text(client.get(record(into)))
    changed = Access.objects.filter(act="changed", details="merge")
    assert {each.reference for each in changed} == {into.reference, other.reference}


def test_reopening_takes_a_request_out_again(client, maria):
    into, other = stored(), stored()
    post_merge(client, into, other)
    sent = {"version": row(other).partition(".")[2], "next_action_on": timezone.localdate()}
    client.post(f"{LIST}{other.pk}/step/reopen/", sent)
    other.refresh_from_db()
    assert (other.status, other.outcome, other.duplicate_of) == ("trying", "", None)


def test_an_undone_reopening_outlives_the_request_it_was_merged_into(client, maria):
    into, other = stored(), stored()
    post_merge(client, into, other)
    sent = {"version": row(other).partition(".")[2], "next_action_on": timezone.localdate()}
    client.post(f"{LIST}{other.pk}/step/reopen/", sent)
    erasure.erase(Inquiry.objects.filter(pk=into.pk), Rule.ASKED, maria)
    assert Undo.objects.get(step="reopen").apply()
    other.refresh_from_db()
    assert (other.outcome, other.duplicate_of) == ("duplicate", None)


def test_a_merge_that_is_sent_twice_is_done_once(client, maria):
    into, other = stored(), stored()
    sent = {"into": row(into), "row": [row(other)]}
    for _ in range(2):
        response = client.post(f"{LIST}{into.pk}/merge/", sent)
        assert response["location"] == f"{LIST}{into.pk}/person/"
    assert other.activities.filter(kind="linked").count() == 1


def test_a_merge_can_be_undone_as_a_whole(client, maria):
    into, other, third = stored(), stored(reply_by=timezone.now()), stored()
    post_merge(client, into, other, third)
    client.post(f"/admin/inquiries/inquiry/undo/{Undo.objects.first().batch}/")
    for each in (into, other, third):
        each.refresh_from_db()
        assert (each.status, each.duplicate_of, each.reply_by) == (
            "new", None, each.reply_by,
        )  # fmt: skip
    assert into.reply_by is None


def struck_through(page):
    lines = [each for each in Page(page.text).all("li") if "ol" in each.inside]
    return [each.words for each in lines if each["class"] == "undone"]


def undo(client, inquiry, step):
    batch = Undo.objects.get(inquiry=inquiry, step=step).batch
    client.post(f"/admin/inquiries/inquiry/undo/{batch}/")


def test_an_undone_merge_is_struck_through_and_not_the_call_before_it(client, maria):
    into, other = stored(), stored()
    client.post(f"{LIST}{other.pk}/step/spoke/", {"version": 0})
    post_merge(client, into, other)
    undo(client, other, "merge")
    [line] = struck_through(client.get(record(other)))
    assert "Duplicate of" in line
    [line] = struck_through(client.get(record(into)))
    assert "Merged into this request" in line
    assert len(struck_through(person(client, into))) == 2


def test_an_undone_call_is_struck_through_and_not_a_link_made_after_it(client, maria):
    inquiry, other = stored(), stored()
    client.post(f"{LIST}{inquiry.pk}/step/spoke/", {"version": 0})
    client.post(f"{LIST}{other.pk}/step/link/", {"version": 0, "to": inquiry.pk})
    undo(client, inquiry, "spoke")
    assert inquiry.activities.filter(kind="linked").exists()
    [line] = struck_through(client.get(record(inquiry)))
    assert "Spoke with them" in line


def test_what_changed_meanwhile_is_not_merged(client, maria):
    into, other = stored(), stored()
    sent = {"into": row(into), "row": [row(other)]}
    Inquiry.objects.filter(pk=other.pk).update(version=1)
    response = client.post(f"{LIST}{into.pk}/merge/", sent)
    assert response.status_code == 409
    assert "someone else has updated one of these requests" in text(response)
    assert not Inquiry.objects.filter(status="closed").exists()


@pytest.mark.parametrize("what", ["itself", "nothing", "a stranger's", "erased", "withdrawn"])
def test_with_these_nothing_is_merged(client, maria, what):
    into, other = stored(), stored()
    if what == "a stranger's":
        other = stored(phone="(360) 555-0100")
    sent = {"into": row(into), "row": [row(into if what == "itself" else other)]}
    if what == "nothing":
        sent["row"] = ["", "x", "1.x", "9" * 30]
    if what == "erased":
        erasure.erase(Inquiry.objects.filter(pk=other.pk), Rule.ASKED, maria)
    if what == "withdrawn":
        withdrawal.withdraw(other.pk, timezone.now())
    response = client.post(f"{LIST}{into.pk}/merge/", sent)
    assert response.status_code == 200
    assert "Select the requests to merge into this one." in text(response)
    assert not Inquiry.objects.filter(status="closed").exists()


@pytest.mark.parametrize("status", ["closed", "spam", "scheduled"])
def test_what_is_closed_spam_or_has_an_appointment_is_not_merged(client, maria, status):
    needs = {
        "closed": {"outcome": "declined", "closed_at": timezone.now()},
        "scheduled": {"next_action_on": timezone.localdate()},
    }
    into, other = stored(), stored(status=status, **needs.get(status, {}))
    response = post_merge(client, into, other)
    assert response.status_code == 409
    other.refresh_from_db()
    assert (other.status, other.duplicate_of) == (status, None)


def test_no_chain_of_duplicates_leads_back_to_its_start(maria):
    first, second = stored(), stored()
    merge(first, [second], {first.pk: 0, second.pk: 0}, maria)
    first.refresh_from_db()
    second.refresh_from_db()
    with pytest.raises(NotPossible):
        merge(second, [first], {first.pk: 1, second.pk: 1}, maria)


def test_a_duplicate_outlives_the_request_it_was_merged_into(client, maria):
    into, other = stored(), stored()
    post_merge(client, into, other)
    erasure.erase(Inquiry.objects.filter(pk=into.pk), Rule.ASKED, maria)
    other.refresh_from_db()
    assert (other.outcome, other.duplicate_of) == ("duplicate", None)


def test_one_file_holds_all_that_is_kept_about_the_person(client, maria):
    first = stored(name="Omar Moore", message="=1+1 Is it\nfree?")
    second = stored(name="Omar M.", entered_by=maria, consent_text="phone")
    neighbor = stored(name="Nadia, same phone")
    EarlierContact.objects.create(inquiry=first, phone="(206) 555-0124")
    first.record("noted", by=maria, note="Asked about cost.")
    response = client.post(f"{LIST}{first.pk}/access-file/", {"row": [row(second)]})
    file = response.text
    for words in (
        "Omar Moore", "=1+1 Is it", "(206) 555-0124", "Asked about cost.", "How it came: By phone",
        "read out on the phone", first.reference_in_groups, second.reference_in_groups,
    ):  # fmt: skip
        assert words in file
    assert "Nadia" not in file
    assert neighbor.reference_in_groups not in file
    assert "Omar" not in response["Content-Disposition"]
    exported = Access.objects.filter(act="exported", details="access file")
    assert {each.reference for each in exported} == {first.reference, second.reference}
    assert first.activities.filter(kind="exported").exists()


@pytest.mark.parametrize(("answer", "line"), [("yes", "Voicemail: Yes"), ("", None)])
def test_the_file_has_their_own_voicemail_answer_and_nothing_of_who_shares_the_phone(
    client, maria, answer, line
):
    theirs = {"voicemail": answer, "contact_by": "email", "email": "omar@example.org"}
    inquiry, _neighbor = stored(**theirs), stored(voicemail="no")
    file = client.post(f"{LIST}{inquiry.pk}/access-file/").text
    lines = [each for each in file.splitlines() if each.startswith("Voicemail")]
    assert lines == ([line] if line else [])
    assert "another request" not in file


def test_all_of_a_person_are_on_the_page_to_delete_duplicates_too(client, maria):
    into, other = stored(), stored()
    post_merge(client, into, other)
    page = client.get(f"{LIST}{into.pk}/erase/").text
    assert other.reference_in_groups in page


def test_however_many_requests_there_are_the_page_takes_the_same_queries_but_its_log(
    client, maria, django_assert_max_num_queries
):
    first = stored()

    def look():
        with django_assert_max_num_queries(60) as queries:
            person(client, first)
        return [each["sql"] for each in queries if "INSERT" not in each["sql"].upper()]

    stored()
    few = len(look())
    for _ in range(8):
        stored()
    assert len(look()) == few


def test_the_person_reads_that_their_requests_were_put_together(client, maria):
    into, other = stored(), stored()
    post_merge(client, into, other)
    sent = {"reference": other.reference, "contact": NUMBER}
    page = text(client.post("/request-evaluation/status/", sent))
    assert "We put your requests together" in page
    assert "Your request is closed" not in page


def test_a_duplicate_that_the_person_withdrew_warns_on_the_one_that_stays(client, maria):
    into, other = stored(), stored()
    post_merge(client, into, other)
    withdrawal.withdraw(other.pk, timezone.now())
    page = text(client.get(record(into)))
    assert "Withdrawn by the person Ask the lead before you contact them." in page


def test_the_file_names_appointments(client, maria):
    inquiry = stored()
    Appointment.objects.create(
        inquiry=inquiry, starts_at=timezone.now(), length=60, place="video", made_in=0
    )
    file = client.post(f"{LIST}{inquiry.pk}/access-file/").text
    assert ", video" in file


def test_as_many_as_are_on_the_page_are_merged_and_in_the_file(client, maria):
    into = stored()
    others = [stored() for _ in range(PER_PAGE + 1)]
    assert file_of(client, into, *others).count("Request ") == len(others) + 1
    sent = {"row": [row(each) for each in others], "into": row(into)}
    assert client.post(f"{LIST}{into.pk}/merge/", sent).status_code == 302
    assert Inquiry.objects.filter(duplicate_of=into).count() == len(others)


def test_the_file_holds_a_long_history_whole(client, maria):
    inquiry = stored()
    for number in range(MOST + 1):
        inquiry.record("noted", by=maria, note=f"Note {number}.")
    file = file_of(client, inquiry)
    assert "Note 0." in file
    assert f"Note {MOST}." in file
