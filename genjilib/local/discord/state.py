"""One running simulation: the world, who is connected to it, what is under way, and what is wrong with it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from genjilib.local.discord import permissions, wire
from genjilib.local.discord.constants import Intent, Permission
from genjilib.local.discord.faults import Faults
from genjilib.local.discord.interactions import Interaction
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Channel, Guild, Message
from genjilib.local.discord.sessions import Session
from genjilib.local.discord.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """Discord's times in seconds and counts; `scaled` makes every time shorter or longer."""

    answer_within: float = 3.0
    token_life: float = 900.0
    heartbeat: float = 41.25
    resume_window: float = 120.0
    identify_gap: float = 0.0
    gateway_window: float = 60.0
    gateway_sends: int = 120
    shards: int = 1
    """What /gateway/bot recommends."""
    rest_window: float = 1.0
    """Factor on every REST window; Discord's own is 1, tests that post a lot want 0.02."""

    def scaled(self, factor: float) -> "Limits":
        """The same with every time multiplied."""
        return replace(
            self,
            answer_within=self.answer_within * factor,
            token_life=self.token_life * factor,
            heartbeat=self.heartbeat * factor,
            resume_window=self.resume_window * factor,
            identify_gap=self.identify_gap * factor,
            gateway_window=self.gateway_window * factor,
            rest_window=self.rest_window * factor,
        )


class Bell:
    """Rings when anything changes, so that waiting needs no polling."""

    def __init__(self) -> None:
        self.rings = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all who wait."""
        self.rings += 1
        waiting, self._waiting = self._waiting, set()
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def until(self, look: Callable[[], T | None], within: float) -> T | None:
        """What `look` finds, looked for again at each change; None after `within` seconds."""
        deadline = time.monotonic() + within
        while (found := look()) is None:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            rung = asyncio.get_running_loop().create_future()
            self._waiting.add(rung)
            await asyncio.wait([rung], timeout=remaining)
            self._waiting.discard(rung)
        return found


class State:
    """The simulation's heart: REST, gateway and people all act on it."""

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        self.world = world
        self.limits = limits or Limits()
        self.faults = Faults()
        self.bell = Bell()
        self.sessions: dict[str, Session] = {}
        self.interactions: dict[int, Interaction] = {}
        self.crashes: list[str] = []
        """Routes whose handler failed: faults of the simulation itself, for tests to look at."""
        self.rest_url = ""
        self.gateway_url = ""
        self._identified: dict[int, float] = {}
        self.watchers: set[Callable[[str, Json], None]] = set()

    def dispatch(self, event: str, data: Json, intent: int = 0, *, guild_id: int | None = None) -> None:
        """Send an event to the sessions that asked for it, on the shard of its guild."""
        for session in list(self.sessions.values()):
            if session.has_guild(guild_id) and (not intent or session.intents & intent):
                session.send(event, data)
        self._notice(event, data)

    def dispatch_in(
        self, channel: Channel, event: str, data: Json, guild_intent: int, dm_intent: int = 0
    ) -> None:
        """Send what happened in a channel, if the bot sees it."""
        if not permissions.may(self.world, channel, self.world.bot.id, Permission.VIEW_CHANNEL):
            self._notice(event, data)
            return
        if channel.guild_id is None:
            self.dispatch(event, data, dm_intent or guild_intent)
        else:
            self.dispatch(
                event, {**data, "guild_id": str(channel.guild_id)}, guild_intent, guild_id=channel.guild_id
            )

    def dispatch_message(self, event: str, channel: Channel, message: Message) -> None:
        """Send MESSAGE_CREATE or MESSAGE_UPDATE; ephemeral ones reach nobody but their reader."""
        data = wire.message(self.world, message)
        guild = self.world.guild_of(channel)
        if guild and not message.webhook_id and message.author_id in guild.members:
            data["member"] = wire.member(guild.members[message.author_id], with_user=False)
        if message.ephemeral_to is not None:
            self._notice(event, data)
            return
        self.dispatch_in(channel, event, data, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES)

    def dispatch_guild(self, guild: Guild, event: str, data: Json, intent: int = Intent.GUILDS) -> None:
        """Send what happened to a guild."""
        self.dispatch(event, {"guild_id": str(guild.id), **data}, intent, guild_id=guild.id)

    def _notice(self, event: str, data: Json) -> None:
        for watcher in list(self.watchers):
            watcher(event, data)
        self.bell.ring()

    def identified_too_soon(self, shard: int) -> bool:
        """Whether this shard identified a moment ago; notes that it does so now."""
        now = time.monotonic()
        too_soon = now - self._identified.get(shard, float("-inf")) < self.limits.identify_gap
        if not too_soon:
            self._identified[shard] = now
        return too_soon

    def drop_stale(self) -> None:
        """Forget sessions that can no longer be resumed and interactions whose token is long dead."""
        now = time.monotonic()
        for session in list(self.sessions.values()):
            if session.lost_at is not None and now - session.lost_at > self.limits.resume_window:
                del self.sessions[session.id]
        for interaction in list(islice(self.interactions.values(), 2)):
            # Oldest first, and two for each that begins: never many at once, never more than live.
            if now - interaction.began > 2 * self.limits.token_life:
                del self.interactions[interaction.id]
