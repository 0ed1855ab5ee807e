"""Whether the site was opened to the public, and what was missing then and is missing now.

Each published set has the record, its own part and that of earlier sets. Sets that were only
published on localhost have none.
"""

import json
from collections.abc import Iterable
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from kapsite.pages.check.launch import open_items
from kapsite.pages.load.site import Site

from .serving.published_set import all_sets, current_folder

LAUNCH = "_launch.json"  # read by the staff overview too
KEPT = ("launched_on", "reason")


class NotReady(Exception):
    """The first publish on a public address, while required items are open."""

    def __init__(self, names: Iterable[str]):
        super().__init__(", ".join(names))


def launch_record(
    site: Site, published_dir: Path, today: date, preview: bool, launch_anyway: str
) -> dict[str, Any]:
    """What the new set records; nothing on localhost. Raises NotReady.

    ``launch_anyway`` is the reason to open the site too early.
    """
    record = recorded_launch(published_dir)
    if preview:
        return record | {"is_preview": True}
    if not is_public(settings.SITE_URL):
        return record
    missing = [each.item.name for each in open_items(site, today) if each.item.is_required]
    if not record:
        if missing and not launch_anyway:
            raise NotReady(missing)
        record = {"launched_on": today.isoformat()} | ({"reason": launch_anyway} if missing else {})
    return record | {"missing": missing}


def recorded_launch(published_dir: Path) -> dict[str, Any]:
    """When and why the site was opened; {} if it was not. A preview in between changes nothing."""
    for folder in (current_folder(published_dir), *all_sets(published_dir)):
        record = read_record(folder)
        if "launched_on" in record:
            return {key: record[key] for key in KEPT if key in record}
    return {}


def is_preview(published_dir: Path) -> bool:
    """Whether readers have a preview."""
    return bool(read_record(current_folder(published_dir)).get("is_preview"))


def read_record(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / LAUNCH).read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}


def is_public(address: str) -> bool:
    """Whether others than people on this machine can read the site at ``address``."""
    host = urlsplit(address).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")
