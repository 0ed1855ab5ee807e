"""Publishing what was asked for in the browser; the worker does it."""

import logging
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import get_text_list

from kapsite.clinic import days
from kapsite.content_files.problems import ContentError
from kapsite.editor.models import (
    UNSEEN,
    Blob,
    ContentVersion,
    Files,
    Kind,
    Publication,
    with_changes,
)
from kapsite.editor.versions.action_log import Act, log_action
from kapsite.editor.versions.history import (
    after,
    content_lock,
    files_in,
    record_folder,
    write_folder,
)
from kapsite.editor.versions.other_machines import remember
from kapsite.editor.versions.titles import in_short, titles_of
from kapsite.editor.writing.drafts import with_both, with_unix_lines
from kapsite.operations.alerts.models import Alert, AlertKind
from kapsite.operations.machines.shared_sets import are_used
from kapsite.pages.publish.launch_record import NotReady, is_preview
from kapsite.pages.publish.making.new_set import BlankForm
from kapsite.pages.publish.publisher import publish

from .refusals import as_stored
from .steady_clock import SteadyClock

MEANWHILE = (
    "{files} changed in the meantime, in the same lines. Open it again: it says what to do with "
    "the draft. For any other change, such as to the menu, start again."
)
REFUSED = "The check of the whole site found something to fix first. “Edit site” lists it."
NO_ROOM = "The files could not be written ({error}). Ask the server's operator to check it."
NOT_READY = "The clinic must supply this before the site can open: {missing}."
UNKNOWN = "Something went wrong on the server ({error}). Ask its operator to check the log."
LOGGED_AS = {Kind.SIGN_OFF: Act.SIGNED_OFF, Kind.IMAGE: Act.UPLOADED}
logger = logging.getLogger(__name__)
clock = SteadyClock()


def publish_waiting(forms: Mapping[str, BlankForm]) -> bool:
    """Carry out what was asked for first. Returns whether anything was due."""
    with content_lock() as is_ours:  # of several workers one publishes
        asked = first_due() if is_ours else None
        if asked is None:
            return False
        try:
            asked.name, asked.problem = carry_out(asked, forms), ""
        except Exception as error:  # whatever it is, the next one must not wait behind it
            asked.problem = in_words(error)
            asked.errors = as_stored(error.problems) if isinstance(error, ContentError) else []
            logger.warning("A change of a page was not published: %s", type(error).__name__)
        asked.done_at = timezone.now()
        with transaction.atomic():
            asked.save()
            log_outcome(asked)
    if asked.problem:
        Alert.objects.raise_for(AlertKind.PUBLISH)
    else:
        Alert.objects.clear(AlertKind.PUBLISH)
    return True


def first_due() -> Publication | None:
    now = timezone.now()
    due = Publication.objects.due(now, clock.is_steady())
    return Publication.objects.take(due, now) if are_used() else due.first()


def log_outcome(asked: Publication) -> None:
    version = asked.version
    details = f"{in_short(version)}: {version.reason}"
    done = LOGGED_AS.get(Kind(version.kind), Act.PUBLISHED)
    log_action(Act.FAILED if asked.problem else done, version.author, details)


class ChangedMeanwhile(Exception):
    """Someone else changed the same files since."""


def carry_out(asked: Publication, forms: Mapping[str, BlankForm]) -> str:
    """Write the files and publish them, or leave everything as it was. Returns the set's name."""
    version, before = asked.version, record_folder()
    files = with_changes(before.files, changes_on(version, before))
    try:
        write_folder(before.files, files)
        name = "" if version.kind in UNSEEN else publish_folder(forms)
        with transaction.atomic():
            make_current(asked, files, before)
    except BaseException:
        restore(before.files)
        raise
    remember(version)
    return name


def changes_on(version: ContentVersion, before: ContentVersion) -> dict[str, str | None]:
    """The new SHA-256 of each file that ``version`` changes, with what others changed in other
    parts of a data file meanwhile. Raises ChangedMeanwhile."""
    wanted = dict(version.changes)
    began_with = version.parent.files if version.parent else {}
    meanwhile = []
    for name, new in version.changes.items():
        if before.files.get(name) in (began_with.get(name), new):
            continue
        both = with_both(name, version.parent, version, before)
        if both is None:
            meanwhile.append(name)
        else:
            wanted[name] = Blob.objects.keep(with_unix_lines(both))
    if meanwhile:
        titles = [f"“{title}”" for title in titles_of(version, meanwhile).values()]
        raise ChangedMeanwhile(get_text_list(titles, "and"))
    return wanted


def publish_folder(forms: Mapping[str, BlankForm]) -> str:
    """Publish the content folder: as a preview if that is what readers have."""
    content, published = settings.CONTENT_DIR, settings.PUBLISHED_DIR
    return publish(content, published, days.today(), forms, is_preview(published)).name


def make_current(asked: Publication, files: Files, before: ContentVersion) -> None:
    version, now = asked.version, timezone.now()
    version.files, version.parent, version.in_folder_since = files, before, after(before)
    version.save()
    for draft in asked.drafts.all():
        ContentVersion.objects.end_drafts_of(draft.file, now, last=draft.pk)


def restore(files: Files) -> None:
    """Write back what was there. What can't be written now was not written before either."""
    try:
        write_folder(files_in(settings.CONTENT_DIR), files)
    except OSError:
        logger.exception("The content folder could not be put back as it was")


def in_words(error: Exception) -> str:
    if isinstance(error, ChangedMeanwhile):
        return MEANWHILE.format(files=error)
    if isinstance(error, NotReady):
        return NOT_READY.format(missing=error)
    if isinstance(error, OSError):
        return NO_ROOM.format(error=error.strerror or error)
    if isinstance(error, ContentError):
        return REFUSED
    return UNKNOWN.format(error=type(error).__name__)
