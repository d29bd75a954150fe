"""A simulated Bungie: a world behind real HTTP, with the moods of the real one.

What is wrong at the moment stands in ``Conditions``; ``/control`` shows and changes them. Run it with
``python -m genjilib.local.bungie.server --port PORT``.
"""

import argparse
import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from aiohttp import web

from genjilib.local.bungie import answers
from genjilib.local.bungie.answers import QUESTIONS, Answer
from genjilib.local.bungie.reports import envelope, refusal
from genjilib.local.bungie.world import World
from genjilib.local.service import HttpServer

PGCR: Final = "/Platform/Destiny2/Stats/PostGameCarnageReport/{instance}/"
API_KEY: Final = "bungie-local"
FAULTS: Final = {
    "": 0.9,
    "page": 0.03,  # a proxy's error page
    "busy": 0.02,  # an envelope of the game's servers, status 500
    "quiet": 0.02,  # the same with status 200
    "other": 0.01,  # somebody else's report
    "cut": 0.01,  # no answer
    "garbage": 0.01,  # status 200, and no JSON
}
"""How often the first question about an instance goes wrong, and how, while faults are on."""


class Conditions(msgspec.Struct, kw_only=True):
    """What Bungie is like at the moment.

    ``rate`` is the number of requests a second, per host, above which it throttles; 0 means never.
    """

    maintenance: bool = False
    unlocked: bool = False
    faults: bool = False
    frontier: int = 2**62
    rate: int = 0


class Bungie:
    """One simulated Bungie: a world, its conditions, and what was asked so far."""

    def __init__(self, world: World, conditions: Conditions | None = None) -> None:
        """Show ``world``."""
        self.world = world
        self.conditions = conditions or Conditions()
        self.asked: Counter[int] = Counter()
        """Requests for each instance."""
        self.throttled = 0
        self.busiest = 0
        """Most requests within a second."""
        self._recent: deque[float] = deque()

    def application(self) -> web.Application:
        """Return it as an aiohttp application."""
        app = web.Application(middlewares=[self._first])
        app.router.add_get("/", self._hello)
        app.router.add_get("/control", self._show)
        app.router.add_put("/control", self._change)
        app.router.add_get("/Platform/Settings", self._settings)
        app.router.add_get(PGCR, self._pgcr)
        app.router.add_get("/common/{table}.json", self._table)
        for path, question in QUESTIONS.items():
            app.router.add_get(path, self._answering(question))
        return app

    @web.middleware
    async def _first(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Ask for the key, count, throttle, or be in maintenance, before anything else."""
        if not request.path.startswith("/Platform/"):
            return await handler(request)
        if request.headers.get("X-API-Key") != API_KEY:
            return _json((401, refusal(2101, "ApiInvalidOrExpiredKey", "Invalid API key.")))
        if self._too_many():
            self.throttled += 1
            body = refusal(51, "PerEndpointRequestThrottleExceeded", "Slow down.")
            return _json((429, body | {"ThrottleSeconds": 1}))
        if self.conditions.maintenance and request.path != "/Platform/Settings":
            # The stats host tells it with the status of success.
            status = 200 if "PostGameCarnageReport" in request.path else 503
            return _json((status, refusal(5, "SystemDisabled", "This system is temporarily disabled.")))
        try:
            return await handler(request)
        except ValueError:
            return _json((400, refusal(18, "InvalidParameters", "The parameters make no sense.")))

    def _too_many(self) -> bool:
        now = time.monotonic()
        self._recent.append(now)
        while self._recent[0] < now - 1:
            self._recent.popleft()
        self.busiest = max(self.busiest, len(self._recent))
        return 0 < self.conditions.rate < len(self._recent)

    async def _pgcr(self, request: web.Request) -> web.StreamResponse:
        instance_id = int(request.match_info["instance"])
        self.asked[instance_id] += 1
        fault = ""
        if self.conditions.faults and self.asked[instance_id] == 1:
            dice = self.world.dice("fault", instance_id)
            fault = dice.choices(list(FAULTS), list(FAULTS.values()))[0]
        match fault:
            case "page":
                return web.Response(
                    status=503, text="<html>Service Unavailable</html>", content_type="text/html"
                )
            case "garbage":
                return web.Response(text='{"Response": {"peri', content_type="application/json")
            case "busy" | "quiet":
                body = refusal(1672, "DestinyThrottledByGameServer", "The game is busy.")
                return _json((500 if fault == "busy" else 200, body))
            case "cut":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case _:
                return _json(self._report(instance_id + (fault == "other")))

    def _report(self, instance_id: int) -> Answer:
        there = self.conditions
        return answers.pgcr(self.world, instance_id, unlocked=there.unlocked, frontier=there.frontier)

    async def _settings(self, request: web.Request) -> web.Response:
        enabled = {"enabled": not self.conditions.maintenance}
        return _json((200, envelope({"systems": {"Destiny2": enabled, "Groups": enabled}})))

    def _answering(self, question: answers.Question) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            return _json(question(self.world, request.match_info, request.query))

        return answer

    async def _table(self, request: web.Request) -> web.Response:
        return _json((200, answers.TABLES[request.match_info["table"]]()))

    async def _hello(self, request: web.Request) -> web.Response:
        return web.Response(text="a simulated Bungie; see /control")

    async def _show(self, request: web.Request) -> web.Response:
        seen = {"asked": self.asked.total(), "throttled": self.throttled, "busiest": self.busiest}
        return _json((200, msgspec.to_builtins(self.conditions) | seen))

    async def _change(self, request: web.Request) -> web.Response:
        given = msgspec.to_builtins(self.conditions) | msgspec.json.decode(await request.read())
        self.conditions = msgspec.convert(given, Conditions)
        return await self._show(request)


class LocalBungie(HttpServer):
    """A simulated Bungie in a process of its own, with the default world of so many instances."""

    def __init__(self, directory: Path, instances: int) -> None:
        super().__init__("bungie", directory, "genjilib.local.bungie.server", "--instances", str(instances))

    def environment(self) -> dict[str, str]:
        """What the crawler and the worker read."""
        return {"BUNGIE_STATS_URL": self.url, "BUNGIE_URL": self.url, "BUNGIE_API_KEYS": API_KEY}


@asynccontextmanager
async def serving(bungie: Bungie, port: int = 0) -> AsyncGenerator[str]:
    """Serve it from this process while the block runs; yield its address."""
    runner = web.AppRunner(bungie.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _json(answer: Answer) -> web.Response:
    status, body = answer
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")


async def _serve(port: int, world: World) -> None:
    async with serving(Bungie(world), port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--instances", type=int, default=20_000)
    given = parser.parse_args()
    asyncio.run(_serve(given.port, World(instances=given.instances)))
