"""The control side: actions of people and of the simulation itself, over HTTP and in process."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from genjilib.local.discord import guilds, onlooker, people, permissions, standard, wire, wire_guild
from genjilib.local.discord.constants import Permission
from genjilib.local.discord.errors import ApiError
from genjilib.local.discord.faults import Fault
from genjilib.local.discord.gateway import GatewayConnection
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Channel, Message
from genjilib.local.discord.options import Wrong
from genjilib.local.discord.people import NoResponse, TimedOut
from genjilib.local.discord.rest import answer
from genjilib.local.discord.state import State

Outage = Callable[[float, bool], Awaitable[None]]


class Control:
    """Does actions by name, for a driver in this process and for those over HTTP."""

    def __init__(self, state: State, outage: Outage) -> None:
        self.state = state
        self._outage = outage
        self._own: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "world": self._world,
            "new_user": self._new_user,
            "change_user": self._change_user,
            "history": self._history,
            "next_message": self._next_message,
            "rings": self._rings,
            "threads": self._threads,
            "wait_for_bot": self._wait_for_bot,
            "fault": self._fault,
            "outage": self._go_away,
            "heal": self._heal,
            "gateway": self._gateway,
            "view": self._view,
        }

    async def __call__(self, action: str, body: Json) -> Json:
        """Do one action; Wrong, NoResponse, TimedOut or ApiError say why not."""
        if action in self._own:
            return await self._own[action](body)
        if action not in people.actions:
            raise Wrong(f"There is no action {action!r}.")
        try:
            who = self.state.world.find_user(str(body["user"]))
        except KeyError as error:
            raise Wrong(error.args[0]) from None
        return await people.actions[action](self.state, who, body)

    async def serve(self, request: web.Request) -> web.Response:
        """POST /_control/{action} with a JSON body."""
        try:
            body: Json = await request.json() if request.can_read_body else {}
            return answer(await self(request.match_info["action"], body))
        except (Wrong, NoResponse, TimedOut, ApiError) as error:
            return answer({"error": type(error).__name__, "message": str(error)}, 422)
        except (KeyError, ValueError, TypeError) as error:
            return answer({"error": "Wrong", "message": f"Bad request: {error!r}"}, 422)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /_control/events: server-sent events naming what happened and in which channel."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[Json] = asyncio.Queue()

        def watch(event: str, data: Json) -> None:
            queue.put_nowait({"event": event, "channel": data.get("channel_id") or data.get("id")})

        self.state.watchers.add(watch)
        try:
            while True:
                await response.write(f"data: {json.dumps(await _next(queue))}\n\n".encode())
        except (ConnectionError, asyncio.CancelledError):
            return response
        finally:
            self.state.watchers.discard(watch)

    async def _world(self, body: Json) -> Json:
        return {
            **self.state.world.describe(),
            "api_url": self.state.rest_url,
            "gateway_url": self.state.gateway_url,
        }

    async def _new_user(self, body: Json) -> Json:
        world = self.state.world
        user = standard.add_person(world, str(body["name"]), member=False)
        user.locale = str(body.get("locale") or user.locale)
        if body.get("member", True):
            member = guilds.join(self.state, world.guild, user)
            if body.get("roles"):
                member.roles = {world.role_id(str(name)) for name in body["roles"]}
                guilds.member_changed(self.state, world.guild, member)
        return wire.user(user)

    async def _change_user(self, body: Json) -> Json:
        world = self.state.world
        user = world.find_user(str(body["name"]))
        user.display_name = body.get("display_name", user.display_name)
        user.locale = str(body.get("locale") or user.locale)
        user.dms_open = bool(body.get("dms_open", user.dms_open))
        member = world.guild.members.get(user.id)
        if member is not None:
            member.nick = body.get("nick", member.nick)
            if "roles" in body:
                member.roles = {world.role_id(str(name)) for name in body["roles"]}
            guilds.member_changed(self.state, world.guild, member)
        return wire.user(user)

    async def _history(self, body: Json) -> Json:
        found = self._public(self._channel(body["channel"]))[-int(body.get("limit") or 50) :]
        shown = [onlooker.seen(self.state, one) for one in found]
        return {"messages": shown, "rings": self.state.bell.rings}

    async def _rings(self, body: Json) -> Json:
        after, bell = int(body["after"]), self.state.bell
        await bell.until(lambda: True if bell.rings > after else None, float(body["within"]))
        return {"rings": bell.rings}

    async def _next_message(self, body: Json) -> Json:
        channel, after = self._channel(body["channel"]), int(body.get("after") or 0)
        within = float(body.get("within") or people.WITHIN)

        def look() -> Message | None:
            return next((one for one in self._public(channel) if one.id > after and not one.loading), None)

        found = await self.state.bell.until(look, within)
        if found is None:
            raise TimedOut(f"No further message came in #{channel.name} within {within:g} s.")
        return onlooker.seen(self.state, found)

    async def _threads(self, body: Json) -> Json:
        channel = self._channel(body["channel"])
        tags = {tag.id: tag.name for tag in channel.tags}
        found = [one for one in self.state.world.channels() if one.parent_id == channel.id and one.thread]
        named = [
            {**wire.thread(one), "tags": [tags[tag] for tag in one.thread.tags if tag in tags]}
            for one in found
            if one.thread
        ]
        return {"threads": named}

    async def _wait_for_bot(self, body: Json) -> Json:
        def look() -> bool | None:
            return True if any(session.connection for session in self.state.sessions.values()) else None

        if await self.state.bell.until(look, float(body.get("within") or 30.0)) is None:
            raise TimedOut("No bot connected.")
        return {}

    async def _fault(self, body: Json) -> Json:
        fault = self.state.faults.add(Fault(**body))
        return {"kind": fault.kind}

    async def _go_away(self, body: Json) -> Json:
        await self._outage(float(body["seconds"]), bool(body.get("refuse", True)))
        return {}

    async def _heal(self, body: Json) -> Json:
        self.state.faults.clear()
        await self._outage(0.0, True)
        return {}

    async def _gateway(self, body: Json) -> Json:
        what = str(body["what"])
        if what == "deaf":
            self.state.faults.deaf = True
            return {}
        for session in list(self.state.sessions.values()):
            connection = session.connection
            if not isinstance(connection, GatewayConnection):
                continue
            if what == "cut":
                connection.cut()
            elif what == "reconnect":
                connection.op(7)
            else:
                if what == "invalidate":
                    del self.state.sessions[session.id]
                connection.op(9, data=what == "invalidate_resumable")
        return {}

    async def _view(self, body: Json) -> Json:
        world = self.state.world
        who = world.find_user(str(body["user"]))
        places = [
            one for one in world.channels() if permissions.may(world, one, who.id, Permission.VIEW_CHANNEL)
        ]
        return {
            "me": wire.user(who),
            "guild": world.guild.name,
            "bot": {
                **wire.user(world.bot),
                "connected": any(s.connection for s in self.state.sessions.values()),
            },
            "users": [self._person(one.id) for one in world.users.values()],
            "roles": [wire.role(one) for one in world.guild.roles.values()],
            "channels": [
                {**wire.channel(world, one), "writable": self._writable(one, who.id)} for one in places
            ],
            "commands": [wire_guild.command(world, one) for one in world.commands.values()],
            "faults": [dataclasses.asdict(one) for one in self.state.faults.active],
        }

    def _person(self, user_id: int) -> Json:
        world = self.state.world
        member = world.guild.members.get(user_id)
        roles = [str(role) for role in member.roles] if member else []
        return {**wire.user(world.users[user_id]), "roles": roles, "member": member is not None}

    def _writable(self, channel: Channel, user_id: int) -> bool:
        return permissions.may(self.state.world, channel, user_id, permissions.sending(channel))

    def _channel(self, which: Any) -> Channel:
        try:
            if str(which).startswith("@"):
                return self.state.world.dm_with(self.state.world.find_user(str(which)[1:]).id)
            return self.state.world.find_channel(which)
        except KeyError as error:
            raise Wrong(error.args[0]) from None

    def _public(self, channel: Channel) -> list[Message]:
        return [one for one in channel.messages.values() if one.ephemeral_to is None]


async def _next(queue: asyncio.Queue[Json]) -> Json:
    try:
        return await asyncio.wait_for(queue.get(), 15)
    except TimeoutError:
        return {"event": "STILL_HERE"}
