"""Images on their way from an editor into the content folder."""

import re
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

JUST_NOW = timedelta(minutes=5)  # how long a page says that an image is ready
IMAGE = re.compile(r"images/[A-Za-z0-9_/-]+\.(jpe?g|png|webp)", re.ASCII)


class UploadQuerySet(models.QuerySet["Upload"]):
    def waiting(self) -> "UploadQuerySet":
        return self.filter(done_at=None).order_by("pk")

    def last_problem(self, by: User) -> "Upload | None":
        """The last upload of ``by``, if it can't be used."""
        last = self.filter(by=by).exclude(done_at=None).order_by("-pk").first()
        return last if last and last.problem else None

    def just_made(self, by: User) -> list[str]:
        """The images from uploads of ``by`` that were done a moment ago."""
        done = self.filter(by=by, problem="", done_at__gt=timezone.now() - JUST_NOW)
        return list(dict.fromkeys(done.order_by("-pk").values_list("image", flat=True)))

    def described(self, files: Iterable[str]) -> dict[str, str]:
        """By each image among ``files``, what it shows as far as someone said so, or its name."""
        known = self.alternatives()
        return {name: known.get(name, name) for name in sorted(files) if IMAGE.fullmatch(name)}

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
