"""The worker: settings → database and broker → relay, dead queues, cleaning and the handlers of its queues."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import uvloop

from genjilib.auth import worker as auth
from genjilib.broker.cleaning import keep_clean
from genjilib.broker.client import Broker
from genjilib.broker.consume import Consumer
from genjilib.broker.context import Context
from genjilib.broker.drain import Drain
from genjilib.broker.relay import Relay
from genjilib.broker.topology import QUEUES
from genjilib.core import log
from genjilib.core.errors import GenjiError, Unavailable
from genjilib.core.settings import Settings
from genjilib.db import Db
from genjilib.web.health import serve_inner
from genjilib.web.server import stop_signal

HANDLERS = [*auth.handlers]
"""The handlers of every queue that the worker consumes."""

_logger = log.get_logger(__name__)


async def run(settings: Settings) -> None:
    """Work until the process is told to stop, then finish what is in hand within ``shutdown_seconds``."""
    async with Db.open(settings, name="worker") as db, Broker.open(settings, name="worker") as broker:
        inner = await serve_inner(settings, {"database": db.ready, "broker": broker.ready})
        try:
            with suppress(Unavailable):
                # Without a broker the worker waits; what is declared is declared again at each connection.
                await broker.declare(QUEUES)
            relay = Relay(db, broker, url=settings.database_url.get_secret_value())
            consumer = Consumer(db, broker, HANDLERS, Context(settings, db))
            async with _beside(relay.run(), Drain(db, broker).run(), keep_clean(db)):
                work = asyncio.create_task(consumer.run())
                _logger.info("working", inner_port=inner.port)
                _logger.info("stopping", signal=await stop_signal())
                inner.drain()
                consumer.stop()
                await asyncio.wait({work}, timeout=settings.shutdown_seconds)
        finally:
            await inner.close()
