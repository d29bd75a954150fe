"""What can happen to messages, whoever does it: send, edit, delete, pin, forward, react."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from genjilib.local.discord import permissions, uploads, wire
from genjilib.local.discord.constants import ChannelType, Intent, MessageFlag, MessageType, Permission
from genjilib.local.discord.errors import ApiError, Form, unknown
from genjilib.local.discord.ids import time_of
from genjilib.local.discord.jsons import Json, as_object, listing
from genjilib.local.discord.model import Channel, Message, Reaction, utcnow
from genjilib.local.discord.state import State
from genjilib.local.discord.uploads import Upload
from genjilib.local.discord.validate import check_fields, check_not_empty
from genjilib.local.discord.validate_components import Components

NONCE_REMEMBERED = 300.0
"""Seconds for which an enforced nonce finds the message it first made."""

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass(slots=True)
class Sending:
    """What a message is besides its body: who sends it, as what, in answer to which interaction."""

    author_id: int
    kind: int = MessageType.DEFAULT
    ephemeral_to: int | None = None
    interaction: Json | None = None
    application_id: int | None = None
    webhook_id: int | None = None
    webhook_author: Json | None = None
    flags: int = 0
    reference: Json | None = None
    message_id: int | None = None
    before: Callable[[], None] | None = None
    """What to announce between checking the message and sending it, as a forum's new thread."""
    files: list[Upload] = field(default_factory=list[Upload])


def send(state: State, channel: Channel, body: Json, sending: Sending) -> Message:
    """Check a body and put the message into the channel; an enforced nonce finds the one it made before."""
    if channel.kind in (ChannelType.FORUM, ChannelType.CATEGORY):
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    repeated = _repeated(channel, body, sending.author_id)
    if repeated is not None:
        return repeated
    message = Message(sending.message_id or state.world.ids.now(), channel.id, sending.author_id)
    message.kind, message.reference = sending.kind, sending.reference
    message.ephemeral_to, message.interaction = sending.ephemeral_to, sending.interaction
    message.application_id = sending.application_id
    message.webhook_id, message.webhook_author = sending.webhook_id, sending.webhook_author
    message.nonce = None if body.get("nonce") is None else str(body["nonce"])
    message.tts = bool(body.get("tts"))
    message.flags = sending.flags | int(body.get("flags") or 0)
    _refer(state, channel, message, body.get("message_reference"))
    _fill(state, message, body, sending.files)
    if sending.before:
        sending.before()
    _wake_thread(state, channel)
    channel.messages[message.id] = message
    if message.ephemeral_to is None:
        channel.total_sent += 1
    state.dispatch_message("MESSAGE_CREATE", channel, message)
    return message


def edit(state: State, channel: Channel, message: Message, body: Json, files: list[Upload]) -> Message:
    """Change what the body names and leave the rest; an archived thread's messages cannot be changed."""
    if channel.thread and channel.thread.archived:
        raise ApiError(400, 50083, "Thread is archived")
    before = message.flags
    if body.get("flags") is not None:
        message.flags = before & ~MessageFlag.SUPPRESS_EMBEDS | int(body["flags"])
    message.flags &= ~MessageFlag.LOADING
    try:
        _fill(state, message, body, files)
    except ApiError:
        message.flags = before
        raise
    if not before & MessageFlag.LOADING:
        message.edited_at = utcnow()
    state.dispatch_message("MESSAGE_UPDATE", channel, message)
    return message


def delete(state: State, channel: Channel, message: Message) -> None:
    """Take a message out of its channel."""
    del channel.messages[message.id]
    for attachment in message.attachments:
        state.world.attachments.pop(attachment.id, None)
    if message.ephemeral_to is None:
        data: Json = {"id": str(message.id), "channel_id": str(channel.id)}
        state.dispatch_in(channel, "MESSAGE_DELETE", data, Intent.GUILD_MESSAGES, Intent.DIRECT_MESSAGES)
    state.bell.ring()


def delete_many(state: State, channel: Channel, ids: Iterable[int]) -> None:
    """Delete up to a hundred at once; ids of no message are passed over."""
    gone = [one for one in ids if channel.messages.pop(one, None)]
    data: Json = {"ids": [str(one) for one in gone], "channel_id": str(channel.id)}
    state.dispatch_in(channel, "MESSAGE_DELETE_BULK", data, Intent.GUILD_MESSAGES)


def react(state: State, channel: Channel, message: Message, emoji: Json, user_id: int, *, add: bool) -> None:
    """Put a reaction under a message or take one's own away."""
    found = next((one for one in message.reactions if one.emoji == emoji), None)
    if found is None:
        if not add:
            raise unknown("Emoji")
        found = Reaction(emoji)
        message.reactions.append(found)
    if add == (user_id in found.users):
        return
    (found.users.append if add else found.users.remove)(user_id)
    if not found.users:
        message.reactions.remove(found)
    data: Json = {
        "user_id": str(user_id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "emoji": emoji,
        "burst": False,
        "type": 0,
    }
    guild = state.world.guild_of(channel)
    if add and guild and user_id in guild.members:
        data["member"] = wire.member(guild.members[user_id])
        data["message_author_id"] = str(message.author_id)
    event = "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE"
    state.dispatch_in(channel, event, data, Intent.GUILD_MESSAGE_REACTIONS, Intent.DIRECT_MESSAGE_REACTIONS)


def text_of(message: Message) -> str:
    """All text of a message in reading order: content, embeds, text displays, button labels."""
    parts = [message.content, *_texts(message.embeds), *_texts(message.components)]
    return "\n".join(part for part in parts if part)


def _fill(state: State, message: Message, body: Json, files: list[Upload]) -> None:
    form = Form()
    v2 = message.v2
    check_fields(form, body, v2=v2)
    checker = Components(form)
    components = message.components
    if "components" in body:
        components = checker.message(body["components"], v2=v2)
    form.refuse()
    attachments = uploads.attach(state.world, message, body, files)
    uploads.resolve_media(state.world, checker.media, attachments, form)
    form.refuse()
    content = str(body["content"] or "") if "content" in body else message.content
    embeds = list(body["embeds"] or []) if "embeds" in body else message.embeds
    check_not_empty(content, embeds, components, attachments, message.snapshots, body.get("sticker_ids"))
    uploads.resolve_embeds(state.world, embeds, attachments)
    message.content, message.embeds, message.components = content.strip(), embeds, components
    message.attachments = attachments
    _mention(state, message, body.get("allowed_mentions"))


def _mention(state: State, message: Message, allowed: Any) -> None:
    text = "\n".join([message.content, *(_texts(message.components) if message.v2 else ())])
    users = [int(one) for one in _USER.findall(text) if int(one) in state.world.users]
    roles = [int(one) for one in _ROLE.findall(text)]
    everyone = bool(_EVERYONE.search(text))
    if allowed is not None:
        parse = listing(allowed.get("parse"))
        named_users = {int(one) for one in listing(allowed.get("users"))}
        named_roles = {int(one) for one in listing(allowed.get("roles"))}
        users = [one for one in users if "users" in parse or one in named_users]
        roles = [one for one in roles if "roles" in parse or one in named_roles]
        everyone = everyone and "everyone" in parse
    replied = _replied_author(state, message)
    if replied is not None and (allowed is None or allowed.get("replied_user")):
        users.append(replied)
    channel = state.world.channel(message.channel_id)
    if everyone and channel is not None and message.webhook_id is None:
        everyone = permissions.may(state.world, channel, message.author_id, Permission.MENTION_EVERYONE)
    message.mentions, message.mention_roles = list(dict.fromkeys(users)), list(dict.fromkeys(roles))
    message.mention_everyone = everyone


def _replied_author(state: State, message: Message) -> int | None:
    if message.kind != MessageType.REPLY or message.reference is None:
        return None
    channel = state.world.channel(int(message.reference["channel_id"]))
    found = channel.messages.get(int(message.reference["message_id"])) if channel else None
    return found.author_id if found and found.author_id in state.world.users else None


def _refer(state: State, channel: Channel, message: Message, reference: Json | None) -> None:
    if not reference:
        return
    source = state.world.channel(int(reference.get("channel_id") or channel.id))
    if source is None or not permissions.may(state.world, source, message.author_id, Permission.VIEW_CHANNEL):
        raise unknown("Channel")
    found = source.messages.get(int(reference["message_id"]))
    forward = int(reference.get("type") or 0) == 1
    if found is None:
        if reference.get("fail_if_not_exists", True):
            form = Form()
            form.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
            form.refuse()
        return
    message.reference = {"type": int(forward), "message_id": str(found.id), "channel_id": str(source.id)}
    if source.guild_id:
        message.reference["guild_id"] = str(source.guild_id)
    if forward:
        message.flags |= MessageFlag.HAS_SNAPSHOT
        message.snapshots = [{"message": _snapshot(state, found)}]
    else:
        message.kind = MessageType.REPLY


def _snapshot(state: State, message: Message) -> Json:
    full = wire.message(state.world, message, nested=True)
    names = (
        "type content embeds attachments timestamp edited_timestamp flags mentions mention_roles components"
    )
    return {name: full[name] for name in names.split()}


def _repeated(channel: Channel, body: Json, author_id: int) -> Message | None:
    nonce = body.get("nonce")
    if nonce is None or not body.get("enforce_nonce"):
        return None
    for message in reversed(channel.messages.values()):
        if (utcnow() - time_of(message.id)).total_seconds() > NONCE_REMEMBERED:
            return None
        if message.nonce == str(nonce) and message.author_id == author_id:
            return message
    return None


def _wake_thread(state: State, channel: Channel) -> None:
    if channel.thread and channel.thread.archived:
        channel.thread.archived, channel.thread.archived_at = False, utcnow()
        state.dispatch_in(channel, "THREAD_UPDATE", wire.thread(channel), Intent.GUILDS)


def _texts(parts: Any) -> list[str]:
    if isinstance(parts, list):
        return [text for part in listing(parts) for text in _texts(part)]
    it = as_object(parts)
    if it is None:
        return []
    names = ("label", "title", "description", "content", "name", "value", "text", "placeholder")
    own = [
        str(it[name]) for name in names if isinstance(it.get(name), str) and (name != "value" or "name" in it)
    ]
    inner = ("author", "fields", "footer", "components", "accessory", "items", "component", "options")
    return own + [text for name in inner if it.get(name) for text in _texts(it[name])]
