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
from contextlib import nullcontext
from pathlib import Path

from tests.browser import chromium
from tests.postgres import PostgresMissing, private_cluster

ROOT = Path(__file__).parent.parent

CHECKS = (
    "-m ruff check .",
    "-m ruff format --check .",
    "-m mypy",
    "-m djlint --lint --quiet templates",
    "-m codespell_lib content docs README.md CHANGELOG.md",
    "manage.py check --deploy --fail-level WARNING",
    "manage.py makemigrations --check --dry-run",
    "manage.py check_content",
)

IN_BROWSER = ("tests/browser", "tests/test_html.py")

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
    try:
        with private_cluster() if on_postgres else nullcontext({}) as environment:
            suite = run if arguments else run_in_two  # on PostgreSQL one database serves one run
            if not suite(["-m", "pytest", *arguments[on_postgres:]], environment):
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


def run_in_two(arguments, environment):
    """The whole suite as two processes: most of the browser's work is done on another core."""
    apart = [f"--ignore={path}" for path in IN_BROWSER]
    command = [sys.executable, *arguments, *IN_BROWSER]
    with tempfile.TemporaryFile() as said:
        beside = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=said
        )
        went_well = run([*arguments, *apart], environment)
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
