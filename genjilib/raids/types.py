"""What a report says once the rules were applied, and what happens around it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, ClassVar, Final, Literal

import msgspec
from msgspec import Meta

from genjilib.core.events import Event
from genjilib.web.paging import Page


class Weapon(msgspec.Struct, frozen=True, gc=False):
    """Kills of one character with one weapon."""

    weapon_hash: int
    kills: int
    precision_kills: int


class Character(msgspec.Struct, frozen=True, gc=False):
    """One character's part in an instance; seconds count from the start of the instance."""

    character_id: int
    class_hash: int | None
    emblem_hash: int | None
    completed: bool
    score: int
    kills: int
    assists: int
    deaths: int
    precision_kills: int
    super_kills: int
    grenade_kills: int
    melee_kills: int
    time_played_seconds: int
    start_seconds: int
    weapons: tuple[Weapon, ...]


class Player(msgspec.Struct, frozen=True, gc=False):
    """One person's part in an instance, over all characters; ``finished`` means a clear of this person."""

    membership_id: int
    membership_type: int | None
    icon_path: str | None
    display_name: str | None
    bungie_global_display_name: str | None
    bungie_global_display_name_code: str | None
    first_seen: datetime
    last_seen: datetime
    finished: bool
    time_played_seconds: int
    characters: tuple[Character, ...]


class Instance(msgspec.Struct, frozen=True, gc=False):
    """A raid as it was played; ``fresh`` and ``flawless`` are ``None`` where the report cannot tell."""

    instance_id: int
    hash: int
    platform_type: int
    date_started: datetime
    date_completed: datetime
    duration: int
    score: int
    completed: bool
    fresh: bool | None
    flawless: bool | None
    skull_hashes: tuple[int, ...]
    players: tuple[Player, ...]

    @property
    def player_count(self) -> int:
        """How many people took part, however many characters they used."""
        return len(self.players)

    @property
    def lowman(self) -> bool:
        """Whether it was completed by at most three people."""
        return self.completed and self.player_count <= LOWMAN


class NonRaid(msgspec.Struct, frozen=True, gc=False):
    """Another mode; it only tells the crawler how far behind the present it is."""

    instance_id: int
    date_completed: datetime


LOWMAN = 3
"""The largest team that counts as few."""


def in_parts(instance_ids: Sequence[int]) -> list[tuple[int, ...]]:
    """Return ids in parts that one message carries: at most a hundred, so that one read has 8,000 rows."""
    return [tuple(instance_ids[n : n + _PART]) for n in range(0, len(instance_ids), _PART)]


_PART: Final = 100


Id = Annotated[str, Meta(pattern=r"^[0-9]{1,19}\Z", examples=["4611686018400000001"])]
"""An id as it stands in bodies: a text, too long for numbers of JavaScript."""
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class PlayersRequest(msgspec.Struct, frozen=True):
    """Whom somebody wants to know about."""

    membership_ids: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=12)]


class Culprit(msgspec.Struct, frozen=True):
    """Somebody whose doing it is that an instance does not count."""

    membership_id: Id
    reason: Reason


class BlacklistRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Why an instance does not count; ``report_id`` is a player's report that says so, if there is one."""

    reason: Reason
    report_id: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    players: Annotated[tuple[Culprit, ...], Meta(max_length=100)] = ()


class StandingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What changes about a player: level 0 (none) to 4 (blacklisted); what is left out stays."""

    cheat_level: Annotated[int, Meta(ge=0, le=4)] | None = None
    is_whitelisted: bool | None = None


Category = Literal["clears", "freshClears", "sherpas", "speedrun", "powerRankings"]
RaidCategory = Literal["clears", "freshClears", "sherpas", "timePlayed"]
PantheonCategory = Literal["clears", "freshClears", "score"]
ClanColumn = Literal[
    "weightedContestScore",
    "totalContestScore",
    "clears",
    "averageClears",
    "freshClears",
    "averageFreshClears",
    "sherpas",
    "averageSherpas",
    "timePlayed",
    "averageTimePlayed",
]


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How the names of wanted players begin; without ``count`` twenty are returned."""

    query: Annotated[str, Meta(min_length=1, max_length=40)]
    count: Annotated[int, Meta(ge=1, le=50)] = 20
    membership_type: Annotated[int, Meta(ge=1, le=6)] | msgspec.UnsetType = msgspec.UNSET


class ClansQuery(Page, frozen=True, kw_only=True):
    """Which page of the clans to return, in the order of which column."""

    page_size: Annotated[int, Meta(ge=10, le=100)] = 50
    column: ClanColumn = "weightedContestScore"


class BoardQuery(Page, frozen=True, kw_only=True):
    """Which page of a leaderboard to return; with ``search`` the one where that player stands."""

    page_size: Annotated[int, Meta(ge=10, le=100)] = 50
    search: Annotated[int, Meta(ge=1, le=2**63 - 1)] | msgspec.UnsetType = msgspec.UNSET


class WeaponsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How many weapons to return, those that most characters used or that killed most."""

    sort: Literal["kills", "usage"] = "kills"
    count: Annotated[int, Meta(ge=1, le=100)] = 25


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How many instances to return, and before which."""

    count: Annotated[int, Meta(ge=10, le=5000)] = 2000
    before: Annotated[int, Meta(ge=1)] = 2**63 - 1


Least = Annotated[int, Meta(ge=0, le=2**31 - 1)] | None


class InstancesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a player's instances to return: those to which everything given applies.

    ``member`` is somebody who took part as well and may be given up to six times; ``completed`` tells whether
    the player finished; ends of ranges belong to them, but for the day ``until``, UTC.
    """

    count: Annotated[int, Meta(ge=1, le=100)] = 50
    before: Annotated[int, Meta(ge=1)] = 2**63 - 1
    member: Annotated[list[Annotated[int, Meta(ge=1, le=2**63 - 1)]], Meta(max_length=6)] = []
    activity_id: Least = None
    version_id: Least = None
    completed: bool | None = None
    fresh: bool | None = None
    flawless: bool | None = None
    min_players: Least = None
    max_players: Least = None
    min_seconds: Least = None
    max_seconds: Least = None
    min_season: Least = None
    max_season: Least = None
    since: date | None = None
    until: date | None = None


class ReportBlockedEvent(Event, frozen=True, kw_only=True):
    """Bungie has a report and does not show it yet."""

    queue: ClassVar[str] = "raid.pgcr.blocked"
    instance_id: int


class ReportWantedEvent(Event, frozen=True, kw_only=True):
    """Somebody's history names an instance that is not stored."""

    queue: ClassVar[str] = "raid.pgcr.exists"
    instance_id: int


class ReportFoundEvent(Event, frozen=True, kw_only=True):
    """A wanted report is here; ``report`` is it, compressed by gzip."""

    queue: ClassVar[str] = "raid.pgcr.store"
    instance_id: int
    report: bytes


class PlayerWantedEvent(Event, frozen=True, kw_only=True):
    """Bungie is to be asked about a player: a new face in a raid, or one of an unknown platform."""

    queue: ClassVar[str] = "raid.player.crawl"
    membership_id: int


class HistoryWantedEvent(Event, frozen=True, kw_only=True):
    """A player's history is to be read for instances that are not stored."""

    queue: ClassVar[str] = "raid.activity_history.crawl"
    membership_id: int


class ClassMissingEvent(Event, frozen=True, kw_only=True):
    """A report does not tell the class of a character."""

    queue: ClassVar[str] = "raid.character.fill"
    membership_id: int
    character_id: int


class ClanWantedEvent(Event, frozen=True, kw_only=True):
    """Bungie is to be asked about a clan."""

    queue: ClassVar[str] = "raid.clan.crawl"
    group_id: int


class CheatCheckEvent(Event, frozen=True, kw_only=True):
    """Instances were stored, or are to be looked at again: who cheated in them?"""

    queue: ClassVar[str] = "raid.pgcr.cheat_check"
    instance_ids: tuple[int, ...]


class InstancesChangedEvent(Event, frozen=True, kw_only=True):
    """Instances were stored, or who was first in them changed: ClickHouse is to know them as they are now."""

    queue: ClassVar[str] = "raid.pgcr.clickhouse"
    instance_ids: tuple[int, ...]
