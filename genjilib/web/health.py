"""The inner port of every runner: whether it lives, whether it is ready, and its metrics."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import msgspec
from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from genjilib.core.metrics import DEPENDENCY_UP, REGISTRY
from genjilib.core.settings import Settings
from genjilib.web.exchange import Request
from genjilib.web.listener import Listener, runner_of

Check = Callable[[], Awaitable[object]]
"""Asks a service this runner depends on; raises when it is away."""

CHECK_SECONDS = 2.0
"""How long a check may take before the service counts as away."""


class InnerServer:
    """The inner port while it is open."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        """Remember what to ask for ``/readyz``; use ``serve_inner``."""
        self._checks = checks
        self._draining = False
        self._show = make_aiohttp_handler(REGISTRY)
        self._listener: Listener | None = None
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Listen on ``host:port``."""
        self._listener = await Listener.open(runner_of(self._respond, grace=2.0), host, port)
        self.port = self._listener.port

    def drain(self) -> None:
        """Report 503 on ``/readyz`` from now on, so that nothing new is sent here."""
        self._draining = True

    async def close(self) -> None:
        """Stop listening."""
        if self._listener:
            await self._listener.close()

    async def _respond(self, request: Request) -> web.StreamResponse:
        show = {"/livez": self._live, "/readyz": self._ready, "/metrics": self._metrics}.get(request.path)
        if show is None:
            return web.Response(status=404)
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        return await show(request)

    async def _live(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _ready(self, _: web.Request) -> web.Response:
        found = await run_checks(self._checks)
        ready = not self._draining and all(state == "ok" for state in found.values())
        report = {"ready": ready, "draining": self._draining, "checks": found}
        body = msgspec.json.encode(report)
        return web.Response(body=body, content_type="application/json", status=200 if ready else 503)

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        for name, state in (await run_checks(self._checks)).items():
            DEPENDENCY_UP.labels(name).set(state == "ok")
        return await self._show(request)


async def serve_inner(settings: Settings, checks: Mapping[str, Check]) -> InnerServer:
    """Open the inner port of a runner: ``/livez``, ``/readyz`` with ``checks`` by name, ``/metrics``."""
    server = InnerServer(checks)
    await server.open(settings.inner_host, settings.inner_port)
    return server


async def run_checks(checks: Mapping[str, Check]) -> dict[str, str]:
    """Run all checks at once; return ``ok`` or what is wrong for each name."""
    states = await asyncio.gather(*(_state(check) for check in checks.values()))
    return dict(zip(checks, states, strict=True))


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        return str(error) or type(error).__name__
    return "ok"
