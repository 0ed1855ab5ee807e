"""What the site notes beside a request: never in the way of it, and nothing is dropped."""

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.outbox import Notice
from kapsite.inquiries.triage import triage
from kapsite.inquiries.triage.danger import LABELS, danger_words
from kapsite.inquiries.triage.spam_words import spam_words
from tests.factories import make_answers
from tests.inquiries.reading import text, title
from tests.inquiries.triage.test_spam import FRESH, REAL, SPAM

pytestmark = pytest.mark.django_db
found_in_words = pytest.mark.sqlite  # before anything is stored, for each of many texts
FORM = "/request-evaluation/"
HELP_CARD = 'help-card">'
HELP = "If you need to talk to someone now"
DANGER = "I want to die and nobody would notice"
PITCH = "We can rank your website on the first page of Google with our SEO services"


@pytest.fixture(autouse=True)
def calm(later):
    """Copies of the form; the sender takes a minute over each."""
    forms = [make_answers()["token"] for _ in range(20)]
    later(seconds=60)
    return iter(forms)


def send(client, form, address="203.0.113.9", **answers):
    """``form``: the token of a copy, or copies of which the next one is taken."""
    token = form if isinstance(form, str) else next(form)
    return client.post(FORM, make_answers(token=token, **answers), follow=True, REMOTE_ADDR=address)


def newest():
    return Inquiry.objects.latest("pk")


# Danger


def test_an_ordinary_request_carries_no_flag_and_no_points(client, calm):
    page = send(client, calm)
    inquiry = newest()
    assert (inquiry.status, inquiry.safety_concern, inquiry.danger) == ("new", False, "")
    assert (inquiry.spam_points, inquiry.spam_reasons) == (0, "")
    assert text(page).startswith("We have your request")


def test_words_of_danger_set_the_flag_with_the_category_and_never_the_words(client, calm):
    send(client, calm, message=DANGER)
    inquiry = newest()
    assert (inquiry.status, inquiry.safety_concern) == ("new", True)
    assert inquiry.safety_concern_reason == LABELS["suicide"]
    assert inquiry.danger == "suicide"


def test_of_several_dangers_the_most_urgent_comes_first(client, calm):
    send(client, calm, message="I cut myself, and last week I took an overdose")
    assert newest().danger.split(",")[0] == "medical_emergency"
    assert newest().safety_concern_reason.startswith(LABELS["medical_emergency"])


@pytest.mark.parametrize("field", ["name", "phone", "message"])
def test_danger_is_seen_wherever_it_is_typed(client, calm, field):
    send(client, calm, **{field: "425 555 0142 i want to die"})
    assert newest().danger == "suicide"


def test_the_confirmation_then_opens_with_help_and_says_that_the_request_is_there(client, calm):
    page = text(send(client, calm, message=DANGER))
    assert page.startswith(HELP)
    for way in ("Call 988", "Text 988", "Chat with 988", "call 911", "press 1", "AYUDA"):
        assert way in page
    assert "We have your request" in page
    assert "What happens now" in page


def test_nobody_is_told_that_words_were_found_or_that_someone_watches(client, calm):
    page = text(send(client, calm, message=DANGER)).lower()
    for word in ("detect", "flag", "monitor", "noticed", "your words", "your message", "suicid"):
        assert word not in page


def test_help_stands_once_on_every_confirmation(client, calm):
    assert send(client, calm).text.count(HELP_CARD) == 1
    assert send(client, calm, message=DANGER).text.count(HELP_CARD) == 1


@pytest.mark.parametrize(
    "wrong", [{"phone": ""}, {"token": "made up"}, {"is_adult": "no"}, {"message": DANGER * 60}]
)  # fmt: skip
def test_a_form_that_comes_back_to_somebody_in_danger_has_help_near_the_top(client, wrong):
    page = client.post(FORM, make_answers(message=DANGER) | wrong)
    assert page.text.count(HELP_CARD) == 1
    assert page.text.index(HELP_CARD) < page.text.index("<h1")
    assert not Inquiry.objects.exists()


def test_a_form_that_comes_back_to_others_has_it_below(client):
    page = client.post(FORM, make_answers(phone="")).text
    assert page.index("</form>") < page.index(HELP_CARD)


def test_spanish_is_understood(client, calm):
    send(client, calm, message="Ya no quiero vivir, me quiero morir")
    assert newest().danger == "suicide"


# Spam


def honeypot_filled(client):
    """The form as a program fills it in: every text field of the page that was served."""
    page = client.get(FORM).text
    fields = re.findall(r'<input[^>]* type="text"[^>]*>', page)
    names = [re.search(' name="([^"]+)"', field)[1] for field in fields]
    token = html.unescape(re.search('name="token" value="([^"]+)"', page)[1])
    baits = {name: "https://example.net" for name in names if name != "name"}
    assert baits.keys() == {"subject", "language"}
    return baits | {"token": token}


def test_filling_in_the_honeypot_marks_a_request_as_spam(client):
    page = client.post(FORM, make_answers(**honeypot_filled(client)), follow=True)
    inquiry = newest()
    assert inquiry.status == "spam"
    assert inquiry.spam_points >= 5
    assert inquiry.spam_reasons.startswith("The hidden field is filled in")
    assert text(page).startswith("We have your request")


def test_people_do_not_meet_the_honeypot(client):
    page = client.get(FORM).text
    honeypot = re.search('<input[^>]* name="subject"[^>]*>', page)[0]
    assert 'tabindex="-1"' in honeypot
    assert 'autocomplete="off"' in honeypot
    for manager in ("data-1p-ignore", "data-bwignore", 'data-lpignore="true"', "data-form-type"):
        assert manager in honeypot
    assert 'value="' not in honeypot
    assert '<label for="subject">Leave this empty.' in page
    assert ".spare { display: none; }" in (project.BASE_DIR / "static/css/form.css").read_text()


def test_a_spammer_sees_what_everybody_sees(client, calm):
    honest, spam = send(client, calm), send(client, calm, message=PITCH)
    assert newest().status == "spam"
    assert title(spam) == title(honest)
    reference = re.compile("[A-Z][0-9]" * 2 + " " + "[A-Z][0-9]" * 2)
    assert reference.sub("", text(spam)) == reference.sub("", text(honest))


def test_likely_spam_is_stored_whole_with_its_reasons_and_history(client, calm):
    send(client, calm, message=PITCH)
    inquiry = newest()
    assert inquiry.message == PITCH
    assert "Offers a better place in search results" in inquiry.spam_reasons
    history = inquiry.activities.order_by("pk").values_list("kind", "to_status")
    assert list(history) == [(ActivityKind.RECEIVED, ""), (ActivityKind.MOVED, "spam")]


def test_nothing_that_points_to_danger_is_set_aside(client, calm):
    send(client, calm, message=f"{PITCH}. {DANGER}")
    assert newest().spam_points >= 5
    assert (newest().status, newest().safety_concern) == ("new", True)


def test_likely_spam_is_told_to_staff_only_if_it_could_be_real(client, calm, settings):
    settings.NOTIFY_EMAILS = ["desk@example.org"]
    send(client, calm, message=PITCH, topics=[], phone="555-555-5555")
    assert not Notice.objects.exists()
    send(client, calm, message=PITCH, topics=[], phone="425-555-0142")
    assert newest().status == "spam"
    assert Notice.objects.count() == 1


def test_many_requests_from_one_address_count(client, calm):
    for number in range(7):
        send(client, calm, message=f"Please call me, number {number}")
    assert newest().spam_reasons == "Many requests from one address"
    assert newest().status == "new"
    send(client, calm, address="203.0.113.10", message="Please call me")
    assert newest().spam_reasons == ""


def test_a_ward_of_a_hospital_behind_one_address_is_not_set_aside(client, calm):
    for number in range(9):
        honeypot = {"subject": "Kirkland"} if number % 2 else {}
        send(client, calm, name=f"N{number}", phone=f"425.555.0133 ext. {number}", **honeypot)
    assert set(Inquiry.objects.values_list("status", flat=True)) == {"new"}
    assert Inquiry.objects.count() == 9


def test_each_further_different_request_on_one_form_counts(client, calm):
    form, points = next(calm), []
    for number in range(6):
        address = f"203.0.113.{number}"
        send(client, form, address=address, message=f"Please call me, number {number}")
        points.append(newest().spam_points)
    assert points == [0, 1, 2, 3, 3, 3]
    assert "Same copy of the form" in newest().spam_reasons


def test_what_earlier_requests_make_spam_is_not_due_nor_counted_among_the_new_ones(
    client, calm, settings
):
    settings.HOURLY_LIMITS = settings.HOURLY_LIMITS | {"network": 100, "total": 4}
    form = next(calm)
    for number in range(5):
        send(client, form, message=f"Please look at https://example.com/{number}")
    assert list(Inquiry.objects.order_by("pk").values_list("status", "due_at")[3:]) == [
        ("spam", None),
        ("spam", None),
    ]
    send(client, calm)
    assert (newest().status, newest().flood) == ("new", "")


def test_a_form_filled_in_for_one_patient_after_another_is_not_set_aside(client, calm):
    """As at a front desk where somebody goes back in the browser."""
    form = next(calm)
    for number in range(9):
        send(client, form, name=f"Patient {number}", message=f"Please call me, number {number}")
    assert not Inquiry.objects.exclude(status="new").exists()


def test_the_same_form_sent_twice_counts_once(client, calm):
    form = next(calm)
    for _ in range(9):
        send(client, form, message="Please call me")
    send(client, form, message="Please call me soon")
    assert newest().spam_points == 1


def test_the_same_message_from_many_places_counts(client, calm, later):
    for number in range(4):
        send(
            client,
            calm,
            address=f"203.0.113.{number}",
            name=f"N{number}",
            message="Hello there, friend of mine",
        )
    send(client, calm, address="203.0.113.99", message="hello  there, FRIEND of mine")
    assert newest().spam_reasons == "Same message as an earlier request"
    assert newest().spam_points == 4


def test_an_old_copy_of_a_message_no_longer_counts(client, calm):
    send(client, calm, name="One", message="Hello there, friend of mine")
    Inquiry.objects.update(received_at=timezone.now() - triage.RECENT - timedelta(hours=1))
    send(client, calm, message="Hello there, friend of mine")
    assert newest().spam_points == 0


def test_a_form_that_comes_back_within_seconds_and_one_that_is_days_old_are_signs(
    client, calm, later
):
    later(seconds=1)
    send(client, calm)
    assert newest().spam_reasons == "Sent within 3 seconds"
    later(days=2)
    send(client, calm, message="")
    assert newest().spam_reasons == "Sent over a day after the form was opened"


def test_a_clock_that_was_put_back_is_no_sign(client, calm, later):
    later(hours=-1)
    send(client, calm)
    assert newest().spam_points == 0


def test_what_the_site_notes_changes_nothing_about_what_is_the_same_form(client, calm, later):
    form = next(calm)
    for seconds in (1, 60):
        later(seconds=seconds)
        send(client, form)
    assert Inquiry.objects.count() == 1


# The made-up requests and spams, sent through the form; see test_spam.py


def sent(client, later, inquiry, number):
    """What became of it: a state, or "asked again" when the form found an error."""
    signals = {
        "name": "",
        "phone": "4255550142",
        "email": "",
        "seconds": 95,
        "honeypot": "",
    } | inquiry
    answers = {name: signals[name] for name in ("name", "phone", "email", "message")}
    way = "email" if answers["email"] and not inquiry.get("phone") else "call"
    token = make_answers()["token"]
    later(seconds=signals["seconds"])
    answers |= {"token": token, "contact_by": way, "subject": signals["honeypot"]}
    answer = client.post(FORM, make_answers(**answers), REMOTE_ADDR=f"2001:db8:{number:x}::1")
    later(seconds=0)
    return newest().status if answer.status_code == 302 else "asked again"


@found_in_words
@pytest.mark.parametrize(
    ("requests", "total"), [(REAL["inquiries"], 50), (FRESH["real"], 52)], ids=["first", "fresh"]
)
def test_of_requests_that_are_sent_none_is_asked_again_or_set_aside(
    client, every_way, later, requests, total
):
    outcomes = [
        (sent(client, later, inquiry, number), inquiry) for number, inquiry in enumerate(requests)
    ]
    assert len(outcomes) == total
    assert [inquiry for outcome, inquiry in outcomes if outcome != "new"] == []


@found_in_words
def test_of_fifty_spams_that_are_sent_at_least_forty_five_reach_nobody(client, every_way, later):
    outcomes = [
        sent(client, later, inquiry, number) for number, inquiry in enumerate(SPAM["inquiries"])
    ]
    assert len(outcomes) == 50
    assert outcomes.count("new") <= 5, outcomes


# What is too long to be read


def test_a_text_is_read_to_its_end_or_counts_as_not_checked(client, calm):
    send(client, calm, message="So. " * 490 + "I want to die")
    assert newest().danger == "suicide"
    send(client, calm, message="\ufdfa" * 2_000)  # 36,000 letters
    assert (newest().status, newest().danger, newest().safety_concern) == ("new", "unchecked", True)
    assert newest().safety_concern_reason == triage.NOT_CHECKED
    assert newest().spam_points is not None


@pytest.mark.parametrize("language", ["¿Qué más? Está así. ", "Tôi muốn được giúp đỡ. "])
def test_accents_do_not_count_when_a_long_message_is_read(client, calm, language):
    message = (language * 200)[:1985] + " I want to die."
    send(client, calm, message=message)
    assert newest().danger == "suicide"


# Broken word lists


@pytest.fixture
def lists(clinic_file, tmp_path, monkeypatch):
    """Copies of the word lists, read for the first time."""
    clinic_file()
    for watched in (danger_words, spam_words):
        monkeypatch.setattr(watched, "value", None)
        monkeypatch.setattr(watched, "stamp", None)
    return tmp_path


@pytest.mark.parametrize("damage", ["danger: [", "", None])
def test_without_words_of_danger_everybody_sees_help_first_and_staff_are_told(
    client, calm, lists, caplog, damage
):
    whole = (lists / "danger_words.yaml").read_text()
    (lists / "danger_words.yaml").unlink()
    if damage is not None:
        (lists / "danger_words.yaml").write_text(damage)
    assert text(send(client, calm, message=PITCH)).startswith(HELP)
    assert (newest().status, newest().safety_concern) == ("new", True)
    assert newest().safety_concern_reason == triage.NOT_CHECKED
    assert newest().spam_points >= 5
    assert "danger_words.yaml" in caplog.text
    assert "website" not in caplog.text
    (lists / "danger_words.yaml").write_text(whole)
    send(client, calm, name="Eve")
    assert newest().safety_concern is False


def test_without_words_of_spam_requests_are_stored_and_not_judged(client, calm, lists, caplog):
    whole = (lists / "spam_words.yaml").read_text()
    (lists / "spam_words.yaml").write_text("kinds: nothing")
    send(client, calm, message=PITCH)
    assert (newest().status, newest().spam_points) == ("new", None)
    assert "spam_words.yaml" in caplog.text
    (lists / "spam_words.yaml").write_text(whole)
    send(client, calm, name="Eve", message=PITCH)
    assert newest().status == "spam"


def test_a_list_that_breaks_while_the_site_runs_is_used_as_it_was(client, calm, lists, caplog):
    send(client, calm)
    (lists / "danger_words.yaml").write_text("danger: [")
    (lists / "spam_words.yaml").write_text("danger: [")
    send(client, calm, message=DANGER)
    assert newest().danger == "suicide"
    assert newest().spam_points == 0
    assert "Keeping the last valid version of danger_words.yaml" in caplog.text


@pytest.mark.parametrize(("judge", "danger"), [("find_danger", "unchecked"), ("score", "")])
def test_no_fault_in_judging_costs_a_person_their_request(
    client, calm, monkeypatch, caplog, judge, danger
):
    def fail(text, *_):
        raise RecursionError(f"in {text}")

    monkeypatch.setattr(f"kapsite.inquiries.triage.triage.{judge}", fail)
    page = send(client, calm, message="Canary")
    assert "We have your request" in text(page)
    assert (newest().message, newest().status, newest().danger) == ("Canary", "new", danger)
    assert "A request is stored unchecked: RecursionError" in caplog.text
    assert "Canary" not in caplog.text


# Behind a proxy


def test_requests_are_counted_by_the_address_that_the_guard_found(calm):
    for host in range(7):
        answers = make_answers(token=next(calm), name=f"N{host}")
        Client(REMOTE_ADDR="203.0.113.50").post(FORM, answers)
    assert "Many requests from one address" in newest().spam_reasons
