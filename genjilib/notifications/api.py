"""HTTP routes of notifications."""

from typing import Annotated

from msgspec import Meta, Struct

from genjilib import queries
from genjilib.core.errors import NotFound
from genjilib.db import Db
from genjilib.notifications import rules
from genjilib.notifications.types import (
    CHANNELS,
    DEFAULT_CHANNELS,
    Channel,
    DismissAllResponse,
    NotificationCreateRequest,
    NotificationDeliveryResultRequest,
    NotificationEventResponse,
    NotificationPreference,
    NotificationPreferencesResponse,
    NotificationType,
    NotificationUnreadCountResponse,
    ReadAllResponse,
    ShouldDeliverResponse,
)
from genjilib.web.routes import get, patch, post, put

# Nobody has more to choose than every channel of every type.
Preferences = Annotated[list[NotificationPreference], Meta(max_length=len(CHANNELS) * len(DEFAULT_CHANNELS))]


class EventsQuery(Struct):
    """Which of a user's notifications to return."""

    unread_only: bool = False
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class PreferenceQuery(Struct):
    """Whether the channel is on."""

    enabled: bool


class DeliveryQuery(Struct):
    """What is to be delivered, and how."""

    event_type: NotificationType
    channel: Channel


async def notify(db: Db, body: NotificationCreateRequest) -> NotificationEventResponse:
    """Store a notification and deliver it as its receiver chose."""
    async with db.transaction() as tx:
        return await rules.create(tx, body)


async def list_events(db: Db, user_id: int, query: EventsQuery) -> list[NotificationEventResponse]:
    """Return a user's notifications that were not dismissed, newest first."""
    return await rules.page(db, user_id, unread_only=query.unread_only, size=query.limit, skip=query.offset)


async def unread_count(db: Db, user_id: int) -> NotificationUnreadCountResponse:
    """Count a user's unread notifications."""
    return NotificationUnreadCountResponse(await queries.notifications.unread_count(db, user_id=user_id) or 0)


async def read(db: Db, event_id: int) -> None:
    """Note that a notification was read."""
    await rules.read(db, event_id)


async def read_all(db: Db, user_id: int) -> ReadAllResponse:
    """Note that a user has read all its notifications."""
    return ReadAllResponse(await rules.read_all(db, user_id))


async def dismiss(db: Db, event_id: int) -> None:
    """Take a notification away from what its receiver sees."""
    await rules.dismiss(db, event_id)


async def dismiss_all(db: Db, user_id: int) -> DismissAllResponse:
    """Take all notifications away from what a user sees, as read."""
    return DismissAllResponse(await rules.dismiss_all(db, user_id))


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


async def set_preferences(db: Db, user_id: int, body: Preferences) -> None:
    """Switch channels on or off for types of notifications, all or none; the later of two choices counts."""
    await rules.set_preferences(db, user_id, body)


async def should_deliver(db: Db, user_id: int, query: DeliveryQuery) -> ShouldDeliverResponse:
    """Tell whether a user wants a type of notification through a channel."""
    return ShouldDeliverResponse(await rules.wants(db, user_id, query.event_type, query.channel))


routes = [
    post("/api/v3/notifications/events", notify, errors=[NotFound]),
    get("/api/v3/notifications/users/{user_id:int}/events", list_events),
    get("/api/v3/notifications/users/{user_id:int}/unread-count", unread_count),
    patch("/api/v3/notifications/events/{event_id:int}/read", read, status=204),
    patch("/api/v3/notifications/users/{user_id:int}/read-all", read_all),
    patch("/api/v3/notifications/events/{event_id:int}/dismiss", dismiss, status=204),
    patch("/api/v3/notifications/users/{user_id:int}/dismiss-all", dismiss_all),
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
    put(
        "/api/v3/notifications/users/{user_id:int}/preferences/bulk",
        set_preferences,
        status=204,
        errors=[NotFound],
    ),
    get("/api/v3/notifications/users/{user_id:int}/should-deliver", should_deliver),
]
