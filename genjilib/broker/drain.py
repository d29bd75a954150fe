"""Draining the dead queues: what RabbitMQ gave up becomes rows of ``dead_letters`` with its reason."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from genjilib.broker import ledger
from genjilib.broker.client import Broker
from genjilib.broker.envelope import Received
from genjilib.broker.failures import Failure, Verdict, database_away
from genjilib.broker.topology import QUEUES, Queue
from genjilib.core import metrics
from genjilib.core.log import get_logger
from genjilib.db import Db

log = get_logger(__name__)

_SENTENCES = {
    "delivery_limit": "Delivered too often without an answer; it may kill its consumer.",
    "rejected": "Rejected by its consumer.",
    "expired": "Not consumed in time.",
    "maxlen": "The queue was full.",
}


class Drain:
    """Moves the messages of the dead queues into the database; any number of drains may run at once."""

    def __init__(
        self, db: Db, broker: Broker, queues: Sequence[Queue] = QUEUES, *, pause: float = 1.0
    ) -> None:
        """Drain the dead queues of ``queues``; ``pause`` is the wait in seconds while PostgreSQL is away."""
        self._db, self._broker, self._queues, self._pause = db, broker, queues, pause

    async def run(self) -> None:
        """Drain until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for queue in self._queues:
                tasks.create_task(self._drain(queue))

    async def _drain(self, queue: Queue) -> None:
        subscription = self._broker.subscribe(queue.dead, prefetch=100)
        while True:
            for received in await subscription.take(100):
                await self._move(queue, received)
                subscription.ack([received])

    async def _move(self, queue: Queue, received: Received) -> None:
        failure = explain(received.headers)
        own = msgspec.structs.replace(received, queue=queue.name)
        while True:
            try:
                await ledger.bury_received(self._db, own, failure)
                break
            except Exception as error:
                if not database_away(error):
                    raise
                await asyncio.sleep(self._pause)
        metrics.DEAD_LETTERS.labels(queue.name, failure.error).inc()
        log.error("message-dead", queue=queue.name, message_id=received.message_id, error=failure.error)


def explain(headers: dict[str, Any]) -> Failure:
    """Read from the headers why RabbitMQ gave a message up."""
    try:
        reason = msgspec.convert(headers, _Headers).x_death[0].reason
    except (msgspec.ValidationError, IndexError):
        reason = "unknown"
    sentence = _SENTENCES.get(reason, "It lay in the dead queue for a reason unknown here.")
    slug = reason.replace("_", "-") if reason in _SENTENCES else "unknown"
    return Failure(Verdict.DEAD, slug, sentence, None, None)


class _Death(msgspec.Struct):
    reason: str


class _Headers(msgspec.Struct, rename="kebab"):
    x_death: list[_Death]
