"""Versions that someone asked to publish: which are waiting, and which could not be published."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from kapsite.editor.versions.action_log import Act, log_action

from .content_version import UNSEEN, ContentVersion, Files, Kind

LEASE = timedelta(minutes=5)  # longer than publishing takes; then its machine has died
JUST_NOW = timedelta(minutes=5)  # how long a page says that readers have something
CANCELED = "It was canceled before its time."


class Way(NamedTuple):
    """How a draft is on its way to readers; ``is_whole`` unless it was saved again since."""

    publish_on: datetime | None
    is_due: bool
    is_whole: bool


class PublicationManager(models.Manager["Publication"]):
    def waiting(self) -> models.QuerySet["Publication"]:
        return self.filter(done_at=None).select_related("version").order_by("pk")

    def is_on_its_way(self, draft: ContentVersion) -> bool:
        """Whether it was asked for, to be published now. What is planned can be brought forward."""
        return self.waiting().filter(drafts=draft, publish_on=None).exists()

    def are_on_their_way(self, files: Files) -> bool:
        """Whether someone asked to make these the files of the content folder now."""
        return any(each.version.files == files for each in self.waiting().filter(publish_on=None))

    def ways_of(self, drafts: Iterable[ContentVersion]) -> "dict[str, Way]":
        """By file, how those of ``drafts`` are on their way that were asked to be published."""
        saved_at = {draft.file: draft.at for draft in drafts}
        return {
            asked.file: Way(each.publish_on, each.is_due(timezone.now()), asked.at == saved)
            for each in self.waiting().prefetch_related("drafts")
            for asked in each.drafts.all()
            if (saved := saved_at.get(asked.file))
        }

    def state(self) -> dict[str, Any]:
        """For a page: what is on its way, what readers have since a moment ago, and what could not
        be published last."""
        now = timezone.now()
        waiting = list(self.waiting())
        due = [each for each in waiting if each.is_due(now)]
        return {
            "due": due,
            "planned": [each for each in waiting if each not in due],
            "published": self.just_done(now),
            "failure": self.last_failure(),
        }

    def just_done(self, now: datetime) -> models.QuerySet["Publication"]:
        """What readers have since a moment ago, the newest first."""
        done = self.filter(done_at__gt=now - JUST_NOW, problem="").exclude(name="")
        return done.select_related("version__parent").order_by("-done_at")

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
        from kapsite.editor.versions.titles import in_short  # it needs the models

        version = ContentVersion.objects.create(
            parent=current, kind=kind, files=files, author=by, reason=reason
        )
        if kind not in UNSEEN:
            log_action(Act.ASKED, by, f"{in_short(version)}: {reason}")
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
    errors = models.JSONField(default=list)  # that the check found, as publication/refusals.py

    objects = PublicationManager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name or self.problem[:50] or "waiting"

    @property
    def about(self) -> str:
        """The titles of what it changes."""
        from kapsite.editor.versions.titles import in_short  # it needs the models

        return in_short(self.version)

    def is_due(self, now: datetime) -> bool:
        return self.publish_on is None or self.publish_on <= now
