"""A worker that kills itself at event 50 of the queue it is given, and ends after two seconds without."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, ClassVar

from genjilib.broker.client import Broker
from genjilib.broker.consume import Consumer
from genjilib.broker.handler import Delivery, Handler
from genjilib.db import Db, Tx
from tests.broker.world import FAST, QUICK, Ping, apply, settings


async def work(url: str, amqp_url: str, queue_name: str) -> None:
    """Consume until death, or for two seconds."""

    class Own(Ping, frozen=True, kw_only=True):
        queue: ClassVar[str] = queue_name

    async def deadly(tx: Tx, deliveries: Sequence[Delivery[Ping]], _: Sequence[Any]) -> None:
        await apply(tx, deliveries, _)
        if any(delivery.event.n == 50 for delivery in deliveries):
            os.kill(os.getpid(), signal.SIGKILL)

    async with (
        Db.open(settings(url, amqp_url), name="deadly") as db,
        Broker(amqp_url, name="deadly", timing=QUICK) as broker,
    ):
        consumer = Consumer(db, broker, [Handler(Own, apply=deadly, batch=200)], pace=FAST)
        running = asyncio.create_task(consumer.run())
        await asyncio.sleep(2)
        running.cancel()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
