"""What the database holds about the content folder. Django finds every model here."""

from kapsite.editor.versions.action_log import ContentAction

from .content_version import (
    UNSEEN,
    Blob,
    ContentVersion,
    Files,
    Kind,
    changes,
    digest,
    with_changes,
)
from .publication import Publication, Way
from .upload import Upload

__all__ = [
    "UNSEEN",
    "Blob",
    "ContentAction",
    "ContentVersion",
    "Files",
    "Kind",
    "Publication",
    "Upload",
    "Way",
    "changes",
    "digest",
    "with_changes",
]
