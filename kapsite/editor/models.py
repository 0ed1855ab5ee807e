"""The history of the content folder: what was in its files, who changed them and why.

The files are what is published. Nothing here is needed to serve a page.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from kapsite.editor.versions.action_log import Act, ContentAction, in_short, log_action

__all__ = ["Blob", "ContentAction", "ContentVersion", "Publication"]
LEASE = timedelta(minutes=5)  # longer than publishing takes; then its machine has died
JUST_NOW = timedelta(minutes=5)  # how long a page says that readers have something
CANCELED = "It was canceled before its time."
Files = dict[str, str]  # name in the content folder, like "benefits/pain.md" -> SHA-256


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class BlobManager(models.Manager["Blob"]):
    def store(self, contents: Iterable[bytes]) -> None:
        blobs = [Blob(sha256=digest(content), content=content) for content in contents]
        self.bulk_create(blobs, ignore_conflicts=True)

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


UNSEEN = {Kind.SIGN_OFF, Kind.IMAGE}  # change nothing for readers, so nothing is published
LOGGED_AS = {
    Kind.SIGN_OFF: Act.SIGNED_OFF,
    Kind.IMAGE: Act.UPLOADED,
    Kind.IMPORT: Act.IMPORTED,
}


class VersionQuerySet(models.QuerySet["ContentVersion"]):
    def current(self) -> "ContentVersion | None":
        """The one whose files are in the content folder."""
        return self.exclude(in_folder_since=None).order_by("-in_folder_since", "-pk").first()

    def numbered(self, sent: str) -> "ContentVersion | None":
        """The one whose number a form sent."""
        is_number = sent.isascii() and sent.isdigit() and len(sent) < 19
        return self.filter(pk=sent).first() if is_number else None

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
        return (
            self.author.get_short_name() or self.author.username
            if self.author
            else self.author_name
        )

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
    names = sorted(before.keys() | after.keys())
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


class PublicationManager(models.Manager["Publication"]):
    def waiting(self) -> models.QuerySet["Publication"]:
        return self.filter(done_at=None).select_related("version").order_by("pk")

    def is_on_its_way(self, draft: ContentVersion) -> bool:
        """Whether it was asked for, to be published now. What is planned can be brought forward."""
        return self.waiting().filter(drafts=draft, publish_on=None).exists()

    def are_on_their_way(self, files: Files) -> bool:
        """Whether someone asked to make these the files of the content folder now."""
        return any(each.version.files == files for each in self.waiting().filter(publish_on=None))

    def state(self) -> dict[str, Any]:
        """For a page: what is on its way, what readers have since a moment ago, and what could not
        be published last."""
        now = timezone.now()
        waiting = list(self.waiting())
        due = [each for each in waiting if each.is_due(now)]
        done = self.filter(done_at__gt=now - JUST_NOW, problem="").exclude(name="")
        return {
            "due": due,
            "planned": [each for each in waiting if each not in due],
            "published": done.select_related("version").order_by("-done_at"),
            "failure": self.last_failure(),
        }

    def last_failure(self) -> "Publication | None":
        """The last one that was carried out, if it failed."""
        done = self.exclude(done_at=None).exclude(problem=CANCELED).select_related("version")
        last = done.order_by("-done_at").first()
        return last if last and last.problem else None

    @transaction.atomic
    def cancel(self, waiting: models.QuerySet["Publication"], now: datetime, by: User) -> int:
        """Take back what is planned for later; what is due may be on its way already."""
        planned = waiting.filter(done_at=None, publish_on__gt=now)
        reasons = list(planned.values_list("version__reason", flat=True))
        canceled = planned.update(done_at=now, problem=CANCELED)
        if canceled:
            log_action(Act.CANCELED, by, "; ".join(reasons))
        return canceled

    @transaction.atomic
    def ask(
        self,
        current: ContentVersion,
        files: Files,
        by: User,
        reason: str,
        kind: Kind = Kind.EDIT,
        drafts: Iterable[ContentVersion] = (),
        publish_on: datetime | None = None,
    ) -> "Publication":
        """Let the worker make ``files`` those of the content folder, and publish them."""
        version = ContentVersion.objects.create(
            parent=current, kind=kind, files=files, author=by, reason=reason
        )
        if kind not in UNSEEN:
            log_action(Act.ASKED, by, f"{in_short(list(version.changes))}: {reason}")
        publication = self.create(version=version, publish_on=publish_on)
        publication.drafts.set(drafts)
        return publication

    def due(self, now: datetime, is_steady: bool = True) -> models.QuerySet["Publication"]:
        """What is to be published now, the earliest first; what is scheduled only by a clock that
        is steady."""
        is_time = Q(publish_on=None)
        if is_steady:
            is_time |= Q(publish_on__lte=now)
        return (
            self.filter(is_time, done_at=None)
            .select_related("version__parent", "version__author")
            .order_by("pk")
        )

    @transaction.atomic
    def take(self, due: models.QuerySet["Publication"], now: datetime) -> "Publication | None":
        """The first that is due, unless another machine is publishing."""
        waiting = list(due.select_for_update(of=["self"]))
        if not waiting or any(each.taken_until and each.taken_until > now for each in waiting):
            return None
        waiting[0].taken_until = now + LEASE
        waiting[0].save(update_fields=["taken_until"])
        return waiting[0]


class Publication(models.Model):
    """A version that someone asked to publish, now or later, and what came of it."""

    version = models.ForeignKey(ContentVersion, models.PROTECT, related_name="publications")
    drafts = models.ManyToManyField(ContentVersion, related_name="+")  # that are in it
    asked_at = models.DateTimeField(default=timezone.now)
    publish_on = models.DateTimeField(null=True)  # not before
    taken_until = models.DateTimeField(null=True)  # by the machine that publishes it
    done_at = models.DateTimeField(null=True, db_index=True)
    name = models.CharField(max_length=64, blank=True)  # of the set that readers see
    problem = models.TextField(blank=True)  # why it was not published

    objects = PublicationManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name or self.problem[:50] or "waiting"

    def is_due(self, now: datetime) -> bool:
        return self.publish_on is None or self.publish_on <= now


class UploadQuerySet(models.QuerySet["Upload"]):
    def waiting(self) -> "UploadQuerySet":
        return self.filter(done_at=None).order_by("pk")

    def last_problem(self, by: User) -> "Upload | None":
        """The last upload of ``by``, if it can't be used."""
        last = self.filter(by=by).exclude(done_at=None).order_by("-pk").first()
        return last if last and last.problem else None

    def alternatives(self) -> dict[str, str]:
        """By image, what the person who uploaded it says that it shows."""
        done = self.filter(problem="").order_by("pk").values_list("image", "alternative")
        return {image: alternative for image, alternative in done if alternative}


class Upload(models.Model):
    """An image that was sent, until the worker has made one of the content folder from it."""

    image = models.CharField(max_length=120)  # without its ending, unless it replaces one
    alternative = models.CharField(max_length=250, blank=True)  # what it shows
    replaces = models.BooleanField(default=False)
    stored = models.CharField(max_length=40)  # the file in VAR_DIR/uploads
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, db_index=True)
    problem = models.TextField(blank=True)  # why it can't be used

    objects = UploadQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.image
