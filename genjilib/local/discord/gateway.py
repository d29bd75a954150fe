"""The gateway: identify, resume, heartbeats, events over a web socket, as Discord's v10 does it."""

import asyncio
import contextlib
import json
import secrets
import time
import zlib
from collections import deque

from aiohttp import WSCloseCode, WSMsgType, web

from genjilib.local.discord import wire, wire_guild
from genjilib.local.discord.constants import ALL_INTENTS, PRIVILEGED_INTENTS, Intent
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Guild, Member
from genjilib.local.discord.sessions import Session
from genjilib.local.discord.state import State

_FLAGS_OF_APPLICATION = (1 << 15) | (1 << 19)


class Close(Exception):
    """The connection is to be closed with a code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class GatewayConnection:
    """One web socket: its session once it has identified, its compression, its own send queue."""

    def __init__(self, state: State, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.state = state
        self.request = request
        self.socket = socket
        self.session: Session | None = None
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        self._queue: asyncio.Queue[Json] = asyncio.Queue()
        self._received: deque[float] = deque()
        self._last_heartbeat = time.monotonic()

    def push(self, payload: Json) -> None:
        """Send a payload, in order, without waiting."""
        self._queue.put_nowait(payload)

    def op(self, op: int, data: object = None) -> None:
        """Send something that is not an event."""
        self.push({"op": op, "d": data, "s": None, "t": None})

    async def run(self) -> None:
        """Talk until either side closes."""
        writer = asyncio.create_task(self._write(), name="gateway-writer")
        self.op(10, {"heartbeat_interval": int(self.state.limits.heartbeat * 1000)})
        try:
            await self._read()
        except Close as close:
            await self.socket.close(code=close.code, message=close.reason.encode())
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer
            self._detach()

    def cut(self) -> None:
        """Break the connection as a network does, without a word."""
        if isinstance(self.request.transport, asyncio.WriteTransport):
            self.request.transport.abort()

    async def _write(self) -> None:
        while True:
            data = json.dumps(await self._queue.get(), separators=(",", ":"))
            if self._zlib is None:
                await self.socket.send_str(data)
            else:
                packed = self._zlib.compress(data.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(packed)

    async def _read(self) -> None:
        while True:
            try:
                message = await asyncio.wait_for(self.socket.receive(), self._patience())
            except TimeoutError:
                raise Close(4009, "Session timed out.") from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            self._count()
            try:
                payload = json.loads(message.data)
                op, data = int(payload["op"]), payload.get("d")
            except (ValueError, KeyError, TypeError):
                raise Close(4002, "Error while decoding payload.") from None
            self._handle(op, data)

    def _patience(self) -> float:
        silence = time.monotonic() - self._last_heartbeat
        return max(self.state.limits.heartbeat * 1.5 - silence, 0.001)

    def _count(self) -> None:
        now = time.monotonic()
        self._received.append(now)
        while self._received[0] < now - self.state.limits.gateway_window:
            self._received.popleft()
        if len(self._received) > self.state.limits.gateway_sends:
            raise Close(4008, "Rate limited.")

    def _handle(self, op: int, data: Json) -> None:
        if op == 1:
            self._last_heartbeat = time.monotonic()
            if not self.state.faults.deaf:
                self.op(11)
        elif op == 2:
            self._identify(data)
        elif op == 6:
            self._resume(data)
        elif op in (3, 4, 8):
            if self.session is None:
                raise Close(4003, "Not authenticated.")
            if op == 8:
                self._request_members(self.session, data)
        else:
            raise Close(4001, "Unknown opcode.")

    def _identify(self, data: Json) -> None:
        if self.session is not None:
            raise Close(4005, "Already authenticated.")
        self._check_token(data)
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            raise Close(4010, "Invalid shard.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~ALL_INTENTS:
            raise Close(4013, "Invalid intent(s).")
        if intents & PRIVILEGED_INTENTS and not self.state.world.application.privileged:
            raise Close(4014, "Disallowed intent(s).")
        self.state.drop_stale()
        if self.state.identified_too_soon(number):
            self.op(9, data=False)
            return
        bot_id = str(self.state.world.bot.id)
        session = Session(secrets.token_hex(16), (number, count), intents, bot_id)
        self.state.sessions[session.id] = session
        self._attach(session)
        self._greet(session)

    def _greet(self, session: Session) -> None:
        world = self.state.world
        guilds = [guild for guild in world.guilds.values() if session.has_guild(guild.id)]
        ready: Json = {
            "v": 10,
            "user": wire.own_user(world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.state.gateway_url,
            "shard": list(session.shard),
            "application": {"id": str(world.application.id), "flags": _FLAGS_OF_APPLICATION},
            "private_channels": [],
            "relationships": [],
            "user_settings": {},
        }
        session.send("READY", ready)
        for guild in guilds:
            if session.intents & Intent.GUILDS:
                session.send("GUILD_CREATE", wire_guild.guild_create(guild, world))

    def _resume(self, data: Json) -> None:
        self._check_token(data)
        self.state.drop_stale()
        session = self.state.sessions.get(str(data.get("session_id")))
        missed = session.missed(int(data.get("seq") or 0)) if session else None
        if session is None or missed is None:
            self.op(9, data=False)
            return
        self._attach(session)
        for payload in missed:
            self.push(payload)
        session.send("RESUMED", {})

    def _check_token(self, data: Json) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self.state.world.application.token:
            raise Close(4004, "Authentication failed.")

    def _attach(self, session: Session) -> None:
        self.session = session
        session.connection, session.lost_at = self, None
        self.state.bell.ring()

    def _detach(self) -> None:
        session = self.session
        if session is None or session.connection is not self:
            return
        session.connection, session.lost_at = None, time.monotonic()
        if self.socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY):
            self.state.sessions.pop(session.id, None)
        self.state.bell.ring()

    def _request_members(self, session: Session, data: Json) -> None:
        guild = self.state.world.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        found, missing = _members(guild, data)
        parts = [found[start : start + 1000] for start in range(0, len(found), 1000)] or [[]]
        for index, part in enumerate(parts):
            chunk: Json = {
                "guild_id": str(guild.id),
                "members": [wire.member(member) for member in part],
                "chunk_index": index,
                "chunk_count": len(parts),
                "not_found": missing,
            }
            if data.get("nonce"):
                chunk["nonce"] = data["nonce"]
            session.send("GUILD_MEMBERS_CHUNK", chunk)


def _members(guild: Guild, data: Json) -> tuple[list[Member], list[str]]:
    if data.get("user_ids"):
        wanted = [str(one) for one in data["user_ids"]]
        found = [guild.members[int(one)] for one in wanted if int(one) in guild.members]
        return found, [one for one in wanted if int(one) not in guild.members]
    query = str(data.get("query") or "").casefold()
    named = [m for m in guild.members.values() if (m.nick or m.user.name).casefold().startswith(query)]
    return named[: int(data.get("limit") or 0) or None], []


async def connect(state: State, request: web.Request) -> web.StreamResponse:
    """Serve one client's web socket."""
    socket = web.WebSocketResponse(compress=False, max_msg_size=4096 * 4, autoping=True)
    await socket.prepare(request)
    if request.query.get("v") not in ("9", "10") or request.query.get("encoding", "json") != "json":
        await socket.close(code=4012, message=b"Invalid API version.")
        return socket
    await GatewayConnection(state, socket, request).run()
    return socket
