"""What a person sees and finds: messages, channels, components; and what came of an interaction."""

from typing import Any

from genjilib.local.discord import messages, permissions, wire
from genjilib.local.discord.constants import MessageFlag, Permission
from genjilib.local.discord.interactions import Interaction
from genjilib.local.discord.jsons import Json, mapping, objects
from genjilib.local.discord.model import Channel, Message, User
from genjilib.local.discord.options import Wrong
from genjilib.local.discord.state import State


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


def visible(state: State, who: User, which: Any) -> Channel:
    """A channel by name or id, if the person sees it."""
    try:
        channel = state.world.find_channel(which)
    except KeyError as error:
        raise Wrong(error.args[0]) from None
    if not permissions.may(state.world, channel, who.id, Permission.VIEW_CHANNEL):
        raise Wrong(f"{who.name} does not see #{channel.name}.")
    return channel


def find_message(state: State, who: User, body: Json) -> Message:
    """The message a body names, if the person sees it."""
    wanted = int(body["message"])
    for channel in state.world.channels():
        found = channel.messages.get(wanted)
        if found is not None:
            visible(state, who, channel.id)
            if found.ephemeral_to not in (None, who.id):
                break
            return found
    raise Wrong(f"{who.name} sees no message {wanted}.")


def channel_of(state: State, message: Message) -> Channel:
    """Where a message is."""
    channel = state.world.channel(message.channel_id)
    if channel is None:
        raise Wrong("The channel is gone.")
    return channel


def find_component(message: Message, wanted: Any, kinds: tuple[int, ...]) -> Json:
    """The one usable component of a message with this custom id, label, placeholder or emoji."""
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
            *walk(objects(one.get("components"))),
            *walk([one["accessory"]] if one.get("accessory") else []),
        ]
    return found


def _names(component: Json) -> list[str]:
    emoji: Json = mapping(component.get("emoji"))
    names = (
        component.get("custom_id"),
        emoji.get("name"),
        component.get("placeholder"),
        component.get("label"),
    )
    return [str(name) for name in names if name]
