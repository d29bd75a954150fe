"""REST: channels of a guild and direct conversations."""

from typing import Any

from genjilib.local.discord import wire
from genjilib.local.discord.constants import ChannelType, Intent, Permission
from genjilib.local.discord.errors import ApiError, Form, unknown
from genjilib.local.discord.jsons import Json, objects
from genjilib.local.discord.model import Channel, Overwrite, Tag, User
from genjilib.local.discord.rest import Call, Route
from genjilib.local.discord.rest_threads import edit_thread

MOST_TAGS = 20


def get(call: Call) -> Json:
    """One channel, thread or direct conversation."""
    return wire.channel(call.state.world, call.channel())


def edit(call: Call) -> Json:
    """Change what the body names of a channel or thread."""
    channel = call.channel()
    if channel.is_thread:
        return edit_thread(call, channel)
    call.need(channel, Permission.MANAGE_CHANNELS)
    _check(call.body, new=False)
    _apply(call, channel, call.body)
    _changed(call, "CHANNEL_UPDATE", channel)
    return wire.channel(call.state.world, channel)


def delete(call: Call) -> Json:
    """Delete a channel with its threads, or a thread; a direct conversation is only closed."""
    channel = call.channel()
    world = call.state.world
    shown = wire.channel(world, channel)
    guild = world.guild_of(channel)
    if guild is None:
        return shown
    call.need(channel, Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS)
    for thread in [one for one in guild.threads() if one.parent_id == channel.id]:
        del guild.channels[thread.id]
    event, data = "CHANNEL_DELETE", shown
    if channel.is_thread:
        event, data = "THREAD_DELETE", {key: shown[key] for key in ("id", "guild_id", "parent_id", "type")}
    call.state.dispatch_in(channel, event, data, Intent.GUILDS)
    del guild.channels[channel.id]
    return shown


def create(call: Call) -> Json:
    """Make a channel in a guild."""
    guild = call.guild(Permission.MANAGE_CHANNELS)
    _check(call.body, new=True)
    kind = int(call.body.get("type") or 0)
    channel = Channel(call.state.world.ids.now(), kind, guild_id=guild.id, position=len(guild.channels))
    guild.channels[channel.id] = channel
    _apply(call, channel, call.body)
    _changed(call, "CHANNEL_CREATE", channel)
    return wire.channel(call.state.world, channel)


def listed(call: Call) -> list[Json]:
    """A guild's channels without its threads."""
    guild = call.guild()
    return [wire.channel(call.state.world, one) for one in guild.channels.values() if not one.is_thread]


def set_overwrite(call: Call) -> None:
    """Set what a role or member may do in a channel."""
    channel = call.channel(Permission.MANAGE_ROLES)
    channel.overwrites[call.id("overwrite_id")] = _overwrite({**call.body, "id": call.id("overwrite_id")})
    _changed(call, "CHANNEL_UPDATE", channel)


def delete_overwrite(call: Call) -> None:
    """Take an overwrite away."""
    channel = call.channel(Permission.MANAGE_ROLES)
    channel.overwrites.pop(call.id("overwrite_id"), None)
    _changed(call, "CHANNEL_UPDATE", channel)


def open_dm(call: Call) -> Json:
    """The direct conversation with a user; closed ones refuse only when one sends."""
    user = _recipient(call)
    return wire.channel(call.state.world, call.state.world.dm_with(user.id))


def _recipient(call: Call) -> User:
    user = call.state.world.users.get(int(call.body.get("recipient_id") or 0))
    if user is None or user.bot:
        form = Form()
        form.add(("recipient_id",), "INVALID_RECIPIENT", "Invalid Recipient(s)")
        if user is None:
            form.refuse()
        raise ApiError(400, 50007, "Cannot send messages to this user")
    return user


def _check(body: Json, *, new: bool) -> None:
    form = Form()
    if new or "name" in body:
        form.length(("name",), body.get("name"), 1, 100)
    form.length(("topic",), body.get("topic"), 0, 4096 if body.get("type") == ChannelType.FORUM else 1024)
    form.length(("available_tags",), body.get("available_tags"), 0, MOST_TAGS)
    for index, tag in enumerate(objects(body.get("available_tags"))):
        form.length(("available_tags", index, "name"), tag.get("name"), 1, 20)
    form.refuse()


def _apply(call: Call, channel: Channel, body: Json) -> None:
    simple = {"name": "name", "topic": "topic", "position": "position", "nsfw": "nsfw"}
    for key, attribute in simple.items():
        if key in body:
            setattr(channel, attribute, body[key])
    if "rate_limit_per_user" in body:
        channel.slowmode = int(body["rate_limit_per_user"] or 0)
    if "parent_id" in body:
        channel.parent_id = _parent(call, body["parent_id"])
    if body.get("permission_overwrites") is not None:
        given = [_overwrite(one) for one in body["permission_overwrites"]]
        channel.overwrites = {one.id: one for one in given}
    if body.get("available_tags") is not None:
        channel.tags = [_tag(call, channel, one) for one in body["available_tags"]]
    if "flags" in body:
        channel.requires_tag = bool(int(body["flags"] or 0) & 1 << 4)


def _parent(call: Call, value: Any) -> int | None:
    if value is None:
        return None
    parent = call.state.world.channel(int(value))
    if parent is None or parent.kind != ChannelType.CATEGORY:
        raise unknown("Channel")
    return parent.id


def _overwrite(body: Json) -> Overwrite:
    allow, deny = int(body.get("allow") or 0), int(body.get("deny") or 0)
    return Overwrite(int(body["id"]), int(body.get("type") or 0), allow, deny)


def _tag(call: Call, channel: Channel, body: Json) -> Tag:
    known = {tag.id for tag in channel.tags}
    given = int(body.get("id") or 0)
    tag_id = given if given in known else call.state.world.ids.now()
    return Tag(tag_id, str(body["name"]), bool(body.get("moderated")), body.get("emoji_name"))


def _changed(call: Call, event: str, channel: Channel) -> None:
    guild = call.state.world.guild_of(channel)
    if guild is not None:
        call.state.dispatch_guild(guild, event, wire.channel(call.state.world, channel))


routes = [
    Route("GET", "/channels/{channel_id}", get),
    Route("PATCH", "/channels/{channel_id}", edit),
    Route("DELETE", "/channels/{channel_id}", delete),
    Route("PUT", "/channels/{channel_id}/permissions/{overwrite_id}", set_overwrite),
    Route("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}", delete_overwrite),
    Route("GET", "/guilds/{guild_id}/channels", listed),
    Route("POST", "/guilds/{guild_id}/channels", create),
    Route("POST", "/users/@me/channels", open_dm),
]
