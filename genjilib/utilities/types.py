"""What is told of the use of bot and website."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from genjilib.core.values import MapCode, UserId


class LogCreateRequest(Struct):
    """A command that was given to the bot; ``namespace`` holds its options."""

    command_name: Annotated[str, Meta(max_length=100)]
    user_id: UserId
    created_at: Annotated[datetime, Meta(tz=True)]
    namespace: dict[str, Any]


class MapClickCreateRequest(Struct):
    """A look at a map, by somebody who may be unknown."""

    code: MapCode
    ip_address: Annotated[str, Meta(min_length=1, max_length=64)]
    user_id: UserId | None
    source: Literal["web", "bot"] = "web"
