"""Takes a request out of the database, so that nothing a person typed is left in its files.

Only an erasure record remains: that something was deleted, when and by which rule.
"""

import re
import time
from datetime import datetime

from django.db import OperationalError, connection, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from kapsite.database.answer_timeout import answer_within
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.job import JobName, ScheduledJob
from kapsite.inquiries.models.logs.erasure_log import Erasure, Rule

from . import erased_file

SCRUB_TIMEOUT = 4  # seconds, for one table; forms wait as long
LOG_TIMEOUT, LOG_PAUSE = 5, 0.05  # seconds, while others read what is in the log
ATTEMPTS, PAUSE = 4, 0.3  # seconds more before each further one


def erase(inquiries: QuerySet[Inquiry], rule: Rule, by=None) -> list[Erasure]:
    """Delete ``inquiries``, which are few. Returns their erasure records. Then call ``scrub``.

    The rows are locked, so that none is deleted while someone restores it.
    """
    with transaction.atomic():
        found = list(inquiries.select_for_update(of=("self",)).values_list("pk", "reference"))
        now = timezone.now()
        erasure_records = [Erasure(reference=name, at=now, rule=rule, by=by) for _, name in found]
        Erasure.objects.bulk_create(erasure_records)
        _take_out_with_history([key for key, _ in found])
        # What fails here is logged; the worker adds it when it starts.
        transaction.on_commit(lambda: erased_file.append(erasure_records), robust=True)
    return erasure_records


def _take_out_with_history(keys: list[int]) -> None:
    """The one place where history goes: together with the request that it is about."""
    for relation in Inquiry._meta.related_objects:
        rows = relation.related_model._base_manager
        belonging = rows.filter(**{f"{relation.field.name}__in": keys})
        if relation.on_delete is models.SET_NULL:
            belonging.update(**{relation.field.name: None})
        else:
            belonging._raw_delete(belonging.db)
    requests = Inquiry._base_manager.filter(pk__in=keys)
    requests._raw_delete(requests.db)


def scrub(seconds: float = SCRUB_TIMEOUT) -> bool:
    """Overwrite what deleted rows left in the files. Returns False if that was blocked.

    Requires that no transaction is open. Call it again if it was blocked.
    """
    began = timezone.now()
    if connection.in_atomic_block:
        return False
    done = empty_log(seconds) if connection.vendor == "sqlite" else rewrite_tables(seconds)
    if done:
        ScheduledJob.objects.update_or_create(name=JobName.SCRUB, defaults={"done_at": began})
    return done


def is_scrubbed(since: datetime) -> bool:
    return ScheduledJob.objects.filter(name=JobName.SCRUB, done_at__gte=since).exists()


def needs_scrub() -> bool:
    last = Erasure.objects.order_by("-pk").values_list("at", flat=True).first()
    return last is not None and not is_scrubbed(last)


def empty_log(seconds: float) -> bool:
    """What has been freed in the database file SQLite overwrites by itself (secure_delete)."""
    end = time.monotonic() + min(seconds, LOG_TIMEOUT)
    while True:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, _, _ = cursor.fetchone()
        if not is_busy or time.monotonic() > end:
            return not is_busy
        time.sleep(LOG_PAUSE)


def rewrite_tables(seconds: float) -> bool:
    """An ordinary VACUUM leaves what was deleted in the gaps of the pages; FULL does not."""
    with answer_within(seconds + 1), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")  # all other queries wait behind it
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds}s"])
        try:
            return all(is_rewritten(cursor, table) for table in tables_of_requests())
        except OperationalError:  # in use, or too large for the time limit
            return False
        finally:
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")


def is_rewritten(cursor, table: str) -> bool:
    """Rewrite ``table``; whether all that was deleted is left out.

    A row stays while any transaction that began before its deletion is open. PostgreSQL's own,
    which take samples, end within a moment.
    """
    for attempt in range(ATTEMPTS):
        time.sleep(PAUSE * attempt)
        if not rows_kept_by(cursor, f"VACUUM (FULL, VERBOSE) {connection.ops.quote_name(table)}"):
            return True
    return False


def rows_kept_by(cursor, vacuum: str) -> int:
    """Run ``vacuum``; how many deleted rows it says it could not remove yet."""
    details: list[str] = []
    session = cursor.connection

    def listen(notice):
        details.append(notice.message_detail or "")

    session.add_notice_handler(listen)
    try:
        cursor.execute(vacuum)
    finally:
        session.remove_notice_handler(listen)
    return sum(int(number[0]) for text in details if (number := re.match(r"\d+", text)))


def tables_of_requests() -> list[str]:
    related = {relation.related_model for relation in Inquiry._meta.related_objects}
    return sorted(model._meta.db_table for model in {Inquiry, *related})  # type: ignore[attr-defined]
