"""HTTP routes of notifications."""

from typing import Annotated

from msgspec import Meta, Struct

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.db import Db
from genjilib.notifications import rules
from genjilib.notifications.types import (
    Channel,
    NotificationCreateRequest,
    NotificationDeliveryResultRequest,
    NotificationEventResponse,
    NotificationPreferencesResponse,
    NotificationType,
    NotificationUnreadCountResponse,
)
from genjilib.web.routes import get, post, put


class EventsQuery(Struct):
    """Which of a user's notifications to return."""

    unread_only: bool = False
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class PreferenceQuery(Struct):
    """Whether the channel is on."""

    enabled: bool


async def notify(db: Db, body: NotificationCreateRequest) -> NotificationEventResponse:
    """Store a notification and deliver it as its receiver chose."""
    async with db.transaction() as tx:
        return await rules.notify(tx, body)


async def list_events(db: Db, user_id: int, query: EventsQuery) -> list[NotificationEventResponse]:
    """Return a user's notifications that were not dismissed, newest first."""
    return await rules.page(db, user_id, unread_only=query.unread_only, size=query.limit, skip=query.offset)


async def unread_count(db: Db, user_id: int) -> NotificationUnreadCountResponse:
    """Count a user's unread notifications."""
    return NotificationUnreadCountResponse(await queries.notifications.unread_count(db, user_id=user_id) or 0)


async def record_delivery(db: Db, event_id: int, body: NotificationDeliveryResultRequest) -> None:
    """Record how a delivery ended."""
    await rules.record_delivery(db, event_id, body)


async def get_preferences(db: Db, user_id: int) -> list[NotificationPreferencesResponse]:
    """Return which channels are on for every type of notification."""
    return await rules.preferences(db, user_id)


async def set_preference(
    db: Db, user_id: int, event_type: NotificationType, channel: Channel, query: PreferenceQuery
) -> None:
    """Switch a channel on or off for a type of notification."""
    await rules.set_preference(db, user_id, event_type, channel, query.enabled)


routes = [
    post("/api/v3/notifications/events", notify, errors=[NotFound]),
    get("/api/v3/notifications/users/{user_id:int}/events", list_events),
    get("/api/v3/notifications/users/{user_id:int}/unread-count", unread_count),
    post(
        "/api/v3/notifications/events/{event_id:int}/delivery-result",
        record_delivery,
        status=204,
        errors=[NotFound],
    ),
    get("/api/v3/notifications/users/{user_id:int}/preferences", get_preferences),
    put(
        "/api/v3/notifications/users/{user_id:int}/preferences/{event_type}/{channel}",
        set_preference,
        status=204,
        errors=[NotFound],
    ),
]
