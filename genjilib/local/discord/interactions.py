"""What a person began with a bot, and what has come of it."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from genjilib.local.discord.constants import CallbackType
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Message


@dataclass(slots=True)
class Interaction:
    """One press, command or form on its way; `effects` counts all the person could notice."""

    id: int
    token: str
    kind: int
    user_id: int
    channel_id: int
    data: Json
    source: Message | None = None
    parent: "Interaction | None" = None
    began: float = field(default_factory=time.monotonic)
    callback: int | None = None
    answered_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    original: Message | None = None
    messages: list[Message] = field(default_factory=list[Message])
    choices: list[Json] | None = None
    modal: Json | None = None
    updated: Message | None = None
    deleted: bool = False
    effects: int = 0

    @property
    def pending(self) -> bool:
        """Whether the person still waits for something to show."""
        if self.callback is None:
            return True
        if self.callback == CallbackType.DEFERRED_MESSAGE:
            return not self.deleted and self.original is not None and self.original.loading
        return self.callback == CallbackType.DEFERRED_UPDATE and self.effects == 0

    def noticed(self) -> None:
        """Count one more visible effect."""
        self.effects += 1
