"""Whether a worker is running."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

HEARTBEAT = timedelta(seconds=20)
SILENCE = timedelta(minutes=2)  # after it a worker is taken for dead; one sending lasts a minute


class Heartbeat(models.Model):
    """When a worker was last at work: one row."""

    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="heartbeat_is_one_row")]

    def __str__(self):
        return f"A worker was at work at {self.at}"


def beat(now: datetime) -> None:
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": now})


def worker_is_alive(now: datetime) -> bool:
    """Is someone sending? A beat from the future tells as little as an old one."""
    return Heartbeat.objects.filter(at__range=(now - SILENCE, now + SILENCE)).exists()
