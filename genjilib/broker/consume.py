"""Consuming: each handler gets a lane of its own, and a lane that breaks is started again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from genjilib.broker.client import Broker
from genjilib.broker.handler import Handler
from genjilib.broker.lanes import BatchLane, Lane, PreparedLane
from genjilib.broker.settle import Pace
from genjilib.core.log import get_logger
from genjilib.core.settings import Settings
from genjilib.db import Db

log = get_logger(__name__)


class Consumer:
    """Handles messages with the handlers of a runner; the promise is that each effect happens once."""

    def __init__(
        self,
        db: Db,
        broker: Broker,
        handlers: Sequence[Handler[Any, Any, Any]],
        context: Any = None,
        *,
        pace: Pace | None = None,
    ) -> None:
        """Use ``context``, usually the clients of outside services, for every ``prepare``."""
        self._db, self._broker, self._context = db, broker, context
        self._handlers = handlers
        self._pace = pace or Pace()
        self._lanes: set[Lane] = set()
        self._stopping = False

    async def run(self) -> None:
        """Handle messages until ``stop``."""
        async with asyncio.TaskGroup() as tasks:
            for handler in self._handlers:
                tasks.create_task(self._supervise(handler))

    def stop(self) -> None:
        """Take no more messages; ``run`` returns once the present ones are done."""
        self._stopping = True
        for lane in self._lanes:
            lane.stop()

    async def _supervise(self, handler: Handler[Any, Any, Any]) -> None:
        while not self._stopping:
            lane = self._lane(handler)
            self._lanes.add(lane)
            try:
                await lane.run()
            except Exception:
                # What the lane held goes back to the queue; RabbitMQ gives it up after some returns.
                log.exception("lane-broke", queue=handler.event.queue)
                lane.close()
                await asyncio.sleep(self._pace.away_most)
            finally:
                self._lanes.discard(lane)

    def _lane(self, handler: Handler[Any, Any, Any]) -> Lane:
        if handler.prepare is None:
            return BatchLane(self._db, self._broker, handler, self._pace)
        return PreparedLane(self._db, self._broker, handler, self._pace, self._context)


@asynccontextmanager
async def consuming(
    db: Db, broker: Broker, handlers: Sequence[Handler[Any, Any, Any]], context: Any, settings: Settings
) -> AsyncGenerator[None]:
    """Handle messages while the block runs; at its end finish the present ones within ``shutdown_seconds``.

    What is not finished by then stays unacknowledged, so that somebody else gets it.
    """
    consumer = Consumer(db, broker, handlers, context, pace=Pace(ladder=settings.retry_seconds))
    work = asyncio.create_task(consumer.run())
    try:
        yield
    finally:
        consumer.stop()
        await asyncio.wait({work}, timeout=settings.shutdown_seconds)
        work.cancel()
