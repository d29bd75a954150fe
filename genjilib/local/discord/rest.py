"""One REST request from its address to its answer: faults, token, rate limits, handler, errors."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from genjilib.core.log import get_logger
from genjilib.local.discord import permissions, uploads
from genjilib.local.discord.constants import Permission
from genjilib.local.discord.errors import ApiError, Form, missing_access, missing_permissions, unknown
from genjilib.local.discord.faults import Fault
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Channel, Guild, Member, Message
from genjilib.local.discord.ratelimit import RateLimits, Verdict
from genjilib.local.discord.state import State
from genjilib.local.discord.uploads import Upload


@dataclass(slots=True)
class Call:
    """One request as a handler sees it."""

    state: State
    request: web.Request
    body: Json = field(default_factory=dict[str, Any])
    files: list[Upload] = field(default_factory=list[Upload])

    def id(self, name: str) -> int:
        """An id of the address; anything else than digits is an invalid form."""
        value = self.request.match_info[name]
        if value == "@me":
            return self.state.world.bot.id
        if not value.isdigit():
            form = Form()
            form.add((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
            form.refuse()
        return int(value)

    def text(self, name: str) -> str:
        """A text of the address."""
        return self.request.match_info[name]

    def number(self, name: str, otherwise: int, most: int) -> int:
        """A number of the query, within 1 and `most`."""
        return max(1, min(int(self.request.query.get(name) or otherwise), most))

    def channel(self, needs: int = 0) -> Channel:
        """The addressed channel, if the bot sees it and may do what `needs` says."""
        channel = self.state.world.channel(self.id("channel_id"))
        if channel is None:
            raise unknown("Channel")
        self.need(channel, needs)
        return channel

    def need(self, channel: Channel, needs: int = 0) -> None:
        """Refuse with Missing Access or Missing Permissions what the bot may not."""
        world = self.state.world
        if not permissions.may(world, channel, world.bot.id, Permission.VIEW_CHANNEL):
            raise missing_access()
        if needs and not permissions.may(world, channel, world.bot.id, needs):
            raise missing_permissions()

    def message(self, channel: Channel, name: str = "message_id") -> Message:
        """The addressed message; ephemeral ones exist only for their token."""
        found = channel.messages.get(self.id(name))
        if found is None or found.ephemeral_to is not None:
            raise unknown("Message")
        return found

    def guild(self, needs: int = 0) -> Guild:
        """The addressed guild, if the bot is in it and may do what `needs` says."""
        guild = self.state.world.guilds.get(self.id("guild_id"))
        if guild is None:
            raise unknown("Guild")
        me = guild.members.get(self.state.world.bot.id)
        if me is None:
            raise missing_access()
        if permissions.in_guild(guild, me) & needs != needs:
            raise missing_permissions()
        return guild

    def member(self, guild: Guild) -> Member:
        """The addressed member."""
        user_id = self.id("user_id")
        if user_id not in guild.members:
            raise unknown("Member") if user_id in self.state.world.users else unknown("User")
        return guild.members[user_id]


_log = get_logger(__name__)

Handler = Callable[[Call], Any | Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and an address template, who handles it, whether the bot's token is needed."""

    method: str
    path: str
    handler: Handler
    token: bool = True

    @property
    def name(self) -> str:
        """How rate limits know it."""
        return f"{self.method} {self.path}"


def add(app: web.Application, base: str, state: State, routes: list[Route]) -> None:
    """Serve routes under a base path."""
    limits = RateLimits(state.limits.rest_window)
    for route in routes:
        app.router.add_route(route.method, base + route.path, _served(state, limits, route))


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON exactly as Discord labels it: discord.py takes any other content type for text."""
    if data is None:
        return web.Response(status=204, headers=headers)
    body = json.dumps(data, separators=(",", ":")).encode()
    # The header, not `content_type`: that one would add a charset.
    return web.Response(
        body=body, status=status, headers={"Content-Type": "application/json", **(headers or {})}
    )


def _served(
    state: State, limits: RateLimits, route: Route
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        path = request.path.split("/", 3)[3]
        faults = state.faults.hit(f"{request.method} /{path}")
        struck = await _strike(faults)
        if struck is not None:
            return struck
        verdict = limits.check(route.name, dict(request.match_info), counted=route.token)
        if not verdict.allowed:
            return too_many(verdict)
        response = await _handle(state, route, request)
        response.headers.update(verdict.headers)
        if any(fault.kind == "lost_reply" for fault in faults):
            _cut(request)
        return response

    return serve


async def _strike(faults: list[Fault]) -> web.Response | None:
    for fault in faults:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "rate_limit":
            scope = {"X-RateLimit-Scope": "global" if fault.everywhere else "shared"}
            return too_many(Verdict(False, scope, fault.seconds, fault.everywhere))
        elif fault.kind == "error":
            return answer({"message": f"{fault.status}: Internal Server Error", "code": 0}, fault.status)
    return None


def too_many(verdict: Verdict) -> web.Response:
    """429 as Discord answers it; without `Via` discord.py takes it for a ban by the edge and gives up."""
    body: Json = {
        "message": "You are being rate limited.",
        "retry_after": round(verdict.retry_after, 3),
        "global": verdict.everywhere,
    }
    headers = {"Via": "1.1 simulated", "Retry-After": str(max(1, round(verdict.retry_after)))}
    return answer(body, 429, {**verdict.headers, **headers})


async def _handle(state: State, route: Route, request: web.Request) -> web.Response:
    try:
        expected = f"Bot {state.world.application.token}"
        if route.token and request.headers.get("Authorization") != expected:
            raise ApiError(401, 0, "401: Unauthorized")
        body, files = await uploads.read(request)
        result = route.handler(Call(state, request, body, files))
        return answer(await result if asyncio.iscoroutine(result) else result)
    except ApiError as error:
        return answer(error.body, error.status)
    except Exception:
        _log.exception("simulation-failed", route=route.name)
        state.crashes.append(route.name)
        return answer({"message": "500: Internal Server Error", "code": 0}, 500)


def _cut(request: web.Request) -> None:
    if isinstance(request.transport, asyncio.WriteTransport):
        request.transport.abort()
