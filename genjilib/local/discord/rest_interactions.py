"""REST: answers to interactions, and the messages their tokens open."""

import time
from datetime import UTC, datetime

from genjilib.local.discord import messages, rest_webhooks, wire
from genjilib.local.discord.begin import id_of
from genjilib.local.discord.constants import CallbackType, InteractionType, MessageFlag, MessageType
from genjilib.local.discord.errors import ApiError, Form, unknown
from genjilib.local.discord.interactions import Interaction
from genjilib.local.discord.jsons import Json, mapping, objects
from genjilib.local.discord.messages import Sending
from genjilib.local.discord.model import Channel, Message
from genjilib.local.discord.rest import Call, Route
from genjilib.local.discord.validate_components import Components

_T = CallbackType
_ALLOWED = {
    InteractionType.COMMAND: (_T.MESSAGE, _T.DEFERRED_MESSAGE, _T.MODAL),
    InteractionType.COMPONENT: (_T.MESSAGE, _T.DEFERRED_MESSAGE, _T.DEFERRED_UPDATE, _T.UPDATE, _T.MODAL),
    InteractionType.AUTOCOMPLETE: (_T.CHOICES,),
    InteractionType.MODAL: (_T.MESSAGE, _T.DEFERRED_MESSAGE, _T.DEFERRED_UPDATE, _T.UPDATE),
}


def callback(call: Call) -> Json | None:
    """The first answer: once, and within three seconds."""
    it = call.state.interactions.get(call.id("interaction_id"))
    if it is None or it.token != call.text("webhook_token"):
        raise unknown("Interaction")
    if it.callback is not None:
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    if time.monotonic() - it.began > call.state.limits.answer_within:
        raise unknown("Interaction")
    kind = int(call.body.get("type") or 0)
    form = Form()
    form.choice(("type",), kind, [int(one) for one in _ALLOWED[InteractionType(it.kind)]])
    if kind in (_T.UPDATE, _T.DEFERRED_UPDATE) and it.source is None:
        form.add(("type",), "BASE_TYPE_CHOICES", "There is no message to update.")
    form.refuse()
    if kind in (_T.MESSAGE, _T.DEFERRED_MESSAGE):
        _refuse_closed(_channel(call, it))
    _answer(call, it, kind, mapping(call.body.get("data")))
    it.callback, it.answered_at = kind, datetime.now(UTC)
    call.state.bell.ring()
    if call.request.query.get("with_response") not in ("1", "true", "True"):
        return None
    return _described(call, it, kind)


def _answer(call: Call, it: Interaction, kind: int, data: Json) -> None:
    if kind == _T.MESSAGE:
        it.original = _send(call, it, data)
    elif kind == _T.DEFERRED_MESSAGE:
        it.original = _thinking(call, it, int(data.get("flags") or 0))
        return
    elif kind == _T.DEFERRED_UPDATE:
        it.original = it.source
        return
    elif kind == _T.UPDATE:
        it.original = it.source
        _update(call, it, data)
    elif kind == _T.CHOICES:
        it.choices = _choices(data)
    else:
        it.modal = _modal(data)
    it.noticed()


def follow_up(call: Call) -> Json | None:
    """A further message; the first one after a deferral takes the place of the waiting message."""
    it = addressed(call)
    if it is None:
        return rest_webhooks.execute(call)
    original = it.original
    if it.callback == _T.DEFERRED_MESSAGE and original is not None and original.loading and not it.deleted:
        return wire.message(call.state.world, _edit(call, it, original, call.body))
    _refuse_closed(_channel(call, it))
    message = _send(call, it, call.body)
    it.noticed()
    call.state.bell.ring()
    return wire.message(call.state.world, message)


def get_message(call: Call) -> Json:
    """The original answer or a follow-up."""
    it = addressed(call)
    if it is None:
        return rest_webhooks.get_message(call)
    return wire.message(call.state.world, _message(call, it))


def edit_message(call: Call) -> Json:
    """Change the original answer or a follow-up."""
    it = addressed(call)
    if it is None:
        return rest_webhooks.edit_message(call)
    return wire.message(call.state.world, _edit(call, it, _message(call, it), call.body))


def delete_message(call: Call) -> None:
    """Delete the original answer or a follow-up."""
    it = addressed(call)
    if it is None:
        return rest_webhooks.delete_message(call)
    message = _message(call, it)
    messages.delete(call.state, _channel(call, it), message)
    it.deleted = it.deleted or message is it.original
    it.noticed()
    call.state.bell.ring()
    return None


def addressed(call: Call) -> Interaction | None:
    """The interaction a webhook address means; None if it means a true webhook."""
    if call.id("webhook_id") != call.state.world.application.id:
        return None
    token = call.text("webhook_token")
    it = call.state.interactions.get(id_of(token) or 0)
    if it is None or it.token != token or time.monotonic() - it.began > call.state.limits.token_life:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    if it.callback is None:
        raise unknown("Webhook")
    return it


def _send(call: Call, it: Interaction, body: Json) -> Message:
    world = call.state.world
    hidden = bool(int(body.get("flags") or 0) & MessageFlag.EPHEMERAL)
    sending = Sending(world.bot.id, files=call.files, interaction=_metadata(call, it))
    sending.kind, sending.reference = _kind(it)
    sending.ephemeral_to = it.user_id if hidden else None
    sending.application_id = sending.webhook_id = world.application.id
    sending.webhook_author = wire.user(world.bot)
    message = messages.send(call.state, _channel(call, it), body, sending)
    it.messages.append(message)
    return message


def _thinking(call: Call, it: Interaction, flags: int) -> Message:
    world = call.state.world
    channel = _channel(call, it)
    message = Message(world.ids.now(), channel.id, world.bot.id, interaction=_metadata(call, it))
    message.kind, message.reference = _kind(it)
    message.flags = MessageFlag.LOADING | flags & MessageFlag.EPHEMERAL
    message.ephemeral_to = it.user_id if flags & MessageFlag.EPHEMERAL else None
    message.application_id = message.webhook_id = world.application.id
    message.webhook_author = wire.user(world.bot)
    channel.messages[message.id] = message
    it.messages.append(message)
    call.state.dispatch_message("MESSAGE_CREATE", channel, message)
    return message


def _update(call: Call, it: Interaction, body: Json) -> None:
    assert it.source is not None
    it.updated = messages.edit(call.state, _channel(call, it), it.source, body, call.files)


def _edit(call: Call, it: Interaction, message: Message, body: Json) -> Message:
    messages.edit(call.state, _channel(call, it), message, body, call.files)
    if message is it.source:
        it.updated = message
    it.noticed()
    call.state.bell.ring()
    return message


def _message(call: Call, it: Interaction) -> Message:
    if call.text("message_id") == "@original":
        found = it.original
    else:
        found = next((one for one in it.messages if one.id == call.id("message_id")), None)
        found = it.source if found is None and it.source and it.source.id == call.id("message_id") else found
    if found is None or found.id not in _channel(call, it).messages:
        raise unknown("Message")
    return found


def _refuse_closed(channel: Channel) -> None:
    if channel.thread and channel.thread.archived and channel.thread.locked:
        raise ApiError(403, 50083, "Thread is archived")


def _channel(call: Call, it: Interaction) -> Channel:
    channel = call.state.world.channel(it.channel_id)
    if channel is None:
        raise unknown("Channel")
    return channel


def _kind(it: Interaction) -> tuple[int, Json | None]:
    if it.source is not None:
        reference = {"type": 0, "message_id": str(it.source.id), "channel_id": str(it.source.channel_id)}
        return MessageType.REPLY, reference
    menu = it.kind == InteractionType.COMMAND and it.data.get("type", 1) != 1
    return (MessageType.CONTEXT_MENU_COMMAND if menu else MessageType.CHAT_INPUT_COMMAND), None


def _metadata(call: Call, it: Interaction) -> Json:
    world = call.state.world
    channel = _channel(call, it)
    owner = str(channel.guild_id) if channel.guild_id else "0"
    body: Json = {
        "id": str(it.id),
        "type": it.kind,
        "user": wire.user(world.users[it.user_id]),
        "authorizing_integration_owners": {"0": owner},
    }
    if it.kind == InteractionType.COMMAND:
        body |= {"name": " ".join(_path(it.data)), "command_type": it.data.get("type", 1)}
    elif it.kind == InteractionType.COMPONENT and it.source:
        body["interacted_message_id"] = str(it.source.id)
    elif it.parent is not None:
        body["triggering_interaction_metadata"] = _metadata(call, it.parent)
    return body


def _path(data: Json) -> list[str]:
    """The name of a command, and of its group and subcommand."""
    inner = [one for one in objects(data.get("options")) if one.get("type") in (1, 2)]
    return [str(data.get("name")), *(_path(inner[0]) if inner else [])]


def _choices(data: Json) -> list[Json]:
    choices: list[Json] = objects(data.get("choices"))
    form = Form()
    form.length(("data", "choices"), choices, 0, 25)
    for index, choice in enumerate(choices):
        form.length(("data", "choices", index, "name"), choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            form.length(("data", "choices", index, "value"), choice["value"], 1, 100)
    form.refuse()
    return choices


def _modal(data: Json) -> Json:
    form = Form()
    modal = Components(form).modal(data)
    form.refuse()
    return modal


def _described(call: Call, it: Interaction, kind: int) -> Json:
    described: Json = {"id": str(it.id), "type": it.kind}
    resource: Json = {"type": kind}
    shown = it.original if kind in (_T.MESSAGE, _T.DEFERRED_MESSAGE, _T.UPDATE) else None
    if shown is not None:
        described |= {
            "response_message_id": str(shown.id),
            "response_message_loading": shown.loading,
            "response_message_ephemeral": shown.ephemeral_to is not None,
        }
        resource["message"] = wire.message(call.state.world, shown)
    return {"interaction": described, "resource": resource}


_HOOK = "/webhooks/{webhook_id}"
_TOKEN = _HOOK + "/{webhook_token}"
_MESSAGE = _TOKEN + "/messages/{message_id}"

routes = [
    Route("POST", "/interactions/{interaction_id}/{webhook_token}/callback", callback, token=False),
    Route("POST", _TOKEN, follow_up, token=False),
    Route("GET", _MESSAGE, get_message, token=False),
    Route("PATCH", _MESSAGE, edit_message, token=False),
    Route("DELETE", _MESSAGE, delete_message, token=False),
    Route("GET", _TOKEN, rest_webhooks.get, token=False),
    Route("PATCH", _TOKEN, rest_webhooks.edit, token=False),
    Route("DELETE", _TOKEN, rest_webhooks.delete, token=False),
    Route("GET", _HOOK, rest_webhooks.get),
    Route("PATCH", _HOOK, rest_webhooks.edit),
    Route("DELETE", _HOOK, rest_webhooks.delete),
    Route("POST", "/channels/{channel_id}/webhooks", rest_webhooks.create),
    Route("GET", "/channels/{channel_id}/webhooks", rest_webhooks.of_channel),
    Route("GET", "/guilds/{guild_id}/webhooks", rest_webhooks.of_guild),
]
