"""What notifications are about, the channels they take, and the event that delivers one."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from msgspec import Meta, Struct

from genjilib.core.events import Event
from genjilib.core.values import UserId

NotificationType = Literal[
    "verification_approved",
    "verification_rejected",
    "record_removed",
    "record_edited",
    "auto_verify_failed",
    "skill_role_update",
    "xp_gain",
    "rank_up",
    "prestige",
    "mastery_earned",
    "lootbox_earned",
    "playtest_update",
    "map_edit_approved",
    "map_edit_rejected",
    "quest_complete",
    "quest_rotation",
    "quest_rival_mention",
]
Channel = Literal["discord_dm", "discord_ping", "web"]
CHANNELS: Final[tuple[Channel, ...]] = ("discord_dm", "discord_ping", "web")

_DIRECT: Final[tuple[Channel, ...]] = ("discord_dm", "web")
_PING: Final[tuple[Channel, ...]] = ("discord_ping", "web")

DEFAULT_CHANNELS: Final[dict[NotificationType, tuple[Channel, ...]]] = {
    "verification_approved": _DIRECT,
    "verification_rejected": _DIRECT,
    "record_removed": _DIRECT,
    "record_edited": (),
    "auto_verify_failed": _DIRECT,
    "skill_role_update": _DIRECT,
    "xp_gain": _PING,
    "rank_up": _PING,
    "prestige": _PING,
    "mastery_earned": _PING,
    "lootbox_earned": _DIRECT,
    "playtest_update": _DIRECT,
    "map_edit_approved": _DIRECT,
    "map_edit_rejected": _DIRECT,
    "quest_complete": CHANNELS,
    "quest_rotation": ("web",),
    "quest_rival_mention": _DIRECT,
}
"""Where a notification goes when its receiver chose nothing."""


class NotificationCreateRequest(Struct):
    """A notification for one user; ``discord_message`` is Discord's text where it differs from the body."""

    user_id: UserId
    event_type: NotificationType
    title: Annotated[str, Meta(max_length=256)]
    body: Annotated[str, Meta(max_length=4096)]
    discord_message: Annotated[str, Meta(max_length=4096)] | None = None
    metadata: dict[str, Any] | None = None


class NotificationEventResponse(Struct):
    """A stored notification; times are RFC 3339 text."""

    id: int
    user_id: int
    event_type: NotificationType
    title: str
    body: str
    metadata: dict[str, Any] | None
    created_at: datetime
    read_at: datetime | None
    dismissed_at: datetime | None


class NotificationUnreadCountResponse(Struct):
    """How many notifications were neither read nor dismissed."""

    count: int


class NotificationPreference(Struct):
    """Whether a channel is on for one type of notification."""

    event_type: NotificationType
    channel: Channel
    enabled: bool


class NotificationPreferencesResponse(Struct):
    """Which channels are on for one type of notification."""

    event_type: NotificationType
    channels: dict[str, bool]


class ShouldDeliverResponse(Struct):
    """Whether the receiver wants a type of notification through a channel."""

    should_deliver: bool


class ReadAllResponse(Struct):
    """How many notifications were unread."""

    marked_read: int


class DismissAllResponse(Struct):
    """How many notifications were dismissed."""

    dismissed: int


class NotificationDeliveryResultRequest(Struct):
    """How a delivery ended."""

    channel: Channel
    status: Literal["delivered", "failed", "skipped"]
    error_message: Annotated[str, Meta(max_length=4096)] | None = None


class NotificationDeliveryEvent(Event, frozen=True, kw_only=True):
    """A notification waits to be delivered through Discord."""

    queue: ClassVar[str] = "api.notification.delivery"
    event_id: int
    user_id: int
    event_type: NotificationType
    title: str
    body: str
    discord_message: str | None
    metadata: dict[str, Any] | None
    channels_to_deliver: list[Channel]

    def order_key(self) -> str:
        """Deliver one user's notifications in their order."""
        return f"user:{self.user_id}"
