"""Decides whether a request comes in a flood, while it is being stored.

Counted in the database, by all workers together, within the hour (recent_sender.py). Nothing is
dropped: a request in a flood is stored and put on a list of its own, where staff read and restore
it. Beyond what the site stores in an hour the form is shown again, filled in, and says that it is
not sent yet. docs/operating.md has the numbers and what they mean for a busy clinic.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models, transaction

from kapsite.inquiries.models.choices import Status
from kapsite.operations.alerts.models import Alert, AlertKind
from kapsite.security.wsgi.networks import NETWORKS_OF_A_SITE, site_of

from .recent_sender import RecentSender

ALL, NEW = "all", "new"  # counters: what is stored, and what lands among the new requests
# Fields about spam, from how many came before within the hour: of the network, on the form.
Rescore = Callable[[int, int], dict]
WAIT = 600  # seconds until a network that sent too much is worth another try
WARN_AT = 0.5  # of what is stored in an hour


class Flood(models.TextChoices):
    NETWORK = "network", "Many requests from one network"
    TOTAL = "total", "Many requests in total"


class TooMany(Exception):
    """More than is stored in an hour: of one network, or of all together."""

    def __init__(self, of_one_network: bool):
        super().__init__(of_one_network)
        self.of_one_network = of_one_network


@dataclass(frozen=True)
class Counter:
    name: str
    flood_above: int
    most: int


@contextmanager
def counted(
    network: str | None, form_id: str, fields: dict, rescore: Rescore | None = None
) -> Iterator[dict]:
    """A transaction in which to store an inquiry with ``fields``; gives those that differ in a
    flood, or because of earlier requests. Without a network (None) nothing is counted; one that
    isn't known ("") counts among all. Raises TooMany.
    """
    if network is None:
        with transaction.atomic():
            yield {}
        return
    now, status = fields["received_at"], fields.get("status", Status.NEW)
    near, form = list(counters_of(network)), f"form {form_id}"
    names = [ALL, NEW] if status == Status.NEW else [ALL]
    names += [*(counter.name for counter in near), form]
    with RecentSender.objects.counted(names, now) as counts:
        sent, different = dict(zip(names, counts, strict=True)), {}
        earlier = (sent.get(network, 1) - 1, sent[form] - 1)
        if rescore and any(earlier):
            different = rescore(*earlier)
            status = different["status"]
            if status != Status.NEW and NEW in sent:
                RecentSender.objects.take_back([NEW], now)
                del sent[NEW]
        if flood := settle(sent, near, now):
            Alert.objects.raise_for(AlertKind.FLOOD, now=now)
            # Likely spam stays where it is; only the notices about it end.
            status = Status.FLOOD if status == Status.NEW else status
            different |= {"flood": flood, "status": status}
        yield different


def settle(sent: dict[str, int], near: list[Counter], now: datetime) -> str:
    """Which flood it belongs to, "" for none; an alert is raised before nothing more is stored."""
    limits = settings.HOURLY_LIMITS
    sent_in_all = sent[ALL]
    if sent_in_all > limits["total_most"]:
        raise TooMany(of_one_network=False)
    if any(sent[counter.name] > counter.most for counter in near):
        raise TooMany(of_one_network=True)
    if sent_in_all >= limits["total_most"] * WARN_AT:
        Alert.objects.raise_hourly(AlertKind.VOLUME, now)
    if any(sent[counter.name] > counter.flood_above for counter in near):
        if NEW in sent:  # else one network could flood all others out
            RecentSender.objects.take_back([NEW], now)
        return Flood.NETWORK
    sent_as_new = sent.get(NEW, sent_in_all)  # likely spam is not among the new ones
    return Flood.TOTAL if sent_as_new > limits["total"] else ""


def counters_of(network: str) -> Iterator[Counter]:
    limits = settings.HOURLY_LIMITS
    if network:
        yield Counter(network, limits["network"], limits["network_most"])
    if site := site_of(network):
        yield Counter(
            site,
            limits["network"] * NETWORKS_OF_A_SITE,
            limits["network_most"] * NETWORKS_OF_A_SITE,
        )
