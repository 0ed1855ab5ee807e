"""A PostgreSQL of our own for one test run: in a temporary folder, on a socket, then gone."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM, signal

DEBIAN = Path("/usr/lib/postgresql")

# Nobody needs these rows after a power cut, so nothing waits for the disk.
OPTIONS = "-c listen_addresses='' -c fsync=off -c unix_socket_directories={}"


class PostgresMissing(Exception):
    """There is no PostgreSQL to run; the message says what to install."""


@contextmanager
def private_cluster() -> Iterator[dict[str, str]]:
    """Start a cluster; the environment that leads to it. Stopped whatever happens."""
    programs = find_programs()
    user = unprivileged_user()
    # In /tmp, because the path of a socket may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="kapsite-postgres-", dir="/tmp"))
    signal(SIGTERM, lambda *_: exit(143))  # so that the cluster is stopped on the way out

    def run(program, *arguments):
        command = [programs / program, "-D", folder / "data", *arguments]
        with (folder / "log").open("ab") as log:
            return subprocess.call(command, cwd=folder, stdout=log, stderr=log, **user) == 0

    try:
        if user:
            os.chown(folder, user["user"], user["group"])
        options = OPTIONS.format(folder)
        if not (
            run("initdb", "-A", "trust", "-U", "kapsite", "-E", "UTF8", "--no-locale", "--no-sync")
            and run("pg_ctl", "start", "-w", "-o", options)
        ):
            raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        yield {"DATABASE_URL": f"postgres://kapsite@/postgres?host={folder}"}
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)


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
