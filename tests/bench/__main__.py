"""`make bench`: every benchmark, or those named: `make bench ARGS="pages"`.

A number after a name is how large it is to be: `make bench ARGS="desk 10000"`.

Each measures ratios within one run, since a machine's speed says nothing about the code.
docs/performance.md keeps what was measured, when and how.
"""

import importlib
import sys
from itertools import pairwise
from pathlib import Path

NAMES = sorted(
    file.stem
    for file in Path(__file__).parent.glob("[a-z]*.py")
    if "\ndef main(" in file.read_text(encoding="utf-8")
)


def run(words):
    names = [word for word in words if not word.isdigit()]
    sizes = {name: int(size) for name, size in pairwise(words) if size.isdigit()}
    if unknown := set(names) - set(NAMES):
        sys.exit(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    for name in names or NAMES:
        print(f"\n{name}\n")
        size = [sizes[name]] if name in sizes else []
        importlib.import_module(f"tests.bench.{name}").main(*size)


run(sys.argv[1:])
