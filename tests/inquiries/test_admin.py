from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from kapsite.clinic import get_clinic
from kapsite.inquiries.models import Activity, Inquiry
from kapsite.security.guard import Guard
from tests.factories import make_inquiry
from tests.wsgi import ask

pytestmark = pytest.mark.django_db
LIST = "/admin/inquiries/inquiry/"


@pytest.fixture
def ana(admin_user, client):
    """A staff member, signed in."""
    client.force_login(admin_user)
    return admin_user


def record(inquiry):
    return reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])


def desk(**overrides):
    """What the form of an untouched new request sends."""
    untouched = {"status": "new", "outcome": "", "assigned_to": "", "next_action_on": ""}
    return untouched | {"needs_care_reason": "", "note": ""} | overrides


def history(inquiry):
    return list(inquiry.activities.order_by("pk").values_list("kind", "to_status", "fields"))


def test_only_a_request_that_needs_care_stands_out_in_the_list(client, ana):
    make_inquiry()
    assert "⚑" not in client.get(LIST).text
    make_inquiry(needs_care=True, needs_care_reason="Canary")
    page = client.get(LIST).text
    assert page.count("⚑ Needs care") == 1
    assert "Canary" not in page


def test_the_record_shows_what_the_person_sent(client, ana):
    inquiry = make_inquiry(
        message="<b>Two</b> medicines", topics="depression,pain", times="evening"
    )
    page = client.get(record(inquiry)).text
    assert "&lt;b&gt;Two&lt;/b&gt; medicines" in page
    assert "Depression, Migraine or other pain" in page
    assert "Evenings" in page


def test_staff_cannot_change_what_the_person_sent(client, ana):
    inquiry = make_inquiry()
    client.post(record(inquiry), desk(name="Eve", phone="1", message="changed", reference="X"))
    stored = Inquiry.objects.get()
    assert (stored.name, stored.phone, stored.message) == ("Ada", "(425) 555-0142", "")
    assert stored.reference == inquiry.reference


def test_staff_cannot_add_a_request(client, ana):
    assert client.get(f"{LIST}add/").status_code == 403


def test_nobody_can_delete_a_request(client, ana):
    inquiry = make_inquiry()
    assert client.post(f"{LIST}{inquiry.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": inquiry.pk, "post": "yes"}
    client.post(LIST, action)
    assert Inquiry.objects.count() == 1


def test_opening_a_record_is_put_on_record(client, ana):
    inquiry = make_inquiry()
    client.get(record(inquiry))
    [viewed] = inquiry.activities.all()
    assert (viewed.kind, viewed.by) == ("viewed", ana)


def test_the_list_is_not_a_view_of_a_record(client, ana):
    make_inquiry()
    client.get(LIST)
    assert not Activity.objects.exists()


def test_a_move_an_assignment_and_a_note_are_stored_and_put_on_record(client, ana):
    inquiry = make_inquiry()
    answers = desk(status="trying", next_action_on="2026-12-01", assigned_to=ana.pk, note="Rang.")
    response = client.post(record(inquiry), answers)
    assert response.status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.assigned_to) == ("trying", ana)
    assert inquiry.next_action_on == date(2026, 12, 1)
    assert history(inquiry) == [
        ("moved", "trying", ""),
        ("changed", "", "assigned_to,next_action_on"),
        ("noted", "", ""),
    ]
    assert inquiry.activities.get(kind="noted").note == "Rang."


def test_a_colleague_who_has_left_stays_on_the_requests_they_had(client, ana):
    gone = User.objects.create_user("gone", is_staff=True, is_active=False)
    inquiry = make_inquiry(assigned_to=gone)
    assert ">gone<" in client.get(record(inquiry)).text
    assert ">gone<" not in client.get(record(make_inquiry())).text
    client.post(record(inquiry), desk(assigned_to=gone.pk, note="Rang."))
    assert history(inquiry) == [("viewed", "", ""), ("noted", "", "")]


def test_saving_without_a_change_leaves_no_trace(client, ana):
    inquiry = make_inquiry()
    client.post(record(inquiry), desk())
    assert history(inquiry) == []


def test_closing_sets_the_time_and_opening_again_takes_it_away(client, ana):
    inquiry = make_inquiry()
    client.post(record(inquiry), desk(status="closed", outcome="declined"))
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.outcome) == ("closed", "declined")
    assert inquiry.closed_at
    client.post(record(inquiry), desk(status="contacted"))
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.outcome, inquiry.closed_at) == ("contacted", "", None)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"status": "closed"}, "Select an outcome to close this request."),
        ({"outcome": "spam"}, "An outcome goes with the state Closed."),
        ({"status": "waiting"}, "Enter the date when somebody should look at this again."),
        ({"status": "trying"}, "Enter the date when somebody should look at this again."),
        ({"status": "nonsense"}, "Select one of the states listed."),
        ({"needs_care": "on"}, "Enter why this request needs care."),
        ({"needs_care_reason": "Said so"}, "Clear the reason too, or leave the flag on."),
        ({"assigned_to": "999999"}, "Select a valid choice."),
        ({"assigned_to": "99999999999999999999"}, "Select a valid choice."),
        ({"next_action_on": "soon"}, "Enter a valid date."),
        ({"note": "a" * 5001}, "A note may have 5,000 characters"),
    ],
)
def test_what_does_not_fit_is_a_message_beside_the_field(client, ana, answers, message):
    inquiry = make_inquiry()
    response = client.post(record(inquiry), desk(**answers))
    assert response.status_code == 200
    assert message in response.text
    assert history(inquiry) == [("viewed", "", "")]


@pytest.mark.parametrize(
    ("now", "then", "allowed"),
    [
        ("new", "quarantine", True),
        ("quarantine", "new", True),
        ("quarantine", "closed", False),
        ("contacted", "scheduled", True),
        ("contacted", "new", False),
        ("closed", "new", False),
    ],
)
def test_a_request_moves_only_along_its_states(client, ana, now, then, allowed):
    closing = {"outcome": "spam", "closed_at": "2026-11-01T12:00Z"} if now == "closed" else {}
    inquiry = make_inquiry(status=now, **closing)
    outcome = "spam" if then == "closed" else ""
    client.post(record(inquiry), desk(status=then, outcome=outcome))
    inquiry.refresh_from_db()
    assert inquiry.status == (then if allowed else now)


def test_the_needs_care_flag_is_cleared_only_with_a_note(client, ana):
    inquiry = make_inquiry(needs_care=True, needs_care_reason="Words in the message")
    response = client.post(record(inquiry), desk())
    assert "Write why the request no longer needs care." in response.text
    client.post(record(inquiry), desk(note="Spoke with her, she is safe."))
    inquiry.refresh_from_db()
    assert (inquiry.needs_care, inquiry.needs_care_reason) == (False, "")


def test_the_history_holds_names_of_fields_and_no_values(client, ana):
    inquiry = make_inquiry(name="Canary one")
    answers = desk(needs_care="on", needs_care_reason="Canary two", note="Canary three")
    client.post(record(inquiry), answers)
    assert inquiry.activities.filter(note="").count() == 1
    [entry] = LogEntry.objects.all()
    told = f"{entry.change_message} {entry.get_change_message()} {entry.object_repr}"
    assert "Note" in entry.get_change_message() or "note" in entry.get_change_message()
    assert "Canary" not in told
    assert "Canary" not in str(list(inquiry.activities.values_list("kind", "to_status", "fields")))


def test_somebody_who_may_only_look_can_open_a_record(client):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_inquiry"))
    client.force_login(viewer)
    inquiry = make_inquiry()
    assert client.get(record(inquiry)).status_code == 200
    assert client.post(record(inquiry), desk(status="contacted")).status_code == 403
    assert history(inquiry) == [("viewed", "", "")]


def test_somebody_without_the_right_sees_no_record(client):
    client.force_login(User.objects.create_user("other", is_staff=True))
    inquiry = make_inquiry()
    assert client.get(record(inquiry)).status_code == 403
    assert history(inquiry) == []


def test_a_record_no_key_opens_is_a_message_and_no_crash(client, ana, settings):
    inquiry = make_inquiry()
    settings.FIELD_KEYS = ["A" * 42 + "Q"]
    assert inquiry.reference_in_groups in client.get(LIST).text
    response = client.get(record(inquiry), follow=True)
    assert "This request cannot be read" in response.text
    assert "FIELD_KEYS" in response.text
    assert client.get(f"{LIST}{inquiry.pk}/history/").status_code == 200
    assert client.get(f"{LIST}{inquiry.pk}/delete/").status_code == 403


def test_the_site_carries_the_name_of_the_clinic(client, ana):
    page = client.get("/admin/").text
    assert get_clinic().name in page
    assert "Django" not in page


STRANGE_QUERIES = [
    "id__range=1",
    "received_at__year=x",
    "received_at__gte=9999-12-31",
    "reference__regex=(",
    "name=Ada",
    "name__startswith=a",
    "message__isnull=1",
    "status__exact=%00",
    "status__exact=x&status__exact=y",
    "status__in=x",
    "status=x",
    "needs_care__exact=maybe",
    "needs_care__isnull=maybe",
    "assigned_to__id__exact=x",
    "assigned_to__id__exact=%00",
    "assigned_to__id__exact=99999999999999999999999",
    "assigned_to__password__startswith=a",
    "assigned_to__isnull=x",
    "p=999999",
    "p=x",
    "p=-1",
    "p=" + "9" * 5000,
    "o=abc",
    "o=1.-2.x.99",
    "o=" + "9" * 50,
    "e=1",
    "all=1",
    "q=%00",
    "q=%ED%A0%80",
    "q=" + "a+" * 400,
    "_changelist_filters=%00",
    "_changelist_filters=%ff",
    "_to_field=password",
    "_popup=1",
    "_facets=x",
    "pk__in=x",
    "no_such_field=1",
    "__=1",
    "%00=1",
]


@pytest.mark.parametrize("query", STRANGE_QUERIES)
@pytest.mark.parametrize("path", ["inquiries/inquiry/", "auth/user/", "auth/group/"])
def test_no_query_string_breaks_a_list(client, ana, path, query):
    make_inquiry()
    assert client.get(f"/admin/{path}?{query}").status_code < 500


@pytest.mark.parametrize("query", ["name=Ada", "assigned_to__password__startswith=a", "phone="])
def test_no_query_string_asks_about_what_the_list_does_not_offer(client, ana, query):
    make_inquiry()
    assert client.get(f"{LIST}?{query}").status_code == 400


PLACES = ["change/", "history/", "delete/", ""]
STRANGE_KEYS = ["x", "0", "-1", "9" * 30, "1.5", "%00", "%ff", "_5F", "1_2F", "a/b", "1%0a"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", STRANGE_KEYS)
@pytest.mark.parametrize("path", ["inquiries/inquiry", "auth/user", "auth/group"])
def test_no_made_up_key_breaks_a_record(client, ana, path, key, place):
    assert client.get(f"/admin/{path}/{key}/{place}").status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "r/x/1/",
        "r/1/x/",
        f"r/{'9' * 30}/1/",
        "autocomplete/?app_label=inquiries&model_name=inquiry&field_name=assigned_to&term=a",
        "autocomplete/?app_label=%00",
        "jsi18n/?language=%00",
        "login/?next=//evil.example",
        "auth/user/x/password/",
        "no/such/page/",
    ],
)
def test_no_other_admin_address_breaks(client, ana, path):
    assert client.get(f"/admin/{path}").status_code < 500


@pytest.mark.parametrize("selected", ["x", "\0", "9" * 30])
@pytest.mark.parametrize("path", ["inquiries/inquiry/", "auth/user/", "auth/group/"])
def test_no_made_up_selection_breaks_an_action(client, ana, path, selected):
    action = {"action": "delete_selected", "_selected_action": selected, "index": selected}
    assert client.post(f"/admin/{path}", action).status_code < 500


@pytest.mark.parametrize(
    "strange", ["x", "\0", "9" * 30, "-1", "9999-12-31", "1.5", "\U0001f600" * 200]
)
@pytest.mark.parametrize(
    "path",
    [
        "inquiries/inquiry/{}/change/",
        "auth/user/{}/change/",
        "auth/user/{}/password/",
        "auth/user/add/",
        "auth/group/add/",
        "login/",
        "password_change/",
        "logout/",
    ],
)
def test_no_made_up_value_breaks_an_admin_form(client, ana, path, strange):
    key = make_inquiry().pk if "inquiry" in path else ana.pk
    names = ["status", "outcome", "assigned_to", "next_action_on", "needs_care", "note"]
    names += ["needs_care_reason", "username", "password1", "password2", "usable_password"]
    names += ["groups", "user_permissions", "last_login_0", "last_login_1", "date_joined_0"]
    names += ["name", "permissions", "password", "old_password", "new_password1", "next", "email"]
    names += ["_save", "_continue", "_saveasnew", "_popup", "_to_field", "initial-status"]
    response = client.post(f"/admin/{path.format(key)}", dict.fromkeys(names, strange))
    assert response.status_code < 500
    sane = {
        "name": "Role",
        "username": "ben",
        "password1": "a long one 17",
        "usable_password": "true",
    }
    sane |= {"password2": "a long one 17", "groups": strange, "user_permissions": strange}
    response = client.post(f"/admin/{path.format(key)}", sane | {"permissions": strange})
    assert response.status_code < 500


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_no_made_up_cookie_breaks_the_admin(name):
    cookie = rf'{name}="abcdefgh\000ijklmnopqrstuvwxyz"'  # Python reads \000 as a NUL
    answer = ask(Guard(get_wsgi_application()), "/admin/", HTTP_COOKIE=cookie)
    assert answer.status < 500


def test_likely_spam_shows_its_reasons_and_is_restored_in_one_step(client, ana):
    reasons = "There are links\nAll in capitals"
    inquiry = make_inquiry(status="quarantine", spam_points=6, spam_reasons=reasons)
    page = client.get(record(inquiry)).text
    assert "All in capitals" in page
    client.post(record(inquiry), desk(status="new"))
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.spam_points) == ("new", 6)
    assert inquiry.activities.filter(kind="moved", to_status="new", by=ana).exists()
