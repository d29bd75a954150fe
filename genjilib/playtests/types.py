"""Playtests as routes and events speak of them."""

from typing import ClassVar

from msgspec import Struct

from genjilib.core.events import Event
from genjilib.core.values import Difficulty, Snowflake, UserId


class PlaytestThreadAssociateRequest(Struct):
    """Which Discord thread a playtest got."""

    playtest_id: int
    thread_id: Snowflake


class PlaytestForceAcceptRequest(Struct):
    """A moderator's decision to accept a map with a difficulty, whatever the votes say."""

    difficulty: Difficulty
    verifier_id: UserId


class PlaytestForceAcceptedEvent(Event, frozen=True, kw_only=True):
    """A moderator accepted a map; its thread is to be closed and its creators told."""

    queue: ClassVar[str] = "api.playtest.force_accept"
    difficulty: Difficulty
    verifier_id: int
    thread_id: int

    def order_key(self) -> str:
        """Keep one thread's messages in order."""
        return f"thread:{self.thread_id}"
