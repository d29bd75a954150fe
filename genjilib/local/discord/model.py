"""What a simulated Discord consists of, as plain records in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from genjilib.local.discord.constants import THREADS, MessageFlag
from genjilib.local.discord.ids import time_of
from genjilib.local.discord.jsons import Json


@dataclass(slots=True)
class User:
    """An account, a person's or a bot's."""

    id: int
    name: str
    display_name: str | None = None
    bot: bool = False
    locale: str = "en-US"
    dms_open: bool = True


@dataclass(slots=True)
class Member:
    """A user in a guild."""

    user: User
    joined_at: datetime
    roles: set[int] = field(default_factory=set[int])
    nick: str | None = None
    timeout_until: str | None = None


@dataclass(slots=True)
class Role:
    """A role; `managed` ones belong to a bot and cannot be given."""

    id: int
    name: str
    permissions: int = 0
    color: int = 0
    position: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False


@dataclass(slots=True)
class Overwrite:
    """What a channel allows or denies one role (`kind` 0) or member (`kind` 1)."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Tag:
    """A tag of a forum."""

    id: int
    name: str
    moderated: bool = False
    emoji: str | None = None


@dataclass(slots=True)
class Attachment:
    """A file sent with a message, kept in memory and served at its address."""

    id: int
    channel_id: int
    filename: str
    content: bytes
    content_type: str
    description: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False
    embedded: bool = False


@dataclass(slots=True)
class Reaction:
    """One emoji under a message and who gave it, in order."""

    emoji: Json
    users: list[int] = field(default_factory=list[int])


@dataclass(slots=True)
class Message:
    """A message; `ephemeral_to` is the one person who sees an ephemeral one."""

    id: int
    channel_id: int
    author_id: int
    content: str = ""
    kind: int = 0
    flags: int = 0
    embeds: list[Json] = field(default_factory=list[Json])
    components: list[Json] = field(default_factory=list[Json])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    reactions: list[Reaction] = field(default_factory=list[Reaction])
    mentions: list[int] = field(default_factory=list[int])
    mention_roles: list[int] = field(default_factory=list[int])
    mention_everyone: bool = False
    pinned_at: datetime | None = None
    edited_at: datetime | None = None
    nonce: str | None = None
    tts: bool = False
    reference: Json | None = None
    snapshots: list[Json] = field(default_factory=list[Json])
    interaction: Json | None = None
    application_id: int | None = None
    webhook_id: int | None = None
    webhook_author: Json | None = None
    ephemeral_to: int | None = None

    @property
    def sent_at(self) -> datetime:
        """When it was sent."""
        return time_of(self.id)

    @property
    def v2(self) -> bool:
        """Whether it is laid out of components alone."""
        return bool(self.flags & MessageFlag.COMPONENTS_V2)

    @property
    def loading(self) -> bool:
        """Whether it still says that the bot is thinking."""
        return bool(self.flags & MessageFlag.LOADING)


@dataclass(slots=True)
class ThreadState:
    """What a thread has beyond a channel."""

    owner_id: int
    created_at: datetime
    archived_at: datetime
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive: int = 1440
    members: dict[int, datetime] = field(default_factory=dict[int, datetime])
    tags: list[int] = field(default_factory=list[int])


@dataclass(slots=True)
class Channel:
    """A guild's channel, a thread or a direct conversation."""

    id: int
    kind: int
    name: str = ""
    guild_id: int | None = None
    parent_id: int | None = None
    position: int = 0
    topic: str | None = None
    slowmode: int = 0
    nsfw: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict[int, Overwrite])
    tags: list[Tag] = field(default_factory=list[Tag])
    requires_tag: bool = False
    thread: ThreadState | None = None
    recipients: list[int] = field(default_factory=list[int])
    messages: dict[int, Message] = field(default_factory=dict[int, Message])
    total_sent: int = 0

    @property
    def is_thread(self) -> bool:
        """Whether it is a thread of any kind."""
        return self.kind in THREADS

    def last_message_id(self) -> int | None:
        """The newest message all may see."""
        return next((m.id for m in reversed(self.messages.values()) if m.ephemeral_to is None), None)


NamedT = TypeVar("NamedT", Role, Channel)


@dataclass(slots=True)
class Webhook:
    """A webhook of a channel."""

    id: int
    channel_id: int
    guild_id: int
    name: str
    token: str
    creator_id: int


@dataclass(slots=True)
class Command:
    """An application command as Discord keeps it; `guild_id` is None for a global one."""

    id: int
    version: int
    guild_id: int | None
    data: Json

    @property
    def name(self) -> str:
        """Its name as synced."""
        return str(self.data["name"])

    @property
    def kind(self) -> int:
        """1 slash, 2 user menu, 3 message menu."""
        return int(self.data.get("type") or 1)


@dataclass(slots=True)
class Emoji:
    """A custom emoji of a guild."""

    id: int
    name: str
    animated: bool = False


@dataclass(slots=True)
class Guild:
    """A server: its roles, members, channels and threads by id."""

    id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    emojis: dict[int, Emoji] = field(default_factory=dict[int, Emoji])

    def role(self, name: str) -> Role:
        """The role of this name; KeyError if there is none."""
        return named(self.roles.values(), name, "role")

    def threads(self) -> Iterator[Channel]:
        """Its threads, archived ones too."""
        return (channel for channel in self.channels.values() if channel.is_thread)


def utcnow() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def named(things: Iterable[NamedT], name: str, what: str) -> NamedT:
    """The thing of this name, whatever its case; KeyError if there is none."""
    for thing in things:
        if thing.name.casefold() == name.casefold():
            return thing
    raise KeyError(f"There is no {what} {name!r}.")
