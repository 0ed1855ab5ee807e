"""A real gunicorn with the site's own configuration, for what only sockets can show."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCAL = "http://localhost:8000"


class Server:
    def __init__(self, process, lines):
        self.process = process
        self.lines = lines  # what it has written so far
        self.port = self._port()

    def _port(self, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            said = "".join(self.lines)
            found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", said)
            if found and "Booting worker" in said:
                return int(found[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("gunicorn did not start:\n" + "".join(self.lines))

    @property
    def log(self) -> str:
        return "".join(self.lines)

    def connect(self, seconds=30) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)

    def send(self, raw: bytes, seconds=30) -> bytes:
        """Everything that comes back for ``raw`` until the server closes the connection."""
        with self.connect(seconds) as connection:
            connection.sendall(raw)
            return read_all(connection)

    def get(self, path="/", *headers: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
        return self.send("\r\n".join([*lines, "", ""]).encode())


def read_all(connection) -> bytes:
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:  # the answer came first; what we still sent was not wanted
        pass
    return b"".join(parts)


@contextmanager
def site(**environment):
    """Start the site in a folder of its own; yields a Server, stopped at the end."""
    with place(**environment) as environment, running(environment) as server:
        server.folder = Path(environment["VAR_DIR"])
        server.environment = environment
        yield server


@contextmanager
def place(**environment):
    """The environment of a site that is set up in a folder of its own, and not started."""
    with tempfile.TemporaryDirectory(prefix="kapsite-server-") as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "SITE_URL": LOCAL,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": secrets.token_urlsafe(32),
        } | environment
        set_up(environment)
        yield environment


PUBLISH = "publish --launch-anyway tests"  # some tests have a public address


def set_up(environment):
    """What the three commands would leave, from a copy; in another database they migrate."""
    made = made_site(environment["SITE_URL"])
    shutil.copytree(made, environment["VAR_DIR"], symlinks=True, dirs_exist_ok=True)
    scheme, _, file = environment.get("DATABASE_URL", "").partition(":///")
    if scheme not in ("", "sqlite"):
        manage("migrate", environment)
    elif file and not Path(file).exists():
        shutil.copy(made / "db.sqlite3", file)


def made_site(address) -> Path:
    """A folder in which the three commands have run, with a umask that hides nothing. None of what
    they leave depends on a key, and only the pages on the address.
    """
    commands = [PUBLISH] if address != LOCAL else ["migrate", "collectstatic --noinput", PUBLISH]

    def make(folder):
        environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": str(folder),
            "SITE_URL": address,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "FIELD_KEYS": secrets.token_urlsafe(32),
            "DJANGO_SETTINGS_MODULE": "kapsite.settings",
        }
        if address != LOCAL:
            without_pages = shutil.ignore_patterns("published")
            shutil.copytree(made_site(LOCAL), folder, ignore=without_pages)
        python(["-c", ONE_AFTER_ANOTHER, *commands], environment, umask=0)

    return once(f"site-{sha256(address.encode()).hexdigest()}", make)


def once(name, make) -> Path:
    """The folder that ``make`` fills, once for all processes of a test run; to be copied."""
    shared = Path(os.environ["TESTS_SHARED_FOLDER"])
    made, begun = shared / name, shared / f"{name}.begun"
    with (shared / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not made.exists():
            make(begun)
            begun.rename(made)
    return made


ONE_AFTER_ANOTHER = """
import sys
from kapsite.operations.command_line import run
for command in sys.argv[1:]:
    run(["manage.py", *command.split()])
"""


def manage(command, environment):
    python(["manage.py", *command.split()], environment)


def python(words, environment, umask=-1):
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def running(environment, *options):
    words = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", *options, "kapsite.wsgi"]
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    try:
        yield Server(process, lines)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        reader.join()
        process.stdout.close()
