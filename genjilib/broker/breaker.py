"""A circuit breaker: when most messages fail, take one a second until some succeed again."""

import asyncio
from collections import deque


class Breaker:
    """Opens when more than half of the last ``window`` messages failed; ``needed`` successes close it.

    A bad deploy then fails a few hundred messages at most, and the rest waits in its queue.
    """

    def __init__(self, *, window: int = 200, needed: int = 3, probe: float = 1.0) -> None:
        """Start closed; ``probe`` is the wait in seconds between tries while open."""
        self.probe = probe
        self.open = False
        self._needed = needed
        self._limit = window // 2
        self._tried = False
        self._outcomes: deque[bool] = deque(maxlen=window)
        self._failed = 0
        self._succeeded = 0

    async def pause(self) -> None:
        """While open, wait before the next try; what leads to none, such as a duplicate, is no reason to."""
        if self.open and self._tried:
            self._tried = False
            await asyncio.sleep(self.probe)

    def succeed(self, count: int = 1) -> bool:
        """Count successes; return whether the breaker closed now."""
        self._tried = True
        if self.open:
            self._succeeded += count
            if self._succeeded >= self._needed:
                self.open = False
                self._outcomes.clear()
                self._failed = 0
                return True
            return False
        for _ in range(min(count, self._outcomes.maxlen or 0) if self._failed else 0):
            self._append(True)
        return False

    def fail(self) -> bool:
        """Count a failure; return whether the breaker opened now."""
        self._tried = True
        if self.open:
            self._succeeded = 0
            return False
        self._append(False)
        if self._failed > self._limit:
            self.open, self._succeeded = True, 0
            return True
        return False

    def _append(self, ok: bool) -> None:
        if len(self._outcomes) == self._outcomes.maxlen and not self._outcomes[0]:
            self._failed -= 1
        self._outcomes.append(ok)
        self._failed += not ok
