"""The effect that is counted: a row for each message, written in the ways a deploy can go wrong."""

import asyncio
import os
import signal
from collections.abc import Sequence
from typing import Any, ClassVar

from genjilib.broker.handler import Delivery, Handler
from genjilib.broker.outbox import emit
from genjilib.core.events import Event
from genjilib.core.settings import Settings
from genjilib.db import Db, Tx

QUEUE = "api.image.process"
"""A queue of the worker that no handler of its own consumes yet."""


class Effect(Event, frozen=True, kw_only=True):
    """Asks for row ``n``; ``fate`` is what happens to whoever handles it: nothing, raise, kill or hang."""

    queue: ClassVar[str] = QUEUE
    n: int
    fate: str = ""


class NextEffect(Effect, frozen=True, kw_only=True):
    """The same event as a newer release sends it."""

    version: ClassVar[int] = 2


async def produce(first: int, stop: int, settings: Settings) -> None:
    """Emit the effects from ``first`` on, as this release does."""
    async with Db.open(settings, name="producer") as db:
        for start in range(first, stop, 50):
            async with db.transaction() as tx:
                for n in range(start, min(start + 50, stop)):
                    await emit(tx, Effect(n=n))


async def write(tx: Tx, deliveries: Sequence[Delivery[Effect]], _: Sequence[Any]) -> None:
    """Write a row for each message, after its fate."""
    for delivery in deliveries:
        match delivery.event.fate:
            case "raise":
                raise ZeroDivisionError(f"try {delivery.message.attempt} of {delivery.event.n}")
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                await asyncio.sleep(3600)
            case _:
                continue
    numbers = [delivery.event.n for delivery in deliveries]
    connection = tx._connection  # pyright: ignore[reportPrivateUsage]  # the tests' tables have no query files
    await connection.execute("insert into chaos.effects (n) select unnest(%s::bigint[])", (numbers,))


async def mirror(tx: Tx, deliveries: Sequence[Delivery[Effect]], results: Sequence[Any]) -> None:
    """Show each thing as it is now, whatever the message about it said when."""
    things = [delivery.event.n % 40 for delivery in deliveries]
    connection = tx._connection  # pyright: ignore[reportPrivateUsage]
    await connection.execute(
        "insert into chaos.shown select id, value from chaos.things where id = any(%s)"
        " on conflict (id) do update set value = excluded.value",
        (things,),
    )
    await write(tx, deliveries, results)


async def break_everything(_: Tx, deliveries: Sequence[Delivery[Effect]], __: Sequence[Any]) -> None:
    """What a bad deploy does."""
    raise LookupError(f"no column for {deliveries[0].event.n}")


async def dawdle(_: Any, delivery: Delivery[Effect]) -> None:
    """Take long outside the database, as a slow service makes a handler do."""
    await asyncio.sleep(float(delivery.event.fate or 0))


DEPLOYS: dict[str, Handler[Any, Any, Any]] = {
    "good": Handler(Effect, apply=write, batch=100, time_limit=30),
    "hasty": Handler(Effect, apply=write, batch=100, time_limit=2),
    "mirror": Handler(Effect, apply=mirror, batch=100, time_limit=30),
    "next": Handler(NextEffect, apply=write, batch=100, time_limit=30),
    "bad": Handler(Effect, apply=break_everything, batch=100),
    "slow": Handler(Effect, prepare=dawdle, apply=write, concurrency=4, time_limit=300),
}
"""Releases of the worker; each consumes ``Effect``."""
