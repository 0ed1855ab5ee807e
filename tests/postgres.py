"""A PostgreSQL of our own for one test run: in a temporary folder, on a socket, then gone."""

import os
import pwd
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

DEBIAN = Path("/usr/lib/postgresql")

# Nobody needs these rows after a power cut, so nothing waits for the disk. And what PostgreSQL does
# by itself keeps rows that are deleted meanwhile.
OPTIONS = "-c listen_addresses='' -c fsync={0} -c autovacuum={0}"


class PostgresMissing(Exception):
    """There is no PostgreSQL to run; the message says what to install."""


# Runs beside us and reads from us until we end, in whatever way, even by SIGKILL.
STOP_AFTER_US = """cat; "$0/pg_ctl" -D "$1/data" -m immediate stop; rm -rf "$1" """


@contextmanager
def private_cluster(durable=False) -> Iterator[dict[str, str]]:
    """Start a cluster; the environment that leads to it. Stopped whatever happens.

    With ``durable`` it works as one in production does.
    """
    options = OPTIONS.format("on" if durable else "off")
    programs = find_programs()
    user = unprivileged_user()
    # In /tmp, because the path of a socket may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="kapsite-postgres-", dir="/tmp"))
    log = folder / "log"
    with log.open("wb") as output:
        quiet = {"cwd": folder, "stdout": output, "stderr": output, **user}
        if user:
            os.chown(folder, user["user"], user["group"])
        with subprocess.Popen(
            ["sh", "-c", STOP_AFTER_US, programs, folder],
            stdin=subprocess.PIPE,
            start_new_session=True,
            **quiet,
        ):
            for command in (
                "initdb -A trust -U kapsite -E UTF8 --no-locale --no-sync -D data",
                f'pg_ctl start -w -D data -o "{options} -c unix_socket_directories={folder}"',
            ):
                program, *arguments = shlex.split(command)
                if subprocess.call([programs / program, *arguments], **quiet):
                    raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()}")
            yield {"DATABASE_URL": f"postgres://kapsite@/postgres?host={folder}"}


def end_other_sessions() -> None:
    """Those that earlier tests left in the database that is used now."""
    if connection.vendor != "postgresql":
        return
    connection.close()
    connection.close_pool()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def find_programs() -> Path:
    """The folder with initdb and pg_ctl: the newest that Debian keeps, else on the PATH."""
    folders = sorted(
        DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    folders += [Path(folder) for folder in os.get_exec_path()]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise PostgresMissing(
        "kapsite: initdb and pg_ctl, the programs of a PostgreSQL server, are not on this "
        "machine. Type: sudo apt-get install postgresql"
    )


def unprivileged_user() -> dict:
    """For root: whom to run the server as, since it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresMissing("kapsite: PostgreSQL does not run as root, and no user 'nobody' is here.")
