"""The thirteen kinds of newsfeed entries, and the event that announces one."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from genjilib.core.events import Event
from genjilib.core.values import Difficulty, MapCode, Medal, Url
from genjilib.queries.jobs import JobStatusResponse

NewsfeedEventType = Literal[
    "new_map",
    "record",
    "archive",
    "unarchive",
    "bulk_archive",
    "bulk_unarchive",
    "guide",
    "legacy_record",
    "map_edit",
    "role",
    "announcement",
    "linked_map",
    "unlinked_map",
]
NewsfeedScalar = str | int | float | bool | None | list[str]


class NewsfeedRecord(Struct, tag_field="type", tag="record"):
    """A run that leads a map's leaderboard."""

    code: MapCode
    map_name: str
    time: float
    video: Url
    rank_num: int
    name: str
    medal: Medal | None
    difficulty: Difficulty


class NewsfeedNewMap(Struct, tag_field="type", tag="new_map"):
    """A map that was accepted."""

    code: MapCode
    map_name: str
    difficulty: Difficulty
    creators: list[str]
    title: str | None = None
    banner_url: str | None = None
    official: bool = True


class NewsfeedArchive(Struct, tag_field="type", tag="archive"):
    """A map that was archived."""

    code: MapCode
    map_name: str
    creators: list[str]
    difficulty: Difficulty
    reason: str


class NewsfeedUnarchive(Struct, tag_field="type", tag="unarchive"):
    """A map that came back from the archive."""

    code: MapCode
    map_name: str
    creators: list[str]
    difficulty: Difficulty
    reason: str


class NewsfeedBulkArchive(Struct, tag_field="type", tag="bulk_archive"):
    """Several maps that were archived together."""

    codes: list[MapCode]
    reason: str


class NewsfeedBulkUnarchive(Struct, tag_field="type", tag="bulk_unarchive"):
    """Several maps that came back from the archive together."""

    codes: list[MapCode]
    reason: str


class NewsfeedGuide(Struct, tag_field="type", tag="guide"):
    """A guide to a map."""

    code: MapCode
    guide_url: Url
    name: str


class NewsfeedLegacyRecord(Struct, tag_field="type", tag="legacy_record"):
    """A map whose runs became legacy because the map changed."""

    code: MapCode
    affected_count: int
    reason: str


class NewsfeedFieldChange(Struct):
    """A field of a map before and after."""

    field: str
    old: NewsfeedScalar
    new: NewsfeedScalar


class NewsfeedMapEdit(Struct, tag_field="type", tag="map_edit"):
    """A map that was changed."""

    code: MapCode
    changes: list[NewsfeedFieldChange]
    reason: str


class NewsfeedRole(Struct, tag_field="type", tag="role"):
    """A user who earned roles."""

    user_id: int
    name: str
    added: list[str]


class NewsfeedAnnouncement(Struct, tag_field="type", tag="announcement"):
    """An announcement by the moderators."""

    title: str
    content: str
    url: str | None = None
    banner_url: Url | None = None
    thumbnail_url: Url | None = None
    from_discord: bool = False


class NewsfeedLinkedMap(Struct, tag_field="type", tag="linked_map"):
    """Two codes of one map, the global and the Chinese one, that were linked."""

    official_code: MapCode
    unofficial_code: MapCode
    playtest_id: int | None = None


class NewsfeedUnlinkedMap(Struct, tag_field="type", tag="unlinked_map"):
    """Two codes that are no longer linked."""

    official_code: MapCode
    unofficial_code: MapCode
    reason: str


NewsfeedPayload = (
    NewsfeedNewMap
    | NewsfeedRecord
    | NewsfeedArchive
    | NewsfeedUnarchive
    | NewsfeedBulkArchive
    | NewsfeedBulkUnarchive
    | NewsfeedGuide
    | NewsfeedLegacyRecord
    | NewsfeedMapEdit
    | NewsfeedRole
    | NewsfeedAnnouncement
    | NewsfeedLinkedMap
    | NewsfeedUnlinkedMap
)


class NewsfeedEvent(Struct):
    """An entry of the newsfeed; ``id`` and ``event_type`` are given out here and ignored in requests."""

    id: int | None
    timestamp: Annotated[datetime, Meta(tz=True)]
    payload: NewsfeedPayload
    event_type: NewsfeedEventType | None = None
    total_results: int | None = None


class PublishNewsfeedJobResponse(Struct):
    """The new entry's id and the job that posts it in Discord."""

    job_status: JobStatusResponse
    newsfeed_id: int


class NewsfeedDispatchEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """A newsfeed entry waits to be posted in Discord."""

    queue: ClassVar[str] = "api.newsfeed.create"
    newsfeed_id: int
    code: str | None = None
    """The map that the entry is about; none for one about several, or about something else."""

    def order_key(self) -> str | None:
        """Keep the entries of a map in order; one that fails lets those of other maps pass."""
        return self.code and f"newsfeed:{self.code}"
