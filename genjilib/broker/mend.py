"""Mending the topology: queues that differ from their table are made anew, and no message is lost by it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from msgspec.structs import replace

from genjilib import queries
from genjilib.broker import ledger
from genjilib.broker.client import Broker
from genjilib.broker.drain import explain
from genjilib.broker.envelope import Received, parse
from genjilib.broker.failures import judge
from genjilib.broker.topology import QUEUES, Arguments, Queue
from genjilib.core.errors import Conflict, Invalid, Poison
from genjilib.db import Db

QUIET = 0.5
"""Seconds without a delivery after which a queue counts as empty."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A queue that is not as the table says: ``missing``, or with ``other-arguments``."""

    queue: Queue
    name: str
    arguments: Arguments
    kind: str
    messages: int


async def find(broker: Broker, queues: Sequence[Queue] = QUEUES) -> list[Drift]:
    """Return the queues that differ from the table; changes nothing."""
    found: list[Drift] = []
    for queue in queues:
        for name, arguments in queue.declarations():
            state = await broker.look(name)
            if state is None:
                found.append(Drift(queue, name, arguments, "missing", 0))
                continue
            try:
                # It exists, so that declaring it only compares.
                await broker.declare_one(name, arguments)
            except Conflict:
                found.append(Drift(queue, name, arguments, "other-arguments", state.messages))
    return found


async def mend(db: Db, broker: Broker, drift: Drift) -> int:
    """Make a queue as the table says; return how many messages were taken out of the old one.

    They go back to the outbox, or to the dead letters, before they leave the old queue. Raises ``Conflict``
    while somebody consumes it.
    """
    if drift.kind == "missing":
        await broker.declare_one(drift.name, drift.arguments)
        return 0
    await _check_unused(broker, drift.name)
    taken = await _empty(db, broker, drift)
    async with db.transaction() as tx:
        await queries.messages.hold_outbox(tx)
        await _check_unused(broker, drift.name, messages=True)
        await broker.delete(drift.name)
        await broker.declare_one(drift.name, drift.arguments)
    return taken


async def _check_unused(broker: Broker, name: str, *, messages: bool = False) -> None:
    state = await broker.look(name)
    if state is not None and (state.consumers or (messages and state.messages)):
        sentence = f"{name} is in use ({state.consumers} consumers, {state.messages} messages)."
        raise Conflict(f"{sentence} Stop the worker and the bot first.", code="queue-in-use")


async def _empty(db: Db, broker: Broker, drift: Drift) -> int:
    """Move every message of a queue into the database."""
    taken = 0
    subscription = broker.subscribe(drift.name, prefetch=100)
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(QUIET):
                received = await subscription.take(100)
            for one in received:
                await _keep(db, drift, one)
            subscription.ack(received)
            taken += len(received)
    subscription.close()
    for _ in range(100):
        state = await broker.look(drift.name)
        if state is None or not state.consumers:
            break
        await asyncio.sleep(0.05)
    return taken


async def _keep(db: Db, drift: Drift, received: Received) -> None:
    own = replace(received, queue=drift.queue.name)
    if drift.name == drift.queue.dead:
        await ledger.bury_received(db, own, explain(received.headers))
        return
    try:
        await ledger.put_back(db, parse(own))
    except (Poison, Invalid, psycopg.DataError) as error:
        unfit = Poison("PostgreSQL cannot hold the body as JSON.", code="undecodable")
        await ledger.bury_received(db, own, judge(error if isinstance(error, Poison) else unfit, 1))
