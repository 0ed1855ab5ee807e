"""manage.py: a command that the wrong user starts is refused, or ends in one line."""

import gc
import os
import pwd
import shlex
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import execute_from_command_line


def run(arguments: list[str]) -> None:
    gc.set_threshold(10_000)  # objects; with 700 a tenth of each start goes into looking at them
    if problem := wrong_user(arguments):
        sys.exit(f"kapsite: {problem}")
    try:
        execute_from_command_line(arguments)
    except PermissionError as error:
        if "--traceback" in arguments:
            raise
        sys.exit(f"kapsite: {user(os.geteuid())} may not use {error.filename}. {hand_over()}")
    except EOFError:  # a command asked for something that is not shown, such as a key
        sys.exit(
            "kapsite: there is no terminal to type it at. It can be given as an option: "
            f"{arguments[0]} {arguments[1]} --help"
        )
    except KeyboardInterrupt:
        sys.exit("\nkapsite: stopped.")


def wrong_user(arguments: list[str]) -> str:
    """Why this user should not run a command of the site, and what to do; "" when they may.

    What root writes, the user that runs the site cannot change: not even open the database.
    """
    me = os.geteuid()
    var = settings.VAR_DIR
    if not var.exists():
        above = next(place for place in var.parents if place.exists())
        fix = f"Run as root: install -d -m 711 -o {user(me)} {shlex.quote(str(var))}"
        return "" if may_write(above) else f"{user(me)} may not make the folder {var}. {fix}"
    if not var.is_dir():
        return f"VAR_DIR: {var} is not a folder."
    owner = var.stat().st_uid
    if owner not in (0, me) and (me == 0 or not may_write(var)):
        command = shlex.join(["runuser", "-u", user(owner), "--", sys.executable, *arguments])
        belongs = f"{var} belongs to {user(owner)}, and this is {user(me)}."
        return f"{belongs} Run as root: {command}"
    database = Path(settings.DATABASES["default"]["NAME"])  # of PostgreSQL: no absolute path
    for place in (var, *([database] if database.is_absolute() else [])):
        if place.exists() and place.stat().st_uid != me and not may_write(place):
            return f"{place} belongs to {user(place.stat().st_uid)}. {hand_over()}"
    return ""


def may_write(place: Path) -> bool:
    return os.access(place, os.W_OK, effective_ids=True)


def hand_over() -> str:
    me, var = user(os.geteuid()), shlex.quote(str(settings.VAR_DIR))
    return f"If {me} is the user that runs the site, run as root: chown -R {me}: {var}"


def user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
