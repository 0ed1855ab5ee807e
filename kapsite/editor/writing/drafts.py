"""Drafts: the text of a page that readers don't see yet. One is open for each page at most."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from kapsite.editor.models import Blob, ContentVersion, Kind, Publication, digest
from kapsite.editor.versions.action_log import Act, log_action

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

    def is_unchanged_since(self, pk: int) -> bool:
        """Whether the page is still as in the version ``pk``, from which someone wrote on."""
        began = ContentVersion.objects.filter(pk=pk).first()
        return began is not None and began.files.get(self.file) == self.shown.files.get(self.file)

    @property
    def is_removed(self) -> bool:
        """Whether there is no such page any more."""
        return self.is_outdated and self.file not in self.current.files

    @property
    def is_outdated(self) -> bool:
        """Whether the page was changed elsewhere since the draft was begun."""
        return self.draft is not None and self.draft.is_outdated(self.current)


def editing(current: ContentVersion, file: str) -> Editing:
    return Editing(current, ContentVersion.objects.draft_of(file), file)


@transaction.atomic
def save_draft(page: Editing, text: str, author: User, began_with: ContentVersion) -> None:
    """Keep ``text`` as the draft of the page. ``began_with`` is the version it was written from."""
    content = with_unix_lines(text)
    Blob.objects.store([content])
    base = began_with.parent if began_with.kind == Kind.DRAFT else began_with
    files = (base or began_with).files | {page.file: digest(content)}
    ContentVersion.objects.create(
        parent=base, kind=Kind.DRAFT, files=files, file=page.file, author=author
    )
    log_action(Act.DRAFTED, author, page.file)


@transaction.atomic
def discard_draft(file: str, by: User) -> None:
    """End the draft, and what was planned with it."""
    now = timezone.now()
    Publication.objects.cancel(Publication.objects.filter(drafts__file=file), now, by)
    ContentVersion.objects.end_drafts_of(file, now)
    log_action(Act.DISCARDED, by, file)


def with_unix_lines(text: str) -> bytes:
    """Browsers send CR LF; the files have LF, and one at the end."""
    return (text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n").encode()
