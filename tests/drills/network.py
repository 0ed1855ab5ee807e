"""Network namespaces, a web machine in one, and two databases of which one copies the other."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.deploy.nginx import HOST
from tests.drills.places import Cluster, cluster_folder
from tests.drills.row import seconds_until
from tests.drills.visitors import ask, get, head
from tests.server import ROOT, manage, set_up

NETWORK = "10.77.0"
NAMES = {"a": 1, "b": 2, "db1": 11, "db2": 12, "front": 99}
PORT = 8000
SECURE = {"host": HOST, "X_Forwarded_Proto": "https"}  # as the proxy says it
PRIMARY = (
    "-c listen_addresses='*' -c synchronous_standby_names='*' -c wal_keep_size=64MB "
    "-c unix_socket_directories={folder}"
)
STANDBY = (
    "-c listen_addresses='*' -c synchronous_standby_names= -c unix_socket_directories={folder}"
)


@contextmanager
def namespaces() -> Iterator[None]:
    """A bridge with a namespace for each machine."""
    ip("netns add kap-net")
    try:
        ip("-n kap-net link add bridge type bridge")
        ip("-n kap-net link set bridge up")
        for name, number in NAMES.items():
            ip(f"netns add kap-{name}")
            ip(f"-n kap-{name} link add eth0 type veth peer name {name} netns kap-net")
            ip(f"-n kap-{name} addr add {NETWORK}.{number}/24 dev eth0")
            ip(f"-n kap-{name} link set eth0 up")
            ip(f"-n kap-{name} link set lo up")
            ip(f"-n kap-net link set dev {name} master bridge up")
        yield
    finally:
        for name in (*NAMES, "net"):
            subprocess.run(["ip", "netns", "del", f"kap-{name}"], check=False)


def ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True)


def inside(name: str) -> list[str]:
    return ["ip", "netns", "exec", f"kap-{name}"]


class Machine:
    """A web machine with a worker, in a folder of its own."""

    def __init__(self, name: str, folder: Path, shared: dict[str, str]):
        self.name, self.folder = name, folder
        self.address = (f"{NETWORK}.{NAMES[name]}", PORT)
        self.environment = shared | {
            "VAR_DIR": str(folder / "var"),
            "CONTENT_DIR": str(folder / "content"),
        }
        shutil.copytree(ROOT / "content", folder / "content")
        self.processes: list[subprocess.Popen] = []
        set_up(self.environment)

    def start(self) -> None:
        bind = f"{self.address[0]}:{PORT}"
        commands = (["-m", "gunicorn", "--bind", bind, "kapsite.wsgi"], ["manage.py", "run_worker"])
        for number, words in enumerate(commands):
            with (self.folder / f"log{number}").open("a") as log:
                command = [*inside(self.name), sys.executable, *words]
                environment = self.environment
                options = {"stdout": log, "stderr": log, "start_new_session": True}
                self.processes.append(
                    subprocess.Popen(command, cwd=ROOT, env=environment, **options)
                )
        assert seconds_until(lambda: get(self.address, "/risks/", **SECURE).is_good) < 60

    def kill(self) -> None:
        """All at once, as when the power fails."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes = []

    def publish(self, words: str) -> None:
        file = self.folder / "content/risks.md"
        file.write_text(file.read_text() + f"\n{words}\n")
        manage("publish --launch-anyway drill", self.environment)

    def has(self, words: str) -> bool:
        return words.encode() in page(self.address)


def page(address: tuple[str, int]) -> bytes:
    return ask(address, head("GET", "/risks/", **SECURE).encode())


@contextmanager
def databases() -> Iterator[tuple[Cluster, Cluster]]:
    """A server, and one that has all it commits."""
    with cluster_folder() as first, cluster_folder() as second:
        one = Cluster(first, PRIMARY.format(folder=first), inside("db1"))
        two = Cluster(second, STANDBY.format(folder=second), inside("db2"))
        one.initialize()
        with (first / "data/pg_hba.conf").open("a") as access:
            access.write("host all,replication all 10.77.0.0/24 trust\n")
            access.write("host replication all 10.77.0.0/24 trust\n")
        one.options += " -c synchronous_standby_names="
        one.start()
        source = f"host={NETWORK}.{NAMES['db1']} user=kapsite"
        two.run("pg_basebackup", "-R", "-D", second / "data", "-d", source)
        two.start()
        one.options = PRIMARY.format(folder=first)
        one.control("restart", "-o", one.options)
        try:
            yield one, two
        finally:
            for each in (one, two):
                with suppress(subprocess.CalledProcessError):  # it may be gone
                    each.control("stop", "-m", "immediate")
