"""The relay: publishes what is due in the outbox and marks it sent once RabbitMQ has it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from genjilib import queries
from genjilib.broker.channels import Outcome
from genjilib.broker.client import Broker
from genjilib.broker.envelope import Message
from genjilib.core import metrics
from genjilib.core.errors import Unavailable
from genjilib.core.log import get_logger
from genjilib.db import Db, Tx
from genjilib.db.listen import listen
from genjilib.queries.messages import ClaimRow

log = get_logger(__name__)

CHANNEL = "outbox"

SOON = 0.01
"""Seconds until the next look after something was found; doubled with each look that finds nothing."""

BESIDE = 0.1
"""Longest wait in seconds while a transaction is open that has emitted.

Of several that emit at once only one notifies, and the others may commit after it.
"""


class Relay:
    """Moves messages from the outbox to RabbitMQ; any number of relays may run at once.

    Rows stay locked until their confirms came and their move commits, so a relay that dies leaves them to
    another one. What was published before it died is published again, with the same id.
    """

    def __init__(
        self, db: Db, broker: Broker, *, url: str, batch: int = 500, lanes: int = 2, poll: float = 1.0
    ) -> None:
        """Claim up to ``batch`` messages at once, on ``lanes`` connections while there is a backlog.

        ``url`` is the database to hear notifications from; ``poll`` is the longest wait without any, seconds.
        """
        self._db, self._broker, self._url = db, broker, url
        self._batch, self._lanes, self._poll = batch, lanes, poll
        self._woken = asyncio.Event()
        self._backlog = asyncio.Event()

    async def run(self) -> None:
        """Publish until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen(self._url, CHANNEL, self._woken))
            tasks.create_task(self._first_lane())
            for _ in range(self._lanes - 1):
                tasks.create_task(self._further_lane())

    async def pump(self) -> int:
        """Publish one batch; return how many messages were claimed."""
        async with self._db.transaction() as tx:
            claimed = await claim(tx, self._batch)
            if claimed:
                outcomes = await self._broker.publish([_message(row) for row in claimed])
                await self._settle(tx, claimed, outcomes)
        return len(claimed)

    async def _first_lane(self) -> None:
        wait = SOON
        while True:
            await self._broker.publishable.wait()
            self._woken.clear()
            emitting = await self._emitting()  # before the claim, which then sees what commits in between
            claimed = await self._try()
            if claimed == self._batch:
                self._backlog.set()
                continue
            self._backlog.clear()
            most = min(BESIDE, self._poll) if emitting else self._poll
            wait = SOON if claimed else min(2 * wait, most)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()

    async def _further_lane(self) -> None:
        while True:
            await self._backlog.wait()
            await self._broker.publishable.wait()
            if await self._try() < self._batch:
                self._backlog.clear()

    async def _emitting(self) -> bool:
        with suppress(Unavailable):
            return await queries.messages.emitting(self._db)
        return False

    async def _try(self) -> int:
        try:
            return await self.pump()
        except Unavailable as error:
            log.warning("relay-waits", reason=error.detail)
            await asyncio.sleep(self._poll)
            return 0

    async def _settle(self, tx: Tx, claimed: Sequence[ClaimRow], outcomes: Sequence[Outcome]) -> None:
        pairs = list(zip(claimed, outcomes, strict=True))
        sent = [row.message_id for row, outcome in pairs if outcome is Outcome.CONFIRMED]
        if sent:
            await queries.messages.mark_sent(tx, ids=sent)
        refused = [
            (row, outcome) for row, outcome in pairs if outcome in (Outcome.UNROUTABLE, Outcome.REFUSED)
        ]
        if refused:
            await queries.messages.postpone(tx, ids=[row.message_id for row, _ in refused])
        for row, outcome in pairs:
            if outcome is Outcome.CONFIRMED:
                metrics.OUTBOX_PUBLISHED.labels(row.queue).inc()
        for row, outcome in refused:
            metrics.OUTBOX_REFUSED.labels(row.queue, outcome).inc()
            log.error("message-refused", queue=row.queue, message_id=str(row.message_id), reason=outcome)


async def claim(tx: Tx, most: int) -> list[ClaimRow]:
    """Lock due messages; those of one order key are all claimed by one relay, first to last.

    The keys are reserved in a statement before, so that the claim sees what the last relay of a key did.
    """
    keys = await queries.messages.lock_keys(tx, n=most)
    return await queries.messages.claim(
        tx, n=most, queues=[row.queue for row in keys], order_keys=[row.order_key for row in keys]
    )


def _message(row: ClaimRow) -> Message:
    return Message(
        message_id=row.message_id,
        queue=row.queue,
        body=row.body,
        version=row.version,
        attempt=row.attempts + 1,
        created_at=row.created_at,
        position=row.position,
        order_key=row.order_key,
        job_id=row.job_id,
        trace=row.trace,
        causation=row.causation,
        replay_of=row.replay_of,
    )
