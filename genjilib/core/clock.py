"""The two clocks: wall time for people and rows, monotonic time for waits and measurements."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC, with its zone."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds on a clock that never jumps; only differences mean something."""
    return time.monotonic()
