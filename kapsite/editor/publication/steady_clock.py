"""Whether the server's clock can be trusted for what is scheduled."""

import time

JUMP = 60  # seconds; what time servers correct in small steps is less
WAIT = 600  # seconds; a clock that was set wrong is usually set right within minutes


class SteadyClock:
    """After the clock was set, what is scheduled waits a while: it may be set back again."""

    def __init__(self) -> None:
        self.offset: float | None = None
        self.trusted_from = 0.0

    def is_steady(self) -> bool:
        since_start = time.monotonic()
        offset = time.time() - since_start
        if self.offset is not None and abs(offset - self.offset) > JUMP:
            self.trusted_from = since_start + WAIT
        self.offset = offset
        return since_start >= self.trusted_from
