"""HTTP routes of users."""

from typing import Annotated

from msgspec import Meta, Struct

from genjilib import queries
from genjilib.core.errors import Conflict, Invalid, NotFound
from genjilib.core.json import Json
from genjilib.core.principal import Principal
from genjilib.db import Db
from genjilib.queries.users import RankDetailResponse, UserListItem, UserResponse
from genjilib.users import rules
from genjilib.users.types import (
    OverwatchUsernamesResponse,
    OverwatchUsernamesUpdateRequest,
    Success,
    UserCreateRequest,
    UserUpdateRequest,
)
from genjilib.web.routes import Shown, get, patch, post, put


class PlaceholderQuery(Struct):
    """How a player who is not here is called."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


async def list_users(db: Db) -> Json[list[UserListItem]]:
    """Return every user: the contract gives this list no pages, and clients fill a picker with it."""
    return await queries.users.everyone.json(db)


async def get_user(db: Db, user_id: int) -> Json[UserResponse | None]:
    """Return a user with all its names; null when there is none."""
    return await queries.users.get.json(db, user_id=user_id)


async def exists(db: Db, user_id: int) -> bool:
    """Tell whether there is such a user."""
    return await queries.users.exists(db, user_id=user_id)


async def is_creator(db: Db, user_id: int) -> bool:
    """Tell whether a user is a creator of a map."""
    return await queries.users.is_creator(db, user_id=user_id)


async def create_placeholder(db: Db, who: Principal, query: PlaceholderQuery) -> int:
    """Add a user for a player who is not here, and return its id."""
    return await rules.create_placeholder(db, query.name, by=who.user_id)


async def link(db: Db, who: Principal, fake_user_id: int, real_user_id: int) -> None:
    """Make all that is a placeholder's the user's it stood for, and remove the placeholder."""
    await rules.link(db, fake_user_id, real_user_id, who=who)


async def create(db: Db, body: UserCreateRequest) -> UserResponse:
    """Add a user under its Discord id."""
    return await rules.create(db, body)


async def update(db: Db, user_id: int, body: UserUpdateRequest) -> None:
    """Change the names of a user that are given."""
    await rules.update(db, user_id, body)


async def get_overwatch_names(db: Db, user_id: int) -> OverwatchUsernamesResponse:
    """Return the names a user plays under."""
    return await rules.overwatch_names(db, user_id)


async def set_overwatch_names(db: Db, user_id: int, body: OverwatchUsernamesUpdateRequest) -> Success:
    """Replace the names a user plays under."""
    await rules.set_overwatch_names(db, user_id, body)
    return Success()


async def rank(db: Db, user_id: int) -> list[RankDetailResponse]:
    """Return what a user has completed of each difficulty, and the ranks that this is enough for."""
    return await queries.users.rank(db, user_id=user_id)


routes = [
    get("/api/v3/users", list_users),
    post("/api/v3/users", create, errors=[Invalid, Conflict]),
    get("/api/v3/users/{user_id:int}", get_user, etag=True),
    patch(
        "/api/v3/users/{user_id:int}",
        update,
        errors=[Invalid],
        changes=Shown(get_user, queries.users.lock),
    ),
    get("/api/v3/users/{user_id:int}/exists", exists),
    get("/api/v3/users/{user_id:int}/creator", is_creator),
    post("/api/v3/users/fake", create_placeholder),
    put("/api/v3/users/fake/{fake_user_id:int}/link/{real_user_id:int}", link, errors=[Invalid, NotFound]),
    get("/api/v3/users/{user_id:int}/rank", rank),
    get("/api/v3/users/{user_id:int}/overwatch", get_overwatch_names, etag=True),
    put(
        "/api/v3/users/{user_id:int}/overwatch",
        set_overwatch_names,
        errors=[Invalid, NotFound],
        changes=Shown(get_overwatch_names, queries.users.lock),
    ),
]
