"""Who is notified, through which channels, and what is kept of it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final

import msgspec

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.ids import new_id
from genjilib.core.values import FIRST_DISCORD_ID
from genjilib.db import Db, Executor, Tx
from genjilib.notifications.types import (
    CHANNELS,
    DEFAULT_CHANNELS,
    Channel,
    NotificationCreateRequest,
    NotificationDeliveryEvent,
    NotificationDeliveryResultRequest,
    NotificationEventResponse,
    NotificationPreference,
    NotificationPreferencesResponse,
    NotificationType,
)
from genjilib.queries.notifications import CreateRow

_DELIVERED: Final = [channel for channel in CHANNELS if channel != "web"]
"""The website shows every stored notification, so ``web`` needs no delivery."""
_held: ContextVar[tuple[Tx, list[NotificationCreateRequest]] | None] = ContextVar("held", default=None)


@asynccontextmanager
async def together(tx: Tx, *, closing: bool = False) -> AsyncGenerator[None]:
    """Store what is notified on ``tx`` inside the block at its end, in one statement, and send likewise.

    Nothing of it is stored when an exception leaves the block: the transaction is to end with it. With
    ``closing`` it ends with the block in any case.
    """
    new: list[NotificationCreateRequest] = []
    with outbox.holding(tx) as messages:
        token = _held.set((tx, new))
        try:
            yield
        finally:
            _held.reset(token)
    last = tx.closing if closing else tx
    if new:
        await _store(last, new, messages)
    else:
        await messages.send(last)


async def notify(tx: Tx, *new: NotificationCreateRequest) -> None:
    """Store notifications in the caller's transaction and have Discord deliver them where that is wanted."""
    held = _held.get()
    if held is not None and held[0] is tx:
        held[1].extend(new)
    elif new:
        await _store(tx, new, outbox.Held())


async def create(tx: Tx, new: NotificationCreateRequest) -> NotificationEventResponse:
    """Do what ``notify`` does with one, and return what was stored."""
    (stored,) = await _store(tx, [new], outbox.Held())
    return NotificationEventResponse(
        stored.id,
        new.user_id,
        new.event_type,
        new.title,
        new.body,
        new.metadata,
        stored.created_at,
        None,
        None,
    )


async def _store(
    tx: Executor, new: Sequence[NotificationCreateRequest], messages: outbox.Held
) -> list[CreateRow]:
    """Store notifications and send messages, with the notifications' deliveries behind them."""
    deliveries = [_delivery(each) for each in new]
    return await queries.notifications.create(
        tx,
        user_ids=[each.user_id for each in new],
        event_types=[each.event_type for each in new],
        titles=[each.title for each in new],
        bodies=[each.body for each in new],
        metadata=[each.metadata for each in new],
        channels=_DELIVERED,
        defaults=[",".join(DEFAULT_CHANNELS[each.event_type]) for each in new],
        delivery_ids=[new_id() for _ in new],
        deliveries=deliveries,
        delivery_keys=[each.order_key() if each else "" for each in deliveries],
        delivery_queue=NotificationDeliveryEvent.queue,
        delivery_version=NotificationDeliveryEvent.version,
        message_ids=messages.message_ids,
        queues=messages.queues,
        message_bodies=messages.bodies,
        order_keys=messages.order_keys,
        versions=messages.versions,
        job_ids=messages.job_ids,
        want_jobs=messages.want_jobs,
        trace=messages.trace,
        causation=messages.causation,
    )


def _delivery(new: NotificationCreateRequest) -> NotificationDeliveryEvent | None:
    """Return the message that delivers a notification, but for what the statement that stores it finds out.

    Nothing is delivered to who is not in Discord.
    """
    if new.user_id < FIRST_DISCORD_ID:
        return None
    return NotificationDeliveryEvent(
        event_id=0,
        user_id=new.user_id,
        event_type=new.event_type,
        title=new.title,
        body=new.body,
        discord_message=new.discord_message,
        metadata=new.metadata,
        channels_to_deliver=[],
    )


async def page(
    db: Executor, user_id: int, *, unread_only: bool, size: int, skip: int
) -> list[NotificationEventResponse]:
    """Return a user's notifications that were not dismissed, newest first."""
    rows = await queries.notifications.page(
        db, user_id=user_id, unread_only=unread_only, size=size, skip=skip
    )
    return msgspec.convert(rows, list[NotificationEventResponse], from_attributes=True)


async def read(db: Executor, event_id: int) -> None:
    """Note that a notification was read; an unknown one is no error."""
    await queries.notifications.read(db, event_id=event_id)


async def read_all(db: Executor, user_id: int) -> int:
    """Note that a user has read all its notifications and return how many were unread."""
    return await queries.notifications.read_all(db, user_id=user_id)


async def dismiss(db: Executor, event_id: int) -> None:
    """Take a notification away from what its receiver sees; an unknown one is no error."""
    await queries.notifications.dismiss(db, event_id=event_id)


async def dismiss_all(db: Executor, user_id: int) -> int:
    """Take all notifications away from what a user sees, as read, and return how many there were."""
    return await queries.notifications.dismiss_all(db, user_id=user_id)


async def record_delivery(db: Executor, event_id: int, result: NotificationDeliveryResultRequest) -> None:
    """Record how a delivery ended; ``NotFound`` when there is no such notification."""
    await queries.notifications.record_delivery(
        db,
        event_id=event_id,
        channel=result.channel,
        status=result.status,
        error_message=result.error_message,
    )


async def is_delivered(db: Executor, event_id: int, channel: Channel) -> bool:
    """Tell whether a notification went out through a channel already, or was found undeliverable."""
    return await queries.notifications.delivery_status(db, event_id=event_id, channel=channel) is not None


async def preferences(db: Executor, user_id: int) -> list[NotificationPreferencesResponse]:
    """Return which channels are on for every type of notification, defaults filled in."""
    chosen = {
        (row.event_type, row.channel): row.enabled
        for row in await queries.notifications.preferences(db, user_id=user_id)
    }
    return [
        NotificationPreferencesResponse(
            kind, {channel: chosen.get((kind, channel), channel in defaults) for channel in CHANNELS}
        )
        for kind, defaults in DEFAULT_CHANNELS.items()
    ]


async def set_preference(
    db: Db, user_id: int, kind: NotificationType, channel: Channel, enabled: bool
) -> None:
    """Switch a channel on or off for a type of notification; ``NotFound`` for an unknown user."""
    await set_preferences(db, user_id, [NotificationPreference(kind, channel, enabled)])


async def set_preferences(db: Db, user_id: int, chosen: list[NotificationPreference]) -> None:
    """Switch channels on or off for types of notifications; ``NotFound`` for an unknown user.

    Of two choices for the same type and channel the later one counts.
    """
    await queries.notifications.set_preferences(
        db,
        user_id=user_id,
        event_types=[each.event_type for each in chosen],
        channels=[each.channel for each in chosen],
        enabled=[each.enabled for each in chosen],
    )


async def wants(db: Executor, user_id: int, kind: NotificationType, channel: Channel) -> bool:
    """Tell whether a user wants a type of notification through a channel."""
    return next(p.channels[channel] for p in await preferences(db, user_id) if p.event_type == kind)
