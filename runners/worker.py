"""The worker: settings → database and broker → relay, dead queues, cleaning, handlers."""

import asyncio
import sys
from contextlib import suppress

import uvloop

from genjilib.auth import worker as auth
from genjilib.broker.cleaning import keep_clean
from genjilib.broker.client import Broker
from genjilib.broker.consume import consuming
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
        with suppress(Unavailable):
            # Without a broker the worker waits; what is declared is declared again at each connection.
            await broker.declare(QUEUES)
        inner = await serve_inner(settings, {"database": db.ready, "broker": broker.ready})
        relay = Relay(db, broker, url=settings.database_url.get_secret_value())
        async with asyncio.TaskGroup() as tasks:
            beside = [
                tasks.create_task(work) for work in (relay.run(), Drain(db, broker).run(), keep_clean(db))
            ]
            async with consuming(
                db, broker, HANDLERS, Context(settings, db), grace=settings.shutdown_seconds
            ):
                _logger.info("working", inner_port=inner.port)
                _logger.info("stopping", signal=await stop_signal())
                inner.drain()
            for task in beside:
                task.cancel()
        await inner.close()


def main() -> int:
    """Read the settings and run; the exit code is 0 after a clean stop, 2 for a wrong configuration."""
    try:
        settings = Settings.load()
        log.configure("worker", level=settings.log_level, json=settings.log_format == "json")
        uvloop.run(run(settings))
    except GenjiError as error:
        sys.stderr.write(f"{error.detail}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
