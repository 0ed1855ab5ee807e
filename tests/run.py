"""What `make test` and `make test-postgres` run, once the packages are there.

First lint, types, settings and content, then the test suite with its browser part. All of
it runs even when something fails, so that one run shows everything.
"""

import os
import secrets
import shutil
import subprocess
import sys
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
    "manage.py check --fail-level WARNING",
    "manage.py makemigrations --check --dry-run",
    "manage.py check_content",
)

# One process more than there are cores, since tests wait for browsers and servers. A file stays
# together: one puts the words into the database last for which its other tests look there.
IN_PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile")

# Settings as an operator would write them.
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
    wanted = arguments[on_postgres:] or IN_PARALLEL
    if on_postgres:
        wanted = [*wanted, "--reuse-db"]  # its cluster goes anyway; a late session may hold it
    try:
        with database() as environment:
            if not run([*PYTEST, *wanted], environment):
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
