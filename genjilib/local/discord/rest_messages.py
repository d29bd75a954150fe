"""REST: messages, pins, reactions, typing."""

from urllib.parse import unquote

from genjilib.local.discord import messages, wire
from genjilib.local.discord.constants import ChannelType, Intent, MessageFlag, MessageType, Permission
from genjilib.local.discord.errors import ApiError, Form, missing_permissions, unknown
from genjilib.local.discord.jsons import Json, listing
from genjilib.local.discord.messages import Sending
from genjilib.local.discord.model import Channel, Message, utcnow
from genjilib.local.discord.permissions import sending
from genjilib.local.discord.rest import Call, Route

MOST_PINS = 250


def create(call: Call) -> Json:
    """Send a message as the bot."""
    channel = call.channel()
    check_may_send(call, channel)
    sent = messages.send(call.state, channel, call.body, Sending(call.state.world.bot.id, files=call.files))
    return wire.message(call.state.world, sent)


def check_may_send(call: Call, channel: Channel) -> None:
    """Refuse where the bot cannot speak: closed direct messages, missing permissions, locked threads."""
    world = call.state.world
    if channel.kind == ChannelType.DM:
        if not all(world.users[one].dms_open for one in channel.recipients):
            raise ApiError(403, 50007, "Cannot send messages to this user")
        return
    call.need(channel, sending(channel))
    if call.files:
        call.need(channel, Permission.ATTACH_FILES)
    if channel.thread and channel.thread.locked:
        call.need(channel, Permission.MANAGE_THREADS)


def get(call: Call) -> Json:
    """One message."""
    return wire.message(call.state.world, call.message(call.channel(Permission.READ_MESSAGE_HISTORY)))


def listed(call: Call) -> list[Json]:
    """Messages before, after or around an id, newest first."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    limit = call.number("limit", 50, 100)
    seen = [message for message in channel.messages.values() if message.ephemeral_to is None]
    query = call.request.query
    if "after" in query:
        chosen = [message for message in seen if message.id > int(query["after"])][:limit]
    elif "around" in query:
        middle = sum(message.id < int(query["around"]) for message in seen)
        chosen = seen[max(middle - limit // 2, 0) :][:limit]
    else:
        before = int(query.get("before") or 1 << 63)
        chosen = [message for message in seen if message.id < before][-limit:]
    return [wire.message(call.state.world, message) for message in reversed(chosen)]


def edit(call: Call) -> Json:
    """Change one of the bot's own messages; of others only the flags may be changed."""
    channel = call.channel()
    message = call.message(channel)
    if message.author_id != call.state.world.bot.id or message.webhook_id not in (
        None,
        call.state.world.application.id,
    ):
        if set(call.body) - {"flags"}:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        call.need(channel, Permission.MANAGE_MESSAGES)
    return wire.message(call.state.world, messages.edit(call.state, channel, message, call.body, call.files))


def delete(call: Call) -> None:
    """Delete a message; another's needs the right to manage messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.author_id != call.state.world.bot.id:
        if channel.kind == ChannelType.DM:
            raise missing_permissions()
        call.need(channel, Permission.MANAGE_MESSAGES)
    messages.delete(call.state, channel, message)


def delete_bulk(call: Call) -> None:
    """Delete 2 to 100 messages none of which is older than two weeks."""
    channel = call.channel(Permission.MANAGE_MESSAGES)
    ids = [int(one) for one in listing(call.body.get("messages"))]
    form = Form()
    if not 2 <= len(ids) <= 100:
        form.add(("messages",), "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.")
    form.refuse()
    messages.delete_many(call.state, channel, ids)


def crosspost(call: Call) -> Json:
    """Publish a message of an announcement channel."""
    channel = call.channel(Permission.SEND_MESSAGES)
    if channel.kind != ChannelType.NEWS:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    message = call.message(channel)
    message.flags |= MessageFlag.CROSSPOSTED
    return wire.message(call.state.world, message)


def pins(call: Call) -> Json:
    """Pinned messages, the newest pin first."""
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    pinned = [(message.pinned_at, message) for message in channel.messages.values() if message.pinned_at]
    pinned.sort(key=lambda pin: pin[0], reverse=True)
    world = call.state.world
    items = [{"pinned_at": wire.moment(at), "message": wire.message(world, it)} for at, it in pinned]
    return {"items": items, "has_more": False}


def pin(call: Call) -> None:
    """Pin a message and say so in the channel."""
    channel = call.channel(Permission.PIN_MESSAGES)
    message = call.message(channel)
    if message.pinned_at:
        return
    if sum(one.pinned_at is not None for one in channel.messages.values()) >= MOST_PINS:
        raise ApiError(400, 30003, f"Maximum number of pins reached ({MOST_PINS})")
    message.pinned_at = utcnow()
    _pins_changed(call, channel, message)
    bot = call.state.world.bot.id
    notice = Message(call.state.world.ids.now(), channel.id, bot, kind=MessageType.PINNED)
    notice.reference = {"type": 0, "message_id": str(message.id), "channel_id": str(channel.id)}
    channel.messages[notice.id] = notice
    call.state.dispatch_message("MESSAGE_CREATE", channel, notice)


def unpin(call: Call) -> None:
    """Unpin a message."""
    channel = call.channel(Permission.PIN_MESSAGES)
    message = call.message(channel)
    message.pinned_at = None
    _pins_changed(call, channel, message)


def react(call: Call) -> None:
    """Put the bot's reaction under a message."""
    channel = call.channel(Permission.ADD_REACTIONS | Permission.READ_MESSAGE_HISTORY)
    messages.react(
        call.state, channel, call.message(channel), emoji_of(call), call.state.world.bot.id, add=True
    )


def unreact(call: Call) -> None:
    """Take away the bot's reaction or, as a manager, another's."""
    channel = call.channel()
    user_id = call.id("user_id")
    if user_id != call.state.world.bot.id:
        call.need(channel, Permission.MANAGE_MESSAGES)
    messages.react(call.state, channel, call.message(channel), emoji_of(call), user_id, add=False)


def reactors(call: Call) -> list[Json]:
    """Who reacted with an emoji."""
    message = call.message(call.channel(Permission.READ_MESSAGE_HISTORY))
    found = next((one for one in message.reactions if one.emoji == emoji_of(call)), None)
    return [wire.user(call.state.world.users[one]) for one in (found.users if found else ())]


def clear_reactions(call: Call) -> None:
    """Take away every reaction of a message."""
    channel = call.channel(Permission.MANAGE_MESSAGES)
    message = call.message(channel)
    message.reactions.clear()
    data: Json = {"channel_id": str(channel.id), "message_id": str(message.id)}
    call.state.dispatch_in(channel, "MESSAGE_REACTION_REMOVE_ALL", data, Intent.GUILD_MESSAGE_REACTIONS)


def typing(call: Call) -> None:
    """Show that the bot is typing."""
    channel = call.channel()
    data: Json = {
        "channel_id": str(channel.id),
        "user_id": str(call.state.world.bot.id),
        "timestamp": int(utcnow().timestamp()),
    }
    call.state.dispatch_in(
        channel, "TYPING_START", data, Intent.GUILD_MESSAGE_TYPING, Intent.DIRECT_MESSAGE_TYPING
    )


def emoji_of(call: Call) -> Json:
    """The emoji of the address: a character, or name:id of a custom one."""
    name, _, emoji_id = unquote(call.text("emoji")).rpartition(":")
    if not name:
        return {"id": None, "name": emoji_id}
    if not any(int(emoji_id) in guild.emojis for guild in call.state.world.guilds.values()):
        raise unknown("Emoji")
    return {"id": emoji_id, "name": name, "animated": False}


def _pins_changed(call: Call, channel: Channel, message: Message) -> None:
    call.state.dispatch_message("MESSAGE_UPDATE", channel, message)
    data: Json = {"channel_id": str(channel.id), "last_pin_timestamp": wire.moment(message.pinned_at)}
    call.state.dispatch_in(channel, "CHANNEL_PINS_UPDATE", data, Intent.GUILDS)


_MESSAGES = "/channels/{channel_id}/messages"
_ONE = _MESSAGES + "/{message_id}"
_EMOJI = _ONE + "/reactions/{emoji}"

routes = [
    Route("GET", _MESSAGES, listed),
    Route("POST", _MESSAGES, create),
    Route("POST", _MESSAGES + "/bulk-delete", delete_bulk),
    Route("GET", _MESSAGES + "/pins", pins),
    Route("PUT", _MESSAGES + "/pins/{message_id}", pin),
    Route("DELETE", _MESSAGES + "/pins/{message_id}", unpin),
    Route("GET", _ONE, get),
    Route("PATCH", _ONE, edit),
    Route("DELETE", _ONE, delete),
    Route("POST", _ONE + "/crosspost", crosspost),
    Route("DELETE", _ONE + "/reactions", clear_reactions),
    Route("GET", _EMOJI, reactors),
    Route("PUT", _EMOJI + "/@me", react),
    Route("DELETE", _EMOJI + "/{user_id}", unreact),
    Route("POST", "/channels/{channel_id}/typing", typing),
]
