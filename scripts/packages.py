"""The packages that requirements*.txt pin, in .venv; and small tools of the setup scripts."""

import base64
import configparser
import contextlib
import fcntl
import hashlib
import html
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMP = VENV / "made-from.json"  # written last: without it the folder is unfinished
RUN, DEVELOP = ["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]
PINNED = ["--no-deps", "--require-hashes", "--retries=3"]
OFFLINE = (
    "the package index can't be reached. The first run needs the network: "
    "connect, then run the same command again."
)
log_file = ROOT / "var/setup.log"


def prepare_packages(files):
    """Install what ``files`` pin into .venv, made again if unfinished or of another Python."""
    made_from = what_it_was_made_from()
    if not made_from:
        create_venv()
        made_from = {"python": python_in_venv(), "files": {}}
    if not (stale := not_installed(files, made_from)):
        return
    STAMP.unlink(missing_ok=True)
    for name in stale:
        say(f"Installing the packages in {name} ...")
        run(PYTHON, "-m", "pip", "install", *PINNED, "-r", name)
        made_from["files"][name] = digest_of(ROOT / name)
    write(STAMP, json.dumps(made_from, indent=1))


def not_installed(files, made_from):
    known = made_from.get("files", {})
    return [name for name in files if known.get(name) != digest_of(ROOT / name)]


def what_it_was_made_from():
    """Of .venv; {} when it is unfinished, or was made for another Python."""
    made_from = json.loads(read(STAMP) or "{}")
    return made_from if made_from and made_from["python"] == python_in_venv() else {}


def python_in_venv():
    """Version, system and folder of .venv's Python; "" when there is none that works."""
    code = "import sys as s, sysconfig as c; print(*s.version_info[:2], c.get_platform(), s.prefix)"
    try:
        answer = subprocess.check_output([PYTHON, "-Ic", code], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.decode().replace(str(VENV), ".venv").strip()  # the folder may be moved


def create_venv():
    # The Python behind a virtual environment, if one is active: it may be the one to replace.
    python = getattr(sys, "_base_executable", None) or sys.executable
    say(f"Creating .venv with Python {sys.version.split()[0]} ({python}) ...")
    if VENV.exists():
        shutil.rmtree(VENV)
    run(python, "-I", "-m", "venv", "--without-pip", VENV)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.call([PYTHON, "-I", "-m", "ensurepip"], **quiet):  # Debian leaves it out
        wheel = fetch_pip()
        run(PYTHON, wheel / "pip", "install", "--no-index", wheel)
        shutil.rmtree(wheel.parent)


def fetch_pip():
    """Download the pip wheel that requirements.txt pins from the index that pip would use."""
    requirements = (ROOT / "requirements.txt").read_text()
    pin = re.search(r"(?m)^pip==(\S+)((?:\s*\\\s+--hash=sha256:\w+)+)", requirements)
    name = f"pip-{pin[1]}-py3-none-any.whl"
    page = (pip_option("index-url") or "https://pypi.org/simple").rstrip("/") + "/pip/"
    say("Downloading pip ...")
    try:
        links = re.findall(r"href=[\"']([^\"'#]+)", fetch(page).decode("utf-8", "replace"))
        for link in (link for link in links if link.rpartition("/")[2] == name):
            wheel = fetch(urllib.parse.urljoin(page, html.unescape(link)))
            if hashlib.sha256(wheel).hexdigest() in pin[2]:
                file = Path(tempfile.mkdtemp(), name)
                file.write_bytes(wheel)
                return file
    except urllib.error.HTTPError:  # an index without pip
        pass
    except OSError:
        fail(OFFLINE)
    return fail(f"{name} with the pinned hash is not in the package index.")


def fetch(address):
    trusted = ssl.create_default_context(cafile=pip_option("cert") or None)
    with urllib.request.urlopen(address, timeout=30, context=trusted) as answer:
        return answer.read()


def pip_option(name):
    """A value from pip's environment variable or configuration file; later files win."""
    config = configparser.RawConfigParser()
    folders = "/etc/xdg/pip", "/etc", "~/.pip", "~/.config/pip", "~/Library/Application Support/pip"
    files = [os.path.expanduser(f"{folder}/pip.conf") for folder in folders]
    config.read([*files, os.environ.get("PIP_CONFIG_FILE", "")])
    variable = "PIP_" + name.upper().replace("-", "_")
    return os.environ.get(variable) or config.get("global", name, fallback="")


# Small tools


def say(line):
    print(line, flush=True)


def fail(line):
    sys.exit(f"kapsite: {line}")


def run(*command):
    """Run quietly; ``log_file`` keeps the output. A failure stops the setup."""
    os.environ.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, **pipes, text=True, errors="replace", check=False)
    with log_file.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n")
    if not done.returncode:
        return
    if re.search("connection broken by|connection error", done.stdout):
        fail(OFFLINE)
    lines = done.stdout.strip().splitlines() or ["no reason was given."]
    reason = next((line for line in lines if line.startswith("ERROR:")), lines[-1])
    fail(f"{reason} The whole output is in {log_file}.")


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


def fresh_secret(name):
    # Can't begin with "$", which django-environ would take for a variable.
    return base64.urlsafe_b64encode(os.urandom(48 if name == "SECRET_KEY" else 32)).decode()


def write(path, text):
    """Write the whole file or nothing, for this user alone."""
    new = path.with_name(path.name + ".new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextlib.contextmanager
def one_at_a_time(folder):
    """Two setups at once would write into each other's .venv. ``folder`` holds the lock."""
    with (folder / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another setup is running; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
