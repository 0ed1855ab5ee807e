"""Published sets in the database, from which each web machine takes the one in use.

They hold what everyone may read: published pages, and nothing about a person.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

KEPT = 5  # sets, for a machine that was off, and for a look back
AT_ONCE = 20  # files in one statement, which must not take seconds

Files = dict[str, str]  # name in the set's folder -> SHA-256


class Unusable(Exception):
    """Why a shared set cannot be used, in words."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def signature_of(name: str, files: Files) -> str:
    """Of a machine that has SECRET_KEY: others may write to the database, and to no page."""
    text = json.dumps([name, files], sort_keys=True)
    return salted_hmac("kapsite.machines", text, algorithm="sha256").hexdigest()


def in_chunks(values: Iterable[str]) -> Iterator[list[str]]:
    rest = list(values)
    while rest:
        yield rest[:AT_ONCE]
        del rest[:AT_ONCE]


class SharedSetManager(models.Manager["SharedSet"]):
    def in_use(self) -> "SharedSet | None":
        """The newest that is ours: a forged one neither reaches a page nor keeps ours from it."""
        rows = self.order_by("-pk").iterator(chunk_size=KEPT)
        return next((each for each in rows if each.is_ours), None)

    def foreign_since(self, shared: "SharedSet | None") -> "SharedSet | None":
        """One above the set in use, which is not ours."""
        return self.filter(pk__gt=shared.pk if shared else 0).order_by("-pk").first()

    @transaction.atomic
    def share(self, folder: Path) -> "SharedSet":
        """Store the set in ``folder`` and put it in use on all machines."""
        list(self.select_for_update().values_list("pk"))  # of two machines one waits
        paths = [path for path in folder.rglob("*") if path.is_file()]
        files, by_digest = {}, {}
        for path in paths:
            sha256 = digest(path.read_bytes())
            files[path.relative_to(folder).as_posix()] = sha256
            by_digest[sha256] = path
        new = by_digest.keys() - set(SharedFile.objects.values_list("pk", flat=True))
        for chunk in in_chunks(new):
            rows = [SharedFile(sha256=each, content=by_digest[each].read_bytes()) for each in chunk]
            SharedFile.objects.bulk_create(rows, ignore_conflicts=True)
        name = folder.name
        made = self.create(name=name, files=files, signature=signature_of(name, files))
        self.remove_old()
        return made

    def remove_old(self) -> None:
        """Of those that aren't ours a few are kept too: a machine whose SECRET_KEY was not changed
        yet needs them, and would share them again and again."""
        counts: Counter[bool] = Counter()
        used: set[str] = set()
        for each in self.order_by("-pk"):
            counts[each.is_ours] += 1
            if counts[each.is_ours] > KEPT:
                each.delete()
            elif isinstance(each.files, dict):
                used.update(map(str, each.files.values()))
        stored = set(SharedFile.objects.values_list("pk", flat=True))
        for chunk in in_chunks(stored - used):
            SharedFile.objects.filter(pk__in=chunk).delete()


class SharedFile(models.Model):
    """A file of a published set, once however many sets have it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256[:12]


class SharedSet(models.Model):
    """A set that was put in use. All machines serve the newest; going back makes a new row."""

    name = models.CharField(max_length=64)
    files = models.JSONField()
    signature = models.CharField(max_length=64)
    shared_at = models.DateTimeField(default=timezone.now)

    objects = SharedSetManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def is_ours(self) -> bool:
        """Whether a machine with our SECRET_KEY shared it."""
        return constant_time_compare(self.signature, signature_of(self.name, self.files))

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Each file's name and content. Raises Unusable."""
        if not self.is_ours:
            raise Unusable("it was shared with another SECRET_KEY, or changed in the database")
        for names in in_chunks(self.files):
            found = SharedFile.objects.in_bulk([self.files[name] for name in names])
            for name in names:
                file = found.get(self.files[name])
                content = bytes(file.content) if file else b""
                if digest(content) != self.files[name]:
                    raise Unusable(f"{name} is missing or changed in the database")
                yield name, content
