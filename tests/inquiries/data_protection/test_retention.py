"""When a request is deleted, and `manage.py purge_inquiries`."""

import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.utils import timezone

from kapsite.clinic import days
from kapsite.inquiries.data_protection import erasure, retention
from kapsite.inquiries.models import Access, Activity, Erasure, Inquiry
from kapsite.inquiries.models.choices import Outcome
from kapsite.inquiries.models.logs.erasure_log import BY_HAND, Rule
from tests.factories import make_inquiry, make_staff, sign_in
from tests.postgres import end_other_sessions
from tests.test_settings import setting, start

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[3]
DAY = timedelta(days=1)
# Shortly before midnight at the clinic, in Washington State; in UTC it is the next day.
LATE = datetime(2026, 11, 11, 7, 30, tzinfo=UTC)
CLOSED_ON = date(2026, 11, 10)


@pytest.fixture
def on(monkeypatch):
    """Let it be another day."""
    return lambda day: monkeypatch.setattr(days, "today", lambda: day)


def closed(outcome="duplicate", at=LATE, **fields):
    return make_inquiry(status="closed", outcome=outcome, closed_at=at, **fields)


def set_aside(at, received_at=LATE):
    inquiry = make_inquiry(status="spam", received_at=received_at)
    inquiry.record("moved", to_status="spam", at=at)
    return inquiry


def purge(**options):
    said = StringIO()
    call_command("purge_inquiries", stdout=said, **options)
    return said.getvalue()


@pytest.fixture(autouse=True)
def _no_other_reader(monkeypatch):
    """In the transaction of a test nothing can be overwritten: see test_erasure."""
    monkeypatch.setattr(erasure, "scrub", lambda *_: True)


def test_every_outcome_has_its_days_and_its_rule():
    assert project.RETENTION_DAYS.keys() == {*Outcome.values, "spam"}
    assert set(Rule.values) == {*project.RETENTION_DAYS, *BY_HAND, Rule.WITHDRAWN, Rule.REPEATED}


@pytest.mark.parametrize("outcome", Outcome.values)
def test_days_are_counted_from_the_day_of_closing_at_the_clinic(outcome):
    days = project.RETENTION_DAYS[outcome]
    assert retention.delete_on(closed(outcome)) == CLOSED_ON + days * DAY


def test_likely_spam_is_counted_from_the_day_it_was_set_aside():
    inquiry = set_aside(at=LATE, received_at=LATE - 30 * DAY)
    assert retention.delete_on(inquiry) == CLOSED_ON + 14 * DAY


def test_likely_spam_that_was_restored_and_set_aside_again_counts_anew():
    inquiry = set_aside(at=LATE - 20 * DAY, received_at=LATE - 20 * DAY)
    inquiry.record("moved", to_status="new", at=LATE - 10 * DAY)
    inquiry.record("moved", to_status="spam", at=LATE)
    assert retention.delete_on(inquiry) == CLOSED_ON + 14 * DAY


@pytest.mark.parametrize("status", ["new", "trying", "contacted", "scheduled", "waiting"])
def test_what_is_open_is_never_deleted_by_itself(status, on):
    inquiry = make_inquiry(
        status=status, next_action_on=date(2020, 1, 1), received_at=LATE - 4000 * DAY
    )
    assert retention.delete_on(inquiry) is None
    on(CLOSED_ON)
    purge()
    assert Inquiry.objects.get() == inquiry


@pytest.mark.parametrize("status", ["new", "spam"])
def test_what_was_merged_into_an_open_request_is_kept_with_it(status, on):
    into = make_inquiry(status=status, received_at=LATE + 900 * DAY)
    middle = closed(duplicate_of=into)
    first = closed(duplicate_of=middle, at=LATE - DAY)
    assert retention.delete_on(middle) is retention.delete_on(first) is None
    on(CLOSED_ON + 900 * DAY)
    purge()
    assert Inquiry.objects.count() == 3


def test_what_was_merged_counts_from_the_day_the_other_one_was_closed(on):
    into = closed("evaluated", at=LATE + 400 * DAY)
    middle = closed(duplicate_of=into)
    first = closed(duplicate_of=middle, at=LATE - DAY)
    day = CLOSED_ON + 430 * DAY
    assert retention.delete_on(middle) == retention.delete_on(first) == day
    on(day - DAY)
    purge()
    assert Inquiry.objects.count() == 3
    assert middle in [row for _, rows in retention.deleted_soon() for row in rows]
    on(day)
    purge()
    assert Inquiry.objects.get() == into


@pytest.mark.parametrize("make", [closed, lambda: set_aside(at=LATE)])
def test_a_request_is_there_until_the_day_before_and_gone_on_the_day(make, on):
    inquiry = make()
    on(retention.delete_on(inquiry) - DAY)
    assert purge() == "0 requests deleted, and overwritten in the database's files.\n"
    on(retention.delete_on(inquiry))
    purge()
    assert not Inquiry.objects.exists()


def test_with_other_days_in_the_settings_it_goes_on_another_day(settings, on):
    settings.RETENTION_DAYS = project.RETENTION_DAYS | {"duplicate": 3}
    inquiry = closed("duplicate")
    assert retention.delete_on(inquiry) == CLOSED_ON + 3 * DAY
    on(CLOSED_ON + 3 * DAY)
    purge()
    assert not Inquiry.objects.exists()


def test_what_goes_within_a_week_is_known_before(on):
    on(CLOSED_ON + 30 * DAY - 7 * DAY)
    inquiry, later = closed("duplicate"), closed("duplicate", at=LATE + DAY)
    found = [row for _, rows in retention.deleted_soon() for row in rows]
    assert (inquiry in found, later in found) == (True, False)


def test_a_trace_stays_that_says_when_and_by_which_rule(on):
    inquiry = closed("unreached")
    on(CLOSED_ON + 1000 * DAY)
    purge()
    [erasure_record] = Erasure.objects.all()
    assert (erasure_record.reference, erasure_record.rule, erasure_record.by) == (
        inquiry.reference,
        "unreached",
        None,
    )
    assert not Activity.objects.exists()


def test_the_command_names_references_and_rules_and_no_person(on):
    inquiry = closed("duplicate", name="Zyxcanary", message="Zyxcanary")
    on(CLOSED_ON + 30 * DAY)
    for said in (purge(dry_run=True), purge()):
        assert f"{inquiry.reference_in_groups}  Retention ended: duplicate\n" in said
        assert "Zyxcanary" not in said


def test_a_rehearsal_changes_nothing(on):
    closed("duplicate")
    on(CLOSED_ON + 30 * DAY)
    assert "1 requests would be deleted. Nothing was changed." in purge(dry_run=True)
    assert (Inquiry.objects.count(), Erasure.objects.count()) == (1, 0)


def test_more_than_a_batch_is_deleted(on, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for outcome in ["declined"] * 5 + ["duplicate"] * 3:
        closed(outcome)
    kept = make_inquiry(name="Kept")
    on(CLOSED_ON + 1000 * DAY)
    assert "8 requests deleted" in purge()
    assert Inquiry.objects.get() == kept
    assert Erasure.objects.count() == 8


def test_when_it_cannot_be_overwritten_the_command_says_what_to_do(on, monkeypatch):
    monkeypatch.setattr(erasure, "scrub", lambda *_: False)
    with pytest.raises(CommandError, match="Run this again in a quieter hour"):
        purge()


def test_a_request_opened_again_meanwhile_stays(on):
    inquiry = closed("duplicate")
    on(CLOSED_ON + 30 * DAY)
    [(_, found)] = [(rule, rows) for rule, rows in retention.deleted_by(days.today()) if rows]
    Inquiry.objects.update(status="contacted", outcome="", closed_at=None)
    assert erasure.erase(found.all(), Rule.DUPLICATE) == []
    assert Inquiry.objects.get() == inquiry


KILLED_IN_THE_SECOND_BATCH = """
import django, os, signal
django.setup()
from django.core.management import call_command
from kapsite.inquiries.data_protection import erasure, retention
from kapsite.inquiries.models import Erasure

def take_out_and_die(keys):
    take_out(keys)
    if Erasure.objects.count() > 3:  # deleted, and not committed
        os.kill(os.getpid(), signal.SIGKILL)

take_out, erasure._take_out_with_history = erasure._take_out_with_history, take_out_and_die
retention.BATCH = 3
call_command("purge_inquiries")
"""


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_nothing_is_half_deleted_and_the_next_run_goes_on(shared_database):
    for number in range(9):
        inquiry = closed("duplicate", at=LATE - 4000 * DAY, form_token=f"token {number}")
        inquiry.record("received")
    command = [sys.executable, "-c", KILLED_IN_THE_SECOND_BATCH]
    killed = subprocess.run(command, cwd=ROOT, env=shared_database, stdout=subprocess.DEVNULL)
    assert killed.returncode == -signal.SIGKILL
    end_other_sessions()  # the server may still work for who was killed
    assert (Inquiry.objects.count(), Erasure.objects.count(), Activity.objects.count()) == (6, 3, 6)
    call_command("purge_inquiries", stdout=StringIO())
    assert (Inquiry.objects.count(), Erasure.objects.count()) == (0, 9)


def test_the_list_of_the_week_says_which_goes_when_and_names_nobody(client):
    sign_in(client, make_staff("clinician", "ben"))
    now = timezone.localtime(timezone=days.zone()).replace(
        hour=12
    )  # no clock change moves noon to another day
    second = closed("duplicate", at=now - 26 * DAY, name="Zyxcanary")
    first = set_aside(at=now - 12 * DAY, received_at=now - 12 * DAY)
    late = closed("duplicate", at=now - 100 * DAY)
    closed("evaluated", at=now - 10 * DAY)
    page = client.get("/admin/inquiries/inquiry/upcoming-deletions/")
    assert [line[2] for line in page.context["lines"]] == [late, first, second]
    assert [line[0] for line in page.context["lines"]] == [
        days.today(),
        days.today() + 2 * DAY,
        days.today() + 4 * DAY,
    ]
    assert "Zyxcanary" not in page.text
    row = Access.objects.get()
    assert (row.act, row.details, row.count) == ("listed", "scheduled for deletion this week", 3)


def test_however_many_merged_requests_go_the_list_takes_the_same_queries(
    client, django_assert_max_num_queries
):
    sign_in(client, make_staff("clinician", "ben"))
    before = timezone.now() - 26 * DAY

    def look(listed):
        closed(at=before, duplicate_of=closed("evaluated", at=before))
        with django_assert_max_num_queries(40) as queries:
            page = client.get("/admin/inquiries/inquiry/upcoming-deletions/")
        assert len(page.context["lines"]) == listed
        return len(queries)

    assert look(1) == look(2)


# RETENTION_DAYS


def test_outcomes_that_the_setting_does_not_name_keep_their_days():
    told = setting("settings.RETENTION_DAYS", RETENTION_DAYS=" evaluated = 2555, spam=3,")
    assert told == str(project.RETENTION_DAYS | {"evaluated": 2555, "spam": 3})


@pytest.mark.parametrize(
    "written",
    [
        "evalated=90",
        "spam",
        "spam=",
        "spam=0",
        "spam=-1",
        "spam=two",
        "spam=99999",
        "spam=1,spam=2",
    ],
)
def test_a_mistake_in_the_setting_stops_the_start_with_one_clear_line(written):
    process = start(RETENTION_DAYS=written)
    [line] = process.stderr.splitlines()[1:]
    assert line.startswith("  - RETENTION_DAYS cannot be understood. Write outcomes with 1 to")
    assert "The outcomes are evaluated, declined, unsuitable," in line
