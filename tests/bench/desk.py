"""The staff desk with a million requests, five activities each: how long every page takes.

    make bench ARGS="desk"            a million, on SQLite and on a PostgreSQL of its own
    make bench ARGS="desk 10000"      fewer; it tells as much about the code, in a minute

Both databases are filled at the same time, then measured one after the other. A million needs
about 5 GB in the temporary folder for each.
tests/bench/sample_requests.py makes the requests, tests/bench/desk_pages.py asks for the pages.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import PostgresMissing, private_cluster

ROOT = Path(__file__).parent.parent.parent
MILLION = 1_000_000


def main(rows: int = MILLION):
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kapsite-bench-"))
        databases = {"SQLite": {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}}
        try:
            databases["PostgreSQL"] = stack.enter_context(private_cluster(durable=True))
        except PostgresMissing as missing:
            print(missing)
        filling = {
            name: stack.enter_context(fill(rows, where)) for name, where in databases.items()
        }
        for name, process in filling.items():
            print(f"{name}, {rows:,} requests {process.stdout.readline()}", end="", flush=True)
        for name, process in filling.items():
            print(f"\n{name}", flush=True)
            process.stdin.close()  # which it waits for
            for line in process.stdout:
                print(line, end="", flush=True)
            if process.wait():
                sys.exit(f"{name}: stopped with {process.returncode}.")


def fill(rows: int, environment: dict[str, str]) -> subprocess.Popen:
    """In a process of its own, since settings are read once."""
    words = [sys.executable, "-m", "tests.bench.desk_pages", str(rows)]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    pipe = subprocess.PIPE
    env = os.environ | settings | environment
    return subprocess.Popen(words, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)
