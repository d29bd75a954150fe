"""The server: REST, gateway, attachments, control and the developer's page on two ports of this machine."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib import resources
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from genjilib.local.discord import (
    gateway,
    rest,
    rest_channels,
    rest_commands,
    rest_guilds,
    rest_interactions,
    rest_messages,
    rest_threads,
    standard,
    uploads,
)
from genjilib.local.discord.control import Control
from genjilib.local.discord.gateway import GatewayConnection
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.person import Driver
from genjilib.local.discord.state import Limits, State
from genjilib.local.discord.world import World

HOST = "127.0.0.1"
MOST_BODY = 110 * 1024 * 1024
_ROUTES = [
    *rest_messages.routes,
    *rest_threads.routes,
    *rest_channels.routes,
    *rest_guilds.routes,
    *rest_commands.routes,
    *rest_interactions.routes,
]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SimulatedDiscord(Driver):
    """`async with SimulatedDiscord(world) as discord:` serves a world and drives it.

    Bots use `api_url`. During an outage only `control_url` (and the page on it) still answers.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        limits: Limits | None = None,
        port: int = 0,
        control_port: int = 0,
    ) -> None:
        self.world = world or standard.standard_world()
        self.state = State(self.world, limits)
        self._control = Control(self.state, self._go_away)
        super().__init__(self._control)
        self._port, self._control_port = port, control_port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._return: asyncio.Task[None] | None = None

    @property
    def api_url(self) -> str:
        """What the product's DISCORD_API_URL is to be."""
        return self.state.rest_url

    @property
    def page_url(self) -> str:
        """Where a developer looks at it."""
        return f"http://{HOST}:{self._port}/"

    @property
    def control_url(self) -> str:
        """Where ControlClient connects."""
        return f"http://{HOST}:{self._control_port}"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.application.token

    def settings(self) -> Json:
        """What a process using it needs to know, with the world's ids by name."""
        addresses = {"api_url": self.api_url, "page_url": self.page_url, "control_url": self.control_url}
        return {**addresses, **self.world.describe()}

    async def __aenter__(self) -> Self:
        runner = self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, HOST, self._control_port).start()
        self._control_port = runner.addresses[-1][1]
        await self._listen()
        self._port = runner.addresses[-1][1]
        base = f"http://{HOST}:{self._port}"
        self.world.cdn = base
        self.state.rest_url = base + "/api/v10"
        self.state.gateway_url = f"ws://{HOST}:{self._port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._return:
            self._return.cancel()
        self._cut_gateway()
        if self._runner:
            await self._runner.cleanup()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BODY, middlewares=[self._outage])
        rest.add(app, "/api/v{version:\\d+}", self.state, _ROUTES)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/attachments/{channel}/{attachment}/{name}", self._attachment)
        app.router.add_post("/_control/{action}", self._control.serve)
        app.router.add_get("/_control/events", self._control.stream)
        app.router.add_get("/", _page)
        return app

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        return await gateway.connect(self.state, request)

    async def _attachment(self, request: web.Request) -> web.Response:
        return await uploads.serve(self.world, request)

    @web.middleware
    async def _outage(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self.state.faults.down or self._is_control(request):
            return await handler(request)
        if self.state.faults.refusing and isinstance(request.transport, asyncio.WriteTransport):
            request.transport.abort()
        return rest.answer({"message": "500: Internal Server Error", "code": 0}, 500)

    def _is_control(self, request: web.Request) -> bool:
        name: Any = request.get_extra_info("sockname")
        return name is not None and name[1] == self._control_port

    async def _go_away(self, seconds: float, refuse: bool) -> None:
        faults = self.state.faults
        faults.down_until, faults.refusing = time.monotonic() + seconds, refuse
        if self._return:
            self._return.cancel()
        if seconds > 0 and refuse and self._site:
            await self._site.stop()
            self._site = None
        if seconds > 0:
            self._cut_gateway()
        self._return = asyncio.create_task(self._come_back(seconds), name="discord-outage")
        if seconds <= 0:
            await self._return

    async def _come_back(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))
        if self._site is None:
            await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, HOST, self._port, reuse_address=True)
        await self._site.start()

    def _cut_gateway(self) -> None:
        for session in self.state.sessions.values():
            if isinstance(session.connection, GatewayConnection):
                session.connection.cut()


async def _page(request: web.Request) -> web.Response:
    page = resources.files("genjilib.local.discord").joinpath("page.html").read_text()
    return web.Response(text=page, content_type="text/html")
