"""Playtests as routes and events speak of them."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from genjilib.core.events import Event
from genjilib.core.values import Difficulty, Snowflake, UserId

VOTES_NEEDED: Final[dict[str, int]] = {
    "Easy": 5,
    "Medium": 5,
    "Hard": 5,
    "Very Hard": 3,
    "Extreme": 2,
    "Hell": 1,
}
"""How many votes a playtest should have before it is decided; fewer people can finish a hard map."""

Reason = Annotated[str, Meta(max_length=1000)]


class PlaytestThreadAssociateRequest(Struct):
    """Which Discord thread a playtest got."""

    playtest_id: int
    thread_id: Snowflake


class PlaytestPatchRequest(Struct):
    """Fields of a playtest to change; what is left out stays.

    The ``thread_creation_*`` fields are the contract's; they are taken and not kept, since the job of a
    playtest tells how far its thread is.
    """

    thread_id: Snowflake | UnsetType = UNSET
    verification_id: Snowflake | UnsetType = UNSET
    completed: bool | UnsetType = UNSET
    thread_creation_status: Literal["pending", "processing", "success", "failed"] | UnsetType = UNSET
    thread_creation_failure_reason: Annotated[str, Meta(max_length=1000)] | UnsetType | None = UNSET
    thread_creation_last_attempt_at: datetime | UnsetType = UNSET


class PlaytestVote(Struct):
    """A player's opinion of a map's difficulty, on the scale from 0 to 10."""

    difficulty: Annotated[float, Meta(ge=0, le=10)]


class PlaytestVoteWithUser(Struct):
    """A vote and whose it is."""

    user_id: int
    name: str
    difficulty: float


class PlaytestVotesResponse(Struct):
    """The votes of a playtest in the order they came, and their average to two decimals, 0 without votes."""

    votes: list[PlaytestVoteWithUser]
    average: float | None


class PlaytestApproveRequest(Struct):
    """A moderator's decision to accept a map with the average of the votes."""

    verifier_id: UserId


class PlaytestForceAcceptRequest(Struct):
    """A moderator's decision to accept a map with a difficulty, whatever the votes say."""

    difficulty: Difficulty
    verifier_id: UserId


class PlaytestForceDenyRequest(Struct):
    """A moderator's decision to reject a map."""

    verifier_id: UserId
    reason: Reason


class PlaytestResetRequest(Struct):
    """A moderator's decision to start a playtest over, and what shall not outlive that."""

    verifier_id: UserId
    reason: Reason
    remove_votes: bool
    remove_completions: bool


class InThread(Struct, frozen=True, kw_only=True):
    """What the events of a playtest share: the thread they happen in, whose messages keep their order."""

    thread_id: int

    def order_key(self) -> str:
        """Keep one thread's messages in order."""
        return f"thread:{self.thread_id}"


class PlaytestVoteCastEvent(InThread, Event, frozen=True, kw_only=True):
    """A player voted, or changed their vote."""

    queue: ClassVar[str] = "api.playtest.vote.cast"
    voter_id: int
    difficulty_value: float


class PlaytestVoteRemovedEvent(InThread, Event, frozen=True, kw_only=True):
    """A player's vote was taken back."""

    queue: ClassVar[str] = "api.playtest.vote.remove"
    voter_id: int


class PlaytestApprovedEvent(InThread, Event, frozen=True, kw_only=True):
    """A map was accepted with the average of its votes; its thread is to be closed."""

    queue: ClassVar[str] = "api.playtest.approve"
    verifier_id: int
    difficulty: Difficulty
    primary_creator_id: int
    code: str


class PlaytestForceAcceptedEvent(InThread, Event, frozen=True, kw_only=True):
    """A moderator accepted a map; its thread is to be closed."""

    queue: ClassVar[str] = "api.playtest.force_accept"
    difficulty: Difficulty
    verifier_id: int


class PlaytestForceDeniedEvent(InThread, Event, frozen=True, kw_only=True):
    """A map was rejected; its thread is to be closed."""

    queue: ClassVar[str] = "api.playtest.force_deny"
    verifier_id: int
    reason: str


class PlaytestResetEvent(InThread, Event, frozen=True, kw_only=True):
    """A playtest started over; its thread is to say so."""

    queue: ClassVar[str] = "api.playtest.reset"
    verifier_id: int
    reason: str
    remove_votes: bool
    remove_completions: bool
