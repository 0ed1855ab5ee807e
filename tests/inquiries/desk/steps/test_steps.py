"""What each step does to a request, and when it may be taken."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone

from kapsite.clinic.days import today, zone
from kapsite.clinic.deadlines import end_of
from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.desk.appointments.times import NO_WISHES, free_slots
from kapsite.inquiries.desk.record.contact import ways
from kapsite.inquiries.desk.steps.base import Conflict, NotPossible
from kapsite.inquiries.desk.steps.registry import BY_NAME, STEPS, steps_for
from kapsite.inquiries.desk.steps.status import Wait
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import NEXT, Status
from kapsite.inquiries.models.request.deadlines import next_due
from tests.factories import make_inquiry, make_staff

pytestmark = pytest.mark.django_db
SOON = timedelta(days=3)


@pytest.fixture
def ana():
    return make_staff("front-desk", "ana", first_name="Ana")


def in_state(status, **fields):
    """A request in ``status``, with what that state needs."""
    needs = {
        "trying": {"next_action_on": today()},
        "waiting": {"next_action_on": today()},
        "scheduled": {"next_action_on": today() + SOON},
        "closed": {"outcome": "declined", "closed_at": timezone.now()},
        "withdrawn": {"withdrawn_from": "new", "withdrawn_at": timezone.now()},
    }
    return make_inquiry(**{"status": status} | needs.get(status, {}) | fields)


# What each step asks for, filled in.
ANSWERS = {
    "no_answer": {"next_action_on": "soon"},
    "voicemail": {"next_action_on": "soon"},
    "texted": {"next_action_on": "soon"},
    "emailed": {"next_action_on": "soon"},
    "scheduled": {"slot": "soon"},
    "unscheduled": {"next_action_on": "soon"},
    "wait": {"next_action_on": "soon"},
    "reopen": {"next_action_on": "soon"},
    "close": {"outcome": "declined"},
    "note": {"note": "Rang."},
    "set_safety_concern": {"reason": "Said so."},
    "clear_safety_concern": {"note": "Is safe."},
    "correct": {"person_name": "Ada", "phone": "(206) 555-0188", "voicemail": "no"},
}


def answers_to(name, /, **given):
    answers = ANSWERS.get(name, {}) | given
    if answers.get("next_action_on") == "soon":
        answers["next_action_on"] = (today() + SOON).isoformat()
    if answers.get("slot") == "soon":
        answers["slot"] = free_slots(timezone.now(), NO_WISHES, [], get_clinic())[0].value
    return answers


def take(name, inquiry, user, /, at=None, **given):
    """Take a step as the page does; the request as it is stored afterwards."""
    step = BY_NAME[name](inquiry, user, answers_to(name, **given))
    assert step.is_valid(), step.errors
    step.apply(inquiry.version if at is None else at)
    return Inquiry.objects.get(pk=inquiry.pk)


def problems(name, inquiry, user, /, **given):
    step = BY_NAME[name](inquiry, user, answers_to(name, **given))
    assert not step.is_valid()
    return dict(step.errors)


def allowed_steps(inquiry, user):
    return [step for step in steps_for(inquiry, user) if step.is_offered]


def names(steps):
    return {step.name for step in steps}


def history(inquiry):
    rows = inquiry.activities.order_by("pk")
    return list(rows.values_list("kind", "attempt", "to_status", "fields"))


# From state to state


@pytest.mark.parametrize(
    ("now", "name", "then"),
    [
        ("new", "no_answer", "trying"),
        ("trying", "no_answer", "trying"),
        ("contacted", "no_answer", "trying"),
        ("waiting", "no_answer", "trying"),
        ("scheduled", "no_answer", "scheduled"),
        ("new", "wrong_number", "new"),
        ("trying", "wrong_number", "trying"),
        ("scheduled", "wrong_number", "scheduled"),
        ("new", "spoke", "contacted"),
        ("trying", "spoke", "contacted"),
        ("contacted", "spoke", "contacted"),
        ("waiting", "spoke", "contacted"),
        ("scheduled", "spoke", "scheduled"),
        ("new", "scheduled", "scheduled"),
        ("contacted", "scheduled", "scheduled"),
        ("scheduled", "scheduled", "scheduled"),
        ("scheduled", "unscheduled", "contacted"),
        ("new", "wait", "waiting"),
        ("waiting", "wait", "waiting"),
        ("new", "close", "closed"),
        ("scheduled", "close", "closed"),
        ("new", "spam", "spam"),
        ("trying", "spam", "spam"),
        ("spam", "restore", "new"),
        ("closed", "reopen", "trying"),
    ],
)
def test_a_step_moves_a_request(ana, now, name, then):
    assert take(name, in_state(now), ana).status == then


@pytest.mark.parametrize("status", Status.values)
def test_no_step_that_is_offered_leaves_the_ways_between_states(ana, status):
    """With everything filled in, each ends in the same state or in one that may come next."""
    for name in sorted(names(allowed_steps(in_state(status), ana)) - {"link", "unlink"}):
        then = take(name, in_state(status), ana).status
        assert then == status or then in NEXT[Status(status)], name


def test_every_way_between_states_is_some_step(ana):
    made = set()
    for status in Status.values:
        for spoken in (None, timezone.now()):
            fields = {"first_contact_at": spoken}
            for name in names(allowed_steps(in_state(status), ana)) - {"link", "unlink"}:
                made.add((status, take(name, in_state(status, **fields), ana).status))
    wanted = {(now, then) for now, nexts in NEXT.items() for then in nexts}
    by_two_steps = {("scheduled", "trying")}  # the appointment is off, then nobody answers
    assert wanted - made == by_two_steps


@pytest.mark.parametrize("status", Status.values)
def test_a_step_of_another_state_is_refused_even_if_it_is_sent(ana, status):
    inquiry = in_state(status)
    others = set(BY_NAME) - names(allowed_steps(inquiry, ana)) - {"link"}
    for name in sorted(others):
        step = BY_NAME[name](inquiry, ana, answers_to(name))
        step.is_valid()
        with pytest.raises(NotPossible):
            step.apply(inquiry.version)
    assert history(inquiry) == []


@pytest.mark.parametrize("role", ["site-admin", None])
def test_someone_who_may_not_change_requests_can_take_no_step(role):
    inquiry, eve = make_inquiry(), make_staff(role, "eve")
    assert steps_for(inquiry, eve) == []
    for step in STEPS:
        with pytest.raises(NotPossible):
            step(inquiry, eve, answers_to(step.name)).apply(0)
    assert history(inquiry) == []


@pytest.mark.parametrize("role", ["front-desk", "clinician", "lead"])
def test_everybody_who_works_with_requests_can_take_every_step(role):
    user, offered = make_staff(role, "ben"), set()
    for status in Status.values:
        for care in ({}, {"safety_concern": True, "safety_concern_reason": "So."}):
            offered |= names(allowed_steps(in_state(status, voicemail="yes", **care), user))
    reached = in_state("contacted", email="a@example.org", first_contact_at=timezone.now())
    offered |= names(allowed_steps(reached, user))
    due = in_state("scheduled", next_action_on=today())
    offered |= names(allowed_steps(due, user))
    linked = in_state("new", same_person_as=reached)
    offered |= names(allowed_steps(linked, user))
    offered |= names(allowed_steps(take("wrong_number", linked, user), user))
    assert offered == set(BY_NAME)


# What each step stores


def test_no_answer_counts_and_sets_the_next_date(ana):
    inquiry = take("no_answer", make_inquiry(), ana, note="Rang twice.")
    assert (inquiry.attempts, inquiry.next_action_on) == (1, today() + SOON)
    assert inquiry.first_contact_at is None
    assert history(inquiry) == [
        ("called", "no_answer", "", "next_action_on"),
        ("moved", "", "trying", ""),
    ]
    assert inquiry.activities.get(kind="called").note == "Rang twice."


def test_speaking_is_the_first_contact_and_ends_the_counting(ana):
    inquiry = take("spoke", in_state("trying", attempts=2), ana)
    first = inquiry.first_contact_at
    assert first
    assert inquiry.attempts == 0
    assert take("spoke", inquiry, ana).first_contact_at == first


def test_an_appointment_is_a_first_contact_too(ana):
    inquiry = take("scheduled", make_inquiry(), ana)
    assert inquiry.first_contact_at
    assert inquiry.next_action_on >= today()


@pytest.mark.parametrize("name", ["spoke", "no_answer", "voicemail"])
def test_an_appointment_stands_while_somebody_calls_about_it(ana, name):
    inquiry = in_state("scheduled", voicemail="yes")
    moved = take(name, inquiry, ana, next_action_on="2030-01-01")
    assert (moved.status, moved.next_action_on) == ("scheduled", today() + SOON)


def test_closing_stores_outcome_and_time_and_leaves_no_date(ana):
    inquiry = take("close", in_state("trying"), ana, outcome="referred", note="To Dr. Lee.")
    assert (inquiry.status, inquiry.outcome, inquiry.next_action_on) == ("closed", "referred", None)
    assert inquiry.closed_at
    assert inquiry.due_at is None
    assert inquiry.activities.get().note == "Referred elsewhere\nTo Dr. Lee."


def test_opening_again_takes_outcome_and_time_away(ana):
    inquiry = take("reopen", in_state("closed", attempts=3), ana)
    assert (inquiry.outcome, inquiry.closed_at, inquiry.attempts) == ("", None, 0)
    assert inquiry.next_action_on == today() + SOON


def test_one_who_was_spoken_with_is_opened_again_as_contacted(ana):
    inquiry = in_state("closed", first_contact_at=timezone.now())
    assert take("reopen", inquiry, ana).status == "contacted"


def test_spam_and_back_is_one_step_each(ana):
    inquiry = take("spam", in_state("trying"), ana)
    assert (inquiry.next_action_on, inquiry.due_at) == (None, None)
    assert take("restore", inquiry, ana).status == "new"
    assert [row[2] for row in history(inquiry)] == ["spam", "new"]


def test_a_safety_concern_cannot_be_marked_as_spam(ana):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so.")
    step = BY_NAME["spam"](inquiry, ana, {})
    assert step.blocked_reason == "Clear the safety concern first."
    assert "spam" not in names(allowed_steps(inquiry, ana))


def test_the_care_flag_is_set_with_a_reason_and_cleared_with_a_note(ana):
    inquiry = make_inquiry()
    assert problems("set_safety_concern", inquiry, ana, reason=" ") == {
        "reason": ["Enter the reason"]
    }
    inquiry = take("set_safety_concern", inquiry, ana, reason="Sounded low.")
    assert (inquiry.safety_concern, inquiry.safety_concern_reason) == (True, "Sounded low.")
    assert problems("clear_safety_concern", inquiry, ana, note="") == {
        "note": ["Enter why the safety concern no longer applies"]
    }
    inquiry = take("clear_safety_concern", inquiry, ana, note="Is safe.")
    assert (inquiry.safety_concern, inquiry.safety_concern_reason) == (False, "")
    notes = [row.note for row in inquiry.activities.order_by("pk")]
    assert notes == ["Sounded low.", "Is safe."]
    assert history(inquiry) == [("changed", "", "", "safety_concern")] * 2


def test_a_new_request_with_a_safety_concern_is_due_sooner(ana):
    far = timezone.now() + timedelta(days=5)
    inquiry = take("set_safety_concern", make_inquiry(reply_by=far), ana)
    assert inquiry.due_at == inquiry.reply_by
    assert inquiry.due_at < timezone.now() + timedelta(days=4)


def test_a_request_with_a_safety_concern_is_closed_only_with_a_note(ana):
    inquiry = make_inquiry(safety_concern=True, safety_concern_reason="Said so.")
    said = problems("close", inquiry, ana, outcome="referred")
    assert said == {"note": ["Write how the safety concern was resolved"]}
    assert take("close", inquiry, ana, note="At a hospital.").status == "closed"


def test_a_request_is_taken_given_and_given_back(ana):
    ben = make_staff("clinician", "ben", first_name="Ben")
    inquiry = take("take", make_inquiry(), ana)
    assert inquiry.assigned_to == ana
    assert "take" not in names(allowed_steps(inquiry, ana))
    inquiry = take("assign", inquiry, ana, assigned_to=ben.pk)
    assert inquiry.assigned_to == ben
    inquiry = take("assign", inquiry, ana, assigned_to="")
    assert inquiry.assigned_to is None
    notes = [row.note for row in inquiry.activities.filter(kind="assigned").order_by("pk")]
    assert notes == ["To Ana", "To Ben", "To nobody"]


def test_a_request_is_given_only_to_somebody_who_may_work_with_it(ana):
    other = make_staff("site-admin", "eve")
    gone = make_staff("lead", "gone", is_active=False)
    reader = make_staff("lead", "reader")
    User.objects.filter(pk=reader.pk).update(is_staff=False)
    for pk in (other.pk, gone.pk, reader.pk, 999_999, "x"):
        said = problems("assign", make_inquiry(), ana, assigned_to=pk)
        assert said == {"assigned_to": ["Select a person from the list"]}


def test_a_note_changes_nothing_else(ana):
    inquiry = in_state("trying")
    noted = take("note", inquiry, ana, note="  Rang.\r\nTwice.  ")
    assert (noted.status, noted.next_action_on) == ("trying", today())
    [row] = noted.activities.all()
    assert (row.kind, row.note, row.by) == ("noted", "Rang.\nTwice.", ana)


# With a safety concern


CONCERN = {"safety_concern": True, "safety_concern_reason": "Said so."}
NIGHT = datetime(2026, 11, 26, 23, 50, tzinfo=zone())
AFTERNOON = datetime(2026, 11, 26, 15, 3, tzinfo=zone())


def at_time(monkeypatch, now):
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.mark.parametrize("name", ["no_answer", "voicemail"])
@pytest.mark.parametrize("status", ["new", "trying"])
@pytest.mark.parametrize("now", [AFTERNOON, NIGHT], ids=["afternoon", "before midnight"])
def test_the_next_attempt_is_proposed_within_the_hour(ana, monkeypatch, name, status, now):
    at_time(monkeypatch, now)
    step = BY_NAME[name](in_state(status, voicemail="yes", **CONCERN), ana)
    day, at = (step.initial[field] for field in ("next_action_on", "next_action_time"))
    proposed = datetime.combine(day, at, zone())
    assert timedelta(minutes=30) <= proposed - now <= timedelta(hours=1)


def test_it_is_due_at_that_time(ana, monkeypatch):
    at_time(monkeypatch, AFTERNOON)
    sent = {"next_action_on": "2026-11-26", "next_action_time": "15:45"}
    inquiry = take("no_answer", in_state("new", **CONCERN), ana, **sent)
    assert inquiry.due_at == AFTERNOON.replace(hour=15, minute=45)


def test_without_a_time_it_is_due_by_the_end_of_the_day(ana, monkeypatch):
    at_time(monkeypatch, AFTERNOON)
    inquiry = take("no_answer", in_state("new", **CONCERN), ana, next_action_on="2026-11-26")
    assert inquiry.due_at == end_of(AFTERNOON.date(), get_clinic())


@pytest.mark.parametrize("name", ["spoke", "wait", "close", "clear_safety_concern"])
def test_a_time_never_stays_with_another_date(ana, monkeypatch, name):
    at_time(monkeypatch, AFTERNOON)
    planned = {"next_action_on": AFTERNOON.date(), "next_action_time": time(15, 45)}
    inquiry = in_state("trying", **CONCERN | planned)
    inquiry = take(name, inquiry, ana, note="Is safe.")
    assert (inquiry.next_action_time is None) is (name != "clear_safety_concern")


def test_a_concern_set_after_an_attempt_brings_the_next_one_nearer(ana, monkeypatch):
    at_time(monkeypatch, AFTERNOON)
    later = AFTERNOON.date() + SOON
    inquiry = take("set_safety_concern", in_state("trying", next_action_on=later), ana)
    assert timedelta(0) < inquiry.due_at - AFTERNOON <= timedelta(hours=1)


# How to reach them


@pytest.mark.parametrize(
    ("voicemail", "offered", "words"),
    [
        ("yes", True, ""),
        ("discreet", True, ""),
        ("no", False, "They asked us not to leave a voicemail."),
    ],
)
def test_a_voicemail_is_offered_only_as_they_allowed(ana, voicemail, offered, words):
    inquiry = make_inquiry(voicemail=voicemail)
    assert ("voicemail" in names(allowed_steps(inquiry, ana))) is offered
    assert BY_NAME["voicemail"](inquiry, ana).blocked_reason == words


def test_a_voicemail_for_which_nobody_was_asked_is_not_offered(ana):
    inquiry = make_inquiry(contact_by="text", voicemail="", first_contact_at=timezone.now())
    step = BY_NAME["voicemail"](inquiry, ana)
    assert step.blocked_reason == "They weren’t asked about voicemail."


def test_a_discreet_voicemail_comes_with_its_rule(ana):
    step = BY_NAME["voicemail"](make_inquiry(voicemail="discreet"), ana)
    assert step.rule.startswith("Say only a first name and the number")


@pytest.mark.parametrize(
    ("contact_by", "offered"),
    [("call", "no_answer"), ("text", "texted"), ("email", "emailed")],
)
def test_only_the_way_they_asked_for_is_offered(ana, contact_by, offered):
    ways = {"no_answer", "texted", "emailed"}
    inquiry = make_inquiry(contact_by=contact_by, email="ada@example.org")
    assert names(allowed_steps(inquiry, ana)) & ways == {offered}
    spoken_with = make_inquiry(
        contact_by=contact_by, email="ada@example.org", first_contact_at=timezone.now()
    )
    assert names(allowed_steps(spoken_with, ana)) & ways == ways


def test_a_way_without_an_address_is_not_spoken_of(ana):
    inquiry = make_inquiry(contact_by="email", email="ada@example.org", phone="", voicemail="")
    assert names(steps_for(inquiry, ana)) & {"no_answer", "voicemail", "texted"} == set()


# A wrong number

WAYS = {"no_answer", "voicemail", "wrong_number", "texted", "emailed"}


@pytest.mark.parametrize("contact_by", ["call", "text"])
def test_a_wrong_number_leaves_a_request_as_due_as_it_was(ana, contact_by):
    due = timezone.now() + timedelta(hours=2)
    inquiry = take("wrong_number", make_inquiry(reply_by=due, contact_by=contact_by), ana)
    assert (inquiry.status, inquiry.due_at, inquiry.attempts) == ("new", due, 1)
    assert history(inquiry) == [("called", "wrong", "", "wrong_number")]
    assert inquiry.first_contact_at is None


def test_nobody_calls_texts_or_leaves_a_voicemail_at_a_wrong_number(ana):
    inquiry = take("wrong_number", make_inquiry(first_contact_at=timezone.now()), ana)
    assert names(allowed_steps(inquiry, ana)) & {*WAYS, "spoke", "correct"} == {"spoke", "correct"}
    reasons = {step.blocked_reason for step in steps_for(inquiry, ana) if step.name in WAYS}
    assert reasons == {"Wrong number: correct it first."}


def test_where_the_number_is_wrong_an_email_that_they_gave_is_a_way(ana):
    inquiry = make_inquiry(email="ada@example.org")
    assert "emailed" not in names(allowed_steps(inquiry, ana))
    inquiry = take("wrong_number", inquiry, ana)
    assert names(allowed_steps(inquiry, ana)) & WAYS == {"emailed"}
    preferred, others = ways(inquiry)
    assert (preferred, [way.href for way in others]) == ([], ["mailto:ada@example.org"])


def test_a_corrected_number_can_be_called_again(ana):
    inquiry = take("wrong_number", make_inquiry(voicemail="yes"), ana)
    inquiry = take("correct", inquiry, ana, voicemail="yes")
    assert not inquiry.wrong_number
    assert names(allowed_steps(inquiry, ana)) & WAYS == {"no_answer", "voicemail", "wrong_number"}


def test_a_number_that_was_only_misdialed_can_be_called_again(ana):
    inquiry = take("wrong_number", make_inquiry(), ana)
    inquiry = take("right_number", inquiry, ana)
    assert "no_answer" in names(allowed_steps(inquiry, ana))
    assert "right_number" not in names(allowed_steps(inquiry, ana))
    assert history(inquiry)[-1] == ("changed", "", "", "wrong_number")


def test_a_wrong_number_stays_wrong_while_only_the_name_is_corrected(ana):
    inquiry = take("wrong_number", make_inquiry(), ana)
    inquiry = take("correct", inquiry, ana, phone=inquiry.phone, person_name="Adah")
    assert inquiry.wrong_number


# Dates


@pytest.fixture
def on_a_friday(monkeypatch):
    """Friday, 4 December 2026, noon at the clinic."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 4, 20, tzinfo=UTC))


@pytest.mark.usefixtures("on_a_friday")
@pytest.mark.parametrize(
    ("attempts", "proposed"), [(0, "2026-12-07"), (1, "2026-12-08"), (2, "2026-12-10")]
)
def test_each_attempt_proposes_a_later_day_on_which_the_clinic_works(ana, attempts, proposed):
    step = BY_NAME["no_answer"](make_inquiry(attempts=attempts), ana)
    assert step["next_action_on"].initial.isoformat() == proposed


@pytest.mark.usefixtures("on_a_friday")
@pytest.mark.parametrize(
    ("known", "proposed"),
    [
        ({}, date(2026, 12, 8)),
        ({"hours": dict.fromkeys(["monday", "wednesday"], "9 am to 5 pm")}, date(2026, 12, 9)),
    ],
)
def test_a_proposed_day_keeps_to_holidays_and_known_hours(ana, clinic_file, known, proposed):
    clinic_file(holidays=["2026-12-07"], **known)
    assert bool(get_clinic().hours) == bool(known)
    step = BY_NAME["no_answer"](make_inquiry(), ana)
    assert step["next_action_on"].initial == proposed


@pytest.mark.usefixtures("on_a_friday")
@pytest.mark.parametrize("name", ["no_answer", "wait"])
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-12-05", "The clinic is closed on Saturday, December 5."),
        ("2026-12-06", "The clinic is closed on Sunday, December 6."),
        ("2026-12-07", "The clinic is closed on Monday, December 7."),  # a holiday
        ("2026-12-08", ""),
    ],
)
def test_a_closed_day_is_accepted_with_a_warning(ana, clinic_file, name, day, words):
    clinic_file(holidays=["2026-12-07"])
    step = BY_NAME[name](make_inquiry(), ana, {"next_action_on": day})
    assert step.is_valid(), step.errors
    step.apply(0)
    assert step.warning == words
    assert Inquiry.objects.get().next_action_on == date.fromisoformat(day)


@pytest.mark.usefixtures("on_a_friday")
@pytest.mark.parametrize(
    ("name", "state"), [("unscheduled", "scheduled"), ("reopen", "closed"), ("wait", "waiting")]
)
def test_a_closed_day_is_warned_about_whichever_step_sets_it(ana, name, state):
    step = BY_NAME[name](in_state(state), ana, {"next_action_on": "2026-12-05"})
    assert step.is_valid()
    step.apply(0)
    assert step.warning == "The clinic is closed on Saturday, December 5."


@pytest.mark.usefixtures("on_a_friday")
def test_a_step_that_sets_no_day_does_not_warn_about_an_old_one(ana):
    step = BY_NAME["take"](in_state("waiting", next_action_on=date(2026, 12, 5)), ana, {})
    assert step.is_valid()
    step.apply(0)
    assert step.warning == ""


@pytest.mark.usefixtures("on_a_friday")
def test_an_attempt_at_a_set_time_for_someones_safety_is_meant_on_a_closed_day(ana):
    concern = {"safety_concern": True, "safety_concern_reason": "Said so."}
    at = {"next_action_on": "2026-12-05", "next_action_time": "10:00"}
    step = BY_NAME["no_answer"](make_inquiry(**concern), ana, at)
    assert step.is_valid()
    step.apply(0)
    assert step.warning == ""


@pytest.mark.usefixtures("on_a_friday")
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Enter a date"),
        ("soon enough", "Enter a date, like 12/31/2026"),
        ("2026-12-03", "The date must be today or later"),
        ("2028-01-01", "The date must be within a year"),
        ("9999-12-31", "The date must be within a year"),
    ],
)
def test_a_date_that_cannot_be_meant_is_a_message(ana, day, words):
    said = problems("wait", make_inquiry(), ana, next_action_on=day)
    assert said == {"next_action_on": [words]}


@pytest.mark.usefixtures("on_a_friday")
def test_late_in_the_evening_it_is_still_today_at_the_clinic(ana, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 5, 7, tzinfo=UTC))
    assert take("wait", make_inquiry(), ana, next_action_on="2026-12-04")


def test_after_three_attempts_closing_is_proposed_as_could_not_be_reached(ana):
    assert "outcome" not in BY_NAME["close"](in_state("trying", attempts=2), ana).initial
    assert BY_NAME["close"](in_state("trying", attempts=3), ana).initial["outcome"] == "unreached"


@pytest.mark.parametrize("name", ["no_answer", "spoke", "scheduled", "wait"])
def test_a_step_says_when_somebody_must_act_next(ana, name):
    inquiry = take(name, make_inquiry(overdue_notified_at=timezone.now()), ana)
    assert inquiry.due_at == next_due(inquiry)
    assert inquiry.due_at
    assert inquiry.overdue_notified_at is None  # the lead is told again if this one passes too


# All or nothing, and one after the other


def test_each_step_counts_the_version_up(ana):
    inquiry = take("note", take("take", make_inquiry(), ana), ana)
    assert inquiry.version == 2


def test_a_step_with_an_old_version_is_refused_and_changes_nothing(ana):
    inquiry = take("take", make_inquiry(), ana)
    with pytest.raises(Conflict):
        take("no_answer", inquiry, ana, at=0)
    assert Inquiry.objects.get().status == "new"


def test_of_two_who_read_the_same_version_one_is_refused(ana):
    """Both read the row before either wrote."""
    inquiry = make_inquiry()
    mine, theirs = Inquiry.objects.get(), Inquiry.objects.get()
    take("no_answer", theirs, ana)
    with pytest.raises(Conflict):
        take("close", mine, ana)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.version) == ("trying", 1)
    assert len(history(inquiry)) == 2


def test_a_row_that_was_read_before_is_not_written_over_a_newer_one(ana):
    old = make_inquiry()
    take("wait", Inquiry.objects.get(), ana)
    with pytest.raises(Conflict):
        take("no_answer", old, ana, at=1)
    assert Inquiry.objects.get().status == "waiting"


def test_a_step_that_takes_a_forbidden_way_is_stopped_by_the_table_of_states(ana):
    class Leap(Wait):
        to = Status.NEW

    inquiry = in_state("contacted")
    step = Leap(inquiry, ana, answers_to("wait"))
    assert step.is_valid()
    with pytest.raises(NotPossible):
        step.apply(0)
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.version) == ("contacted", 0)


def test_a_step_whose_history_cannot_be_written_is_not_taken(ana, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    inquiry = make_inquiry()
    monkeypatch.setattr("kapsite.inquiries.models.Activity.save", fails)
    with pytest.raises(RuntimeError):
        take("no_answer", inquiry, ana)
    stored = Inquiry.objects.get()
    assert (stored.status, stored.version, stored.attempts) == ("new", 0, 0)


def test_a_step_writes_nothing_of_what_the_person_typed(ana):
    """A row that staff had open for hours must not undo a rotation of keys meanwhile."""
    inquiry = make_inquiry()
    meanwhile = Inquiry.objects.get()
    meanwhile.name = "Ada L."
    meanwhile.save(update_fields=["name"])
    assert take("take", inquiry, ana).name == "Ada L."


def test_fields_that_a_step_does_not_ask_for_are_ignored(ana):
    sent = {"status": "closed", "outcome": "duplicate", "name": "Eve", "safety_concern": "on"}
    sent |= {"version": "77", "attempts": "9", "assigned_to": ana.pk, "pk": "5"}
    inquiry = take("no_answer", make_inquiry(), ana, **sent)
    assert (inquiry.status, inquiry.outcome, inquiry.name) == ("trying", "", "Ada")
    assert (inquiry.safety_concern, inquiry.version, inquiry.attempts) == (False, 1, 1)
    assert inquiry.assigned_to is None


RACERS = 6


def test_of_many_who_press_at_the_same_moment_one_gets_through(shared_database, ana):
    """Each with a connection of its own."""
    inquiry, start, usual = make_inquiry(), Barrier(RACERS), connections["default"]

    def race(_):
        connections["default"] = type(usual)(usual.settings_dict)
        mine = Inquiry.objects.get()
        step = BY_NAME["no_answer"](mine, ana, answers_to("no_answer"))
        assert step.is_valid()
        start.wait(10)
        try:
            step.apply(0)
        except Conflict:
            return "refused"
        finally:
            connections["default"].close()
        return "taken"

    ana.has_perm("inquiries.change_inquiry")  # read once, for all threads
    with ThreadPoolExecutor(RACERS) as pool:
        ended = sorted(pool.map(race, range(RACERS)))
    assert ended == ["refused"] * (RACERS - 1) + ["taken"]
    inquiry.refresh_from_db()
    assert (inquiry.attempts, inquiry.version, len(history(inquiry))) == (1, 1, 2)
