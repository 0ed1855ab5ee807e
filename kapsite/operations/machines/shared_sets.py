"""Brings the published set of this machine and the one that all machines share together.

A machine that published or went back shares what it has; the others take it over. ``.shared`` in
the folder of published sets holds the number of the last shared set that this machine has seen. So
a change made here, also while the database was down, is known from one made elsewhere; if both
happened, the one in the database stays. Serving a page needs none of this.
"""

import logging
import time
from contextlib import suppress
from pathlib import Path

from django.db import connection

from kapsite.pages.publish.making.set_writer import (
    let_all_read,
    new_folder,
    only_one_at_a_time,
    remove_old_sets,
    swap_in,
    write_files,
)
from kapsite.pages.publish.serving.published_set import StoredSet, current_folder, read_set

from .models import SharedSet, Unusable

MARK = ".shared"
RETRY_INTERVAL = 60  # seconds, after a shared set could not be used
logger = logging.getLogger(__name__)


def are_used() -> bool:
    """Whether other machines may have the same database. One on SQLite is alone."""
    return connection.vendor == "postgresql"


class SharedSets:
    """For one process, which remembers what it has read."""

    def __init__(self, published_dir: Path):
        self.published_dir = published_dir
        self.here: StoredSet | None = None
        self.retry_at = 0.0  # by time.monotonic()
        self.last_foreign = 0  # a row that was warned of

    def sync(self) -> bool:
        """Share the set in use here, or take over or repair the shared one, if they differ.

        Returns whether this machine's set is shared now. Raises db.Error.
        """
        if time.monotonic() < self.retry_at:
            return False
        self.published_dir.mkdir(parents=True, exist_ok=True)
        try:
            with only_one_at_a_time(self.published_dir):
                return self.sync_alone()
        except (Unusable, OSError) as error:
            logger.warning("The shared set of pages could not be used here: %s", error)
            self.retry_at = time.monotonic() + RETRY_INTERVAL
            return False

    def sync_alone(self) -> bool:
        shared, here, seen = SharedSet.objects.in_use(), self.read_current(), self.read_mark()
        self.warn_of(SharedSet.objects.foreign_since(shared))
        is_same = bool(shared and shared.name == here.name)
        is_whole = not here.damage
        is_newer_here = is_whole and not is_same and (shared is None or shared.pk <= seen)
        if is_newer_here:
            shared = SharedSet.objects.share(current_folder(self.published_dir))
            logger.info("Published set %s is shared with the other machines.", shared.name)
        elif shared and not (is_same and is_whole):
            self.take_over(shared)
        if shared and shared.pk != seen:
            (self.published_dir / MARK).write_text(f"{shared.pk}\n")
        return is_newer_here or (is_same and is_whole)

    def warn_of(self, foreign: SharedSet | None) -> None:
        if foreign and foreign.pk != self.last_foreign:
            self.last_foreign = foreign.pk
            logger.warning(
                "A shared set is skipped: another SECRET_KEY made it, or it was changed in the "
                "database. All machines need the same SECRET_KEY."
            )

    def read_current(self) -> StoredSet:
        folder = current_folder(self.published_dir)
        if not self.here or self.here.name != folder.name or self.here.was_touched():
            self.here = read_set(folder)
        return self.here

    def read_mark(self) -> int:
        try:
            return int((self.published_dir / MARK).read_text())
        except (OSError, ValueError):
            return 0

    def take_over(self, shared: SharedSet) -> None:
        """Write the sets that this machine lacks, the oldest first, and use the newest."""
        earlier = SharedSet.objects.exclude(name=shared.name).order_by("pk")
        for each in earlier:  # for a look back
            if each.is_ours and not (self.published_dir / "sets" / each.name).exists():
                with suppress(Unusable):
                    self.write(each)
        if read_set(self.published_dir / "sets" / shared.name).damage:
            self.write(shared)
        swap_in(self.published_dir, shared.name)
        remove_old_sets(self.published_dir)
        self.here = None
        logger.info("Published set %s was taken over from the database.", shared.name)

    def write(self, shared: SharedSet) -> None:
        """Write the set's folder, or leave it as it was. Raises Unusable, OSError and db.Error."""
        with new_folder(self.published_dir, shared.name) as folder:
            write_files(folder, shared.contents())
            if damage := read_set(folder).damage:
                raise Unusable(damage)
        let_all_read(self.published_dir, shared.name)
