"""What happens to the work of a colleague who leaves."""

import pytest
from django.contrib.auth.models import Group

from kapsite.inquiries.models import Access, Inquiry
from kapsite.inquiries.worker import digest
from kapsite.inquiries.worker.delivery import send_next
from tests.factories import make_inquiry, make_staff, sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"
CLOSED = {"status": "closed", "outcome": "evaluated", "closed_at": "2026-11-20T12:00Z"}


@pytest.fixture
def ben():
    """A colleague who has left."""
    return make_staff("front-desk", "ben", first_name="Ben", is_active=False)


@pytest.fixture
def lena(client):
    return sign_in(client, make_staff("lead", "lena", first_name="Lena"))


def page_of(user):
    return f"{LIST}hand-over/{user.pk}/"


def listed(client, **query):
    rows = client.get(LIST, {"tab": "all"} | query).context["page"].rows
    return [row.inquiry.pk for row in rows]


def owners():
    return list(Inquiry.objects.order_by("pk").values_list("assigned_to__username", flat=True))


def test_all_open_requests_go_to_a_colleague_and_closed_ones_stay(client, ben, lena):
    for fields in ({}, {"status": "spam"}, CLOSED, {"assigned_to": lena}, {"assigned_to": None}):
        make_inquiry(**{"assigned_to": ben} | fields)
    assert "<strong>2 open requests</strong>" in client.get(page_of(ben)).text
    page = client.post(page_of(ben), {"to": lena.pk}, follow=True).text
    assert "2 requests now assigned to Lena." in page
    assert owners() == ["lena", "lena", "ben", "lena", None]


def test_they_can_be_left_to_nobody(client, ben, lena):
    make_inquiry(assigned_to=ben)
    client.post(page_of(ben), {"to": ""})
    assert owners() == [None]


def test_the_history_of_each_request_says_so_and_a_page_open_meanwhile_is_out_of_date(
    client, ben, lena
):
    inquiry = make_inquiry(assigned_to=ben)
    client.post(page_of(ben), {"to": lena.pk})
    activity = inquiry.activities.get()
    assert (activity.kind, activity.by, activity.fields) == ("assigned", lena, "assigned_to")
    assert activity.note == "From Ben to Lena"
    assert Inquiry.objects.get().version == 1
    access = Access.objects.get(act="changed")
    assert (access.by, access.count, access.details) == (lena, 1, "handed over")


def test_more_requests_than_fit_into_one_statement_are_handed_over(client, ben, lena):
    for _ in range(450):
        make_inquiry(assigned_to=ben)
    assert "450 requests" in client.post(page_of(ben), {"to": lena.pk}, follow=True).text
    assert set(owners()) == {"lena"}


@pytest.mark.parametrize("to", ["ben", "without role", "x", "9" * 30, "\0", "-1"])
def test_nobody_who_cannot_work_on_requests_takes_over(client, ben, lena, to):
    make_inquiry(assigned_to=ben)
    people = {"ben": ben, "without role": make_staff(None, "tom")}
    page = client.post(page_of(ben), {"to": getattr(people.get(to), "pk", to)}).text
    assert "There is a problem" in page
    assert owners() == ["ben"]


def test_with_nothing_to_hand_over_the_page_says_so(client, ben, lena):
    assert "Ben has no open requests" in client.get(page_of(ben)).text.replace("</bdi>", "")
    assert "0 requests" in client.post(page_of(ben), {"to": ""}, follow=True).text


def test_a_person_who_does_not_exist_is_not_found(client, lena):
    for key in (lena.pk + 99, "9" * 25):
        assert client.get(f"{LIST}hand-over/{key}/").status_code == 404


def test_a_site_admin_hands_over_without_seeing_a_request(client, ben):
    sign_in(client, make_staff("site-admin", "sam"))
    lena = make_staff("lead", "lena")
    make_inquiry(assigned_to=ben, name="Canary")
    assert "Canary" not in client.get(page_of(ben)).text
    response = client.post(page_of(ben), {"to": lena.pk})
    assert response.headers["Location"] == f"/admin/auth/user/{ben.pk}/change/"
    assert owners() == ["lena"]


# The message to the colleague


def take_over(client, ben, mailbox, number=3, email="cleo@example.org"):
    """The messages that Cleo gets for ``number`` requests that Ben had."""
    cleo = make_staff("lead", "cleo", first_name="Cleo", email=email)
    for _ in range(number):
        make_inquiry(assigned_to=ben, name="Canary", message="Canary")
    page = client.post(page_of(ben), {"to": cleo.pk}, follow=True).text
    while send_next():
        pass
    return mailbox.letters, page


@pytest.mark.parametrize("number", [1, 3, 620])
def test_the_colleague_gets_one_message_without_content(client, ben, lena, mailbox, number):
    [letter], page = take_over(client, ben, mailbox, number)
    subject = "A request" if number == 1 else f"{number} requests"
    assert (letter["To"], letter["Subject"]) == ("cleo@example.org", f"{subject} assigned to you")
    assert letter.get_content().count("/change/") == min(number, 20)
    assert not [word for word in ("anary", "Ben", "Lena") if word in str(letter)]
    assert "tell them yourself" not in page


def test_a_colleague_without_an_address_gets_none_and_the_page_says_so(client, ben, lena, mailbox):
    letters, page = take_over(client, ben, mailbox, email="")
    assert letters == []
    assert "Cleo has no email address in their account: tell them yourself." in page


def test_who_takes_requests_over_gets_no_message_about_it(client, ben, lena, mailbox):
    lena.email = "lena@example.org"
    lena.save()
    make_inquiry(assigned_to=ben)
    page = client.post(page_of(ben), {"to": lena.pk}, follow=True).text
    assert not send_next()
    assert "tell them yourself" not in page


def test_a_request_handed_on_before_the_message_is_sent_is_not_in_it(client, ben, lena, mailbox):
    tom = make_staff("lead", "tom", email="tom@example.org")
    make_inquiry(assigned_to=ben)
    client.post(page_of(ben), {"to": tom.pk})
    letters, _ = take_over(client, tom, mailbox, number=0)
    assert [letter["To"] for letter in letters] == ["cleo@example.org"]


# The inbox


def test_the_inbox_finds_open_work_of_people_who_left(client, ben, lena):
    tom = make_staff(None, "tom")  # still signs in, but has no role
    of_ben, of_tom = make_inquiry(assigned_to=ben), make_inquiry(assigned_to=tom)
    make_inquiry(assigned_to=lena)
    make_inquiry()
    make_inquiry(assigned_to=ben, **CLOSED)
    assert sorted(listed(client, person="left")) == [of_ben.pk, of_tom.pk]
    tom.groups.add(Group.objects.get(name="Clinician"))
    assert listed(client, person="left") == [of_ben.pk]


def test_rows_and_record_say_that_the_account_is_off(client, ben, lena):
    inquiry = make_inquiry(assigned_to=ben)
    assert "Ben (account switched off)" in client.get(LIST).text
    assert "account switched off" in client.get(f"{LIST}{inquiry.pk}/change/").text


def test_the_digest_counts_the_work_of_people_who_left(ben, lena):
    from django.utils import timezone

    make_inquiry(assigned_to=ben, status="contacted")
    make_inquiry(assigned_to=lena)
    assert digest.counts(timezone.now())["assigned to people who left"] == 1
