"""Drafts: the text of a page that readers don't see yet. One is open for each page at most."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.utils import timezone

from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.models import Blob, ContentVersion, Kind, Publication, Way
from kapsite.editor.versions.action_log import Act, log_action
from kapsite.editor.versions.merging import with_both_lines
from kapsite.editor.versions.titles import title_of

logger = logging.getLogger(__name__)
Texts = Mapping[str, str]  # by the name of the file
NO_TEXTS: Texts = MappingProxyType({})


@dataclass(frozen=True)
class Editing:
    """What an editor sees of a page: its draft, or else the current text."""

    current: ContentVersion
    draft: ContentVersion | None
    file: str

    @property
    def shown(self) -> ContentVersion:
        return self.draft or self.current

    @property
    def text(self) -> str:
        return self.shown.text_of(self.file)

    def is_shown(self, text: str) -> bool:
        return with_unix_lines(text) == with_unix_lines(self.text)

    def is_published(self, text: str) -> bool:
        """Whether readers have this text."""
        return with_unix_lines(text) == with_unix_lines(self.current.text_of(self.file))

    def is_unchanged_since(self, pk: int) -> bool:
        """Whether the page is still as in the version ``pk``, from which someone wrote on."""
        began = ContentVersion.objects.filter(pk=pk).first()
        return began is not None and began.files.get(self.file) == self.shown.files.get(self.file)

    @cached_property
    def way(self) -> Way | None:
        """How the draft is on its way to readers."""
        return Publication.objects.ways_of([self.draft]).get(self.file) if self.draft else None

    @property
    def is_on_site(self) -> bool:
        return self.file in self.current.files

    @property
    def is_removed(self) -> bool:
        """Whether there is no such page anymore."""
        return self.is_outdated and not self.is_on_site

    @property
    def is_outdated(self) -> bool:
        """Whether the page was changed elsewhere since the draft was begun."""
        return self.draft is not None and self.draft.is_outdated(self.current)


def begin_editing(current: ContentVersion, file: str) -> Editing:
    """The file with its draft, stored again on top of what was published since it began."""
    draft = ContentVersion.objects.draft_of(file)
    if draft and draft.is_outdated(current):
        try:
            draft = rebased(draft, current)
        except DatabaseError as error:  # such as a full disk: what is typed must not be lost by it
            logger.warning("A draft could not follow: %s", type(error).__name__)
    return Editing(current, draft, file)


def rebased(draft: ContentVersion, current: ContentVersion) -> ContentVersion | None:
    """The draft on top of what was published since it was begun; as it is where both changed the
    same; None when nothing is left of it."""
    text = with_both(draft.file, draft.parent, draft, current)
    if text is None:
        return draft
    if with_unix_lines(text) == with_unix_lines(current.text_of(draft.file)):
        ContentVersion.objects.end_drafts_of(draft.file, timezone.now(), last=draft.pk)
        return None
    return store_draft(draft.file, text, draft.author, current, draft.at)


def with_both(
    file: str,
    began_with: ContentVersion | None,
    own: ContentVersion,
    theirs: ContentVersion,
    their_file: str = "",
) -> str | None:
    """The text with both changes; None if they concern the same part of it. ``their_file`` is its
    name in ``theirs``, if it has another there."""
    if began_with is None:
        return None
    data = data_file(file)
    texts = [began_with.text_of(file), own.text_of(file), theirs.text_of(their_file or file)]
    if not all(texts):  # one of them removed or added all of it
        return None
    by_part = data.with_both(*texts) if data else None
    return with_both_lines(*texts) if by_part is None else by_part


def try_to_save(page: Editing, text: str, author: User) -> bool:
    """Keep ``text`` as the draft of the page; False where the server can't write."""
    try:
        save_draft(page, text, author, page.shown)
    except DatabaseError as error:  # such as a full disk
        logger.warning("A draft could not be saved: %s", type(error).__name__)
        return False
    return True


@transaction.atomic
def save_draft(page: Editing, text: str, author: User, began_with: ContentVersion) -> None:
    """Keep ``text`` as the draft of the page. ``began_with`` is the version it was written from."""
    base = began_with.parent if began_with.kind == Kind.DRAFT else began_with
    draft = store_draft(page.file, text, author, base or began_with)
    log_action(Act.DRAFTED, author, title_of(draft))


def store_draft(
    file: str, text: str, author: User | None, base: ContentVersion, at: datetime | None = None
) -> ContentVersion:
    """``at`` is when its author saved it, if the draft only follows what was published since."""
    return ContentVersion.objects.create(
        parent=base,
        kind=Kind.DRAFT,
        files=base.files | {file: Blob.objects.keep(with_unix_lines(text))},
        file=file,
        author=author,
        at=at or timezone.now(),
    )


@transaction.atomic
def discard_draft(file: str, by: User) -> None:
    """End the draft, and what was planned with it."""
    now, draft = timezone.now(), ContentVersion.objects.draft_of(file)
    Publication.objects.cancel(Publication.objects.filter(drafts__file=file), now, by)
    ContentVersion.objects.end_drafts_of(file, now)
    log_action(Act.DISCARDED, by, title_of(draft) if draft else file)


def with_unix_lines(text: str) -> bytes:
    """Browsers send CR LF; the files have LF, and one at the end."""
    return (text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n").encode()
