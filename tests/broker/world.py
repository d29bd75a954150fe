"""What the tests of messages share: an event of their own, a world to run it in, an effect to count."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

import msgspec
import psycopg
from pydantic import SecretStr

from genjilib.broker.client import Broker
from genjilib.broker.connection import Timing
from genjilib.broker.consume import Consumer
from genjilib.broker.envelope import Message
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.relay import Relay
from genjilib.broker.settle import Pace
from genjilib.broker.topology import Queue
from genjilib.core.clock import now
from genjilib.core.events import Event
from genjilib.core.ids import new_id
from genjilib.core.settings import Settings
from genjilib.db import Db, Tx

QUICK = Timing(first=0.05, later=0.3, confirm=3, reopen=0.1)
FAST = Pace(ladder=(0.01, 0.01, 0.01, 0.01), linger=0.002, away=0.05, away_most=0.3, probe=0.1, patience=0.1)

EMPTY = """
    truncate messages.outbox, messages.sent, messages.inbox, messages.failures, messages.dead_letters,
        messages.dead_letter_actions, public.jobs;
    create schema if not exists test;
    drop table if exists test.effects;
    create table test.effects (id bigserial, n integer);
"""


class Ping(Event, frozen=True, kw_only=True):
    """The event of the tests; ``new_event`` gives it a queue of its own."""

    queue: ClassVar[str] = "test.ping"
    n: int
    key: str | None = None

    def order_key(self) -> str | None:
        """Order by ``key``."""
        return self.key


def new_event() -> type[Ping]:
    """Return an event on a queue that no other test uses."""

    class Own(Ping, frozen=True, kw_only=True):
        queue: ClassVar[str] = f"test.{uuid4().hex[:12]}"

    return Own


def settings(database_url: str, amqp_url: str) -> Settings:
    """Return settings for these servers, whatever the environment says."""
    return Settings.model_construct(
        database_url=SecretStr(database_url), amqp_url=SecretStr(amqp_url), database_pool_size=12
    )


@dataclass
class World:
    """Empty tables, a queue of its own, and what runs on them until the test ends."""

    db: Db
    broker: Broker
    url: str
    amqp_url: str
    event: type[Ping]
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    consumers: list[Consumer] = field(default_factory=list[Consumer])

    @property
    def queue(self) -> Queue:
        """The queue of ``event``."""
        return Queue(self.event.queue, "worker", "tests")

    def relay(self, **options: Any) -> Relay:
        """Run a relay."""
        relay = Relay(self.db, self.broker, url=self.url, **{"poll": 0.1, **options})
        self.run(relay.run())
        return relay

    def consume(self, *handlers: Handler[Any, Any, Any], context: Any = None, pace: Pace = FAST) -> Consumer:
        """Run a consumer."""
        consumer = Consumer(self.db, self.broker, handlers, context, pace=pace)
        self.consumers.append(consumer)
        self.run(consumer.run())
        return consumer

    def run(self, coroutine: Any) -> asyncio.Task[None]:
        """Run something until the test ends."""
        task = asyncio.create_task(coroutine)
        self.tasks.append(task)
        return task

    async def end(self) -> None:
        """Stop everything."""
        for consumer in self.consumers:
            consumer.stop()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def ask(self, sql: str, *parameters: Any) -> Any:
        """Return the first value of a statement, on a connection of its own."""
        rows = await self.rows(sql, *parameters)
        return rows[0][0] if rows else None

    async def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """Return all rows of a statement."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            return await (await connection.execute(sql, parameters)).fetchall()

    async def do(self, sql: str) -> None:
        """Run statements."""
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            await connection.execute(sql)

    async def effects(self) -> list[int]:
        """Return the effects in the order in which they happened."""
        return [n for (n,) in await self.rows("select n from test.effects order by id")]

    async def until(self, check: Callable[[], Awaitable[Any]], *, seconds: float = 60) -> None:
        """Wait until ``check`` answers something true."""
        async with asyncio.timeout(seconds):
            while not await check():
                await asyncio.sleep(0.02)

    async def until_count(self, table: str, count: int, *, seconds: float = 60) -> None:
        """Wait until a table of messages holds ``count`` rows."""
        query = f"select count(*) from messages.{table}"
        try:
            await self.until(lambda: self._holds(query, count), seconds=seconds)
        except TimeoutError:
            raise AssertionError(f"{await self.ask(query)} of {count} rows in {table}") from None

    async def _holds(self, query: str, count: int) -> bool:
        return await self.ask(query) >= count


async def insert_effects(tx: Tx, numbers: Sequence[int]) -> None:
    """Write the effects of ``numbers``."""
    connection = tx._connection  # pyright: ignore[reportPrivateUsage]  # the tests' tables have no query files
    await connection.execute("insert into test.effects (n) select unnest(%s::int[])", (list(numbers),))


async def apply(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
    """Write a row for each event: the second step of most handlers here."""
    await insert_effects(tx, [delivery.event.n for delivery in deliveries])


def message(event: Ping, **changes: Any) -> Message:
    """Return ``event`` as a message, to be published past the outbox."""
    values: dict[str, Any] = {
        "message_id": new_id(),
        "queue": event.queue,
        "body": msgspec.json.encode(event),
        "created_at": now(),
    }
    return Message(**{**values, **changes})


def cut(broker: Broker) -> None:
    """Cut the connection that consumes, so that acknowledgements are lost."""
    broker._call(broker._consuming.drop)  # pyright: ignore[reportPrivateUsage]
