"""gunicorn and wrk for the benchmarks: start a server, load it, read what wrk measured.

Everything stays on the loopback address and ends by itself.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

WRK = shutil.which("wrk")
REPORT = Path(__file__).with_name("report.lua")
TICKS = os.sysconf("SC_CLK_TCK")  # a second of processor time


class Gunicorn(NamedTuple):
    address: str
    pid: int  # of the master

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def processor_seconds(self) -> float:
        """What the workers have used so far."""
        stats = [Path(f"/proc/{worker}/stat").read_text() for worker in self.workers()]
        fields = [stat.rpartition(")")[2] for stat in stats]
        return sum(sum(map(int, each.split()[11:13])) for each in fields) / TICKS


@contextmanager
def gunicorn(app: str, workers=1, log=False, options=(), **environ):
    """Serve ``app`` ("module:name") with the site's own gunicorn settings.

    With ``log`` it writes its access log as in use, to a file; otherwise none.
    """
    port = free_port()
    config = "gunicorn.conf.py" if log else "tests/bench/without_log.py"
    command = [sys.executable, "-m", "gunicorn", "--config", config, app, *options]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--log-level", "error"]
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"} | environ
    with tempfile.TemporaryFile() as written:
        process = subprocess.Popen(command, env=environ, stdout=written)
        try:
            wait_for(port)
            yield Gunicorn(f"http://localhost:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"Nothing answers on port {port}.")


class Load(NamedTuple):
    rate: float  # requests per second
    p50: float  # milliseconds, as p95 and p99
    p95: float
    p99: float


def load(address: str, *headers: str, seconds=2, connections=16, status=200) -> Load:
    """What wrk measures. Another status, or a lost connection, fails the measurement."""
    if not WRK:
        sys.exit("This benchmark needs wrk. Type: apt-get install wrk")
    command = [WRK, "-t1", f"-c{connections}", f"-d{seconds}s", "-s", REPORT]
    command += [part for header in headers for part in ("-H", header)]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    requests, lost, refused, duration, *latencies = map(float, said.split("REPORT")[1].split())
    if lost or refused != (requests if status >= 400 else 0):
        sys.exit(f"wrk met errors at {address}:\n{said}")
    return Load(requests / duration * 1e6, *(each / 1000 for each in latencies))
