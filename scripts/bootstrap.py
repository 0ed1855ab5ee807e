"""Set kapsite up and run it: `make serve`, `dev`, `test`, `test-postgres` and `bench`.

Needs nothing but the Python that the Makefile found. It makes what is missing:

    .venv/   the packages that requirements*.txt pin, each checked against its hash
    .env     fresh secrets, readable only by you
    var/     database, static files, published pages

then starts the server or the tests. What is there and up to date is left alone, so the second
start is quick and works offline; a setup that was interrupted starts over.
"""

import base64
import configparser
import contextlib
import errno
import fcntl
import hashlib
import html
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
STAMP = VENV / "made-from.json"  # written last: without it the folder is unfinished
VAR = ROOT / "var"
LOG = VAR / "setup.log"
RUN, DEVELOP = ["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]
PINNED = ["--no-deps", "--require-hashes", "--retries=3"]
FOR_DEVELOPERS = {  # command: what to run once the packages are installed
    "test": ["-m", "tests.run"],
    "test-postgres": ["-m", "tests.run", "--postgres"],
    "bench": ["-m", "tests.bench"],
}
OFFLINE = (
    "the package index can't be reached. The first run needs the network: "
    "connect, then run the same command again."
)


def main(command="", *arguments):
    if command not in {"serve", "dev", *FOR_DEVELOPERS}:
        fail(f"name a command: serve, dev, {', '.join(FOR_DEVELOPERS)}.")
    os.chdir(ROOT)
    os.umask(0o077)  # what is made here is private
    if not VAR.is_dir():
        VAR.mkdir()
        VAR.chmod(0o711)  # others may reach the public files in it
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):  # another project's
        os.environ.pop(name, None)
    if command == "serve":
        serve()
    elif command == "dev":
        dev()
    else:
        with one_at_a_time():
            prepare_packages(DEVELOP)
        become(*FOR_DEVELOPERS[command], *arguments)


def serve():
    port = free_port()
    os.environ["DEBUG"] = "false"
    with one_at_a_time():
        prepare_packages(RUN)
        write_secrets()
        known = setting("SITE_URL").rstrip("/") or "http://localhost:8000"
        address = use_address(port)
        prepare_site()
    free_port()  # another program may have taken it in the meantime
    say(f"kapsite is at {address} (Ctrl-C stops it).")
    say("To create a staff account, run this in another window:")
    # Only this process knows the port of this run, and the setup link must lead to it.
    prefix = "" if address == known else f"SITE_URL={address} "
    say(f"    {prefix}.venv/bin/python manage.py add_staff NAME --role lead")
    admin = (setting("ADMIN_PATH") or "admin/").lstrip("/")
    say(f"and open the link that it prints. Staff sign in at {address}/{admin}")
    os.environ["PORT"] = str(port)
    # gunicorn replaces this process; the worker stops when that process is gone.
    subprocess.Popen([PYTHON, "manage.py", "run_worker", "--beside", str(os.getpid())])
    become("-m", "gunicorn", "kapsite.wsgi")  # gunicorn reads gunicorn.conf.py by itself


def dev():
    port = free_port()
    with one_at_a_time():
        prepare_packages(DEVELOP)
        write_secrets()
        os.environ["DEBUG"] = "true"
        use_address(port)
        manage("migrate", "--verbosity=0")
    become("manage.py", "runserver", str(port))


# Packages


def prepare_packages(files):
    """Install what ``files`` pin into .venv, made again if unfinished or of another Python."""
    made_from = json.loads(read(STAMP) or "{}")
    if not made_from or made_from["python"] != python_in_venv():
        create_venv()
        made_from = {"python": python_in_venv(), "files": {}}
    digests = {name: digest_of(ROOT / name) for name in files}
    stale = [name for name in files if made_from["files"].get(name) != digests[name]]
    if not stale:
        return
    STAMP.unlink(missing_ok=True)
    for name in stale:
        say(f"Installing the packages in {name} ...")
        run(PYTHON, "-m", "pip", "install", *PINNED, "-r", name)
    made_from["files"].update(digests)
    write(STAMP, json.dumps(made_from, indent=1))


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
        wheel.unlink()


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
                (VAR / name).write_bytes(wheel)
                return VAR / name
    except urllib.error.HTTPError:  # an index without pip
        pass
    except OSError:
        fail(OFFLINE)
    return fail(f"{name} with the pinned hash is not in the package index.")


def fetch(address):
    trusted = ssl.create_default_context(cafile=pip_option("cert") or None)
    with urllib.request.urlopen(address, timeout=30, context=trusted) as answer:  # noqa: S310
        return answer.read()


def pip_option(name):
    """A value from pip's environment variable or configuration file; later files win."""
    config = configparser.RawConfigParser()
    folders = "/etc/xdg/pip", "/etc", "~/.pip", "~/.config/pip", "~/Library/Application Support/pip"
    files = [os.path.expanduser(f"{folder}/pip.conf") for folder in folders]
    config.read([*files, os.environ.get("PIP_CONFIG_FILE", "")])
    variable = "PIP_" + name.upper().replace("-", "_")
    return os.environ.get(variable) or config.get("global", name, fallback="")


# Settings


def write_secrets():
    """Put fresh secrets into .env where they are missing. Never replaces one."""
    missing = [name for name in ("SECRET_KEY", "FIELD_KEYS") if not setting(name)]
    database = site_file("db.sqlite3")
    if "FIELD_KEYS" in missing and database.exists():
        fail(
            f"{database} is there, but the FIELD_KEYS that can read it are not. Put back the .env "
            "that belongs to it, or move the database away to start over."
        )
    if not missing:
        return
    text = read(ROOT / ".env") or (
        "# Secrets of this machine. Keep a copy: without FIELD_KEYS nobody can read\n"
        "# the requests. .env.example lists what else can be set.\n"
    )
    for name in missing:
        # Can't begin with "$", which django-environ would take for a variable.
        fresh = base64.urlsafe_b64encode(os.urandom(48 if name == "SECRET_KEY" else 32)).decode()
        text = re.sub(rf"(?m)^(export )?{name}=.*\n?", "", text)
        text = f"{text.rstrip()}\n{name}={fresh}\n"
    say("Writing .env with fresh secrets ...")
    write(ROOT / ".env", text)


def setting(name):
    """A setting's value: from the environment, else from .env."""
    lines = re.findall(rf"(?m)^(?:export )?{name}=(.*)$", read(ROOT / ".env"))
    return os.environ.get(name) or (lines[0].strip().strip("'\"") if lines else "")


def use_address(port):
    """The site's address. A local one follows the port."""
    address = setting("SITE_URL").rstrip("/")
    if urllib.parse.urlsplit(address).hostname in (None, "localhost", "127.0.0.1"):
        address = f"http://localhost:{port}"
    os.environ["SITE_URL"] = address
    return address


def free_port():
    """The PORT to serve on, 8000 by default; stops when it is not available."""
    text = setting("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"PORT={text} is not a port. Choose a number from 1024 to 65535.")
    port = int(text)
    if problem := port_problem(port):
        other = next(p for p in range(8000, 65536) if p != port and not port_problem(p))
        fail(f"port {port} {problem}. Run: PORT={other} make serve")
    return port


def port_problem(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        return "is in use" if error.errno == errno.EADDRINUSE else "is not open to you"
    try:  # a program on the other localhost, ::1, would get the browser's requests
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return ""
    return "is in use"


# The site


def prepare_site():
    stamp, sources = site_file("static-made-from"), static_sources()
    if not site_file("static/staticfiles.json").exists() or read(stamp) != sources:
        stamp.unlink(missing_ok=True)
        manage("collectstatic", "--noinput", "--verbosity=0")
        write(stamp, sources)
    command = [PYTHON, "manage.py", "publish"]  # beside migrate: neither needs the other
    pages = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    manage("migrate", "--verbosity=0")
    say(pages.communicate()[0].strip())
    if pages.returncode:
        if not site_file("published/current").exists():
            fail("there are no pages to serve until this is fixed.")
        say("Until this is fixed, the pages published before stay up.")


def site_file(name):
    """A file that the site writes: in var/, unless VAR_DIR names another folder."""
    return ROOT / os.path.expanduser(setting("VAR_DIR") or "var") / name


def static_sources():
    """What the collected static files depend on, by digest."""
    files = [*ROOT.glob("static/**/*"), ROOT / "requirements.txt", ROOT / "kapsite/settings.py"]
    lines = [f"{digest_of(file)} {file.relative_to(ROOT)}\n" for file in files if file.is_file()]
    return "".join(sorted(lines))


def manage(*arguments):
    if subprocess.call([PYTHON, "manage.py", *arguments]):
        sys.exit(1)  # the command has said what is wrong


# Small tools


def say(line):
    print(line, flush=True)


def fail(line):
    sys.exit(f"kapsite: {line}")


def run(*command):
    """Run quietly; var/setup.log keeps the output. A failure stops the setup."""
    os.environ.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, **pipes, text=True, errors="replace", check=False)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(map(str, command))}\n{done.stdout}\n")
    if not done.returncode:
        return
    if re.search("connection broken by|connection error", done.stdout):
        fail(OFFLINE)
    lines = done.stdout.strip().splitlines() or ["no reason was given."]
    reason = next((line for line in lines if line.startswith("ERROR:")), lines[-1])
    fail(f"{reason} The whole output is in {LOG}.")


def become(*arguments):
    """Replace this process, so that Ctrl-C and the exit code are the command's own."""
    sys.stdout.flush()
    os.execv(PYTHON, [PYTHON, *arguments])


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write(path, text):
    """Write the whole file or nothing, for this user alone."""
    new = path.with_name(path.name + ".new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextlib.contextmanager
def one_at_a_time():
    """Two setups at once would write into each other's .venv."""
    with (VAR / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another setup is running; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again to go on.")
        sys.exit(130)
    except PermissionError as error:
        fail(f"you may not write {error.filename}. Does it belong to root?")
    except OSError as error:
        fail(f"{error.filename or 'setup'}: {error.strerror}.")
