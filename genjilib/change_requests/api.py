"""HTTP routes of change requests."""

from msgspec import Struct

from genjilib import queries
from genjilib.change_requests import rules
from genjilib.change_requests.types import ChangeRequestCreateRequest, ChangeRequestResponse
from genjilib.core.errors import Conflict, NotFound
from genjilib.core.principal import Principal
from genjilib.core.values import MapCode, Snowflake, UserId
from genjilib.db import Db
from genjilib.queries.change_requests import StaleChangeRequestResponse
from genjilib.web.routes import get, patch, post


class PermissionQuery(Struct):
    """Who wants to close which request."""

    thread_id: Snowflake
    user_id: UserId
    code: MapCode


class MapQuery(Struct):
    """Which map's requests to return."""

    code: MapCode


async def permission(db: Db, query: PermissionQuery) -> bool:
    """Tell whether a user is one of the creators that a request is addressed to."""
    return await queries.change_requests.permitted(
        db, thread_id=query.thread_id, user_id=query.user_id, code=query.code
    )


async def create(db: Db, body: ChangeRequestCreateRequest) -> None:
    """Open a request to change a map."""
    await rules.create(db, body)


async def resolve(db: Db, who: Principal, thread_id: int) -> None:
    """Close a request."""
    await rules.resolve(db, thread_id, by=who.user_id)


async def list_open(db: Db, query: MapQuery) -> list[ChangeRequestResponse]:
    """Return the open requests to change a map, newest first."""
    return await rules.unresolved(db, query.code)


async def list_stale(db: Db) -> list[StaleChangeRequestResponse]:
    """Return open requests of more than two weeks whose creators were not reminded yet, oldest first."""
    return await queries.change_requests.stale(db)


async def alert(db: Db, thread_id: int) -> None:
    """Note that the creators were reminded of a request."""
    await rules.alert(db, thread_id)


routes = [
    get("/api/v3/change-requests/permission", permission),
    post("/api/v3/change-requests", create, errors=[NotFound, Conflict]),
    patch("/api/v3/change-requests/{thread_id:int}/resolve", resolve),
    get("/api/v3/change-requests", list_open),
    get("/api/v3/change-requests/stale", list_stale),
    patch("/api/v3/change-requests/{thread_id:int}/alerted", alert),
]
