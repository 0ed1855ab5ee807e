"""What `make test` and `make test-postgres` run, once the packages are there.

The test suite with its browser part, and beside it lint, types, settings and content. All of
it runs even when something fails, so that one run shows everything. With arguments only the
tests that they name run, in one process.
"""

import json
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
# together: one puts the words into the database last for which its other tests look there. They
# come in the order of tests/conftest.py, not by their number of tests, which says little.
IN_PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder")

LAST_FAILED = ROOT / ".pytest_cache/v/cache/lastfailed"  # written by pytest
FEW = 5

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
    chosen = arguments[on_postgres:]
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process would compile all tests again
    chromium.install()
    install_node_packages()
    database = private_cluster if on_postgres else nothing
    wanted = chosen or IN_PARALLEL
    if on_postgres:
        wanted = [*wanted, "--reuse-db"]  # its cluster goes anyway; a late session may hold it
    failed = []
    with nothing() if on_postgres or chosen else checks_beside(failed):
        try:
            with database() as environment:
                if not run_tests(wanted, environment):
                    failed.append("pytest")
        except PostgresMissing as missing:
            sys.exit(str(missing))
    if failed:
        sys.exit(f"\nFailed: {'; '.join(failed)}")


@contextmanager
def checks_beside(failed):
    """Run the checks while the tests wait for browsers; afterwards show what they said."""
    command = [sys.executable, "-m", "tests.run", "--checks"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as checks:
        yield
        print(checks.communicate()[0], end="", flush=True)
    if checks.returncode:
        failed.append("checks, see above")


def check():
    failed = [each for each in CHECKS if not run(each.split(), PRODUCTION)]
    if failed:
        sys.exit(f"\nFailed: {'; '.join(failed)}")


def run_tests(wanted, environment):
    """Whether the tests pass. Of the whole suite, a few that failed while all processors were
    busy run once more, alone: a fault fails there too, a browser that was kept waiting does not.
    """
    LAST_FAILED.unlink(missing_ok=True)
    if run([*PYTEST, *wanted], environment):
        return True
    failed = json.loads(LAST_FAILED.read_text()) if LAST_FAILED.exists() else {}
    if IN_PARALLEL[0] not in wanted or not 0 < len(failed) <= FEW:
        return False
    print(f"\nFailed while everything ran, and now run alone: {', '.join(failed)}", flush=True)
    return run([*PYTEST, *failed], environment)


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
    """No database to start, as each process has an SQLite one in memory; no check to run."""
    yield {}


def run(arguments, environment):
    """Run Python with ``arguments``; whether it went well."""
    print(f"\n$ python {' '.join(arguments)}", flush=True)
    command = [sys.executable, *arguments]
    return subprocess.call(command, cwd=ROOT, env=os.environ | environment) == 0


if __name__ == "__main__":
    try:
        check() if sys.argv[1:] == ["--checks"] else main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
