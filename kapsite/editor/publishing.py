"""Publishing what was asked for in the browser; the worker does it."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from kapsite.alerts.models import Alert, AlertKind
from kapsite.content_files.problems import ContentError
from kapsite.pages.publish.launch_record import NotReady, read_record
from kapsite.pages.publish.new_set import BlankForm
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.published_set import current_folder
from kapsite.staticfiles import NotCollected

from .history import content_lock, record_folder, write_folder
from .models import ContentVersion, PublishedSet

MEANWHILE = "{files} changed meanwhile. Open the page again to see both texts."
NO_ROOM = "The files could not be written ({error}). Ask whoever runs the server to look."
NOT_READY = "The clinic must supply this before the site can open: {missing}."


def publish_waiting(forms: Mapping[str, BlankForm]) -> bool:
    """Carry out what was asked for first. Returns whether anything was waiting."""
    with content_lock():  # of several workers one publishes
        asked = PublishedSet.objects.due(timezone.now()).first()
        if asked is None:
            return False
        asked.name, asked.problem = carry_out(asked.version, forms)
        asked.done_at = timezone.now()
        asked.save()
        if asked.problem:
            Alert.objects.raise_for(AlertKind.PUBLISH)
        else:
            Alert.objects.clear(AlertKind.PUBLISH)
    return True


def carry_out(version: ContentVersion, forms: Mapping[str, BlankForm]) -> tuple[str, str]:
    """Write the files of ``version`` and publish them, or leave everything as it was.

    Returns the name of the set, or the problem.
    """
    before = record_folder()
    wanted = version.changes
    began_with = version.parent.files if version.parent else {}
    if meanwhile := [name for name in wanted if before.files.get(name) != began_with.get(name)]:
        return "", MEANWHILE.format(files=" and ".join(meanwhile))
    kept = {name: each for name, each in before.files.items() if name not in wanted}
    files = kept | {name: each for name, each in wanted.items() if each}
    try:
        write_folder(before.files, files)
        as_before = read_record(current_folder(settings.PUBLISHED_DIR))
        is_preview = as_before.get("is_preview", False)
        made = publish(settings.CONTENT_DIR, settings.PUBLISHED_DIR, localdate(), forms, is_preview)
    except (ContentError, NotReady, NotCollected, OSError) as error:
        write_folder(files, before.files)
        return "", in_words(error)
    now = timezone.now()
    with transaction.atomic():
        version.files, version.parent, version.current_at = files, before, now
        version.save()
        ContentVersion.objects.end_drafts_of(wanted, now)
    return made.name, ""


def in_words(error: Exception) -> str:
    if isinstance(error, NotReady):
        return NOT_READY.format(missing=error)
    if isinstance(error, OSError):
        return NO_ROOM.format(error=error.strerror or error)
    return str(error)
