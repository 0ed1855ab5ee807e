"""The setup script, run as `make` runs it, on copies of the project."""

import hashlib
import importlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.pages.samples import make_content
from tests.waiting import until

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv*", "var", ".env", "node_modules", "tests", "content")
)
CONFIGURED = re.compile(
    "PIP_|PYTHON|DJANGO|ENV_FILE|VAR_DIR|DATABASE_URL|SITE_URL|SECRET_KEY|FIELD_KEYS"
)


@pytest.fixture
def project(tmp_path):
    """A copy of what the setup needs at first, in a folder whose name has a space."""
    folder = tmp_path / "the site"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for file in (ROOT / "Makefile", *ROOT.glob("requirements*.txt")):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
def script(project, monkeypatch):
    """The script of the copy, as a module."""
    for name in [name for name in os.environ if CONFIGURED.match(name)]:
        monkeypatch.delenv(name)
    monkeypatch.syspath_prepend(project / "scripts")
    (project / "var").mkdir()
    yield importlib.import_module("bootstrap")
    for name in ("bootstrap", "packages"):  # another test has another copy
        sys.modules.pop(name, None)


@pytest.fixture
def packages(script):
    return importlib.import_module("packages")


@pytest.fixture
def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def environment(**extra):
    """A terminal's, without the settings of the tests and of pip."""
    return {name: value for name, value in os.environ.items() if not CONFIGURED.match(name)} | extra


def run(project, command="serve", **extra):
    """Exit code and output of one run that is expected to end by itself."""
    words = [sys.executable, "-E", "scripts/bootstrap.py", command]
    done = subprocess.run(
        words, cwd=project, env=environment(**extra), capture_output=True, text=True, timeout=3000
    )
    return done.returncode, done.stdout + done.stderr


def program(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


# Python


@pytest.fixture
def python_of_make(tmp_path):
    """What `make` would start scripts/bootstrap.py with when only ``programs`` are there."""

    def find(**programs):
        for name, text in programs.items():
            program(tmp_path / "bin" / name.replace("_", "."), f"#!/bin/sh\n{text}\n")
        done = subprocess.run(
            [shutil.which("make"), "-n", "serve", f"pythons={' '.join(NAMES)}"],
            cwd=ROOT,
            env={"PATH": str(tmp_path / "bin")},
            capture_output=True,
            text=True,
        )
        return done.stdout.partition(" -E ")[0], done.stderr

    return find


NAMES = "python3", "python3.13", "python3.12"
OLD = 'test "$1" = --version && echo Python 3.9.2; exit 1'  # a real one judges itself
GOOD = f'exec "{sys.executable}" "$@"'


def test_an_old_python_first_on_the_path_is_passed_over(python_of_make):
    assert python_of_make(python3=OLD, python3_12=GOOD) == ("python3.12", "")


def test_the_first_suitable_python_is_taken(python_of_make):
    assert python_of_make(python3=GOOD, python3_13=GOOD) == ("python3", "")


def test_without_a_suitable_python_one_line_says_what_is_there_and_what_to_install(python_of_make):
    started, said = python_of_make(python3=OLD)
    assert (started, said.count("\n")) == ("", 1)
    assert "Python 3.11, 3.12 or 3.13 is needed. Found: Python 3.9.2. Install one (Debian: " in said


@pytest.mark.parametrize("change", ["version_info = (3, 10, 14, 'final', 0)", "abiflags = 't'"])
def test_a_python_that_cannot_run_the_site_says_so_itself(change):
    makefile = (ROOT / "Makefile").read_text()
    judge = re.search(r"(?m)^suits := (.*)$", makefile)[1].replace(
        ", ssl,", f"; sys.{change}; import ssl,"
    )
    done = subprocess.run([sys.executable, "-sEc", judge], stderr=subprocess.DEVNULL)
    assert done.returncode == 1


# Port


def test_a_port_in_use_is_one_line_that_says_what_to_type(project):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = run(project, PORT=str(port))
    assert code == 1
    assert re.fullmatch(rf"kapsite: port {port} is in use\. Run: PORT=\d+ make serve\n", said)
    assert not (project / ".venv").exists()


@pytest.mark.parametrize("port", ["http", "0", "70000", "80 80"])
def test_a_port_that_is_none_is_refused(project, port):
    code, said = run(project, PORT=port)
    assert (code, said.count("\n")) == (1, 1)
    assert f"PORT={port} is not a port" in said


# Secrets


def test_secrets_are_written_once_for_this_user_alone(script, project):
    script.write_secrets()
    file = project / ".env"
    first = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert re.search(r"^SECRET_KEY=[\w-]{50,}$", first, re.M)
    assert re.search(r"^FIELD_KEYS=[\w-]{43}=$", first, re.M)
    script.write_secrets()
    assert file.read_text() == first


def test_only_missing_secrets_are_added_to_an_env_file(script, project):
    (project / ".env").write_text("SECRET_KEY=mine\nFIELD_KEYS=\nEMAIL_URL=smtp://mail\n")
    script.write_secrets()
    lines = (project / ".env").read_text().splitlines()
    assert lines[:2] == ["SECRET_KEY=mine", "EMAIL_URL=smtp://mail"]
    assert [line[:11] for line in lines[2:]] == ["FIELD_KEYS="]


def test_no_new_key_is_made_beside_a_database_that_needs_the_old_one(script, project):
    (project / "var/db.sqlite3").touch()
    with pytest.raises(SystemExit, match="move the database away"):
        script.write_secrets()
    assert not (project / ".env").exists()


def test_with_any_umask_nobody_else_reads_what_the_setup_wrote(
    script, packages, project, monkeypatch
):
    def serve():
        with script.one_at_a_time(script.VAR):
            packages.run(sys.executable, "--version")

    monkeypatch.chdir(project)
    monkeypatch.setattr(script, "serve", serve)
    (project / "var").rmdir()
    umask = os.umask(0)
    try:
        script.main("serve")
    finally:
        os.umask(umask)
    places = (project / "var", project / "var/setup.log", project / "var/setup.lock")
    assert [place.stat().st_mode & 0o777 for place in places] == [0o711, 0o600, 0o600]


# Packages


@pytest.fixture
def index(packages, project, tmp_path, monkeypatch):
    """A package index, named by a pip.conf, that holds the pip that is pinned; its folder."""
    wheel = b"a wheel"
    folder = tmp_path / "index/pip"
    folder.mkdir(parents=True)
    (folder / "pip-1.2-py3-none-any.whl").write_bytes(wheel)
    link = "pip-1.2-py3-none-any.whl#sha256=0"
    (folder / "index.html").write_text(f'<a href="{link}">pip-1.2-py3-none-any.whl</a>')
    config = tmp_path / "pip.conf"
    handler = partial(SimpleHTTPRequestHandler, directory=folder.parent)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever).start()
    config.write_text(f"[global]\nindex-url = http://127.0.0.1:{server.server_port}/\n")
    digest = hashlib.sha256(wheel).hexdigest()
    (project / "requirements.txt").write_text(f"pip==1.2 \\\n    --hash=sha256:{digest}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    yield folder
    server.shutdown()
    server.server_close()


def test_a_missing_pip_comes_from_the_index_that_pip_would_use(packages, index):
    assert Path(packages.fetch_pip()).read_bytes() == b"a wheel"


def test_a_pip_with_another_hash_is_not_used(packages, index):
    (index / "pip-1.2-py3-none-any.whl").write_bytes(b"another")
    with pytest.raises(SystemExit, match="with the pinned hash is not in the package index"):
        packages.fetch_pip()


def test_an_index_out_of_reach_is_one_line_that_asks_for_the_network(packages, index, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://localhost:9/simple")  # nobody answers there
    with pytest.raises(SystemExit, match="first run needs the network") as stopped:
        packages.fetch_pip()
    assert "\n" not in str(stopped.value)


@pytest.fixture
def pip(packages, monkeypatch):
    """Stands in for pip: makes no network, remembers what it was to install."""
    installed = []

    def create_venv():
        shutil.rmtree(packages.VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", packages.VENV], check=True)

    monkeypatch.setattr(packages, "create_venv", create_venv)
    monkeypatch.setattr(packages, "run", lambda *words: installed.append(words[-1]))
    return installed


def test_packages_are_installed_once(packages, pip):
    packages.prepare_packages(packages.RUN)
    packages.prepare_packages(packages.RUN)
    assert pip == ["requirements.txt"]


def test_changed_pins_are_installed_again(packages, project, pip):
    packages.prepare_packages(packages.DEVELOP)
    with (project / "requirements-dev.txt").open("a") as file:
        file.write("# changed\n")
    packages.prepare_packages(packages.DEVELOP)
    assert pip == ["requirements.txt", "requirements-dev.txt", "requirements-dev.txt"]


def test_an_interrupted_setup_starts_from_a_clean_folder(packages, pip, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(packages, "run", interrupt)
        with pytest.raises(KeyboardInterrupt):
            packages.prepare_packages(packages.RUN)
    half_done = Path(packages.VENV, "lib/half-done")
    half_done.touch()
    packages.prepare_packages(packages.RUN)
    assert pip == ["requirements.txt"]
    assert not half_done.exists()


def interrupt(*_):
    raise KeyboardInterrupt


# All of it


@pytest.fixture
def moved(project, packages):
    """The project with few pages and this environment's packages, as if it had been moved here."""
    made_from = json.loads(packages.read(Path(sys.prefix, "made-from.json")) or "{}").get("files")
    if made_from != {name: packages.digest_of(project / name) for name in packages.DEVELOP}:
        pytest.skip(".venv is not as `make test` makes it; type: make test")
    shutil.copytree(ROOT, project, ignore=LEFT_OUT, dirs_exist_ok=True)
    for words in ("danger_words.yaml", "spam_words.yaml"):
        shutil.copy(ROOT / "content" / words, make_content(project))
    (project / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        (project / ".venv" / part.name).symlink_to(part)
    return project


@pytest.fixture
def serve(moved, free_port):
    """Start `make serve` without a way to any network; the process and its address."""
    address = f"http://localhost:{free_port}"
    offline = dict.fromkeys(("http_proxy", "https_proxy", "PIP_PROXY"), "http://localhost:9")
    process = subprocess.Popen(
        ["make", "serve"],
        cwd=moved,
        env=environment(PORT=str(free_port), **offline),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process, address
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.stdout.close()


def is_gone(group) -> bool:
    """A process that has ended counts until the system has taken notice of it."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def read_when_up(process, address):
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(process.stdout.read())


@pytest.mark.sqlite
def test_a_moved_project_serves_offline_until_ctrl_c(moved, serve):
    process, address = serve
    assert "<h1" in read_when_up(process, address)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    said = process.communicate(timeout=30)[0]
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert f"kapsite is at {address}" in said
    command = f"SITE_URL={address} .venv/bin/python manage.py add_staff NAME --role lead"
    assert command in said
    assert "Traceback" not in said
    until(lambda: is_gone(process.pid))  # no worker is left
