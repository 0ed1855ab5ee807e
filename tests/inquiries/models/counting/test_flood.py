"""Requests beyond what a clinic ever sees: stored and listed apart, never dropped."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kapsite.inquiries.models import Inquiry, Notice
from kapsite.inquiries.models.choices import Status
from kapsite.inquiries.models.counting.flood import ALL, TooMany
from kapsite.inquiries.models.counting.recent_sender import RecentSender
from kapsite.operations.alerts.models import Alert, AlertKind
from kapsite.security.wsgi.networks import NETWORKS_OF_A_SITE
from tests.factories import make_answers

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/request-evaluation/"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NETWORK, OTHER = "203.0.113.9/32", "203.0.113.10/32"
ANSWERS = {
    "name": "Ada",
    "for_whom": "me",
    "contact_by": "call",
    "phone": "425 555 0142",
    "voicemail": "no",
    "consent_version": "2026-11-22",
}
LIMITS = {"network": 3, "network_most": 6, "total": 8, "total_most": 14}


@pytest.fixture(autouse=True)
def low_limits(settings):
    settings.HOURLY_LIMITS = LIMITS
    settings.NOTIFY_EMAILS = ["desk@example.org"]


def receive(network=NETWORK, after=timedelta(0), **noted):
    noted = {"received_at": NOON + after} | noted
    form_id = f"form {Inquiry.objects.count()}"
    inquiry, _ = Inquiry.objects.receive(form_id, noted, network, **ANSWERS)
    return inquiry


def from_many(number, **noted):
    return [receive(f"198.51.100.{each}/32", **noted) for each in range(number)]


def statuses(inquiries):
    return [inquiry.status for inquiry in inquiries]


# One network


def test_beyond_its_limit_what_one_network_sends_comes_in_a_flood():
    inquiries = [receive() for _ in range(5)]
    assert statuses(inquiries) == [Status.NEW] * 3 + [Status.FLOOD] * 2
    assert [inquiry.flood for inquiry in inquiries] == ["", "", "", "network", "network"]


def test_a_flood_from_one_network_touches_nobody_else():
    for _ in range(LIMITS["network_most"]):
        receive()
    assert receive(OTHER).status == Status.NEW


def test_a_flood_from_one_network_does_not_use_up_the_total():
    for network in (NETWORK, OTHER):
        for _ in range(LIMITS["network_most"]):
            receive(network)
    assert receive("198.51.100.1/32").status == Status.NEW


def test_an_hour_later_the_network_starts_anew():
    for _ in range(5):
        receive()
    assert receive(after=timedelta(hours=1)).status == Status.NEW


def test_many_networks_of_one_ipv6_line_have_a_limit_together():
    most = LIMITS["network"] * NETWORKS_OF_A_SITE
    inquiries = [receive(f"2001:db8:1:{each:x}::/64") for each in range(most)]
    settings_total = [inquiry.flood for inquiry in inquiries]
    assert "network" not in settings_total
    assert receive("2001:db8:1:ffff::/64").flood == "network"


def test_beyond_what_is_stored_of_one_network_the_request_is_refused_not_stored():
    for _ in range(LIMITS["network_most"]):
        receive()
    with pytest.raises(TooMany) as refused:
        receive()
    assert refused.value.of_one_network
    assert Inquiry.objects.count() == LIMITS["network_most"]


def test_a_refused_request_uses_nothing_up():
    for _ in range(LIMITS["network_most"]):
        receive()
    for _ in range(20):
        with pytest.raises(TooMany):
            receive()
    assert RecentSender.objects.count_up([NETWORK, "all"], NOON) == [7, 7]


def test_the_same_form_sent_again_uses_nothing_up():
    for _ in range(5):
        Inquiry.objects.receive("one form", {"received_at": NOON}, NETWORK, **ANSWERS)
    assert RecentSender.objects.count_up([NETWORK, "all"], NOON) == [2, 2]


def test_without_a_known_network_only_the_total_counts():
    assert statuses(receive("") for _ in range(LIMITS["total"])) == [Status.NEW] * LIMITS["total"]
    assert receive("").flood == "total"


# All networks together


def test_beyond_the_total_requests_come_in_a_flood():
    inquiries = from_many(LIMITS["total"] + 2)
    assert statuses(inquiries) == [Status.NEW] * LIMITS["total"] + [Status.FLOOD] * 2
    assert inquiries[-1].flood == "total"


def test_likely_spam_does_not_push_others_into_the_flood():
    from_many(LIMITS["total"], status=Status.SPAM)
    assert receive().status == Status.NEW


def test_likely_spam_in_a_flood_stays_set_aside_and_nobody_is_mailed(settings):
    inquiries = from_many(LIMITS["total"] + 1, status=Status.SPAM)
    assert statuses(inquiries) == [Status.SPAM] * (LIMITS["total"] + 1)
    assert inquiries[-1].flood == "total"
    assert not Notice.objects.filter(inquiry=inquiries[-1]).exists()


def test_beyond_what_is_stored_in_an_hour_requests_are_refused():
    from_many(LIMITS["total_most"])
    with pytest.raises(TooMany) as refused:
        receive()
    assert not refused.value.of_one_network
    assert Inquiry.objects.count() == LIMITS["total_most"]


# What staff learn


def test_danger_in_a_flood_is_never_spam_and_keeps_its_flag():
    for _ in range(LIMITS["network"]):
        receive()
    inquiry = receive(safety_concern=True, safety_concern_reason="Suicide", danger="suicide")
    assert (inquiry.status, inquiry.safety_concern) == (Status.FLOOD, True)


def test_a_flood_makes_one_alert_and_no_notices():
    for _ in range(5):
        receive()
    assert Notice.objects.count() == 3
    alert = Alert.objects.get(kind=AlertKind.FLOOD)
    assert alert.count == 2


def test_the_history_tells_that_it_came_in_a_flood():
    inquiry = [receive() for _ in range(4)][-1]
    assert list(inquiry.activities.order_by("pk").values_list("kind", "to_status")) == [
        ("received", ""),
        ("moved", "flood"),
    ]


def test_the_hour_is_announced_once_when_it_is_half_full():
    from_many(LIMITS["total_most"] // 2 - 1)
    assert not Alert.objects.filter(kind=AlertKind.VOLUME).exists()
    from_many(2)
    assert Alert.objects.get(kind=AlertKind.VOLUME).count == 1


def test_an_hour_that_jumps_over_its_half_is_announced_too():
    RecentSender.objects.count_up([ALL], NOON)
    RecentSender.objects.update(sent=LIMITS["total_most"] // 2)
    receive()
    assert Alert.objects.get(kind=AlertKind.VOLUME).count == 1


def test_it_keeps_the_time_by_which_the_person_was_promised_a_reply():
    for _ in range(3):
        receive()
    inquiry = receive(reply_by=NOON + timedelta(days=1))
    assert inquiry.due_at == NOON + timedelta(days=1)


# What the person sees


def send(**changes):
    return Client(REMOTE_ADDR="203.0.113.9").post(FORM, make_answers(**changes))


def test_a_person_in_a_flood_is_told_what_everyone_is_told():
    pages = [send(message=f"Hello {each}") for each in range(5)]
    assert [page.status_code for page in pages] == [302] * 5
    assert Inquiry.objects.filter(status=Status.FLOOD).count() == 2
    page = Client().get(pages[-1]["Location"]).text
    assert "We have your request" in page


def test_a_person_whose_network_sent_too_much_keeps_everything_and_one_button():
    for each in range(LIMITS["network_most"]):
        send(message=f"Hello {each}")
    page = send(message="Please <call> me")
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "600"
    assert 'value="Please &lt;call&gt; me"' in page.text
    assert "Send again</button>" in page.text


def test_when_the_hour_is_full_the_form_is_shown_again_filled_in_with_the_phone_number():
    from_many(LIMITS["total_most"], received_at=datetime.now(UTC))
    page = send(name="Ada Lovelace")
    assert page.status_code == 503
    assert "Your request is not sent yet" in page.text
    assert 'value="Ada Lovelace"' in page.text
    assert 'href="tel:+1' in page.text
