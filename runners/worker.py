"""The worker: settings → database and broker → relay, dead queues, cleaning, handlers."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from genjilib.auth import worker as auth
from genjilib.broker.cleaning import keep_clean
from genjilib.broker.client import Broker
from genjilib.broker.consume import consuming
from genjilib.broker.context import Context
from genjilib.broker.drain import Drain
from genjilib.broker.measure import keep_measuring
from genjilib.broker.relay import Relay
from genjilib.broker.topology import QUEUES
from genjilib.completions import worker as completions
from genjilib.core import log
from genjilib.core.errors import Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.raids import worker as raids
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie
from genjilib.raids.clickhouse import ClickHouse
from genjilib.raids.gates import Gates
from genjilib.raids.leaderboards import keep_fresh
from genjilib.web.health import serve_inner
from genjilib.web.server import stop_signal
from runners.start import start

HANDLERS = [*auth.handlers, *completions.handlers]
"""The handlers of the queues that every worker consumes."""
RAID_HANDLERS = [*raids.handlers]
"""Those of the raids, consumed only with a key of Bungie's API."""

_logger = log.get_logger(__name__)


async def run(settings: Settings) -> None:
    """Work until the process is told to stop, then finish what is in hand within ``shutdown_seconds``."""
    stop = asyncio.create_task(stop_signal())
    async with Db.open(settings, name="worker") as db, Broker.open(settings, name="worker") as broker:
        inner = await serve_inner(settings, {"database": db.ready, "broker": broker.ready})
        relay = Relay(db, broker, url=settings.database_url.get_secret_value())
        context = Context(settings, db)
        try:
            async with (
                _beside(
                    _publish(broker, relay), Drain(db, broker).run(), keep_clean(db), keep_measuring(db)
                ) as parts,
                consuming(db, broker, HANDLERS, context, settings),
                _raids(db, broker, settings),
            ):
                _logger.info("working", inner_port=inner.port)
                await asyncio.wait({stop, *parts}, return_when=asyncio.FIRST_COMPLETED)
                for part in parts:
                    if part.done():
                        part.result()
                _logger.info("stopping", signal=stop.result())
                inner.drain()
        finally:
            await inner.close()


@asynccontextmanager
async def _raids(db: Db, broker: Broker, settings: Settings) -> AsyncGenerator[None]:
    """Handle the messages of the raids while the block runs, if Bungie may be asked at all."""
    if not settings.bungie_api_keys.get_secret_value():
        yield
        return
    async with (
        Bungie.open(settings, db) as bungie,
        Alerts.open(settings) as alerts,
        ClickHouse.open(settings) as clickhouse,
    ):
        gates = Gates(bungie)
        context = raids.Context(db, bungie, gates, alerts, clickhouse)
        async with (
            _beside(gates.watch(), keep_fresh(db)),
            consuming(db, broker, RAID_HANDLERS, context, settings),
        ):
            yield


@asynccontextmanager
async def _beside(*works: Coroutine[Any, Any, None]) -> AsyncGenerator[set[asyncio.Task[None]]]:
    """Run ``works``, none of which ends by itself, while the block runs."""
    tasks = {asyncio.create_task(work) for work in works}
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        # Bounded, so that a part that misses its cancellation cannot hold the stop back.
        await asyncio.wait(tasks, timeout=5)


async def _publish(broker: Broker, relay: Relay) -> None:
    """Declare the queues, as soon as there is a broker to do it, and publish to them."""
    while True:
        try:
            # What is declared once is declared again at each connection.
            await broker.declare(QUEUES)
        except Unavailable as error:
            _logger.warning("queues-not-declared", reason=error.detail)
        else:
            await relay.run()


if __name__ == "__main__":
    sys.exit(start("worker", run))
