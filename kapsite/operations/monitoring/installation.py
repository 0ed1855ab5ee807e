"""Whether the machine is set up as docs/operating.md says: more named checks, like those in health.

`check --deploy` runs the first few; `doctor` all of them. They take too long for /healthz, or reach
other machines.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.utils import timezone

from kapsite.inquiries.checks import check_keys
from kapsite.inquiries.desk.reports import system_status
from kapsite.operations.command_line import user
from kapsite.pages.publish.static_storage import HashedFiles
from kapsite.security.files import readable_by_others

from . import health
from .address_check import round_trip
from .mail_check import mail
from .results import Result, Unhealthy, result_of


def static_files() -> str:
    if settings.DEBUG:  # they are served where they lie
        return "served as they are written"
    storage = HashedFiles()
    collected = storage.hashed_files
    made_at = storage.get_modified_time(storage.manifest_name).timestamp() if collected else 0
    for finder in get_finders():
        for path, source in finder.list([]):
            changed_at = source.get_modified_time(path).timestamp()
            if path not in collected or changed_at > made_at:
                raise Unhealthy(
                    f"{path} was not collected since it changed",
                    "Run manage.py collectstatic --noinput, then manage.py publish.",
                )
    return "collected as they are now"


def proxies() -> str:
    """A proxy is trusted to say that a reader came by HTTPS."""
    if settings.TRUSTED_PROXIES or not settings.SECURE_SSL_REDIRECT:
        return ", ".join(settings.TRUSTED_PROXIES) or "none needed"
    raise Unhealthy(
        "TRUSTED_PROXIES is not set, so every page would redirect to itself",
        "Set it to the address of the proxy that accepts HTTPS: TRUSTED_PROXIES=127.0.0.1",
    )


# Only for `doctor`


def modes() -> str:
    for place, mode in readable_by_others():
        raise Unhealthy(
            f"other users of this machine can read {place}", f"Run as root: chmod {mode:o} {place}"
        )
    return "what is private can be read by the site's user only"


def owners() -> str:
    """On a public address: what breaks into the site can't change its code or its settings."""
    for place in (settings.VAR_DIR, settings.CONTENT_DIR):
        if place.exists() and not os.access(place, os.W_OK):
            raise Unhealthy(
                f"the site can't write to {place}",
                f"Run as root: chown -R {user(os.geteuid())}: {place}",
            )
    if not settings.SECURE:
        return "the site can write to its data"
    code = settings.BASE_DIR
    for place in (code, code / "kapsite", Path(sys.prefix), settings.ENV_FILE):
        if place.exists() and os.access(place, os.W_OK):
            raise Unhealthy(
                f"the site could change {place}",
                f"Run as root: chown -R root: {place} && chmod -R go-w {place}",
            )
    return "the site can write to its data, and not to its code or settings"


def backup() -> str:
    line = system_status.backup(timezone.now())
    if line.is_well:
        return f"from {line.words}"
    if not settings.BACKUP_RECIPIENTS:
        raise Unhealthy(
            "none can be made: BACKUP_RECIPIENTS is not set", "Run manage.py make_backup_key."
        )
    raise Unhealthy(f"newest: {line.words}", "Run manage.py backup, and look at what it says.")


Check = Callable[[], str]
ON_DEPLOY: dict[str, Check] = {"Static files": static_files, "Proxy": proxies}
FOR_DOCTOR: dict[str, Check] = {
    "Modes": modes,
    "Owners": owners,
    "Backup": backup,
    "Address": round_trip,
    "Mail": mail,
}


def run(*more: dict[str, Check]) -> Iterator[Result]:
    """What /healthz checks, and more. With wrong keys, it would note them as keys in use."""
    if wrong := check_keys(None, databases=["default"]):
        yield from (Result("Encryption keys", each.msg.rstrip("."), each.hint) for each in wrong)
    else:
        yield from health.run()
    for checks in (ON_DEPLOY, *more):
        for name, check in checks.items():
            yield result_of(name, check)
