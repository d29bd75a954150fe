"""The two ways through a queue: whole batches in a transaction, or prepared one by one and then applied."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from genjilib import queries
from genjilib.broker.breaker import Breaker
from genjilib.broker.client import Broker
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.settle import Pace, Settler, Work, time_limit
from genjilib.core import metrics
from genjilib.core.clock import now
from genjilib.core.errors import Poison
from genjilib.core.log import bound_contextvars
from genjilib.db import Db


class Lane(ABC):
    """Handles the messages of one queue until it is stopped."""

    def __init__(self, db: Db, broker: Broker, handler: Handler[Any, Any, Any], pace: Pace) -> None:
        """Consume the handler's queue from now on; ``run`` does the work."""
        self.queue = handler.event.queue
        self._db, self._handler, self._pace = db, handler, pace
        self._breaker = Breaker(probe=pace.probe)
        self._subscription = broker.subscribe(self.queue, prefetch=handler.prefetch)
        self._settler = Settler(db, handler, self._subscription, pace, self._breaker)
        self._age = metrics.MESSAGE_AGE_SECONDS.labels(self.queue)

    @abstractmethod
    async def run(self) -> None:
        """Handle messages until ``stop``; what was begun is finished."""

    def stop(self) -> None:
        """Take no more messages; ``run`` returns once the present ones are done."""
        self._subscription.stop()

    def close(self) -> None:
        """Give back what is not acknowledged."""
        self._subscription.close()

    async def _take(self, most: int) -> list[Delivery[Any]] | None:
        """Return decoded deliveries; those that cannot be decoded are dead. ``None`` after ``stop``."""
        received = await self._subscription.take(most, linger=self._pace.linger if most > 1 else 0)
        if not received:
            return None
        deliveries: list[Delivery[Any]] = []
        for one in received:
            try:
                deliveries.append(self._handler.decode(one))
            except Poison as error:
                await self._settler.bury(one, error)
        moment = now()
        for delivery in deliveries:
            self._age.observe((moment - delivery.message.created_at).total_seconds())
        return deliveries


class BatchLane(Lane):
    """For handlers that only write: what is there shares a transaction, one after the other."""

    async def run(self) -> None:
        """Handle batches until ``stop``."""
        held: deque[Work] = deque()
        while not self._subscription.stopped:
            await self._breaker.pause()
            room = 1 if self._breaker.open else self._handler.batch
            if held:
                works = [held.popleft() for _ in range(min(room, len(held)))]
            elif (taken := await self._take(room)) is not None:
                # Those that were put back arrive behind later ones.
                works = [Work(one) for one in sorted(taken, key=lambda one: one.message.position)]
            else:
                break
            if works:
                held.extend(await self._settler.settle(works))
        self._subscription.close()


class PreparedLane(Lane):
    """For handlers that talk to the network: several at once, whose results share transactions."""

    def __init__(
        self, db: Db, broker: Broker, handler: Handler[Any, Any, Any], pace: Pace, context: Any
    ) -> None:
        """Prepare with ``context``."""
        super().__init__(db, broker, handler, pace)
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()
        self._finished: asyncio.Queue[Work] = asyncio.Queue()
        self._lines: dict[str, deque[Work]] = {}

    async def run(self) -> None:
        """Handle messages until ``stop``, up to the handler's ``concurrency`` at once."""
        async with asyncio.TaskGroup() as group:
            recorder = group.create_task(self._record())
            while (taken := await self._take(await self._free())) is not None:
                for work in await self._begin([Work(delivery) for delivery in taken]):
                    self._line_up(work, group)
            if self._tasks:
                await asyncio.wait(self._tasks)
            recorder.cancel()
        self._subscription.close()

    async def _free(self) -> int:
        """Wait until another message may be prepared; return how many."""
        await self._breaker.pause()
        while len(self._tasks) >= (most := 1 if self._breaker.open else self._handler.concurrency):
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        return most - len(self._tasks)

    def _line_up(self, work: Work, group: asyncio.TaskGroup) -> None:
        """Handle ``work`` now, or after those of its order key, which wait without keeping others out."""
        key = work.message.order_key
        if key is not None and key in self._lines:
            self._lines[key].append(work)
            return
        line = deque([work])
        if key is not None:
            self._lines[key] = line
        task = group.create_task(self._work_off(key, line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work_off(self, key: str | None, line: deque[Work]) -> None:
        while line:
            await self._handle(line.popleft())
        if key is not None:
            del self._lines[key]

    async def _begin(self, works: Sequence[Work]) -> list[Work]:
        """Leave out what is applied already or being handled here; note that jobs began."""
        inflight = self._settler.inflight
        begun: list[Work] = []
        for work in works:
            if (copies := inflight.get(work.message.message_id)) is None:
                inflight[work.message.message_id] = []
                begun.append(work)
            else:
                copies.append(work.delivery.received)
        applied = await self._settler.persist(lambda: self._find_applied(begun)) if begun else set[UUID]()
        if done := [work for work in begun if work.message.message_id in applied]:
            metrics.MESSAGES_DUPLICATE.labels(self.queue).inc(len(done))
            self._settler.ack(done)
        return [work for work in begun if work.message.message_id not in applied]

    async def _find_applied(self, works: Sequence[Work]) -> set[UUID]:
        ids = [work.message.message_id for work in works]
        rows = await queries.messages.find_applied(self._db, consumer=self.queue, ids=ids)
        applied = {row.message_id for row in rows}
        jobs = [(work.message.message_id in applied, work.message.job_id) for work in works]
        if finished := [job for is_applied, job in jobs if job and is_applied]:
            await queries.messages.finish_jobs(self._db, ids=finished)
        if started := [job for is_applied, job in jobs if job and not is_applied]:
            await queries.messages.start_jobs(self._db, ids=started)
        return applied

    async def _handle(self, work: Work) -> None:
        if await self._settler.persist(lambda: self._settler.find_waiting(self._db, [work])):
            await self._settler.put_back(work)
            return
        try:
            work.prepared = await self._settler.persist(lambda: self._prepare(work.delivery))
        except Exception as error:
            await self._settler.fail(work, error)
        else:
            self._finished.put_nowait(work)
            await work.settled.wait()

    async def _prepare(self, delivery: Delivery[Any]) -> Any:
        assert self._handler.prepare is not None
        message = delivery.message
        with bound_contextvars(queue=self.queue, causation=message.message_id, traceparent=message.trace):
            async with time_limit(self._handler.time_limit):
                return await self._handler.prepare(self._context, delivery)

    async def _record(self) -> None:
        while True:
            works = [await self._finished.get()]
            while len(works) < self._handler.batch and not self._finished.empty():
                works.append(self._finished.get_nowait())
            await self._settler.settle(works)
