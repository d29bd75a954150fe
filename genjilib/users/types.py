"""What the routes of users take and answer."""

from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, Struct, UnsetType

from genjilib.core.events import Event
from genjilib.core.values import UserId

Name = Annotated[str, Meta(max_length=100)]


class UserCreateRequest(Struct):
    """A user to add; names are those Discord shows."""

    id: UserId
    global_name: Name
    nickname: Name


class UserUpdateRequest(Struct):
    """New names; a name that is left out stays."""

    global_name: Name | UnsetType = UNSET
    nickname: Name | UnsetType = UNSET


class OverwatchUsernameItem(Struct):
    """A name somebody plays under."""

    username: Annotated[str, Meta(min_length=1, max_length=100)]
    is_primary: bool = False


class OverwatchUsernamesUpdateRequest(Struct):
    """All names somebody plays under; exactly one of them is the primary one."""

    usernames: Annotated[list[OverwatchUsernameItem], Meta(max_length=10)]


class OverwatchUsernamesResponse(Struct):
    """The first three names somebody plays under, the primary one first."""

    user_id: int
    primary: str | None
    secondary: str | None
    tertiary: str | None


class RolesEvent(Event, frozen=True, kw_only=True):
    """What a user has earned may be another thing than before: its roles in Discord are to be looked at."""

    queue: ClassVar[str] = "api.user.roles"
    user_id: int

    def order_key(self) -> str:
        """Keep one user's messages in order."""
        return f"user:{self.user_id}"


class Success(Struct):
    """Says that it was done."""

    success: bool = True
