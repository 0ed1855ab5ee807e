"""Set kapsite up and run it: `make serve`, `dev`, `test`, `test-postgres` and `bench`.

With nothing but a Python and make on the machine, this file makes what is missing:

    .venv/   the packages that requirements*.txt pin, each checked against its hash
    .env     fresh secrets, readable by you alone
    var/     database, static files, published pages

and then starts the server, or the tests. What is there and still right is left alone, so
the second start is quick and needs no network; what was interrupted is done again.

Only the standard library is used, and no syntax newer than Python 3.3: an old `python3`
must be able to read this file far enough to find a newer one and hand over to it.
"""

import base64
import configparser
import contextlib
import errno
import glob
import hashlib
import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "made-from.json")  # written last: without it the folder is half done
VAR = os.path.join(ROOT, "var")
LOG = os.path.join(VAR, "setup.log")
RUN, DEVELOP = ["requirements.txt"], ["requirements.txt", "requirements-dev.txt"]


def main(arguments):
    command, rest = (arguments or [""])[0], arguments[1:]
    if command not in COMMANDS:
        fail("say what to do: {}.".format(", ".join(sorted(COMMANDS))))
    hand_over_to_a_suitable_python()
    os.chdir(ROOT)
    os.umask(0o077)  # what is made here is for this user alone
    if not os.path.isdir(VAR):
        os.mkdir(VAR)
        os.chmod(VAR, 0o711)  # noqa: S103 -- others may reach the public files in it
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):  # of another project
        os.environ.pop(name, None)
    COMMANDS[command](rest)


def serve(_):
    port = free_port()
    os.environ["DEBUG"] = "false"
    with only_one_at_a_time():
        prepare_packages(RUN)
        write_secrets()
        known = setting("SITE_URL").rstrip("/") or "http://localhost:8000"
        address = use_address(port)
        prepare_site()
    free_port()  # somebody may have taken it meanwhile
    say("kapsite is at {} (Ctrl-C stops it).".format(address))
    say("To make a staff account, type in another window:")
    # The port of this run is known to this process only, and the link must lead to it.
    for_link = "" if address == known else "SITE_URL={} ".format(address)
    say("    {}.venv/bin/python manage.py add_staff NAME --role lead".format(for_link))
    say("and open the link that it prints. Staff sign in at {}/{}".format(address, admin_path()))
    os.environ["PORT"] = str(port)
    # gunicorn takes the place of this process, and the worker ends when that is gone.
    subprocess.Popen([PYTHON, "manage.py", "run_worker", "--beside", str(os.getpid())])
    become(PYTHON, "-m", "gunicorn", "kapsite.wsgi")  # gunicorn.conf.py is read by itself


def dev(_):
    port = free_port()
    with only_one_at_a_time():
        prepare_packages(DEVELOP)
        write_secrets()
        os.environ["DEBUG"] = "true"
        use_address(port)
        manage("migrate", "--verbosity=0")
    become(PYTHON, "manage.py", "runserver", str(port))


def test(arguments):
    with only_one_at_a_time():
        prepare_packages(DEVELOP)
    become(PYTHON, "-m", "tests.run", *arguments)


def test_postgres(arguments):
    test(["--postgres"] + arguments)


def bench(arguments):
    with only_one_at_a_time():
        prepare_packages(DEVELOP)
    become(PYTHON, "-m", "tests.bench", *arguments)


COMMANDS = {
    "serve": serve,
    "dev": dev,
    "test": test,
    "test-postgres": test_postgres,
    "bench": bench,
}


# Python

OLDEST, NEWEST = (3, 11), (3, 14)  # older cannot run it; newer may lack ready-made packages

# Asked of any Python, 2 included: its version, and what keeps it from running the site.
PROBE = """
import sys
problem = "too old"
if sys.version_info >= (3, 11):
    import sysconfig
    problem = ""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        problem = "not the usual CPython"
    if sys.version_info.releaselevel != "final":
        problem = "a preview"
    for name in ("ssl", "sqlite3", "venv", "zlib"):
        try:
            __import__(name)
        except ImportError:
            problem = "without the module " + name
print("%d.%d.%d" % sys.version_info[:3])
print(problem)
"""


def hand_over_to_a_suitable_python():
    """Go on in the first Python that can run the site; newest known to work before newer."""
    rejected, newer = [], []
    for python in pythons():
        version, problem = probe(python)
        number = tuple(int(part) for part in version.split(".")[:2] if part)
        if problem:
            rejected.append("{} ({} {})".format(python, version, problem))
        elif number <= NEWEST:
            return go_on_in(python)
        else:
            newer.append(python)
    if newer:
        return go_on_in(newer[0])
    found = "; ".join(rejected) or "none"
    return fail(
        "Python 3.11 or newer is needed. Found: {}. Install one (Debian: apt-get install "
        "python3; macOS: brew install python@3.13) and try again.".format(found)
    )


def go_on_in(python):
    if python != sys.executable:
        os.execv(python, [python, "-I", os.path.abspath(__file__)] + sys.argv[1:])


def pythons():
    """This Python, those on the PATH, then where systems and people keep others."""
    home = os.path.expanduser("~")
    folders = os.environ.get("PATH", "").split(os.pathsep)
    folders += ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"]
    folders += sorted(glob.glob(os.path.join(home, ".pyenv/versions/3*/bin")), reverse=True)
    folders += sorted(glob.glob(os.path.join(home, ".local/share/uv/python/cpython-3*/bin")))
    names = ["python3", "python3.13", "python3.12", "python3.11", "python3.14"]
    files = [sys.executable] + [os.path.join(f, name) for f in folders if f for name in names]
    seen = set()
    for file in files:
        real = os.path.realpath(file)
        if real not in seen and os.access(file, os.X_OK):
            seen.add(real)
            yield file


def probe(python):
    """The version of ``python`` and what speaks against it; a second item of "" is good."""
    command = [python, "-s", "-E", "-c", PROBE]
    try:
        answer = subprocess.check_output(command, stderr=subprocess.DEVNULL, timeout=20)
        version, problem = answer.decode().splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return "", "not working"
    return version, problem


# Packages


def prepare_packages(files):
    """Let .venv hold what ``files`` pin. Built anew when half done or of another Python."""
    made_from = read_json(STAMP)
    if not made_from or made_from["python"] != python_in_venv():
        create_venv()
        made_from = {"python": python_in_venv(), "place": VENV, "files": {}}
    elif made_from["place"] != VENV:
        mend_moved_scripts(made_from["place"])
        made_from["place"] = VENV
        write_json(STAMP, made_from)
    digests = {name: file_digest(os.path.join(ROOT, name)) for name in files}
    stale = [name for name in files if made_from["files"].get(name) != digests[name]]
    if not stale:
        return
    remove(STAMP)
    for name in stale:
        say("Installing what {} names ...".format(name))
        install("--no-deps", "--require-hashes", "-r", os.path.join(ROOT, name))
    made_from["files"].update(digests)
    write_json(STAMP, made_from)


def python_in_venv():
    """Version and system of .venv's Python; None when there is none that runs."""
    code = (
        "import sys, sysconfig\nprint(*sys.version_info[:2], sysconfig.get_platform(), sys.prefix)"
    )
    try:
        answer = subprocess.check_output([PYTHON, "-I", "-c", code], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.decode().replace(VENV, ".venv").strip()


def create_venv():
    # The Python behind a virtual environment, if one is active: it may be the one to replace.
    python = getattr(sys, "_base_executable", None) or sys.executable
    say("Making .venv with Python {} ({}) ...".format(sys.version.split()[0], python))
    remove(VENV)
    made, output = run(python, "-I", "-m", "venv", "--without-pip", VENV)
    if not made:
        fail("no virtual environment could be made: {}".format(last_line(output)))
    # Debian leaves ensurepip out; then pip is fetched like any other package.
    if not run(PYTHON, "-I", "-m", "ensurepip")[0]:
        wheel = fetch_pip()
        done, output = run(PYTHON, os.path.join(wheel, "pip"), "install", "--no-index", wheel)
        remove(wheel)
        if not done:
            fail("pip could not be installed: {}".format(last_line(output)))


def install(*arguments):
    os.environ.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    done, output = run(PYTHON, "-m", "pip", "install", "--retries=3", *arguments)
    if done:
        return
    if "connection broken by" in output or "connection error" in output:
        fail_offline()
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    fail("{} All of it is in {}.".format((errors or [last_line(output)])[0], LOG))


def fail_offline():
    fail(
        "the package index cannot be reached. The first run needs the network: "
        "connect, then type the same again."
    )


def mend_moved_scripts(old):
    """The folder was moved: scripts in .venv/bin name their Python by its full path."""
    for file in glob.glob(os.path.join(VENV, "bin", "*")) + [os.path.join(VENV, "pyvenv.cfg")]:
        if os.path.islink(file) or not os.path.isfile(file):
            continue
        with open(file, "rb") as opened:
            text = opened.read()
        if b"\0" not in text and old.encode() in text:
            write(file, text.replace(old.encode(), VENV.encode()), os.stat(file).st_mode)


# pip, where Python brings none


def fetch_pip():
    """Download the pip wheel that requirements.txt pins, from where pip itself would look."""
    requirements = read(os.path.join(ROOT, "requirements.txt"))
    lines = re.findall(r"(?m)^pip==(\S+)((?:\s*\\\s+--hash=sha256:\w+)+)", requirements)
    [(version, pinned)] = lines
    name = "pip-{}-py3-none-any.whl".format(version)
    hashes = re.findall(r"sha256:(\w+)", pinned)
    say("Fetching pip ...")
    try:
        for link in links_on(index_page()):
            if link.split("/")[-1] != name:
                continue
            wheel = fetch(link)
            if hashlib.sha256(wheel).hexdigest() in hashes:
                write(os.path.join(VAR, name), wheel)
                return os.path.join(VAR, name)
    except urllib.error.HTTPError:  # an index without pip
        pass
    except OSError:
        fail_offline()
    return fail("{} with the pinned hash is not in the package index.".format(name))


def index_page():
    """The address that lists pip's files, as pip's own option names it."""
    index = (pip_option("index-url") or "https://pypi.org/simple").rstrip("/")
    return index + ("/pip/index.html" if index.startswith("file:") else "/pip/")


def links_on(page):
    for link in re.findall(r"href=[\"']([^\"'#]+)", fetch(page).decode("utf-8", "replace")):
        yield urllib.parse.urljoin(page, html.unescape(link))


def fetch(address):
    import ssl  # here, because the Python that reads this file first may lack it

    trusted = ssl.create_default_context(cafile=pip_option("cert") or None)
    with urllib.request.urlopen(address, timeout=30, context=trusted) as answer:  # noqa: S310
        return answer.read()


def pip_option(name):
    """The value pip would take: the environment, else the configuration file nearest to it."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value is not None:
        return value
    home = os.path.expanduser("~")
    config = configparser.RawConfigParser()
    config.read(
        ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", "/Library/Application Support/pip/pip.conf"]
        + [os.path.join(home, ".pip/pip.conf"), os.path.join(home, ".config/pip/pip.conf")]
        + [os.path.join(home, "Library/Application Support/pip/pip.conf")]
        + [os.environ.get("PIP_CONFIG_FILE", "")]
    )
    return config.get("install", name, fallback=config.get("global", name, fallback=""))


# Settings


def write_secrets():
    """Put fresh secrets into .env where they are missing. Never replaces one."""
    missing = [name for name in ("SECRET_KEY", "FIELD_KEYS") if not setting(name)]
    database = site_file("db.sqlite3")
    if "FIELD_KEYS" in missing and os.path.exists(database):
        fail(
            "{} is there, but the FIELD_KEYS that can read it are not. Put the .env that belongs "
            "to it back, or move the database away to start afresh.".format(database)
        )
    if not missing:
        return
    fresh = {
        # Neither can begin with "$", which django-environ would take for a variable.
        "SECRET_KEY": base64.urlsafe_b64encode(os.urandom(48)).decode(),
        "FIELD_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
    }
    file = os.path.join(ROOT, ".env")
    text = read(file) or "# Secrets of this machine. Keep a copy: without FIELD_KEYS the\n" + (
        "# inquiries cannot be read. .env.example lists what else can be set.\n"
    )
    for name in missing:
        text = re.sub(r"(?m)^(export )?{}=.*\n?".format(name), "", text)
        text = "{}\n{}={}\n".format(text.rstrip("\n"), name, fresh[name])
    say("Writing .env with fresh secrets ...")
    write(file, text.encode())


def setting(name):
    """A setting's value: the environment, else .env."""
    if os.environ.get(name):
        return os.environ[name]
    lines = re.findall(r"(?m)^(?:export )?{}=(.*)$".format(name), read(os.path.join(ROOT, ".env")))
    return lines[0].strip().strip("'\"") if lines else ""


def use_address(port):
    """The site's address. A local one follows the port."""
    address = setting("SITE_URL").rstrip("/")
    if urllib.parse.urlsplit(address).hostname in (None, "localhost", "127.0.0.1"):
        address = "http://localhost:{}".format(port)
    os.environ["SITE_URL"] = address
    return address


def admin_path():
    return (setting("ADMIN_PATH") or "admin/").lstrip("/")


def free_port():
    """The PORT to serve on, 8000 unless told; stops when it cannot be had."""
    text = setting("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail("PORT={} is not a port. Take a number from 1024 to 65535.".format(text))
    port = int(text)
    problem = port_problem(port)
    if problem:
        other = next(p for p in range(8000, 65536) if p != port and not port_problem(p))
        fail("port {} {}. Type: PORT={} make serve".format(port, problem, other))
    return port


def port_problem(port):
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError as error:
            return "is in use" if error.errno == errno.EADDRINUSE else "may not be used by you"
    try:  # a program on the other localhost, ::1, would get the browser's requests
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return ""
    return "is in use"


# The site


def prepare_site():
    stamp = site_file("static-made-from.json")
    if read_json(stamp) != static_state():
        manage("collectstatic", "--noinput", "--verbosity=0")
        write_json(stamp, static_state())
    command = [PYTHON, "manage.py", "publish"]  # beside migrate: neither needs the other
    pages = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    manage("migrate", "--verbosity=0")
    say(pages.communicate()[0].decode().strip())
    if pages.returncode:
        if not os.path.exists(site_file("published/current")):
            fail("there are no pages to serve until this is mended.")
        say("Until this is mended, the pages published before stay up.")


def site_file(name):
    """A file that the site writes: in var/, unless VAR_DIR names another folder."""
    return os.path.join(ROOT, setting("VAR_DIR") or "var", name)


def static_state():
    """What the collected static files are made from, and what came of it."""
    sources = glob.glob(os.path.join(ROOT, "static", "**", "*"), recursive=True)
    files = sorted(file for file in sources if os.path.isfile(file))
    files += [os.path.join(ROOT, name) for name in ("requirements.txt", "kapsite/settings.py")]
    state = {os.path.relpath(file, ROOT): file_digest(file) for file in files}
    result = site_file("static/staticfiles.json")
    return dict(state, result=file_digest(result) if os.path.isfile(result) else "")


def manage(*arguments):
    if subprocess.call([PYTHON, "manage.py"] + list(arguments)):
        raise SystemExit(1)  # the command has said what is wrong


# Small tools


def say(line):
    print(line, flush=True)


def fail(line):
    raise SystemExit("kapsite: " + line)


def run(*command):
    """Run quietly; whether it went well, and what it said, which var/setup.log keeps too."""
    done = subprocess.run(
        list(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        close_fds=False,
    )
    output = done.stdout.decode("utf-8", "replace")
    with open(LOG, "a", encoding="utf-8") as log:
        log.write("$ {}\n{}\n".format(" ".join(command), output))
    return done.returncode == 0, output


def become(*command):
    """Replace this process, so that Ctrl-C and the exit code are the command's own."""
    sys.stdout.flush()
    os.execv(command[0], command)


def last_line(text):
    return (text.strip().splitlines() or ["no reason was given"])[-1]


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def read_json(path):
    try:
        return json.loads(read(path) or "{}")
    except ValueError:  # cut off while it was written
        return {}


def write_json(path, value):
    write(path, json.dumps(value, indent=1, sort_keys=True).encode())


def write(path, content, mode=0o600):
    """Write the whole file or nothing of it."""
    with open(path + ".new", "wb", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
        file.write(content)
        os.fchmod(file.fileno(), mode & 0o777)
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def remove(path):
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.isdir(path):
        shutil.rmtree(path)


def file_digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@contextlib.contextmanager
def only_one_at_a_time():
    """Two set-ups at once would write into each other's .venv."""
    import fcntl  # not on Windows, which can still read this file that far

    with open(os.path.join(VAR, "setup.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)  # a pip that outlives a killed set-up keeps it
        yield


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        say("\nStopped. Type the same again to go on.")
        sys.exit(130)
    except PermissionError as error:
        fail("{} may not be written by you. Does it belong to root?".format(error.filename))
    except OSError as error:
        fail("{}: {}.".format(error.filename or "set-up", error.strerror))
