"""Whether the website itself is well: its pages, its mail, its backups, its disk."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from kapsite.clinic.days import day_of, zone
from kapsite.clinic.facts import get_clinic
from kapsite.clinic.opening_hours import ADD_HOURS, NO_HOURS
from kapsite.inquiries.models import Notice, ScheduledJob
from kapsite.inquiries.models.heartbeat import worker_is_alive
from kapsite.inquiries.models.outbox import NoticeState
from kapsite.operations.alerts.models import Alert

OLD_BACKUP = timedelta(days=2)
NO_BACKUP = {".sha256", ".txt"}  # suffixes of what stands beside the backups
LITTLE_ROOM = 0.1  # of the disk


class Room(NamedTuple):
    """Bytes of the disk that holds ``place``."""

    free: int
    total: int

    def __str__(self):
        return f"{self.free / 1e9:.1f} GB free of {self.total / 1e9:.1f}"


def room_at(place: Path) -> Room:
    usage = shutil.disk_usage(place if place.exists() else settings.BASE_DIR)
    return Room(usage.free, usage.total)


@dataclass(frozen=True)
class Line:
    label: str
    words: str
    is_well: bool = True


def lines(now: datetime) -> list[Line]:
    pages = [published(), *launch(), reviewed(day_of(now))]
    return [*alerts(now), *hours(), *pages, *mail(now), backup(now), disk()]


def alerts(now: datetime) -> list[Line]:
    found = Alert.objects.current(now)
    return [Line("Warning", alert.in_words(zone()), is_well=False) for alert in found]


def hours() -> list[Line]:
    known = get_clinic().hours
    return [] if known else [Line("Opening hours", f"{NO_HOURS}\n{ADD_HOURS}", is_well=False)]


def published() -> Line:
    try:
        at = (settings.PUBLISHED_DIR / "current").resolve(strict=True).stat().st_mtime
    except OSError:
        return Line("Pages published", "not yet: run manage.py publish", is_well=False)
    return Line("Pages published", when(at))


def launch() -> list[Line]:
    """What the published set says of the launch; nothing on localhost."""
    try:
        record = json.loads((settings.PUBLISHED_DIR / "current" / "_launch.json").read_bytes())
        return list(launch_lines(record))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return []


def launch_lines(record: dict) -> Iterator[Line]:
    if record.get("is_preview"):
        yield Line("Launch", "not yet: the pages are a preview", is_well=False)
        return
    missing, words = ", ".join(record["missing"]), []
    if "reason" in record:
        words.append(f"on {record['launched_on']}, with something missing: {record['reason']}")
    if missing:
        words.append(f"Missing or out of date: {missing}. See manage.py check_launch.")
    if words:
        yield Line("Launch", "\n".join(words), is_well=not missing)


def reviewed(today: date) -> Line:
    """What the manifest of the published pages says about when they are to be looked at again."""
    try:
        manifest = json.loads((settings.PUBLISHED_DIR / "current" / "manifest.json").read_bytes())
        past = [path for path, day in manifest["review_by"].items() if day < today.isoformat()]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return Line("Pages past review date", "unknown: publish again", is_well=False)
    return Line("Pages past review date", ", ".join(sorted(past)) or "none", is_well=not past)


def mail(now: datetime) -> list[Line]:
    waiting = Notice.objects.filter(state=NoticeState.WAITING).count()
    notices = Notice.objects.failing()
    failing, partly = notices.count(), notices.exclude(accepted_by="").count()
    words = f"{failing}, {partly} of them only to some addresses" if partly else f"{failing}"
    missed = len(ScheduledJob.objects.missed())
    alive = worker_is_alive(now)
    return [
        Line("Mail worker", "running" if alive else "not running: no email is sent", alive),
        Line("Emails waiting", str(waiting or "none")),
        Line("Emails not sent", words if failing else "none", is_well=not failing),
        Line("Leads not reached by email", str(missed or "none"), is_well=not missed),
    ]


def backup(now: datetime) -> Line:
    newest = last_backup()
    if newest is None:
        return Line("Newest backup", "none: run manage.py backup", is_well=False)
    return Line("Newest backup", when(newest.timestamp()), now - newest < OLD_BACKUP)


def last_backup() -> datetime | None:
    """When the newest file in BACKUP_DIR was written. Other programs may make backups too."""
    files = settings.BACKUP_DIR.glob("[!.]*")  # one that begins with "." is not finished
    written = [file.stat().st_mtime for file in files if file.suffix not in NO_BACKUP]
    return datetime.fromtimestamp(max(written), UTC) if written else None


def disk() -> Line:
    room = room_at(settings.VAR_DIR)
    return Line("Disk", str(room), room.free > LITTLE_ROOM * room.total)


def when(moment: float) -> str:
    at = timezone.localtime(datetime.fromtimestamp(moment, UTC))
    return f"{at:%A, %B %-d, %-I:%M %p}"
