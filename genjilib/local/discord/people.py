"""What people can do, as the server does it for them: each action takes and answers JSON."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from genjilib.local.discord import forms, guilds, messages, permissions, wire
from genjilib.local.discord.begin import begin
from genjilib.local.discord.constants import SELECTS, ComponentType, InteractionType, Permission
from genjilib.local.discord.interactions import Interaction
from genjilib.local.discord.jsons import Json, listing, mapping
from genjilib.local.discord.messages import Sending
from genjilib.local.discord.model import Channel, Command, Message, User
from genjilib.local.discord.onlooker import channel_of, find_component, find_message, seen, shown, visible
from genjilib.local.discord.options import (
    Resolver,
    Wrong,
    find_command,
    option_of,
    select_values,
    slash_data,
)
from genjilib.local.discord.permissions import sending
from genjilib.local.discord.state import State
from genjilib.local.discord.uploads import Upload

WITHIN = 60.0
"""Seconds a person waits if nothing else is said."""


REACTION = 0.2
"""Seconds before a person presses what they just saw. discord.py learns which buttons and forms it has to
answer for only when its own call returns; a press before that, which no hand is quick enough for, is lost."""


class NoResponse(Exception):
    """The application did not respond in time."""


class TimedOut(Exception):
    """What was waited for did not happen in time."""


async def slash(state: State, who: User, body: Json) -> Json:
    """Use a slash command."""
    channel = visible(state, who, body.get("channel") or "general")
    path = str(body["command"]).lstrip("/").split()
    command = _usable(state, who, channel, find_command(state.world, channel.guild_id, path[0]))
    resolver = Resolver(state, channel)
    data = slash_data(resolver, command, path[1:], mapping(body.get("options")))
    return await _answer(state, begin(state, who, channel, InteractionType.COMMAND, data), body)


async def autocomplete(state: State, who: User, body: Json) -> Json:
    """Type into an option that offers choices."""
    channel = visible(state, who, body.get("channel") or "general")
    path = str(body["command"]).lstrip("/").split()
    command = _usable(state, who, channel, find_command(state.world, channel.guild_id, path[0]))
    name = str(body["option"])
    if not option_of(command, path[1:], name).get("autocomplete"):
        raise Wrong(f"{name} of /{command.name} does not offer choices.")
    given = {**mapping(body.get("options")), name: body.get("text", "")}
    data = slash_data(Resolver(state, channel), command, path[1:], given, focused=name)
    return await _answer(state, begin(state, who, channel, InteractionType.AUTOCOMPLETE, data), body)


async def context_menu(state: State, who: User, body: Json) -> Json:
    """Use a menu of a message or of a user."""
    of_message = bool(body.get("message"))
    resolver_channel = body.get("channel") or "general"
    source = find_message(state, who, body) if of_message else None
    channel = channel_of(state, source) if source else visible(state, who, resolver_channel)
    command = find_command(state.world, channel.guild_id, str(body["command"]), 3 if of_message else 2)
    _usable(state, who, channel, command)
    resolver = Resolver(state, channel)
    if source is not None:
        target = str(source.id)
        resolver.resolved["messages"] = {target: wire.message(state.world, source)}
    else:
        target = resolver.user(body["target"])
    data: Json = {"id": str(command.id), "name": command.name, "type": command.kind, "target_id": target}
    data |= {"resolved": resolver.resolved} | (
        {"guild_id": str(command.guild_id)} if command.guild_id else {}
    )
    return await _answer(state, begin(state, who, channel, InteractionType.COMMAND, data), body)


async def press(state: State, who: User, body: Json) -> Json:
    """Press a button, named by custom id, label or emoji."""
    message = find_message(state, who, body)
    button = find_component(message, body.get("button"), (ComponentType.BUTTON,))
    if button.get("style") == 5:
        raise Wrong(f"{button.get('label')!r} is a link to {button.get('url')}.")
    data: Json = {"custom_id": button["custom_id"], "component_type": 2, "id": button["id"]}
    await _see(message.edited_at or message.sent_at)
    return await _answer(state, _pressed(state, who, message, data), body)


async def select(state: State, who: User, body: Json) -> Json:
    """Choose in a select, named by custom id or placeholder; none if there is but one."""
    message = find_message(state, who, body)
    menu = find_component(message, body.get("select"), tuple(SELECTS))
    resolver = Resolver(state, channel_of(state, message))
    await _see(message.edited_at or message.sent_at)
    values = select_values(resolver, menu, listing(body.get("values")))
    data: Json = {
        "custom_id": menu["custom_id"],
        "component_type": menu["type"],
        "id": menu["id"],
        "values": values,
    }
    if resolver.resolved:
        data["resolved"] = resolver.resolved
    return await _answer(state, _pressed(state, who, message, data), body)


async def submit_modal(state: State, who: User, body: Json) -> Json:
    """Fill in and send the form an interaction opened."""
    opened = state.interactions.get(int(body["interaction"]))
    if opened is None or opened.modal is None or opened.user_id != who.id:
        raise Wrong("There is no such form.")
    channel = state.world.channel(opened.channel_id)
    if channel is None:
        raise Wrong("The channel is gone.")
    await _see(opened.answered_at)
    data = forms.filled(Resolver(state, channel), opened.modal, mapping(body.get("values")))
    it = begin(state, who, channel, InteractionType.MODAL, data, source=opened.source, parent=opened)
    return await _answer(state, it, body)


async def follow(state: State, who: User, body: Json) -> Json:
    """Wait until an interaction has had `effects` visible effects, and show it as it is then."""
    it = state.interactions.get(int(body["interaction"]))
    if it is None or it.user_id != who.id:
        raise Wrong("There is no such interaction.")
    wanted = int(body.get("effects") or 1)
    within = float(body.get("within") or WITHIN)
    if await state.bell.until(lambda: True if it.effects >= wanted else None, within) is None:
        raise TimedOut(f"After {within:g} s the bot had done {it.effects} visible things, not {wanted}.")
    return shown(state, it)


async def say(state: State, who: User, body: Json) -> Json:
    """Write a message in a channel, or to the bot alone if the channel is "@bot"."""
    private = body.get("channel") == "@bot"
    channel = state.world.dm_with(who.id) if private else visible(state, who, body["channel"])
    if not permissions.may(state.world, channel, who.id, sending(channel)):
        raise Wrong(f"{who.name} cannot write in #{channel.name}.")
    if channel.thread and channel.thread.locked:
        raise Wrong(f"#{channel.name} is locked.")
    files = [
        Upload(str(n), f["filename"], base64.b64decode(f["base64"]))
        for n, f in enumerate(listing(body.get("files")))
    ]
    draft: Json = {"content": body.get("text") or ""}
    if body.get("reply_to"):
        draft["message_reference"] = {"message_id": body["reply_to"], "channel_id": str(channel.id)}
    return wire.message(state.world, messages.send(state, channel, draft, Sending(who.id, files=files)))


async def react(state: State, who: User, body: Json) -> Json:
    """Put a reaction under a message, or take it away."""
    message = find_message(state, who, body)
    emoji: Json = {"id": None, "name": str(body["emoji"])}
    messages.react(state, channel_of(state, message), message, emoji, who.id, add=not body.get("remove"))
    return wire.message(state.world, message)


async def delete(state: State, who: User, body: Json) -> Json:
    """Delete a message: one's own, or as a moderator another's."""
    message = find_message(state, who, body)
    channel = channel_of(state, message)
    if message.author_id != who.id and not permissions.may(
        state.world, channel, who.id, Permission.MANAGE_MESSAGES
    ):
        raise Wrong(f"{who.name} cannot delete this message.")
    messages.delete(state, channel, message)
    return {}


async def join(state: State, who: User, body: Json) -> Json:
    """Join the guild."""
    return wire.member(guilds.join(state, state.world.guild, who))


async def leave(state: State, who: User, body: Json) -> Json:
    """Leave the guild."""
    member = state.world.guild.members.get(who.id)
    if member is None:
        raise Wrong(f"{who.name} is not in the guild.")
    guilds.leave(state, state.world.guild, member)
    return {}


async def messages_in(state: State, who: User, body: Json) -> Json:
    """What a person sees in a channel, or with the bot alone, oldest first."""
    channel = (
        state.world.dm_with(who.id) if body["channel"] == "@bot" else visible(state, who, body["channel"])
    )
    found = [one for one in channel.messages.values() if one.ephemeral_to in (None, who.id)]
    limit = int(body.get("limit") or 50)
    return {"messages": [seen(state, one, who.id) for one in found[-limit:]]}


async def _see(shown_at: datetime) -> None:
    age = (datetime.now(UTC) - shown_at).total_seconds()
    await asyncio.sleep(max(0.0, REACTION - max(0.0, age)))


async def _answer(state: State, it: Interaction, body: Json) -> Json:
    limits = state.limits
    # A breath more than the bot has, so that its last-moment answer is not missed.
    await state.bell.until(lambda: True if it.callback is not None else None, limits.answer_within * 1.05)
    if it.callback is None:
        raise NoResponse("The application did not respond.")
    if not body.get("only_ack"):
        await state.bell.until(lambda: None if it.pending else True, float(body.get("within") or WITHIN))
    return shown(state, it)


def _pressed(state: State, who: User, message: Message, data: Json) -> Interaction:
    channel = channel_of(state, message)
    return begin(state, who, channel, InteractionType.COMPONENT, data, source=message)


def _usable(state: State, who: User, channel: Channel, command: Command) -> Command:
    needed = command.data.get("default_member_permissions")
    held = permissions.in_channel(state.world, channel, who.id)
    if not held & Permission.USE_APPLICATION_COMMANDS or (needed and held & int(needed) != int(needed)):
        raise Wrong(f"{who.name} does not see the command {command.name!r}.")
    return command


Action = Callable[[State, User, Json], Awaitable[Json]]

actions: dict[str, Action] = {
    "slash": slash,
    "autocomplete": autocomplete,
    "context_menu": context_menu,
    "press": press,
    "select": select,
    "submit_modal": submit_modal,
    "follow": follow,
    "say": say,
    "react": react,
    "delete": delete,
    "join": join,
    "leave": leave,
    "messages": messages_in,
}
