"""Speed of the queue, as ratios of one run: batches against single messages, pipelined against one by one.

``make bench-queue`` runs it with PostgreSQL and RabbitMQ of its own, and the peers of ``benchmarks/peers.py``
beside ours. Each line shows a rate, its ratio to what it is compared with, and the bar of that ratio. A step
takes N messages, and the memory has to stay flat over M.
"""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar

import msgspec
import psycopg
from pydantic import SecretStr

from genjilib import queries
from genjilib.broker import dlq, envelope
from genjilib.broker.channels import Outcome
from genjilib.broker.client import Broker
from genjilib.broker.consume import Consumer
from genjilib.broker.envelope import Message
from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.outbox import emit
from genjilib.broker.relay import Relay
from genjilib.broker.topology import Queue
from genjilib.core.clock import now
from genjilib.core.events import Event
from genjilib.core.ids import new_id
from genjilib.core.settings import Settings
from genjilib.db import Db, Tx
from genjilib.local.postgres import Postgres
from genjilib.local.rabbitmq import RabbitMQ
from genjilib.local.scratch import migrate

QUEUE = "bench.effect"
PEERS = ("celery", "dramatiq", "faststream")
PYTHON = Path(__file__).parents[1] / ".local" / "peers" / "queue" / "bin" / "python"
"""The interpreter that has the peers."""


class Effect(Event, frozen=True, kw_only=True):
    """What is sent: about 240 bytes."""

    queue: ClassVar[str] = QUEUE
    n: int
    text: str = "x" * 200


async def main(count: int, flat: int) -> None:
    """Measure everything once and print it."""
    with tempfile.TemporaryDirectory(prefix="genji-bench-") as folder:
        postgres, node = Postgres(Path(folder) / "pg"), RabbitMQ(Path(folder) / "mq")
        try:
            await asyncio.gather(postgres.start(), node.start())
            await migrate(postgres.url())
            await measure(postgres.url(), node.url(), count, flat)
        finally:
            await asyncio.gather(postgres.stop(), node.stop())


async def measure(url: str, amqp_url: str, count: int, flat: int) -> None:
    """Print rates and their ratios."""
    settings = Settings.model_construct(database_url=SecretStr(url), amqp_url=SecretStr(amqp_url))
    async with Db.open(settings, name="bench") as db, Broker(amqp_url, name="bench") as broker:
        await broker.declare([Queue(QUEUE, "worker", "benchmarks")])
        await broker.publishable.wait()
        await execute(db, "create table effects (n integer, at timestamptz default clock_timestamp())")
        few = max(200, count // 20)
        bare = await asyncio.to_thread(unconfirmed, amqp_url, count)
        await purge(db, broker)
        singly = await publishing(broker, few, window=1)
        window = await publishing(broker, count, window=1000)
        await purge(db, broker)
        show("publish, no confirm", bare)
        show("publish, confirm each", singly)
        show("publish, 1000 in flight", window, singly)
        taken = await taking(broker, count)
        show("take and acknowledge, no database", taken)
        one = await working(db, broker, few, batch=1)
        many = await working(db, broker, count, batch=500)
        show("work, one message a transaction", one)
        show("work, 500 a transaction", many, one, bar=20)
        written = await writing(db, count)
        show("database alone, 500 a transaction", written)
        bound = 1 / (1 / taken + 1 / written)
        show("serial bound of the two", bound)
        show("work, against the bound", many, bound, bar=0.5)
        backlog = await working(db, broker, 5 * count, batch=500)
        show(f"work, a backlog of {5 * count:,}", backlog, many, bar=0.8)
        each = await relaying(db, url, broker, few, batch=1, lanes=1)
        piped = await relaying(db, url, broker, count, batch=500, lanes=2)
        show("relay, confirm each", each)
        show("relay, 500 pipelined", piped, each, bar=8)
        show("relay, against no confirm", piped, bare, bar=0.8)
        await purge(db, broker)
        callers = await emitting(db)
        show("emit, a transaction each, 16 callers", callers)
        print(f"{'commit to effect, p50 / p99 at 20 %':40} {await latency(db, url, broker, many):>14}")
        await replaying(db, 5 * count)
        await lasting(db, broker, count, flat)
        for name in PEERS:
            await against(name, db, url, amqp_url, min(count, 5000), many)


def show(name: str, rate: float, base: float | None = None, *, bar: float | None = None) -> None:
    """Print a rate, its ratio and the bar of that."""
    ratio = "" if base is None else f" {rate / base:7.2f} ×"
    aim = "" if bar is None else f"   (bar: {bar:g} ×)"
    print(f"{name:40} {rate:8,.0f}/s{ratio}{aim}", flush=True)


def unconfirmed(amqp_url: str, count: int) -> float:
    """Messages a second to the broker by pika as it is, without confirms, until the last one is there."""
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    properties = [
        (message.body, pika.BasicProperties(**envelope.properties(message))) for message in made(count)
    ]
    start = perf_counter()
    for body, own in properties:
        channel.basic_publish("", QUEUE, body, own)
    channel.queue_declare(QUEUE, passive=True)
    rate = count / (perf_counter() - start)
    connection.close()
    return rate


async def publishing(broker: Broker, count: int, *, window: int) -> float:
    """Messages a second to the broker, ``window`` at a time."""
    messages = made(count)
    start = perf_counter()
    for first in range(0, count, window):
        outcomes = await broker.publish(messages[first : first + window])
        assert set(outcomes) == {Outcome.CONFIRMED}
    return count / (perf_counter() - start)


async def taking(broker: Broker, count: int) -> float:
    """Messages a second from the broker, acknowledged and dropped."""
    await broker.publish(made(count))
    subscription = broker.subscribe(QUEUE, prefetch=2000)
    start, done = perf_counter(), 0
    while done < count:
        received = await subscription.take(500)
        subscription.ack(received)
        done += len(received)
    rate = count / (perf_counter() - start)
    subscription.close()
    await asyncio.sleep(0.3)
    return rate


async def working(db: Db, broker: Broker, count: int, *, batch: int) -> float:
    """Messages a second through inbox and effect."""
    await broker.publish(made(count))
    left = count
    done = asyncio.Event()

    async def apply(tx: Tx, deliveries: Sequence[Delivery[Effect]], _: Sequence[Any]) -> None:
        nonlocal left
        await insert(tx, [delivery.event.n for delivery in deliveries])
        left -= len(deliveries)
        if left == 0:
            done.set()

    consumer = Consumer(db, broker, [Handler(Effect, apply=apply, batch=batch)])
    start = perf_counter()
    running = asyncio.create_task(consumer.run())
    await done.wait()
    rate = count / (perf_counter() - start)
    consumer.stop()
    await running
    await asyncio.sleep(0.2)
    await execute(db, "truncate messages.inbox, effects")
    return rate


async def writing(db: Db, count: int) -> float:
    """Rows a second that inbox and effect take without a broker."""
    start = perf_counter()
    for _ in range(0, count, 500):
        async with db.transaction() as tx:
            await queries.messages.mark_applied(tx, consumer="bench", ids=[new_id() for _ in range(500)])
            await insert(tx, list(range(500)))
    return count / (perf_counter() - start)


async def relaying(db: Db, url: str, broker: Broker, count: int, *, batch: int, lanes: int) -> float:
    """Messages a second from outbox to queue."""
    await execute(
        db,
        f"insert into messages.outbox (queue, body) select '{QUEUE}',"
        f" jsonb_build_object('n', n, 'text', repeat('x', 200)) from generate_series(1, {count}) as n",
    )
    relay = Relay(db, broker, url=url, batch=batch)

    async def lane() -> None:
        while await relay.pump():
            pass

    start = perf_counter()
    await asyncio.gather(*(lane() for _ in range(lanes)))
    return count / (perf_counter() - start)


async def emitting(db: Db, seconds: float = 3) -> float:
    """Transactions a second that emit one message each, by 16 callers at once."""
    done, end = 0, perf_counter() + seconds

    async def caller() -> None:
        nonlocal done
        while perf_counter() < end:
            async with db.transaction() as tx:
                await emit(tx, Effect(n=done))
            done += 1

    await asyncio.gather(*(caller() for _ in range(16)))
    await execute(db, "truncate messages.outbox")
    return done / seconds


async def replaying(db: Db, count: int) -> None:
    """Replay many dead letters; prints the rate and how much the process grew meanwhile."""
    await execute(
        db,
        "insert into messages.dead_letters"
        " (message_id, queue, version, body, position, error, detail, attempts)"
        f" select gen_random_uuid(), '{QUEUE}', 1, jsonb_build_object('n', n), n, 'bad', 'd', 1"
        f" from generate_series(1, {count}) as n",
    )
    before, start = resident(), perf_counter()
    done = await dlq.replay(db, dlq.Filter(), "bench")
    assert done.replayed == count
    show(f"replay {count:,} dead letters", count / (perf_counter() - start))
    print(f"{'memory grown meanwhile':40} {resident() - before:8.1f} MB")
    await execute(db, "truncate messages.outbox, messages.dead_letters")


async def lasting(db: Db, broker: Broker, count: int, flat: int) -> None:
    """Work through ``flat`` messages, ``count`` at a time; prints how much the process grew at last."""
    sizes: list[float] = []
    for _ in range(0, flat, count):
        await working(db, broker, count, batch=500)
        sizes.append(resident())
    grown = sizes[-1] - sizes[len(sizes) // 2]
    print(f"{f'memory grown in the 2nd half of {flat:,}':40} {grown:8.1f} MB of {sizes[-1]:.0f}")


async def against(name: str, db: Db, url: str, amqp_url: str, count: int, ours: float) -> None:
    """Have a peer write a row for each of ``count`` messages; prints its rate and the ratio of ours."""
    if not PYTHON.exists():
        print(f"{name:40} not installed: make bench-queue installs it in {PYTHON.parents[1]}")
        return
    await execute(db, "truncate effects")
    peer = await asyncio.create_subprocess_exec(
        # -P: this folder has a queue.py, which is not the one that the peers mean.
        *(PYTHON, "-P", Path(__file__).with_name("peers.py"), name, amqp_url, url, str(count)),
        env={"PATH": "/usr/bin:/bin", "HOME": "/tmp"},
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            cursor = await connection.execute(
                "select count(*), extract(epoch from max(at) - min(at))::float8 from effects"
            )
            found, seconds = (await cursor.fetchall())[0]
            if found >= count:
                break
            assert peer.returncode is None, f"{name} ended with {peer.returncode}"
            await asyncio.sleep(0.2)
    peer.kill()
    await peer.wait()
    show(name, count / seconds)
    show(f"ours, 500 a transaction, against {name}", ours, count / seconds, bar=3)


def resident() -> float:
    """How much memory the process has, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


async def latency(db: Db, url: str, broker: Broker, rate: float) -> str:
    """Time from emit to effect at a fifth of the rate."""
    waits: list[float] = []

    async def apply(_: Tx, deliveries: Sequence[Delivery[Effect]], __: Sequence[Any]) -> None:
        moment = now()
        waits.extend((moment - delivery.message.created_at).total_seconds() for delivery in deliveries)

    consumer, relay = (
        Consumer(db, broker, [Handler(Effect, apply=apply, batch=500)]),
        Relay(db, broker, url=url),
    )
    running = [asyncio.create_task(consumer.run()), asyncio.create_task(relay.run())]
    burst = max(1, int(rate / 5 / 50))
    for _ in range(250):
        start = perf_counter()
        async with db.transaction() as tx:
            for n in range(burst):
                await emit(tx, Effect(n=n))
        await asyncio.sleep(max(0, 0.02 - (perf_counter() - start)))
    await asyncio.sleep(1)
    consumer.stop()
    await running[0]
    running[1].cancel()
    waits.sort()
    return f"{waits[len(waits) // 2] * 1000:.0f} / {waits[len(waits) * 99 // 100] * 1000:.0f} ms"


def made(count: int) -> list[Message]:
    """Messages of about 240 bytes."""
    moment = now()
    return [
        Message(message_id=new_id(), queue=QUEUE, body=msgspec.json.encode(Effect(n=n)), created_at=moment)
        for n in range(count)
    ]


async def insert(tx: Tx, numbers: list[int]) -> None:
    """The effect: a row for each number."""
    await tx._connection.execute("insert into effects (n) select unnest(%s::int[])", (numbers,))  # pyright: ignore[reportPrivateUsage]


async def execute(db: Db, text: str) -> None:
    """Run a statement that has no query file."""
    async with db.transaction() as tx:
        await tx._connection.execute(text)  # pyright: ignore[reportPrivateUsage, reportArgumentType, reportCallIssue]


async def purge(db: Db, broker: Broker) -> None:
    """Empty queue and outbox."""
    subscription = broker.subscribe(QUEUE, prefetch=2000)
    with contextlib.suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.5):
                subscription.ack(await subscription.take(2000))
    subscription.close()
    await asyncio.sleep(0.3)
    await execute(db, "truncate messages.outbox, messages.sent, messages.inbox")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
