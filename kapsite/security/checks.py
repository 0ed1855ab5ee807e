"""What would keep the site from working on this machine, found before a visitor finds it.

Values of settings are judged in settings.py, which stops the process; this is about the world
around it.
"""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from .files import readable_by_others


@register("files")
def check_folder(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """security.E001: VAR_DIR can be written to, or made."""
    folder = settings.VAR_DIR
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return []
    hint = "Let the user that runs the site own it, or set VAR_DIR to a folder of its own."
    return [Error(f"VAR_DIR: {existing} cannot be written to.", hint=hint, id="security.E001")]


@register("files")
def check_privacy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """security.W001: no other user can read the database and what else the site writes."""
    return [
        Warning(
            f"{place}: other users of this machine can read it.",
            hint=f"Type, as its owner or as root: chmod {mode:o} '{place}'",
            id="security.W001",
        )
        for place, mode in readable_by_others()
    ]
