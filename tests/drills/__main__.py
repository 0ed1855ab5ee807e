"""`make drills`: what happens when something breaks, on real servers that this starts and ends.

    make drills                              all that need no root and no hour
    make drills ARGS="disk_full clock_jumps"   only these
    make drills ARGS="days_traffic 60"       a number after a name: for how many seconds

Each injects a fault while people read pages and send forms, and prints a row: the fault, what the
visitor saw, what was lost, how long it took to recover. docs/operating.md keeps what was seen.
Disks and network namespaces of their own need root; those drills say so and are left out.
"""

import json
import os
import sys
import time
from itertools import pairwise

import django

import tests.settings  # noqa: F401 -- names the folder in which sites are set up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.drills import database, disk, load, machines, processes  # noqa: E402, F401 -- register theirs
from tests.drills.row import DRILLS, Row  # noqa: E402

ONLY_ROOT = {"disk_full", "read_only_disk", "two_machines"}


def main() -> None:
    if machines.INSIDE in os.environ:
        print(json.dumps(machines.all_rows()))
        return
    words = sys.argv[1:]
    names = [word for word in words if not word.isdigit()] or list(DRILLS)
    sizes = {name: int(size) for name, size in pairwise(words) if size.isdigit()}
    if unknown := set(names) - set(DRILLS):
        sys.exit(f"There is no drill {', '.join(unknown)}. There are: {', '.join(DRILLS)}.")
    print(line(Row("Fault", "What the visitor saw", "Lost", "Time to recover")))
    print("|---|---|---|---|")
    for name in names:
        if name in ONLY_ROOT and os.geteuid() != 0:
            print(f"{name} needs root.", file=sys.stderr)
            continue
        began = time.monotonic()
        found = DRILLS[name](*([sizes[name]] if name in sizes else []))
        for row in [found] if isinstance(found, Row) else found:
            print(line(row), flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def line(row: Row) -> str:
    return f"| {' | '.join(row)} |"


if __name__ == "__main__":
    main()
