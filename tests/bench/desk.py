"""The staff desk with a million requests, five activities each: how long every page takes.

    make bench ARGS="desk"            a million, on SQLite and on a PostgreSQL of its own
    make bench ARGS="desk 10000"      fewer; it tells as much about the code, in half a minute

A million needs about 5 GB in the temporary folder for each database and 10 minutes in all.
tests/bench/sample_requests.py makes the requests, tests/bench/desk_pages.py asks for the pages.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import PostgresMissing, private_cluster

ROOT = Path(__file__).parent.parent.parent
MILLION = 1_000_000


def main(rows: int = MILLION):
    with tempfile.TemporaryDirectory(prefix="kapsite-bench-") as folder:
        measure("SQLite", rows, {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"})
    try:
        with private_cluster(durable=True) as environment:
            measure("PostgreSQL", rows, environment)
    except PostgresMissing as missing:
        print(missing)


def measure(database: str, rows: int, environment: dict[str, str]):
    """In a process of its own, since settings are read once."""
    print(f"{database}, {rows:,} requests", flush=True)
    words = [sys.executable, "-m", "tests.bench.desk_pages", str(rows)]
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run(words, cwd=ROOT, env=os.environ | settings | environment, check=True)
