"""gunicorn and wrk for the benchmarks: start a server, load it, read what wrk says.

Everything stays on the loopback address and ends by itself.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

WRK = shutil.which("wrk")


@contextmanager
def gunicorn(app: str, workers=1, **environ):
    """Serve ``app`` ("module:name") with the site's own gunicorn settings; yield the address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", app]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers)]
    command += ["--log-level", "error", "--access-logfile", "/dev/null"]
    environ = {"DJANGO_SETTINGS_MODULE": "tests.settings", **environ}
    process = subprocess.Popen(command, env=os.environ | environ)
    try:
        wait_for(port)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"Nothing answers on port {port}.")


def requests_per_second(address: str, *headers: str, seconds=3, connections=32) -> float:
    """What wrk measures. An answer that is not 2xx or 3xx fails the measurement."""
    if not WRK:
        sys.exit("This benchmark needs wrk. Type: apt-get install wrk")
    command = [WRK, "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += [part for header in headers for part in ("-H", header)]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"wrk met errors:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
