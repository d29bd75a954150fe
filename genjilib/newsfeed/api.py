"""HTTP routes of the newsfeed."""

from msgspec import field

from genjilib import queries
from genjilib.core.json import Json
from genjilib.db import Db
from genjilib.newsfeed import rules
from genjilib.newsfeed.types import NewsfeedEvent, NewsfeedEventType, PublishNewsfeedJobResponse
from genjilib.web.paging import Page
from genjilib.web.routes import get, post


class NewsfeedQuery(Page, frozen=True, kw_only=True):
    """Which page of which kind of entries."""

    kind: NewsfeedEventType | None = field(default=None, name="type")


async def publish(db: Db, body: NewsfeedEvent) -> PublishNewsfeedJobResponse:
    """Add an entry and post it in Discord."""
    async with db.transaction() as tx:
        return await rules.publish(tx, body.payload, at=body.timestamp)


async def list_entries(db: Db, query: NewsfeedQuery) -> Json[list[NewsfeedEvent] | None]:
    """Return a page of the newsfeed, newest first; null when it is empty."""
    page = await queries.newsfeed.page.json(db, event_type=query.kind, size=query.limit, skip=query.offset)
    return Json(page) if page != b"[]" else Json(b"null")


async def get_entry(db: Db, newsfeed_id: int) -> Json[NewsfeedEvent | None]:
    """Return an entry of the newsfeed as it was written; null when there is none."""
    return Json(await queries.newsfeed.get.json(db, newsfeed_id=newsfeed_id))


routes = [
    post("/api/v3/newsfeed", publish),
    get("/api/v3/newsfeed", list_entries),
    get("/api/v3/newsfeed/{newsfeed_id:int}", get_entry),
]
