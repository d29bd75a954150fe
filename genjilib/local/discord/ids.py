"""Snowflakes: Discord's ids, which carry their own time."""

import random
import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
"""Discord's first millisecond: 2015-01-01 UTC."""

_WORLD_BEGAN_MS = 1_704_067_200_000


class Snowflakes:
    """Hands out ids: stable ones for what a world is built from, timed ones for what happens in it."""

    def __init__(self, seed: int = 0) -> None:
        random_ = random.Random(seed)  # noqa: S311 - stable ids, nothing secret
        self._worker = random_.randrange(1 << 10)
        self._stable_ms = _WORLD_BEGAN_MS + random_.randrange(10_000_000)
        self._last = 0

    def stable(self) -> int:
        """The next id of the world's furniture: the same for the same seed and order."""
        # Odd, so that guilds spread over shards, which go by the bits above the 22nd.
        self._stable_ms += 60_001
        return self._pack(self._stable_ms)

    def now(self) -> int:
        """An id of this moment, greater than every one before."""
        self._last = max(self._last + 1, self._pack(int(time.time() * 1000)))
        return self._last

    def _pack(self, ms: int) -> int:
        return (ms - EPOCH_MS) << 22 | self._worker << 12


def time_of(snowflake: int) -> datetime:
    """When the id was made."""
    return datetime.fromtimestamp(((snowflake >> 22) + EPOCH_MS) / 1000, UTC)


def at(moment: datetime) -> int:
    """The smallest id of a moment, to compare others with."""
    return (int(moment.timestamp() * 1000) - EPOCH_MS) << 22
