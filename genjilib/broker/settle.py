"""From handled to acknowledged: effects and inbox rows in one transaction, or a failure written down."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar
from uuid import UUID

import psycopg

from genjilib import queries
from genjilib.broker import ledger
from genjilib.broker.breaker import Breaker
from genjilib.broker.client import Subscription
from genjilib.broker.envelope import Message, Received
from genjilib.broker.failures import LADDER, Failure, TimeLimitError, Verdict, database_away, judge
from genjilib.broker.handler import Delivery, Handler
from genjilib.core import metrics, reports
from genjilib.core.errors import Invalid, Poison
from genjilib.core.log import bound_contextvars, get_logger
from genjilib.db import Db, Executor, Tx

log = get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """Waits in seconds, which tests scale.

    ``ladder`` before further tries, ``linger`` for more of a batch, ``away`` to ``away_most`` for PostgreSQL;
    while the breaker is open ``probe`` between messages and ``patience`` before a failed one comes again.
    """

    ladder: Sequence[float] = LADDER
    linger: float = 0.005
    away: float = 0.2
    away_most: float = 2.0
    probe: float = 1.0
    patience: float = 10.0


@dataclass(slots=True, eq=False)
class Work:
    """A delivery with the result of its preparation, if there is one."""

    delivery: Delivery[Any]
    prepared: Any = None
    started: float = field(default_factory=perf_counter)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def message(self) -> Message:
        """The envelope."""
        return self.delivery.message


class Settler:
    """Settles the messages of one queue."""

    def __init__(
        self,
        db: Db,
        handler: Handler[Any, Any, Any],
        subscription: Subscription,
        pace: Pace,
        breaker: Breaker,
    ) -> None:
        """Write to ``db`` what ``handler`` makes of deliveries of ``subscription``."""
        self.queue = handler.event.queue
        self.breaker = breaker
        self.inflight: dict[UUID, list[Received]] = {}
        self._db, self._handler, self._subscription, self._pace = db, handler, subscription, pace
        self._seconds = metrics.MESSAGE_SECONDS.labels(self.queue, "applied")

    async def settle(self, works: Sequence[Work]) -> list[Work]:
        """Apply in one transaction; when that fails, in halves, so that one bad message costs one message.

        Returns what was not tried because the breaker opened. Prepared work is always tried, for it had its
        effect outside.
        """
        parts, kept = [list(works)], list[Work]()
        while parts:
            part = parts.pop()
            if self.breaker.open and len(works) > 1 and self._handler.prepare is None:
                kept += part
                continue
            try:
                fresh, duplicates = await self._apply(part)
            except Exception as error:
                if database_away(error):
                    await self._wait_for_database(error)
                    parts.append(part)
                elif len(part) > 1:
                    parts += _split(part, error)
                else:
                    await self.fail(part[0], error)
            else:
                self._succeed(fresh, duplicates)
                self.ack(part)
        return kept

    async def fail(self, work: Work, error: Exception) -> None:
        """Write down that a message failed, and what follows from it."""
        failure = judge(error, work.message.attempt, self._pace.ladder)
        if failure.blame and self.breaker.fail():
            self._report_breaker()
        if failure.blame and self.breaker.open:
            failure = failure.forgiven(self._pace.patience)
        await self.persist(lambda: self._record(work.message, failure))
        with bound_contextvars(traceparent=work.message.trace):
            self._report(failure, work.message.message_id, perf_counter() - work.started)
            self._trace(work.message, perf_counter() - work.started, failed=True)
        self.ack([work])

    async def bury(self, received: Received, error: Poison) -> None:
        """Give up a delivery that cannot be decoded."""
        failure = judge(error, 1)
        await self.persist(lambda: ledger.bury_received(self._db, received, failure))
        self._report(failure, received.message_id, 0)
        self._subscription.ack([received])

    async def put_back(self, work: Work) -> None:
        """Return a message to the outbox, for an earlier one of its order key comes again."""
        await self.persist(lambda: ledger.put_back(self._db, work.message))
        self.ack([work])

    def ack(self, works: Sequence[Work]) -> None:
        """Acknowledge, together with copies that arrived meanwhile."""
        acked = [work.delivery.received for work in works]
        for work in works:
            acked += self.inflight.pop(work.message.message_id, [])
            work.settled.set()
        self._subscription.ack(acked)

    async def find_waiting(self, db: Executor, works: Sequence[Work]) -> set[UUID]:
        """Tell which messages must stay behind an earlier one of their order key."""
        keyed = [work.message for work in works if work.message.order_key is not None]
        if not keyed:
            return set()
        rows = await queries.messages.find_waiting(
            db,
            queue=self.queue,
            ids=[message.message_id for message in keyed],
            order_keys=[message.order_key or "" for message in keyed],
            positions=[message.position for message in keyed],
        )
        waiting = {row.message_id for row in rows}
        behind: set[str | None] = set()
        for message in sorted(keyed, key=lambda message: message.position):
            if message.message_id in waiting or message.order_key in behind:
                waiting.add(message.message_id)
                behind.add(message.order_key)
        return waiting

    async def persist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Run ``write`` until PostgreSQL is there to take it."""
        while True:
            try:
                return await write()
            except Exception as error:
                if not database_away(error):
                    raise
                await self._wait_for_database(error)

    async def _wait_for_database(self, error: Exception) -> None:
        log.warning("database-away", queue=self.queue, reason=str(error))
        wait = self._pace.away
        while True:
            await asyncio.sleep(wait)
            wait = min(2 * wait, self._pace.away_most)
            try:
                await self._db.ready()
            except Exception as again:
                if not (database_away(again) or isinstance(again, TimeoutError)):
                    raise
            else:
                return

    async def _apply(self, works: Sequence[Work]) -> tuple[list[Work], int]:
        """Write the effects with their inbox rows; return whose are new, and how many were there already."""
        by_id = {work.message.message_id: work for work in works}
        async with time_limit(self._handler.time_limit), self._db.transaction() as tx:
            # Prepared work has waited already; what it did outside must not be done again.
            waiting = await self.find_waiting(tx, works) if self._handler.prepare is None else set[UUID]()
            for message_id in waiting:
                await ledger.put_back(tx, by_id.pop(message_id).message)
            rows = await queries.messages.mark_applied(tx, consumer=self.queue, ids=list(by_id))
            marked = {row.message_id for row in rows}
            fresh = [work for message_id, work in by_id.items() if message_id in marked]
            if fresh:
                await self._run_handler(tx, fresh)
            if jobs := [work.message.job_id for work in by_id.values() if work.message.job_id]:
                await queries.messages.finish_jobs(tx, ids=jobs)
        return fresh, len(works) - len(waiting) - len(fresh)

    async def _run_handler(self, tx: Tx, works: Sequence[Work]) -> None:
        if self._handler.apply is None:
            return
        only = works[0].message if len(works) == 1 else None
        with bound_contextvars(
            queue=self.queue, causation=only and only.message_id, traceparent=only and only.trace
        ):
            await self._handler.apply(
                tx, [work.delivery for work in works], [work.prepared for work in works]
            )

    async def _record(self, message: Message, failure: Failure) -> None:
        try:
            await ledger.record(self._db, message, failure)
        except (Invalid, psycopg.DataError):
            # A body that PostgreSQL cannot hold as JSON cannot go back to the outbox.
            await ledger.bury(self._db, message, failure)

    def _succeed(self, works: Sequence[Work], duplicates: int) -> None:
        """Count what took effect; what did before or was put back tells nothing about the handler."""
        if duplicates:
            metrics.MESSAGES_DUPLICATE.labels(self.queue).inc(duplicates)
        if works and self.breaker.succeed(len(works)):
            self._report_breaker()
        moment = perf_counter()
        for work in works:
            self._seconds.observe(moment - work.started)
            self._trace(work.message, moment - work.started)
            if self._handler.prepare is not None:
                self._tell_of(work.message, moment - work.started)

    def _tell_of(self, message: Message, seconds: float) -> None:
        """Log an effect outside PostgreSQL; effects inside are rows, and too many for a line each."""
        log.info(
            "message-applied",
            queue=self.queue,
            message_id=str(message.message_id),
            traceparent=message.trace,
            attempt=message.attempt,
            ms=round(seconds * 1000, 2),
        )

    def _report(self, failure: Failure, message_id: UUID | str | None, seconds: float) -> None:
        metrics.MESSAGE_SECONDS.labels(self.queue, failure.verdict).observe(seconds)
        if failure.verdict is Verdict.DEAD:
            metrics.DEAD_LETTERS.labels(self.queue, failure.error).inc()
        tell = log.error if failure.verdict is Verdict.DEAD else log.warning
        tell(
            "message-failed",
            queue=self.queue,
            message_id=str(message_id),
            verdict=failure.verdict,
            error=failure.error,
            detail=failure.detail,
            place=failure.place,
        )

    def _trace(self, message: Message, seconds: float, *, failed: bool = False) -> None:
        if message.trace is not None:
            reports.traced("queue.process", self.queue, seconds, failed=failed, parent=message.trace)

    def _report_breaker(self) -> None:
        metrics.BREAKER_OPEN.labels(self.queue).set(self.breaker.open)
        if self.breaker.open:
            log.error(
                "breaker-open", queue=self.queue, detail="Most messages fail; one is tried now and then."
            )
        else:
            log.warning("breaker-closed", queue=self.queue)


def _split(works: list[Work], error: Exception) -> list[list[Work]]:
    """Divide what failed together, last part first; after a time-out at once into single messages."""
    if isinstance(error, TimeLimitError):
        return [[work] for work in reversed(works)]
    middle = len(works) // 2
    return [works[middle:], works[:middle]]


@asynccontextmanager
async def time_limit(seconds: float) -> AsyncGenerator[None]:
    """Cancel what is inside after ``seconds`` and raise ``TimeLimitError``."""
    scope = asyncio.timeout(seconds)
    try:
        async with scope:
            yield
    except TimeoutError as error:
        if scope.expired():
            raise TimeLimitError(f"The handler did not finish within {seconds:g} s.") from error
        raise
