"""Runs the API's two ports, the public and the inner one, until the process is told to stop."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from genjilib.core.log import get_logger
from genjilib.core.settings import Settings
from genjilib.web.app import Dispatcher
from genjilib.web.health import Check, serve_inner
from genjilib.web.listener import IDLE_SECONDS, Listener, runner_of

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a served application can be reached."""

    public: int
    inner: int


async def serve(app: Dispatcher, settings: Settings, checks: Mapping[str, Check]) -> None:
    """Serve ``app`` until SIGTERM or SIGINT, then finish what is in hand within ``shutdown_seconds``."""
    async with serving(app, settings, checks) as ports:
        _log.info("listening", host=settings.api_host, port=ports.public, inner_port=ports.inner)
        name = await stop_signal()
        _log.info("stopping", signal=name)


@asynccontextmanager
async def serving(
    app: Dispatcher, settings: Settings, checks: Mapping[str, Check], *, idle: float = IDLE_SECONDS
) -> AsyncGenerator[Ports]:
    """Serve ``app`` while the context is open.

    At its end ``/readyz`` and ``/healthcheck`` turn 503 at once. For ``api_drain_seconds`` requests are still
    answered, each with the word that its connection closes, so that a proxy goes elsewhere and loses none.
    Then no connection is accepted any more, idle ones are closed, and requests in hand have
    ``shutdown_seconds`` before they are cancelled.
    """
    inner = await serve_inner(settings, checks)
    try:
        runner = runner_of(
            app.dispatch,
            grace=settings.shutdown_seconds,
            body_limit=app.body_limit,
            leaving=app.leaving,
            idle=idle,
        )
        listener = await Listener.open(runner, settings.api_host, settings.api_port)
        try:
            yield Ports(listener.port, inner.port)
        finally:
            inner.drain()
            app.leaving.set()
            await asyncio.sleep(settings.api_drain_seconds)
            await listener.close()
    finally:
        await inner.close()


async def stop_signal() -> str:
    """Wait for SIGTERM or SIGINT and return its name."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[str] = loop.create_future()

    def stop(name: str) -> None:
        if not came.done():
            came.set_result(name)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number.name)
    return await came
