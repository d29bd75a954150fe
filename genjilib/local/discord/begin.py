"""Begins interactions: builds the payload Discord would send to the bot and sends it."""

import base64
import secrets

from genjilib.local.discord import permissions, wire
from genjilib.local.discord.errors import ApiError
from genjilib.local.discord.interactions import Interaction
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Channel, Message, User
from genjilib.local.discord.state import State


def begin(
    state: State,
    user: User,
    channel: Channel,
    kind: int,
    data: Json,
    *,
    source: Message | None = None,
    parent: Interaction | None = None,
) -> Interaction:
    """Tell the bot what `user` did in `channel`; `source` is what was pressed, `parent` opened the form."""
    world = state.world
    state.drop_stale()
    snowflake = world.ids.now()
    it = Interaction(snowflake, new_token(snowflake), kind, user.id, channel.id, data, source, parent)
    state.interactions[it.id] = it
    payload = {**_payload(state, it, user), **_where(state, channel, user)}
    if source is not None:
        payload["message"] = wire.message(world, source)
    state.dispatch("INTERACTION_CREATE", payload, guild_id=channel.guild_id)
    return it


def new_token(snowflake: int) -> str:
    """A token that names its interaction, as Discord's do."""
    return base64.urlsafe_b64encode(f"interaction:{snowflake}:{secrets.token_hex(48)}".encode()).decode()


def id_of(token: str) -> int | None:
    """The interaction a token names; None if it is no token."""
    try:
        kind, snowflake, _ = base64.urlsafe_b64decode(token).decode().split(":")
    except ValueError:
        return None
    return int(snowflake) if kind == "interaction" and snowflake.isdigit() else None


def channel_of(state: State, channel: Channel, user_id: int) -> Json:
    """A channel as interactions show it: with what the person may do there."""
    bits = permissions.in_channel(state.world, channel, user_id)
    return {**wire.channel(state.world, channel), "permissions": str(int(bits))}


def member_of(state: State, channel: Channel, user_id: int, *, with_user: bool = False) -> Json:
    """A member as interactions show them: with what they may do in the channel."""
    guild = state.world.guild_of(channel)
    if guild is None or user_id not in guild.members:
        raise ApiError(404, 10007, "Unknown Member")
    bits = permissions.in_channel(state.world, channel, user_id)
    return {**wire.member(guild.members[user_id], with_user=with_user), "permissions": str(int(bits))}


def _payload(state: State, it: Interaction, user: User) -> Json:
    return {
        "id": str(it.id),
        "application_id": str(state.world.application.id),
        "type": it.kind,
        "data": it.data,
        "token": it.token,
        "version": 1,
        "locale": user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": 10 * 1024 * 1024,
    }


def _where(state: State, channel: Channel, user: User) -> Json:
    world = state.world
    guild = world.guild_of(channel)
    payload: Json = {
        "channel_id": str(channel.id),
        "channel": channel_of(state, channel, user.id),
        "app_permissions": str(int(permissions.in_channel(world, channel, world.bot.id))),
        "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
        "context": 0 if guild else 1,
    }
    if guild is None:
        return {**payload, "user": wire.user(user)}
    return {
        **payload,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": ["COMMUNITY"]},
        "guild_locale": guild.locale,
        "member": member_of(state, channel, user.id, with_user=True),
    }
