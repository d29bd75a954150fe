"""HTTP routes of maps."""

from genjilib import queries
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.settings import Settings
from genjilib.core.values import MapCode
from genjilib.db import Db
from genjilib.maps import rules
from genjilib.maps.types import MapCreateRequest, MapCreationJobResponse, MapResponse
from genjilib.queries.maps import MapPartialResponse
from genjilib.web.paging import Page
from genjilib.web.routes import get, post


class MapQuery(Page, frozen=True, kw_only=True):
    """Which maps to return."""

    code: MapCode | None = None
    map_id: int | None = None


async def submit(db: Db, settings: Settings, body: MapCreateRequest) -> MapCreationJobResponse:
    """Add a map; its playtest is opened in Discord unless it is approved already."""
    return await rules.submit(db, body, cdn_url=settings.s3_public_url)


async def search(db: Db, settings: Settings, query: MapQuery) -> list[MapResponse]:
    """Return a page of maps, easiest first."""
    return await rules.search(
        db,
        code=query.code,
        map_id=query.map_id,
        size=query.limit,
        skip=query.offset,
        cdn_url=settings.s3_public_url,
    )


async def exists(db: Db, code: MapCode) -> bool:
    """Tell whether a map has this code."""
    return await queries.maps.exists(db, code=code)


async def partial(db: Db, code: str) -> MapPartialResponse:
    """Return what a playtest thread is named after."""
    return await rules.partial(db, code)


routes = [
    get("/api/v3/maps", search, scopes=["maps:read"]),
    post("/api/v3/maps", submit, scopes=["maps:write"], errors=[Invalid]),
    get("/api/v3/maps/{code}/exists", exists, scopes=["maps:read"], errors=[Invalid]),
    get("/api/v3/maps/{code}/partial", partial, scopes=["maps:read"], errors=[NotFound]),
]
