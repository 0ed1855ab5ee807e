"""System checks of the machine: what would keep the site from working on it.

Values of settings are judged in settings.py, which stops the process; this is about the world
around it.
"""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from .files import readable_by_others


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
