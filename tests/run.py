"""What `make test` and `make test-postgres` run, once the packages are there.

First lint, types, settings and content, then the test suite with its browser part. All of
it runs even when something fails, so that one run shows everything.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from tests.browser import chromium
from tests.postgres import PostgresMissing, private_cluster

ROOT = Path(__file__).parent.parent

PYTEST = ("-m", "pytest")
CHECKS = (
    "-m ruff check .",
    "-m ruff format --check .",
    "-m mypy",
    "-m djlint --lint --quiet templates",
    "-m codespell_lib content docs README.md CHANGELOG.md SECURITY.md",
    "manage.py check --deploy --fail-level WARNING",
    "manage.py makemigrations --check --dry-run",
    "manage.py check_content",
)

# Half of the suite by its time, so that two processes end together.
HALF_ON_SQLITE = ("tests/browser", "tests/test_html.py", "tests/accounts")
HALF_ON_POSTGRESQL = ("tests/inquiries/desk", "tests/accounts", "tests/pages", "tests/security")

# Settings as an operator would write them, for `check --deploy`.
PRODUCTION = {
    "ENV_FILE": os.devnull,
    "DEBUG": "false",
    "SITE_URL": "https://kap.example.org",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "FIELD_KEYS": secrets.token_urlsafe(32),
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "NOTIFY_EMAILS": "desk@example.org",
}


def main(arguments):
    on_postgres = arguments[:1] == ["--postgres"]
    chromium.install()
    install_node_packages()
    failed = []
    if not on_postgres:
        failed = [check for check in CHECKS if not run(check.split(), PRODUCTION)]
    database = private_cluster if on_postgres else nothing
    half = HALF_ON_POSTGRESQL if on_postgres else HALF_ON_SQLITE
    wanted = arguments[on_postgres:]
    try:
        if not (run_pytest(wanted, database) if wanted else run_in_two(half, database)):
            failed.append("pytest")
    except PostgresMissing as missing:
        sys.exit(str(missing))
    if failed:
        sys.exit(f"\nFailed: {'; '.join(failed)}")


def install_node_packages():
    """axe and the HTML checks, where npm is there to fetch them."""
    folder = ROOT / "checks"
    wanted, installed = folder / "package-lock.json", folder / "node_modules/.package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime:
        return
    if shutil.which("npm"):
        print("Installing what checks/package-lock.json names ...", flush=True)
        subprocess.call(["npm", "ci", "--silent", "--prefix", str(folder)], cwd=ROOT)


@contextmanager
def nothing():
    """Each process has an SQLite database in memory; no environment is needed."""
    yield {}


def run_pytest(arguments, database):
    with database() as environment:
        return run([*PYTEST, *arguments], environment)


def run_in_two(half, database):
    """The whole suite as two processes, one for ``half``: each waits much, for Chromium too."""
    others = [f"--ignore={path}" for path in half]
    command = [sys.executable, *PYTEST, *half]
    with database() as environment, tempfile.TemporaryFile() as said:
        beside = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=said
        )
        went_well = run_pytest(others, database)
        went_well &= beside.wait() == 0
        print(f"\n$ python {' '.join(command[1:])}", flush=True)
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
    return went_well


def run(arguments, environment):
    """Run Python with ``arguments``; whether it went well."""
    print(f"\n$ python {' '.join(arguments)}", flush=True)
    command = [sys.executable, *arguments]
    return subprocess.call(command, cwd=ROOT, env=os.environ | environment) == 0


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
