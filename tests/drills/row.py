"""What a drill finds out, and the list of all drills."""

import time
from collections.abc import Callable
from typing import NamedTuple


class Row(NamedTuple):
    fault: str
    saw: str  # the visitor
    lost: str = "-"
    recovered: str = "-"


DRILLS: dict[str, Callable[[], Row]] = {}


def drill(function: Callable[[], Row]) -> Callable[[], Row]:
    DRILLS[function.__name__] = function
    return function


def seconds_until(condition: Callable[[], object], most=60.0) -> float:
    """How long it took until ``condition`` held; infinity if it did not."""
    began = time.monotonic()
    while time.monotonic() < began + most:
        if condition():
            return time.monotonic() - began
        time.sleep(0.05)
    return float("inf")


def in_seconds(seconds: float) -> str:
    return "not within a minute" if seconds == float("inf") else f"{seconds:.1f} s"
