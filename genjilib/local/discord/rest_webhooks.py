"""REST: webhooks of channels."""

import secrets

from genjilib.local.discord import messages, wire, wire_guild
from genjilib.local.discord.constants import ChannelType, Permission
from genjilib.local.discord.errors import ApiError, Form, unknown
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.messages import Sending
from genjilib.local.discord.model import Channel, Message, Webhook
from genjilib.local.discord.rest import Call

MOST_WEBHOOKS = 15


def create(call: Call) -> Json:
    """Make a webhook in a channel."""
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    form = Form()
    form.length(("name",), call.body.get("name"), 1, 80)
    form.refuse()
    world = call.state.world
    if sum(one.channel_id == channel.id for one in world.webhooks.values()) >= MOST_WEBHOOKS:
        raise ApiError(400, 30007, f"Maximum number of webhooks reached ({MOST_WEBHOOKS})")
    made = Webhook(
        world.ids.now(),
        channel.id,
        channel.guild_id or 0,
        str(call.body["name"]),
        secrets.token_urlsafe(51),
        world.bot.id,
    )
    world.webhooks[made.id] = made
    return wire_guild.webhook(world, made)


def of_channel(call: Call) -> list[Json]:
    """A channel's webhooks."""
    channel = call.channel(Permission.MANAGE_WEBHOOKS)
    hooks = call.state.world.webhooks.values()
    return [wire_guild.webhook(call.state.world, one) for one in hooks if one.channel_id == channel.id]


def of_guild(call: Call) -> list[Json]:
    """A guild's webhooks."""
    guild = call.guild(Permission.MANAGE_WEBHOOKS)
    hooks = call.state.world.webhooks.values()
    return [wire_guild.webhook(call.state.world, one) for one in hooks if one.guild_id == guild.id]


def get(call: Call) -> Json:
    """One webhook, asked for by the bot or with its token."""
    return wire_guild.webhook(call.state.world, addressed(call))


def edit(call: Call) -> Json:
    """Rename a webhook or move it to another channel."""
    hook = addressed(call)
    hook.name = str(call.body.get("name") or hook.name)
    hook.channel_id = int(call.body.get("channel_id") or hook.channel_id)
    return wire_guild.webhook(call.state.world, hook)


def delete(call: Call) -> None:
    """Delete a webhook."""
    del call.state.world.webhooks[addressed(call).id]


def execute(call: Call) -> Json | None:
    """Send a message through a webhook, into a thread of its channel if asked."""
    hook = addressed(call)
    channel = _target(call, hook)
    name = str(call.body.get("username") or hook.name)
    author: Json = {
        "id": str(hook.id),
        "username": name,
        "discriminator": "0000",
        "avatar": None,
        "bot": True,
    }
    sending = Sending(hook.creator_id, webhook_id=hook.id, webhook_author=author, files=call.files)
    sending.application_id = call.state.world.application.id
    sent = messages.send(call.state, channel, call.body, sending)
    return wire.message(call.state.world, sent) if call.request.query.get("wait") in ("1", "true") else None


def get_message(call: Call) -> Json:
    """A message the webhook sent."""
    _, message = _own(call)
    return wire.message(call.state.world, message)


def edit_message(call: Call) -> Json:
    """Change a message the webhook sent."""
    channel, message = _own(call)
    return wire.message(call.state.world, messages.edit(call.state, channel, message, call.body, call.files))


def delete_message(call: Call) -> None:
    """Delete a message the webhook sent."""
    channel, message = _own(call)
    messages.delete(call.state, channel, message)


def addressed(call: Call) -> Webhook:
    """The webhook of the address, its token checked if there is one."""
    hook = call.state.world.webhooks.get(call.id("webhook_id"))
    if hook is None:
        raise unknown("Webhook")
    token = call.request.match_info.get("webhook_token")
    if token is not None and token != hook.token:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return hook


def _target(call: Call, hook: Webhook) -> Channel:
    thread_id = call.request.query.get("thread_id")
    channel = call.state.world.channel(int(thread_id or hook.channel_id))
    if channel is None or (thread_id and channel.parent_id != hook.channel_id):
        raise unknown("Channel")
    if channel.kind == ChannelType.FORUM:
        message = "Webhooks posted to forum channels must have a thread_name or thread_id"
        raise ApiError(400, 220001, message)
    return channel


def _own(call: Call) -> tuple[Channel, Message]:
    hook = addressed(call)
    channel = _target(call, hook)
    message = channel.messages.get(call.id("message_id"))
    if message is None or message.webhook_id != hook.id:
        raise unknown("Message")
    return channel, message
