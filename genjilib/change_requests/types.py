"""What the routes of change requests take and answer."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from genjilib.core.values import Snowflake, UserId

ChangeRequestType = Literal[
    "Difficulty Change", "Map Geometry", "Map Edit Required", "Framework/Workshop", "Other"
]


class ChangeRequestCreateRequest(Struct):
    """A request to open; ``creator_mentions`` holds the ids of the map's creators."""

    thread_id: Snowflake
    user_id: UserId
    code: Annotated[str, Meta(max_length=100)]
    content: Annotated[str, Meta(max_length=4096)]
    change_request_type: ChangeRequestType
    creator_mentions: Annotated[str, Meta(max_length=4096)]


class ChangeRequestResponse(Struct):
    """A request that was not resolved yet."""

    thread_id: int
    user_id: int
    code: str
    content: str
    change_request_type: ChangeRequestType
    creator_mentions: str | None = None
    alerted: bool = False
    resolved: bool = False
