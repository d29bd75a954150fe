"""A gateway session: what it listens to, and what it missed while its connection was gone."""

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from genjilib.local.discord.constants import Intent
from genjilib.local.discord.jsons import Json

MESSAGE_EVENTS = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


class Connection(Protocol):
    """Where a session's payloads go while it is connected."""

    def push(self, payload: Json) -> None:
        """Send a payload, in order, without waiting."""
        ...


@dataclass(slots=True)
class Session:
    """What IDENTIFY began and RESUME continues; keeps the last thousand events."""

    id: str
    shard: tuple[int, int]
    intents: int
    bot_id: str
    seq: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque[Json](maxlen=1000))
    connection: Connection | None = None
    lost_at: float | None = None

    def has_guild(self, guild_id: int | None) -> bool:
        """Whether events of this guild belong here; direct messages belong to shard 0."""
        number, count = self.shard
        return (0 if guild_id is None else (guild_id >> 22) % count) == number

    def send(self, event: str, data: Json) -> None:
        """Number an event, keep it for a resume, send it if connected."""
        self.seq += 1
        if event in MESSAGE_EVENTS:
            data = self._without_content(data)
        payload: Json = {"op": 0, "s": self.seq, "t": event, "d": data}
        self.sent.append(payload)
        if self.connection:
            self.connection.push(payload)

    def missed(self, seq: int) -> list[Json] | None:
        """Events after `seq`; None if they are no longer all kept or never were."""
        oldest = self.sent[0]["s"] if self.sent else self.seq + 1
        if seq > self.seq or seq < oldest - 1:
            return None
        return [payload for payload in self.sent if payload["s"] > seq]

    def _without_content(self, data: Json) -> Json:
        if self.intents & Intent.MESSAGE_CONTENT or "guild_id" not in data:
            return data
        mentioned = any(user["id"] == self.bot_id for user in data["mentions"])
        if mentioned or data["author"]["id"] == self.bot_id:
            return data
        return {**data, "content": "", "embeds": [], "attachments": [], "components": []}
