"""Whether patients can read and write to the clinic, and someone hears of it: a list of checks.

Each returns in words what is so, or raises Unhealthy with what to do. /healthz answers machines
with all of them in one word; the log has the rest.
"""

import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from django import db
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest
from django.utils import timezone

from kapsite.database.answer_timeout import answer_within
from kapsite.inquiries.checks import MISSING_KEYS_HINT, missing_keys
from kapsite.inquiries.desk.reports.system_status import room_at
from kapsite.inquiries.intake import views
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.heartbeat import worker_is_alive
from kapsite.inquiries.models.key_in_use import KeyInUse
from kapsite.pages.publish.serving.published_set import current_folder, read_set
from kapsite.pages.publish.serving.server import PageServer

from .results import Result, Unhealthy, result_of

DATABASE_SECONDS = 2  # for a statement: a balancer that asks gives up soon after
LEAST_ROOM = 200_000_000  # bytes; about 10,000 requests
BLOCK = bytes(4096)  # what a disk stores at least
PROBE = {  # a request that satisfies every constraint, and is taken back at once
    "pk": -1,  # no row has it, and on PostgreSQL no number is used up
    "name": "Health check",
    "form_token": "health check",
    "for_whom": "me",
    "contact_by": "email",
    "email": "health-check@example.org",
    "consent_version": "none",
}


def published_pages(server: PageServer | None) -> str:
    """With ``server``: what this process really serves; else what is on the disk."""
    if settings.DEBUG:
        return "rendered when they are requested"
    on_disk = current_folder(settings.PUBLISHED_DIR)
    if damage := server.problem() if server else read_set(on_disk).damage:
        raise Unhealthy(damage.rstrip("."), "Run manage.py publish.")
    return "whole"


def disk_space(server: PageServer | None) -> str:
    rooms = {place: room_at(place) for place in places()}
    for place, room in rooms.items():
        if room.free < LEAST_ROOM:
            raise Unhealthy(f"{place} has {room}", "Delete files or enlarge the disk.")
    return str(min(rooms.values()))


def folders(server: PageServer | None) -> str:
    """Really writes: a disk that was remounted read-only does not show in permissions."""
    for place in places():
        try:
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(BLOCK)
        except OSError as error:
            fix = "Check the disk (df -h, df -i, mount) and who owns the folder."
            raise Unhealthy(f"{place} cannot be written to: {error.strerror}", fix) from None
    return "writable"


def places() -> list[Path]:
    """Where the site must be able to write. A database in memory has no absolute path."""
    file = Path(connection.settings_dict["NAME"])
    with_database = connection.vendor == "sqlite" and file.is_absolute()
    return [settings.VAR_DIR, *([file.parent] if with_database else [])]


def database(server: PageServer | None) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def migrations(server: PageServer | None) -> str:
    missing = last_migrations() - set(MigrationRecorder(connection).applied_migrations())
    if missing:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in missing))
        raise Unhealthy(f"not applied: {names}", "Run manage.py migrate.")
    tables = set(connection.introspection.django_table_names())
    if lost := tables - set(connection.introspection.table_names()):
        names = ", ".join(sorted(lost))
        raise Unhealthy(f"applied, but the database lacks {names}", "Restore it from a backup.")
    return "all applied"


@cache  # reading them takes a tenth of a second, and the code stays the same
def last_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).graph.leaf_nodes())


def keys(server: PageServer | None) -> str:
    KeyInUse.objects.record()  # also for what staff write while no request comes
    if missing := KeyInUse.objects.missing():
        raise Unhealthy(missing_keys(missing), MISSING_KEYS_HINT)
    return "every key that encrypted rows is in FIELD_KEYS"


def request_form(server: PageServer | None) -> str:
    """Renders the form, then stores a request as if one had come and takes it back."""
    request = HttpRequest()
    request.method = "GET"
    request.META["kapsite.pages"] = server
    views.new(request)
    with transaction.atomic():
        Inquiry.objects.insert_all(**PROBE)
        transaction.set_rollback(True)
    return "works"


def worker(server: PageServer | None) -> str:
    if not worker_is_alive(timezone.now()):
        raise Unhealthy("not running", "Start manage.py run_worker: without it no notice is sent.")
    return "running"


WORKER = "Worker"
Check = Callable[[PageServer | None], str]
ON_DISK: dict[str, Check] = {
    "Published pages": published_pages,
    "Disk space": disk_space,
    "Folders": folders,
}
IN_DATABASE: dict[str, Check] = {
    "Database": database,  # first: the others are not run while it does not answer
    "Migrations": migrations,
    "Encryption keys": keys,
    "Request form": request_form,
    WORKER: worker,
}


def run(server: PageServer | None = None) -> Iterator[Result]:
    """Run every check; a database that does not answer ends the list."""
    for name, check in ON_DISK.items():
        yield result_of(name, check, server)
    for name, check in IN_DATABASE.items():
        try:
            with answer_within(DATABASE_SECONDS):
                yield result_of(name, check, server)
        except db.Error as error:
            # Not its message: PostgreSQL quotes the row.
            fix = "Check the disk and the database server."
            yield Result(name, f"the database failed: {type(error).__name__}", fix)
            return
