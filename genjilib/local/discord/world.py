"""All there is in a simulated Discord: users, guilds, conversations, commands, and how they are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from genjilib.local.discord.constants import ChannelType
from genjilib.local.discord.ids import Snowflakes
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Attachment, Channel, Command, Guild, User, Webhook, named


@dataclass(slots=True)
class Application:
    """The one bot application of the world."""

    id: int
    user: User
    token: str
    owner_id: int
    privileged: bool = True


@dataclass(slots=True)
class World:
    """Everything there is: users, guilds, direct conversations, webhooks, commands."""

    ids: Snowflakes
    application: Application
    users: dict[int, User] = field(default_factory=dict[int, User])
    guilds: dict[int, Guild] = field(default_factory=dict[int, Guild])
    dms: dict[int, Channel] = field(default_factory=dict[int, Channel])
    webhooks: dict[int, Webhook] = field(default_factory=dict[int, Webhook])
    commands: dict[int, Command] = field(default_factory=dict[int, Command])
    attachments: dict[int, Attachment] = field(default_factory=dict[int, Attachment])
    cdn: str = ""
    """Where attachments are served; the server fills it in when it has its port."""

    @property
    def guild(self) -> Guild:
        """The first guild, the only one of the standard world."""
        return next(iter(self.guilds.values()))

    @property
    def bot(self) -> User:
        """The bot's account."""
        return self.application.user

    def find_user(self, who: str | int) -> User:
        """A user by name, shown name or id; KeyError if unknown."""
        if str(who).isdigit() and int(who) in self.users:
            return self.users[int(who)]
        for user in self.users.values():
            if who in (user.name, user.display_name):
                return user
        raise KeyError(f"There is no user {who!r}.")

    def find_channel(self, which: str | int) -> Channel:
        """A channel or thread by name (newest first) or id; KeyError if unknown."""
        if str(which).isdigit() and (channel := self.channel(int(which))):
            return channel
        name = str(which).removeprefix("#")
        channels = [channel for guild in self.guilds.values() for channel in guild.channels.values()]
        return named(reversed(channels), name, "channel")

    def channel(self, channel_id: int) -> Channel | None:
        """The channel, thread or direct conversation of this id."""
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        return self.dms.get(channel_id)

    def guild_of(self, channel: Channel) -> Guild | None:
        """The guild a channel is of; None for a direct conversation."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def channels(self) -> Iterator[Channel]:
        """Every place a message can be in."""
        for guild in self.guilds.values():
            yield from guild.channels.values()
        yield from self.dms.values()

    def dm_with(self, user_id: int) -> Channel:
        """The conversation between the bot and a user, begun if there was none."""
        for channel in self.dms.values():
            if user_id in channel.recipients:
                return channel
        channel = Channel(self.ids.now(), ChannelType.DM, recipients=[user_id])
        self.dms[channel.id] = channel
        return channel

    def role_id(self, name: str) -> int:
        """The id of a role of the first guild."""
        return self.guild.role(name).id

    def channel_id(self, name: str) -> int:
        """The id of a channel."""
        return self.find_channel(name).id

    def describe(self) -> Json:
        """Ids by name, for the product's settings: guild, channels, roles, tags, users, application."""
        guild = self.guild
        forums = [channel for channel in guild.channels.values() if channel.tags]
        return {
            "guild": guild.id,
            "application": self.application.id,
            "token": self.application.token,
            "channels": {_key(c.name): c.id for c in guild.channels.values() if not c.is_thread},
            "roles": {_key(role.name): role.id for role in guild.roles.values()},
            "tags": {_key(forum.name): {tag.name: tag.id for tag in forum.tags} for forum in forums},
            "users": {user.name: user.id for user in self.users.values()},
        }


def _key(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")
