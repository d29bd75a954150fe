"""Map edits as routes and events speak of them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

from genjilib.core.events import Event
from genjilib.core.values import Difficulty, MapCode, Snowflake, Url, UserId
from genjilib.maps.types import (
    Checkpoints,
    Creators,
    Description,
    MapCategory,
    MapName,
    Mechanic,
    MedalsResponse,
    Restriction,
    Tag,
    Title,
)

Reason = Annotated[str, Meta(max_length=1000)]


class MapEditCreateRequest(Struct):
    """What shall change of the map ``code``, and why; what is left out stays."""

    code: MapCode
    reason: Reason
    created_by: UserId
    new_code: MapCode | UnsetType = UNSET
    map_name: MapName | UnsetType = UNSET
    category: MapCategory | UnsetType = UNSET
    creators: Creators | UnsetType = UNSET
    checkpoints: Checkpoints | UnsetType = UNSET
    difficulty: Difficulty | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    official: bool | UnsetType = UNSET
    mechanics: list[Mechanic] | UnsetType | None = UNSET
    restrictions: list[Restriction] | UnsetType | None = UNSET
    tags: list[Tag] | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET
    medals: MedalsResponse | UnsetType | None = UNSET
    title: Title | UnsetType | None = UNSET
    custom_banner: Url | UnsetType | None = UNSET


class MapEditResponse(Struct):
    """A proposed edit: the new values by field, and what became of it (null as long as it waits)."""

    id: int
    map_id: int
    code: str | None
    proposed_changes: dict[str, Any]
    reason: str
    created_by: int
    created_at: datetime
    message_id: int | None
    resolved_at: datetime | None
    accepted: bool | None
    resolved_by: int | None
    rejection_reason: str | None


class MapEditFieldChange(Struct):
    """A field before and after, as people read it."""

    field: str
    old_value: str
    new_value: str


class MapEditSubmissionResponse(Struct):
    """A proposed edit as a moderator judges it: only what differs from the map as it is now."""

    id: int
    code: MapCode
    map_name: str
    difficulty: Difficulty
    changes: list[MapEditFieldChange]
    reason: str
    submitter_name: str
    submitter_id: int
    created_at: datetime
    message_id: int | None


class MapEditSetMessageIdRequest(Struct):
    """Which message of the verification queue shows an edit."""

    message_id: Snowflake


class MapEditResolveRequest(Struct):
    """A moderator's verdict; an accepted edit may send the map to playtest."""

    accepted: bool
    resolved_by: UserId
    rejection_reason: Reason | None = None
    send_to_playtest: bool = False


class MapEditCreatedEvent(Event, frozen=True, kw_only=True):
    """An edit waits for its verdict."""

    queue: ClassVar[str] = "api.map_edit.created"
    edit_request_id: int

    def order_key(self) -> str:
        """Keep one edit's messages in order."""
        return f"map_edit:{self.edit_request_id}"


class MapEditResolvedEvent(Event, frozen=True, kw_only=True):
    """An edit was accepted or rejected."""

    queue: ClassVar[str] = "api.map_edit.resolved"
    edit_request_id: int
    accepted: bool
    resolved_by: int
    rejection_reason: str | None = None

    def order_key(self) -> str:
        """Keep one edit's messages in order."""
        return f"map_edit:{self.edit_request_id}"
