"""Many requests a few at a time, so that others are served meanwhile."""

import time
from collections.abc import Iterator, Sequence

BATCH = 200  # requests to change; for about 0.1 s a form may have to wait


def in_batches(keys: Sequence[int], size: int = BATCH) -> Iterator[list[int]]:
    for start in range(0, len(keys), size):
        yield list(keys[start : start + size])
        time.sleep(0)  # gevent serves others
