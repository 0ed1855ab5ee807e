"""`make bench`: the benchmarks of what readers notice, or those named: `make bench ARGS="pages"`.

    make bench ARGS="desk 10000"     a number after a name is how large it is to be
    COMPARE=old.json make bench      beside what was measured before

Each measures ratios within one run, since a machine's speed says nothing about the code. A
benchmark is a module with a `main`, which prints and may yield rows: a name and a number. They
are written to var/bench.json. docs/performance.md keeps what was measured, when and how.
"""

import importlib
import json
import os
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = sorted(
    file.stem
    for file in FOLDER.glob("[a-z]*.py")
    if "\ndef main(" in file.read_text(encoding="utf-8")
)
ONLY_IF_NAMED = {"attacks", "desk", "limits"}  # the others take less than ten minutes together
REPORT = FOLDER.parent.parent / "var" / "bench.json"


def run(words: list[str]) -> dict[str, float]:
    """Measure; the rows by name."""
    names = [word for word in words if not word.isdigit()]
    sizes = {name: int(size) for name, size in pairwise(words) if size.isdigit()}
    if unknown := set(names) - set(NAMES):
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    rows = {}
    for name in names or [name for name in NAMES if name not in ONLY_IF_NAMED]:
        print(f"\n{name}\n", flush=True)
        size = [sizes[name]] if name in sizes else []
        for what, value in importlib.import_module(f"tests.bench.{name}").main(*size) or ():
            rows[f"{name}: {what}"] = round(value, 3)
    return rows


def read_old(file: str | None) -> dict[str, float] | None:
    if not file:
        return None
    try:
        return json.loads(Path(file).read_text(encoding="utf-8"))["rows"]
    except (OSError, ValueError, KeyError) as error:
        sys.exit(
            f"COMPARE={file} can't be read: {error!r}. Name a copy of an older var/bench.json."
        )


def compare(old: dict[str, float], new: dict[str, float]):
    width = max(map(len, new), default=0)
    print(f"\n{'':{width}} {'old':>10} {'new':>10}  new/old")
    for what, value in new.items():
        before = old.get(what)
        change = f"{value / before:8.2f}" if before else "        "
        print(f"{what:{width}} {before if before is not None else '-':>10} {value:>10} {change}")


def main():
    old = read_old(os.environ.get("COMPARE"))
    report = {"measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "cores": os.cpu_count()}
    report["rows"] = run(sys.argv[1:])
    if old is not None:
        compare(old, report["rows"])
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten to {REPORT.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
