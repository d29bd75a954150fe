"""REST: threads and forum posts, their members and their archive."""

from collections.abc import Callable
from typing import Any

from genjilib.local.discord import messages, wire
from genjilib.local.discord.constants import ChannelType, Intent, MessageFlag, MessageType, Permission
from genjilib.local.discord.errors import ApiError, Form, missing_permissions, unknown
from genjilib.local.discord.jsons import Json, listing
from genjilib.local.discord.messages import Sending
from genjilib.local.discord.model import Channel, Message, ThreadState, utcnow
from genjilib.local.discord.rest import Call, Route
from genjilib.local.discord.state import State

DURATIONS = (60, 1440, 4320, 10080)
MOST_APPLIED_TAGS = 5


def from_message(call: Call) -> Json:
    """Begin a thread under a message; it has the message's id."""
    parent = call.channel(Permission.CREATE_PUBLIC_THREADS)
    message = call.message(parent)
    if call.state.world.channel(message.id):
        raise ApiError(400, 160004, "A thread has already been created for this message")
    _check(call.body)
    thread = _begin(call, parent, ChannelType.PUBLIC_THREAD, message.id)
    starter = Message(
        call.state.world.ids.now(), thread.id, message.author_id, kind=MessageType.THREAD_STARTER
    )
    starter.reference = {"type": 0, "message_id": str(message.id), "channel_id": str(parent.id)}
    thread.messages[starter.id] = starter
    thread.total_sent = 1
    message.flags |= MessageFlag.HAS_THREAD
    call.state.dispatch_message("MESSAGE_UPDATE", parent, message)
    return wire.thread(thread)


def create(call: Call) -> Json:
    """Begin a thread without a message, or a forum's post with its first message."""
    parent = call.channel()
    if parent.kind == ChannelType.FORUM:
        return _post(call, parent)
    if parent.kind not in (ChannelType.TEXT, ChannelType.NEWS):
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    kind = int(call.body.get("type") or ChannelType.PRIVATE_THREAD)
    private = kind == ChannelType.PRIVATE_THREAD
    call.need(parent, Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS)
    _check(call.body)
    thread = _begin(call, parent, kind, call.state.world.ids.now())
    if not private:
        _announce(call.state, parent, thread)
    return wire.thread(thread)


def edit_thread(call: Call, thread: Channel) -> Json:
    """Rename, tag, archive or lock a thread; an archived one must be woken first or in the same call."""
    state = thread.thread
    assert state is not None
    body = call.body
    if state.owner_id != call.state.world.bot.id or body.get("locked") is not None:
        call.need(thread, Permission.MANAGE_THREADS)
    if state.archived and body.get("archived") is not False and set(body) - {"archived", "locked"}:
        raise ApiError(400, 50083, "Thread is archived")
    _check(body, new=False)
    if "applied_tags" in body:
        state.tags = _tags(call, thread.parent_id, body["applied_tags"])
    if "name" in body:
        thread.name = str(body["name"])
    if body.get("archived") is not None and bool(body["archived"]) != state.archived:
        state.archived, state.archived_at = bool(body["archived"]), utcnow()
    state.locked = bool(body.get("locked", state.locked))
    state.invitable = bool(body.get("invitable", state.invitable))
    state.auto_archive = int(body.get("auto_archive_duration") or state.auto_archive)
    thread.slowmode = int(body.get("rate_limit_per_user") or thread.slowmode)
    call.state.dispatch_in(thread, "THREAD_UPDATE", wire.thread(thread), Intent.GUILDS)
    return wire.thread(thread)


def add_member(call: Call) -> None:
    """Take someone, or with @me the bot itself, into a thread."""
    thread = _thread(call)
    user_id = call.id("user_id")
    guild = call.state.world.guild_of(thread)
    if guild is None or user_id not in guild.members:
        raise unknown("Member")
    join(call.state, thread, user_id)


def remove_member(call: Call) -> None:
    """Take someone out of a thread."""
    thread = _thread(call)
    user_id = call.id("user_id")
    if user_id != call.state.world.bot.id:
        call.need(thread, Permission.MANAGE_THREADS)
    assert thread.thread is not None
    if thread.thread.members.pop(user_id, None):
        _members_changed(call.state, thread, [], [user_id])


def members(call: Call) -> list[Json]:
    """Who is in a thread."""
    thread = _thread(call)
    assert thread.thread is not None
    return [wire.thread_member(thread, user_id) for user_id in thread.thread.members]


def member(call: Call) -> Json:
    """One member of a thread."""
    thread = _thread(call)
    assert thread.thread is not None
    if call.id("user_id") not in thread.thread.members:
        raise unknown("Member")
    return wire.thread_member(thread, call.id("user_id"))


def active(call: Call) -> Json:
    """A guild's threads that are not archived."""
    return _page(call, lambda one: one.thread is not None and not one.thread.archived, call.guild().id)


def archived_public(call: Call) -> Json:
    """A channel's archived public threads."""
    return _archived(call, ChannelType.PUBLIC_THREAD)


def archived_private(call: Call) -> Json:
    """A channel's archived private threads."""
    call.need(call.channel(), Permission.MANAGE_THREADS)
    return _archived(call, ChannelType.PRIVATE_THREAD)


def join(state: State, thread: Channel, user_id: int) -> None:
    """Make a user a member of a thread."""
    assert thread.thread is not None
    if user_id in thread.thread.members:
        return
    thread.thread.members[user_id] = utcnow()
    _members_changed(state, thread, [user_id], [])


def _post(call: Call, forum: Channel) -> Json:
    call.need(forum, Permission.SEND_MESSAGES)
    body = call.body
    _check(body)
    if not isinstance(body.get("message"), dict):
        form = Form()
        form.required(("message",))
        form.refuse()
    tags = _tags(call, forum.id, body.get("applied_tags") or body["message"].get("applied_tags") or [])
    if forum.requires_tag and not tags:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    thread_id = call.state.world.ids.now()
    thread = _begin(call, forum, ChannelType.PUBLIC_THREAD, thread_id, announce=False)
    assert thread.thread is not None
    thread.thread.tags = tags
    sending = Sending(call.state.world.bot.id, files=call.files, message_id=thread_id)
    sending.before = lambda: _created(call.state, thread)
    try:
        message = messages.send(call.state, thread, body["message"], sending)
    except ApiError:
        _guild_channels(call, thread).pop(thread.id)
        raise
    return {**wire.thread(thread), "message": wire.message(call.state.world, message)}


def _begin(call: Call, parent: Channel, kind: int, thread_id: int, *, announce: bool = True) -> Channel:
    bot, now, body = call.state.world.bot.id, utcnow(), call.body
    thread = Channel(thread_id, kind, str(body["name"]), parent.guild_id, parent.id)
    thread.thread = ThreadState(
        bot, now, now, invitable=bool(body.get("invitable", True)), members={bot: now}
    )
    thread.thread.auto_archive = int(body.get("auto_archive_duration") or 1440)
    thread.slowmode = int(body.get("rate_limit_per_user") or 0)
    _guild_channels(call, thread)[thread.id] = thread
    if announce:
        _created(call.state, thread)
    return thread


def _created(state: State, thread: Channel) -> None:
    bot = state.world.bot.id
    data: Json = {**wire.thread(thread), "newly_created": True, "member": wire.thread_member(thread, bot)}
    state.dispatch_in(thread, "THREAD_CREATE", data, Intent.GUILDS)


def _announce(state: State, parent: Channel, thread: Channel) -> None:
    notice = Message(state.world.ids.now(), parent.id, state.world.bot.id, content=thread.name)
    notice.kind = MessageType.THREAD_CREATED
    notice.reference = {
        "type": 0,
        "channel_id": str(thread.id),
        "guild_id": str(thread.guild_id),
        "message_id": "0",
    }
    parent.messages[notice.id] = notice
    state.dispatch_message("MESSAGE_CREATE", parent, notice)


def _members_changed(state: State, thread: Channel, added: list[int], removed: list[int]) -> None:
    guild = state.world.guild_of(thread)
    assert thread.thread is not None
    assert guild is not None
    data: Json = {
        "id": str(thread.id),
        "member_count": len(thread.thread.members),
        "added_members": [
            {**wire.thread_member(thread, one), "member": wire.member(guild.members[one]), "presence": None}
            for one in added
        ],
        "removed_member_ids": [str(one) for one in removed],
    }
    concerns_bot = state.world.bot.id in (*added, *removed)
    intent = Intent.GUILDS if concerns_bot else Intent.GUILD_MEMBERS
    state.dispatch_guild(guild, "THREAD_MEMBERS_UPDATE", data, intent)


def _check(body: Json, *, new: bool = True) -> None:
    form = Form()
    if new or "name" in body:
        form.length(("name",), body.get("name"), 1, 100)
    if body.get("auto_archive_duration") is not None:
        form.choice(("auto_archive_duration",), int(body["auto_archive_duration"]), DURATIONS)
    form.length(("applied_tags",), body.get("applied_tags"), 0, MOST_APPLIED_TAGS)
    form.refuse()


def _tags(call: Call, forum_id: int | None, given: Any) -> list[int]:
    forum = call.state.world.channel(forum_id or 0)
    known = {tag.id for tag in forum.tags} if forum else set[int]()
    tags = [int(one) for one in listing(given)]
    if len(tags) > MOST_APPLIED_TAGS or any(one not in known for one in tags):
        raise ApiError(400, 10087, "Unknown tag")
    return tags


def _thread(call: Call) -> Channel:
    thread = call.channel()
    if not thread.is_thread or thread.thread is None:
        raise missing_permissions()
    if thread.thread.archived and call.request.method != "GET":
        raise ApiError(400, 50083, "Thread is archived")
    return thread


def _archived(call: Call, kind: int) -> Json:
    parent = call.channel(Permission.READ_MESSAGE_HISTORY)
    fits: Callable[[Channel], bool] = lambda one: (  # noqa: E731
        one.parent_id == parent.id and one.kind == kind and one.thread is not None and one.thread.archived
    )
    return _page(call, fits, parent.guild_id or 0)


def _page(call: Call, fits: Callable[[Channel], bool], guild_id: int) -> Json:
    world = call.state.world
    found = [one for one in world.guilds[guild_id].threads() if fits(one)]
    found.sort(key=lambda one: one.thread.archived_at if one.thread else utcnow(), reverse=True)
    before = call.request.query.get("before")
    if before:
        found = [one for one in found if one.thread and (wire.moment(one.thread.archived_at) or "") < before]
    limit = call.number("limit", 50, 100)
    mine = [one for one in found[:limit] if one.thread and world.bot.id in one.thread.members]
    return {
        "threads": [wire.thread(one) for one in found[:limit]],
        "members": [wire.thread_member(one, world.bot.id) for one in mine],
        "has_more": len(found) > limit,
    }


def _guild_channels(call: Call, channel: Channel) -> dict[int, Channel]:
    guild = call.state.world.guild_of(channel)
    if guild is None:
        raise unknown("Guild")
    return guild.channels


_CHANNEL = "/channels/{channel_id}"

routes = [
    Route("POST", _CHANNEL + "/messages/{message_id}/threads", from_message),
    Route("POST", _CHANNEL + "/threads", create),
    Route("GET", _CHANNEL + "/threads/archived/public", archived_public),
    Route("GET", _CHANNEL + "/threads/archived/private", archived_private),
    Route("GET", _CHANNEL + "/users/@me/threads/archived/private", archived_private),
    Route("GET", "/guilds/{guild_id}/threads/active", active),
    Route("GET", _CHANNEL + "/thread-members", members),
    Route("GET", _CHANNEL + "/thread-members/{user_id}", member),
    Route("PUT", _CHANNEL + "/thread-members/{user_id}", add_member),
    Route("DELETE", _CHANNEL + "/thread-members/{user_id}", remove_member),
]
