class Clock:
    """A monotonic clock, in seconds, which a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now
