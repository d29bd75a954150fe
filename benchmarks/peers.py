"""Celery, Dramatiq and FastStream doing what our worker does in the benchmark: a row for each message.

``benchmarks/queue.py`` runs it with the Python of ``.local/peers/queue`` (``requirements/bench-queue.lock``):
``python -P benchmarks/peers.py NAME AMQP_URL DATABASE_URL COUNT`` sends COUNT messages and consumes until it
is killed. Each has eight threads or tasks with a connection each, commits a row a message, and acknowledges
as it does by default. Queues are each one's own default, which is classic and durable.
"""

import asyncio
import sys
import threading
from typing import Any

import psycopg

INSERT = "insert into effects (n) values (%s)"
TEXT = "x" * 200
WORKERS = 8
_local = threading.local()


def write(url: str, n: int) -> None:
    """Write the row of a message, on a connection of the thread's own."""
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(url, autocommit=True)
    _local.connection.execute(INSERT, (n,), prepare=True)


def celery(amqp_url: str, url: str, count: int) -> None:
    """Send and consume with Celery."""
    from celery import Celery

    app = Celery("bench", broker=amqp_url)
    app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=16, task_default_queue="bench.celery")

    @app.task(name="effect")
    def effect(n: int, text: str) -> None:
        write(url, n)

    with app.producer_pool.acquire(block=True) as producer:
        for n in range(count):
            effect.apply_async((n, TEXT), producer=producer)
    app.worker_main(
        [
            "worker",
            "--pool=threads",
            f"-c{WORKERS}",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=ERROR",
        ]
    )


def dramatiq(amqp_url: str, url: str, count: int) -> None:
    """Send and consume with Dramatiq."""
    import dramatiq as library
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    broker = RabbitmqBroker(url=amqp_url)
    library.set_broker(broker)

    @library.actor(queue_name="bench.dramatiq")
    def effect(n: int, text: str) -> None:
        write(url, n)

    for n in range(count):
        effect.send(n, TEXT)
    library.Worker(broker, worker_threads=WORKERS).start()
    threading.Event().wait()


def faststream(amqp_url: str, url: str, count: int) -> None:
    """Send and consume with FastStream."""
    from faststream import FastStream
    from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

    broker = RabbitBroker(amqp_url, logger=None)
    queue = RabbitQueue("bench.faststream", durable=True)
    free: asyncio.Queue[Any] = asyncio.Queue()
    app = FastStream(broker)

    async def effect(body: dict[str, Any]) -> None:
        connection = await free.get()
        try:
            await connection.execute(INSERT, (body["n"],), prepare=True)
        finally:
            free.put_nowait(connection)

    @app.after_startup
    async def connect() -> None:
        for _ in range(WORKERS):
            free.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))

    async def main() -> None:
        async with RabbitBroker(amqp_url) as sender:
            await sender.declare_queue(queue)
            for n in range(count):
                await sender.publish({"n": n, "text": TEXT}, queue, persist=True)
        broker.subscriber(queue, channel=Channel(prefetch_count=200))(effect)
        await app.run()

    asyncio.run(main())


if __name__ == "__main__":
    {"celery": celery, "dramatiq": dramatiq, "faststream": faststream}[sys.argv[1]](
        sys.argv[2], sys.argv[3], int(sys.argv[4])
    )
