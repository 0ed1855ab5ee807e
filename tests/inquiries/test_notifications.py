import smtplib

import pytest

from kapsite.inquiries.models import Inquiry
from tests.factories import make_answers

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"
TYPED = {
    "name": "Canary name",
    "phone": "(425) 555-0188",
    "email": "canary@example.org",
    "message": "Canary message",
}


@pytest.fixture(autouse=True)
def _staff_address(settings):
    settings.NOTIFY_EMAILS = ["front.desk@example.org"]


def test_staff_are_told_that_somebody_asked_and_where_to_read_it(client, mailoutbox):
    client.post(FORM, make_answers())
    [notice] = mailoutbox
    inquiry = Inquiry.objects.get()
    assert notice.to == ["front.desk@example.org"]
    assert f"http://localhost:8000/admin/inquiries/inquiry/{inquiry.pk}/change/" in notice.body
    assert inquiry.notified_at


def test_a_notice_repeats_nothing_the_person_wrote(client, mailoutbox, every_way):
    client.post(FORM, make_answers(**TYPED))
    assert Inquiry.objects.get().message == "Canary message"
    [notice] = mailoutbox
    told = notice.message().as_string()
    assert not [word for word in ("anary", "555", "epression") if word in told]


def test_a_form_sent_twice_is_told_once(client, mailoutbox):
    answers = make_answers()
    client.post(FORM, answers)
    client.post(FORM, answers)
    assert len(mailoutbox) == 1


def test_nobody_is_told_about_a_form_that_was_not_stored(client, mailoutbox):
    client.post(FORM, make_answers(name=""))
    client.post(FORM, {"is_adult": "no"})
    assert mailoutbox == []


@pytest.mark.parametrize(
    "failure",
    [ConnectionRefusedError(), smtplib.SMTPDataError(554, b"no"), TimeoutError(), ValueError()],
)
def test_a_mail_failure_changes_nothing_for_the_person(client, monkeypatch, caplog, failure):
    def fail(*args, **kwargs):
        raise failure

    monkeypatch.setattr("kapsite.inquiries.notifications.send_mail", fail)
    response = client.post(FORM, make_answers(**TYPED), follow=True)
    assert "We have your request" in response.text
    inquiry = Inquiry.objects.get()
    assert inquiry.notified_at is None
    assert f"No notice was sent for {inquiry}: {type(failure).__name__}" in caplog.text
    assert not [word for word in ("anary", "555") if word in caplog.text]


def test_without_an_address_no_notice_is_sent(client, settings, mailoutbox):
    settings.NOTIFY_EMAILS = []
    assert client.post(FORM, make_answers()).status_code == 302
    assert mailoutbox == []
