"""How the processor time of something grows with the size of what it reads.

No seconds are compared, since they say nothing on another machine: a time with that of half the
size, and both are taken again and again before one is called too much.
"""

import time
from collections.abc import Callable

MOST = 2.5  # times, for twice the size: what is linear, and a margin for chance
FLOOR = 0.004  # seconds; a cost below is counted as this much, since noise is as large
TRIES = 12


def cost_of(work: Callable, *arguments) -> float:
    """Seconds of processor time."""
    started = time.process_time()
    work(*arguments)
    return time.process_time() - started


def growth(cost: Callable[[int], float], size: int, least: float = FLOOR) -> float:
    """How many times the cost of half of ``size`` the whole costs; at most 1 if it is little.

    ``least`` seconds are what it costs in any case.
    """
    least = max(least, FLOOR)
    half = whole = float("inf")
    for _ in range(TRIES):
        whole = min(whole, cost(size))
        if whole <= MOST * least:
            return whole / max(whole, least)
        half = min(half, cost(size // 2))
        if whole <= MOST * half:
            break
    return whole / max(half, least)
