"""What people can do, as the server does it for them: each action takes and answers JSON."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

from genjilib.local.discord import forms, guilds, messages, permissions, wire
from genjilib.local.discord.begin import begin
from genjilib.local.discord.constants import SELECTS, ComponentType, InteractionType, MessageFlag, Permission
from genjilib.local.discord.interactions import Interaction
from genjilib.local.discord.messages import Sending
from genjilib.local.discord.model import Channel, Command, Json, Message, User
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

WITHIN = 5.0
"""Seconds a person waits if nothing else is said."""


class NoResponse(Exception):
    """The application did not respond in time."""


class TimedOut(Exception):
    """What was waited for did not happen in time."""


async def slash(state: State, who: User, body: Json) -> Json:
    """Use a slash command."""
    channel = _visible(state, who, body.get("channel") or "general")
    path = str(body["command"]).lstrip("/").split()
    command = _usable(state, who, channel, find_command(state.world, channel.guild_id, path[0]))
    resolver = Resolver(state, channel)
    data = slash_data(resolver, command, path[1:], body.get("options") or {})
    return await _answer(state, begin(state, who, channel, InteractionType.COMMAND, data), body)


async def autocomplete(state: State, who: User, body: Json) -> Json:
    """Type into an option that offers choices."""
    channel = _visible(state, who, body.get("channel") or "general")
    path = str(body["command"]).lstrip("/").split()
    command = _usable(state, who, channel, find_command(state.world, channel.guild_id, path[0]))
    name = str(body["option"])
    if not option_of(command, path[1:], name).get("autocomplete"):
        raise Wrong(f"{name} of /{command.name} does not offer choices.")
    given = {**(body.get("options") or {}), name: body.get("text", "")}
    data = slash_data(Resolver(state, channel), command, path[1:], given, focused=name)
    return await _answer(state, begin(state, who, channel, InteractionType.AUTOCOMPLETE, data), body)


async def context_menu(state: State, who: User, body: Json) -> Json:
    """Use a menu of a message or of a user."""
    of_message = bool(body.get("message"))
    resolver_channel = body.get("channel") or "general"
    source = _message(state, who, body) if of_message else None
    channel = _channel_of(state, source) if source else _visible(state, who, resolver_channel)
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
    message = _message(state, who, body)
    button = _component(message, body.get("button"), (ComponentType.BUTTON,))
    if button.get("style") == 5:
        raise Wrong(f"{button.get('label')!r} is a link to {button.get('url')}.")
    data: Json = {"custom_id": button["custom_id"], "component_type": 2, "id": button["id"]}
    return await _answer(state, _pressed(state, who, message, data), body)


async def select(state: State, who: User, body: Json) -> Json:
    """Choose in a select, named by custom id or placeholder; none if there is but one."""
    message = _message(state, who, body)
    menu = _component(message, body.get("select"), tuple(SELECTS))
    resolver = Resolver(state, _channel_of(state, message))
    values = select_values(resolver, menu, body.get("values") or [])
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
    data = forms.filled(Resolver(state, channel), opened.modal, body.get("values") or {})
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
    channel = state.world.dm_with(who.id) if private else _visible(state, who, body["channel"])
    if not permissions.may(state.world, channel, who.id, sending(channel)):
        raise Wrong(f"{who.name} cannot write in #{channel.name}.")
    if channel.thread and channel.thread.locked:
        raise Wrong(f"#{channel.name} is locked.")
    files = [
        Upload(str(n), f["filename"], base64.b64decode(f["base64"]))
        for n, f in enumerate(body.get("files") or [])
    ]
    draft: Json = {"content": body.get("text") or ""}
    if body.get("reply_to"):
        draft["message_reference"] = {"message_id": body["reply_to"], "channel_id": str(channel.id)}
    return wire.message(state.world, messages.send(state, channel, draft, Sending(who.id, files=files)))


async def react(state: State, who: User, body: Json) -> Json:
    """Put a reaction under a message, or take it away."""
    message = _message(state, who, body)
    emoji: Json = {"id": None, "name": str(body["emoji"])}
    messages.react(state, _channel_of(state, message), message, emoji, who.id, add=not body.get("remove"))
    return wire.message(state.world, message)


async def delete(state: State, who: User, body: Json) -> Json:
    """Delete a message: one's own, or as a moderator another's."""
    message = _message(state, who, body)
    channel = _channel_of(state, message)
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
        state.world.dm_with(who.id) if body["channel"] == "@bot" else _visible(state, who, body["channel"])
    )
    found = [one for one in channel.messages.values() if one.ephemeral_to in (None, who.id)]
    limit = int(body.get("limit") or 50)
    return {"messages": [seen(state, one, who.id) for one in found[-limit:]]}


def seen(state: State, message: Message, user_id: int | None = None) -> Json:
    """A message as a person sees it, with all its text in one piece."""
    shown_ = wire.message(state.world, message, for_user=user_id)
    return {**shown_, "text": messages.text_of(message), "ephemeral": message.ephemeral_to is not None}


def shown(state: State, it: Interaction) -> Json:
    """What an interaction has come to, as the person sees it."""
    channel = state.world.channel(it.channel_id)
    there = channel.messages if channel else {}
    return {
        "interaction": str(it.id),
        "callback": it.callback,
        "effects": it.effects,
        "messages": [seen(state, one, it.user_id) for one in it.messages if one.id in there],
        "updated": seen(state, it.updated, it.user_id) if it.updated and it.updated.id in there else None,
        "modal": it.modal,
        "choices": it.choices,
    }


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
    channel = _channel_of(state, message)
    return begin(state, who, channel, InteractionType.COMPONENT, data, source=message)


def _usable(state: State, who: User, channel: Channel, command: Command) -> Command:
    needed = command.data.get("default_member_permissions")
    held = permissions.in_channel(state.world, channel, who.id)
    if not held & Permission.USE_APPLICATION_COMMANDS or (needed and held & int(needed) != int(needed)):
        raise Wrong(f"{who.name} does not see the command {command.name!r}.")
    return command


def _visible(state: State, who: User, which: Any) -> Channel:
    try:
        channel = state.world.find_channel(which)
    except KeyError as error:
        raise Wrong(error.args[0]) from None
    if not permissions.may(state.world, channel, who.id, Permission.VIEW_CHANNEL):
        raise Wrong(f"{who.name} does not see #{channel.name}.")
    return channel


def _message(state: State, who: User, body: Json) -> Message:
    wanted = int(body["message"])
    for channel in state.world.channels():
        found = channel.messages.get(wanted)
        if found is not None:
            _visible(state, who, channel.id)
            if found.ephemeral_to not in (None, who.id):
                break
            return found
    raise Wrong(f"{who.name} sees no message {wanted}.")


def _channel_of(state: State, message: Message) -> Channel:
    channel = state.world.channel(message.channel_id)
    if channel is None:
        raise Wrong("The channel is gone.")
    return channel


def _component(message: Message, wanted: Any, kinds: tuple[int, ...]) -> Json:
    if message.flags & MessageFlag.LOADING:
        raise Wrong("The bot is still thinking.")
    found = [one for one in walk(message.components) if one["type"] in kinds]
    named = [one for one in found if wanted is None or wanted in _names(one)]
    if len(named) != 1:
        known = ", ".join(repr(_names(one)[-1]) for one in found) or "none"
        raise Wrong(f"{len(named)} components are called {wanted!r}; the message has: {known}.")
    if named[0].get("disabled"):
        raise Wrong(f"{wanted!r} is disabled.")
    return named[0]


def walk(components: list[Json]) -> list[Json]:
    """Every component of a tree, in reading order."""
    found: list[Json] = []
    for one in components:
        found += [
            one,
            *walk(one.get("components") or []),
            *walk([one["accessory"]] if one.get("accessory") else []),
        ]
    return found


def _names(component: Json) -> list[str]:
    emoji: Json = component.get("emoji") or {}
    names = (
        component.get("custom_id"),
        emoji.get("name"),
        component.get("placeholder"),
        component.get("label"),
    )
    return [str(name) for name in names if name]


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
