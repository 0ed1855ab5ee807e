"""`make bench`: every benchmark, or those named: `make bench ARGS="pages"`.

Each measures ratios within one run, since a machine's speed says nothing about the code.
docs/performance.md keeps what was measured, when and how.
"""

import importlib
import sys
from pathlib import Path

NAMES = sorted(
    file.stem
    for file in Path(__file__).parent.glob("[a-z]*.py")
    if "def main(" in file.read_text(encoding="utf-8")
)


def run(names):
    if unknown := set(names) - set(NAMES):
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    for name in names or NAMES:
        print(f"\n{name}\n")
        importlib.import_module(f"tests.bench.{name}").main()


run(sys.argv[1:])
