"""Answers that callers share who ask the same at the same time: long lists that all see alike."""

import asyncio
from collections.abc import Mapping
from typing import Any

from genjilib.web.routes import Handler


class Together:
    """A handler that runs once for all who ask the same while it runs already.

    They wait for the next run, which begins when that one has ended: what a caller gets was read after it
    asked, so nobody is told what was true before. However many ask, one run at a time is worked on.
    """

    def __init__(self, handler: Handler) -> None:
        """Share what ``handler`` returns, which nobody may change."""
        self._handler = handler
        self._running: dict[tuple[str, ...], asyncio.Task[Any]] = {}
        self._next: dict[tuple[str, ...], asyncio.Task[Any]] = {}
        """Runs that have not begun, which others may still join."""

    async def call(self, asked: tuple[str, ...], given: Mapping[str, object]) -> Any:
        """Return what the handler makes of ``given``, or raise what it raises; ``asked`` tells alike ones."""
        run = self._next.get(asked)
        if run is None:
            run = asyncio.create_task(self._run(asked, given, self._running.get(asked)))
            # Of a failure that all callers went away from nobody needs to hear.
            run.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._next[asked] = run
        # A caller who goes away takes nobody's answer along.
        return await asyncio.shield(run)

    async def _run(
        self, asked: tuple[str, ...], given: Mapping[str, object], before: asyncio.Task[Any] | None
    ) -> Any:
        if before is not None:
            await asyncio.wait([before])
        self._running[asked] = self._next.pop(asked)
        try:
            return await self._handler(**given)
        finally:
            del self._running[asked]
