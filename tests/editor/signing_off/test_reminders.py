"""Editors hear of what is due: in "Edit site", and once a week by mail."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from kapsite.clinic import days
from kapsite.editor.signing_off import reminders
from kapsite.inquiries.models import ScheduledJob
from kapsite.inquiries.worker import sending
from kapsite.inquiries.worker.sending import NotSent
from tests.factories import make_staff
from tests.pages.samples import make_page

MONDAY = date(2026, 11, 23)


@pytest.fixture
def today(content, monkeypatch, settings):
    """An open day on which a review is due; change it with ``today(day)``."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(reminders, "is_time", lambda now: True)

    def set_day(day):
        monkeypatch.setattr(days, "today", lambda: day)

    set_day(MONDAY)
    due = {"review_by": f"{MONDAY + timedelta(days=20)}", "owner": "Ana Diaz"}
    (content / "risks.md").write_text(make_page("Words [@S1; @S2].", title="Risks", **due))
    return set_day


@pytest.fixture
def eve(today):
    return make_staff("editor", "eve", email="eve@example.org")


def send():
    reminders.send_due(timezone.now())
    return [message.body for message in mail.outbox]


def test_editors_get_a_mail_a_week_with_titles_owners_and_a_link(eve, today):
    make_staff("front-desk", "fay", email="fay@example.org")
    [body] = send()
    assert "Risks: Review is due December 13, 2026. Owner: Ana Diaz." in body
    assert "/admin/edit/reminders/" in body
    assert mail.outbox[0].to == ["eve@example.org"]
    today(MONDAY + timedelta(days=6))
    assert len(send()) == 1
    today(MONDAY + timedelta(days=7))
    assert len(send()) == 2


def test_nothing_is_sent_while_nothing_is_due_or_the_clinic_is_closed(eve, today, monkeypatch):
    monkeypatch.setattr(reminders, "is_time", lambda now: False)
    assert send() == []
    monkeypatch.setattr(reminders, "is_time", lambda now: True)
    today(MONDAY - timedelta(days=70))
    assert send() == []


def test_a_mail_that_the_server_refuses_is_tried_again(eve, today, monkeypatch):
    def refuse(*_):
        raise NotSent(OSError(), surely=True)

    with monkeypatch.context() as broken:
        broken.setattr(sending, "send", refuse)
        assert send() == []
    ScheduledJob.objects.update(taken_until=None)
    assert len(send()) == 1


def test_the_same_list_is_in_the_browser(browser, today):
    shown = browser("editor", "pat").get("/admin/edit/reminders/").content.decode()
    assert "Review is due December 13, 2026" in shown
    assert "Ana Diaz" in shown


def test_text_that_changed_since_it_was_signed_off_is_a_reminder(browser, today, content):
    (content / "signoffs.yaml").write_text(
        "- file: content/risks.md\n  reviewed_by: Ben Ito, MD\n  reviewed_on: 2026-11-01\n"
        "  texts: [0123456789abcdef]\n"
    )
    shown = browser("editor", "pat").get("/admin/edit/reminders/").content.decode()
    assert "Changed since Ben Ito, MD signed it off" in shown
