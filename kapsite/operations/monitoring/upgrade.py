"""What an upgrade would meet: more named checks, run with the new code and its packages, before
`manage.py migrate`."""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import connection

import kapsite
from kapsite.clinic import days
from kapsite.content_files.problems import errors_among
from kapsite.inquiries.desk.reports.system_status import room_at
from kapsite.operations.backup.snapshot import Unusable, missing_migrations
from kapsite.operations.packages import required_here
from kapsite.pages.load.site import read_site
from kapsite.pages.publish.making.preflight import preflight

from . import installation, settings_in_force
from .results import Unhealthy

LEAST_ROOM = 200_000_000  # bytes


def this_version() -> str:
    return f"{kapsite.__version__}; CHANGELOG.md says what is new"


def migrations() -> str:
    try:
        missing = missing_migrations("default")
    except Unusable as error:
        raise Unhealthy("the database is from a newer version", str(error)) from None
    return f"migrate will run {', '.join(missing)}" if missing else "none is new"


def known_settings() -> str:
    if unknown := settings_in_force.unknown():
        raise Unhealthy(
            f"{', '.join(unknown)} in {settings.ENV_FILE}: this version has no such setting",
            "Correct the name, or delete the line. docs/operating.md lists all settings.",
        )
    return f"every name is known. Not set, so by default: {', '.join(settings_in_force.not_set())}"


def content() -> str:
    """As `check_content`: the new code may be stricter."""
    problems = preflight(read_site(settings.CONTENT_DIR), settings.PUBLISHED_DIR, days.today())
    if errors := errors_among(problems):
        words = f"this version refuses to publish it, for {len(errors)} errors"
        raise Unhealthy(words, "Run manage.py check_content, and correct what it lists.")
    return "can be published with this version"


def packages() -> str:
    here = required_here(settings.BASE_DIR / "requirements.txt")
    if wrong := [each.name for each in here if not each.specifier.contains(installed(each.name))]:
        raise Unhealthy(
            f"not as in requirements.txt: {', '.join(wrong)}",
            "Run as root: .venv/bin/python -m pip install --no-deps --require-hashes "
            "-r requirements.txt",
        )
    return "as in requirements.txt"


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"


def disk_space() -> str:
    """For a backup, and for tables that a migration writes again."""
    name = Path(connection.settings_dict["NAME"])
    size = name.stat().st_size if name.is_absolute() and name.exists() else 0
    room = room_at(settings.VAR_DIR)
    if room.free < LEAST_ROOM + 3 * size:
        raise Unhealthy(f"{settings.VAR_DIR} has {room}", "Make room for three times the database.")
    return str(room)


CHECKS: dict[str, Callable[[], str]] = {
    "Version": this_version,
    "Migrations": migrations,
    "Settings": known_settings,
    "Content": content,
    "Packages": packages,
    "Disk space": disk_space,
    "Backup": installation.backup,
}
