"""Files in the content folder that are none of the content."""

from pathlib import Path

SYSTEM_FILES = {"Thumbs.db", "desktop.ini", "Icon\r"}


def is_temporary(name: Path) -> bool:
    """Whether a program put the file there: hidden, locked, half saved, or of the system."""
    is_private = any(part.startswith((".", "~", "#")) for part in name.parts)
    return is_private or name.name.endswith(("~", ".swp", ".tmp")) or name.name in SYSTEM_FILES
