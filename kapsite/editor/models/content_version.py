"""What was in the files of the content folder, who changed them and why.

The files are what is published. Nothing here is needed to serve a page.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils import timezone

from kapsite.text.numbers import number_in

Files = dict[str, str]  # name in the content folder, like "benefits/pain.md" -> SHA-256


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class BlobManager(models.Manager["Blob"]):
    def store(self, contents: Iterable[bytes]) -> None:
        blobs = [Blob(sha256=digest(content), content=content) for content in contents]
        self.bulk_create(blobs, ignore_conflicts=True)

    def keep(self, content: bytes) -> str:
        """Store it, and return its SHA-256."""
        self.store([content])
        return digest(content)

    def read(self, sha256: str) -> bytes:
        return bytes(self.get(pk=sha256).content)


class Blob(models.Model):
    """The content of a file, once however many versions hold it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    objects = BlobManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256[:12]


class Kind(models.TextChoices):
    FOUND = "found", "As it was found"
    OUTSIDE = "outside", "Changed outside the browser"
    EDIT = "edit", "Edited"
    UNDO = "undo", "Undone"
    BACK = "back", "Brought back"
    DRAFT = "draft", "Draft"
    SIGN_OFF = "signoff", "Signed off"
    IMAGE = "image", "Image added"
    IMPORT = "import", "Imported"


UNDID = "Undid “"
UNSEEN = {Kind.SIGN_OFF, Kind.IMAGE}  # change nothing for readers, so nothing is published


class VersionQuerySet(models.QuerySet["ContentVersion"]):
    def current(self) -> "ContentVersion | None":
        """The one whose files are in the content folder."""
        return self.exclude(in_folder_since=None).order_by("-in_folder_since", "-pk").first()

    def numbered(self, sent: str) -> "ContentVersion | None":
        """The one whose number a form or a file says."""
        return self.filter(pk=number_in(sent)).first()

    def open_drafts(self) -> "VersionQuerySet":
        """The latest draft of each file that is neither published nor discarded."""
        open_ones = self.filter(kind=Kind.DRAFT, ended_at=None)
        latest = open_ones.values("file").annotate(latest=models.Max("pk")).values("latest")
        return open_ones.filter(pk__in=latest).select_related("author", "parent")

    def draft_of(self, file: str) -> "ContentVersion | None":
        return self.open_drafts().filter(file=file).first()

    def end_drafts_of(self, file: str, now: datetime, last: int | None = None) -> None:
        """End the drafts of a page; with ``last``, not those that were saved after that one."""
        drafts = self.filter(kind=Kind.DRAFT, ended_at=None, file=file)
        (drafts.filter(pk__lte=last) if last else drafts).update(ended_at=now)

    def shown_in_history(self) -> "VersionQuerySet":
        """What was in the folder at some time, and drafts that were published or discarded."""
        past = self.exclude(in_folder_since=None, ended_at=None)
        return past.select_related("author", "parent").order_by("-pk")

    def that_change(self, file: str) -> "VersionQuerySet":
        """Those in which ``file`` is not as in the version before."""
        none = models.Value("", models.TextField())
        was, now = (
            Coalesce(KeyTextTransform(file, files), none) for files in ("parent__files", "files")
        )
        return self.annotate(was=was, now=now).exclude(was=models.F("now"))


class ContentVersion(models.Model):
    """All files of the content folder as they were, are, or would be with a draft of one."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    files = models.JSONField(default=dict)
    file = models.CharField(max_length=200, blank=True)  # of a draft: the one that is edited
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    author_name = models.CharField(max_length=100, blank=True)  # of the system user, at a terminal
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    in_folder_since = models.DateTimeField(null=True, db_index=True)
    ended_at = models.DateTimeField(null=True)  # of a draft: published or discarded

    objects = VersionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [
            ("edit_content", "Can edit the site's pages"),
            ("publish_content", "Can publish the site's pages"),
            ("view_history", "Can see who changed which page"),
            ("sign_off", "Can sign off medical text"),
            ("export_content", "Can download everything of the content"),
        ]
        indexes = [models.Index(fields=["kind", "ended_at", "file"], name="open_drafts")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def by(self) -> str:
        """The author's name; "" if nobody knows it."""
        author = self.author
        return (author.get_short_name() or author.username) if author else self.author_name

    @property
    def what(self) -> str:
        """What was done and why, in the history."""
        if self.kind == Kind.UNDO and self.reason.startswith(UNDID):
            return self.reason
        name = "First version" if self.kind == Kind.FOUND else self.get_kind_display()
        return f"{name}: {self.reason}" if self.reason else name

    @property
    def quoted(self) -> str:
        """The reason, as it stands in a sentence."""
        return self.reason if self.reason.startswith(UNDID) else f"“{self.reason}”"

    @property
    def what_happens(self) -> str:
        return "Saving" if self.kind in UNSEEN else "Publishing"

    @property
    def changes(self) -> dict[str, str | None]:
        """What differs from the version before: the new SHA-256 of each file, None if removed."""
        return changes(self.parent.files if self.parent else {}, self.files)

    def is_outdated(self, current: "ContentVersion") -> bool:
        """Whether the file of this draft was changed elsewhere since it was begun."""
        began_with = self.parent.files.get(self.file) if self.parent else None
        return self.parent is not None and began_with != current.files.get(self.file)

    def text_of(self, file: str) -> str:
        """The text of a page; "" if there is no such file."""
        sha256 = self.files.get(file)
        return Blob.objects.read(sha256).decode("utf-8", errors="replace") if sha256 else ""


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str | None]:
    """What makes ``after`` of ``before``: files by their SHA-256 or their text, None if removed."""
    names = sorted(before.keys() | after.keys())
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def with_changes(before: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    return {name: each for name, each in {**before, **changes}.items() if each is not None}
