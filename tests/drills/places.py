"""Where drills take place: a site with its worker, a PostgreSQL, a small disk. All of it goes."""

import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

from tests.postgres import find_programs, unprivileged_user
from tests.server import ROOT, site

OPTIONS = {
    "SECRET_KEY": settings.SECRET_KEY,  # for the tokens of forms
    "TRUSTED_PROXIES": "127.0.0.1",  # each form says where it comes from
    "HOURLY_LIMITS": "total=1000000,total_most=1000000",
    "NOTIFY_EMAILS": "desk@example.org",
    "EMAIL_URL": "smtp://127.0.0.1:9",  # nobody answers there
    "WEB_CONCURRENCY": "2",
}


@contextmanager
def drill_site(**environment) -> Iterator:
    """A running site; ``address`` is added to the Server."""
    with site(**OPTIONS | environment) as server:
        server.address = ("127.0.0.1", server.port)
        yield server


@contextmanager
def worker(environment: dict[str, str], *prefix) -> Iterator[subprocess.Popen]:
    command = [*prefix, sys.executable, "manage.py", "run_worker"]
    with (Path(environment["VAR_DIR"]).parent / f"worker-{secrets.token_hex(4)}.log").open(
        "w"
    ) as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)
            Path(log.name).unlink()


def tokens_in(database_url: str) -> set[str]:
    """The tokens of all requests that the database has."""
    query = "SELECT form_token FROM inquiries_inquiry"
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database:
            return {token for (token,) in database.execute(query)}
    with psycopg.connect(database_url, autocommit=True) as database:
        return {token for (token,) in database.execute(query)}


def lost(stored: set[str], database_url: str) -> str:
    missing = len(stored - tokens_in(database_url))
    return f"{missing} of {len(stored)} stored requests" if missing else f"nothing of {len(stored)}"


@contextmanager
def small_disk(megabytes=400) -> Iterator[Path]:
    """A disk of its own, as a file."""
    folder = Path(tempfile.mkdtemp(prefix="kapsite-disk-"))
    image, place = folder / "image", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes * 1_000_000)
    try:
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
        subprocess.run(["mount", "-o", "loop", image, place], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", place], check=True)
    finally:
        shutil.rmtree(folder)


class Cluster:
    """A PostgreSQL server that waits for the disk, as in use. ``options`` are those of ``-o``."""

    def __init__(self, folder: Path, options: str, prefix=()):
        self.folder, self.options, self.prefix = folder, options, [*prefix]
        self.user = unprivileged_user()
        self.programs = find_programs()

    def run(self, program: str, *arguments) -> None:
        with (self.folder / "log").open("a") as log:
            words = [*self.prefix, *self.as_user(), self.programs / program, *arguments]
            quiet = {"stdout": log, "stderr": log, "stdin": subprocess.DEVNULL}
            subprocess.run(words, cwd=self.folder, check=True, **quiet)

    def as_user(self) -> list[str]:
        """`ip netns exec` needs root, so the user is changed after it."""
        if not self.user:
            return []
        return [
            "setpriv",
            f"--reuid={self.user['user']}",
            f"--regid={self.user['group']}",
            "--clear-groups",
        ]

    def control(self, action: str, *arguments) -> None:
        self.run("pg_ctl", action, "-w", "-D", self.folder / "data", *arguments)

    def start(self) -> None:
        self.control("start", "-o", self.options)

    def initialize(self) -> None:
        self.run(
            "initdb",
            *[
                "-A",
                "trust",
                "-U",
                "kapsite",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
                "-D",
                "data",
            ],
        )

    def main_process(self) -> int:
        return int((self.folder / "data/postmaster.pid").read_text().splitlines()[0])


@contextmanager
def cluster_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kapsite-drill-", dir="/tmp"))
    if user := unprivileged_user():
        os.chown(folder, user["user"], user["group"])
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def cluster() -> Iterator[Cluster]:
    with cluster_folder() as folder:
        server = Cluster(folder, f"-c listen_addresses='' -c unix_socket_directories={folder}")
        server.initialize()
        server.start()
        server.url = f"postgres://kapsite@/postgres?host={folder}"
        try:
            yield server
        finally:
            server.control("stop", "-m", "immediate")
