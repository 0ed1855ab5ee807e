"""What staff and the operator should know about the site itself: one row for each trouble.

A trouble that happens again is counted in its row, so a thousand of them are still one line on
the overview and in the daily digest. Rows hold nothing about a person.
"""

from datetime import datetime, timedelta, tzinfo

from django.db import connection, models
from django.utils import timezone

SHOWN_FOR = timedelta(days=3)  # since it last happened: what Friday night brings, Monday sees
INCIDENT_ENDS = timedelta(days=1)  # without it happening; later it is counted from 1 again


class AlertKind(models.TextChoices):
    FLOOD = "flood", "Flood of requests"
    VOLUME = "volume", "Close to the hourly limit of requests"
    DISK = "disk", "Disk nearly full"
    PUBLISH = "publish", "A change of a page could not be published"
    HEALTH = "health", "Problem with the website"


class AlertQuerySet(models.QuerySet["Alert"]):
    def raise_for(self, kind: AlertKind, key: str = "", now: datetime | None = None) -> None:
        """Count ``kind`` once more. ``key`` keeps troubles of one kind apart, such as two disks.

        One statement, so that nothing is lost between two workers.
        """
        at = connection.ops.adapt_datetimefield_value(now or timezone.now())
        over = connection.ops.adapt_datetimefield_value((now or timezone.now()) - INCIDENT_ENDS)
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, [kind, key, at, at, over, over])

    def raise_hourly(self, kind: AlertKind, now: datetime, key: str = "") -> None:
        """Count ``kind`` once more, unless it was counted within the last hour."""
        if not self.filter(kind=kind, key=key, last__gt=now - timedelta(hours=1)).exists():
            self.raise_for(kind, key, now)

    def clear(self, kind: AlertKind, key: str = "") -> None:
        """Delete the alert, because the trouble is over."""
        self.filter(kind=kind, key=key).delete()

    def current(self, now: datetime):
        return self.filter(last__gte=now - SHOWN_FOR).order_by("kind", "key")


class Alert(models.Model):
    kind = models.CharField(max_length=10, choices=AlertKind)
    key = models.CharField(max_length=60, blank=True)
    first = models.DateTimeField()
    last = models.DateTimeField()
    count = models.PositiveIntegerField()
    mailed_at = models.DateTimeField(null=True)  # when staff were last mailed about it

    objects = AlertQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="alert_once")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.key}".strip()

    def in_words(self, zone: tzinfo) -> str:
        """ "Flood of requests: 37 times since November 3, 2:10 PM, last November 3, 2:14 PM"."""
        name = self.get_kind_display() + (f" ({self.key})" if self.key else "")
        first, last = when(self.first.astimezone(zone)), when(self.last.astimezone(zone))
        if self.count == 1:
            return f"{name}: {first}"
        return f"{name}: {self.count:,} times since {first}, last {last}"


def when(at: datetime) -> str:
    return f"{at:%B %-d, %-I:%M %p}"


UPSERT = (
    f"INSERT INTO {Alert._meta.db_table} AS alert (kind, key, first, last, count) "  # noqa: S608
    "VALUES (%s, %s, %s, %s, 1) ON CONFLICT (kind, key) DO UPDATE SET last = excluded.last, "
    "first = CASE WHEN alert.last < %s THEN excluded.first ELSE alert.first END, "
    "count = CASE WHEN alert.last < %s THEN 1 ELSE alert.count + 1 END"
)
