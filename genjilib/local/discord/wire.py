"""Records of the model as the JSON objects of Discord's API."""

from datetime import datetime

from genjilib.local.discord.constants import ChannelType, MessageType
from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import (
    Attachment,
    Channel,
    Member,
    Message,
    Overwrite,
    Role,
    Tag,
    User,
)
from genjilib.local.discord.world import World


def moment(when: datetime | None) -> str | None:
    """A time as Discord writes it, or None."""
    return when.isoformat(timespec="microseconds") if when else None


def user(it: User) -> Json:
    """A user object."""
    return {
        "id": str(it.id),
        "username": it.name,
        "global_name": it.display_name,
        "discriminator": "0",
        "avatar": None,
        "bot": it.bot,
        "public_flags": 0,
    }


def own_user(it: User) -> Json:
    """The user object of whoever asks."""
    return {**user(it), "verified": True, "mfa_enabled": True, "locale": it.locale, "flags": 0, "email": None}


def member(it: Member, *, with_user: bool = True) -> Json:
    """A guild member object."""
    body: Json = {
        "roles": [str(role) for role in sorted(it.roles)],
        "nick": it.nick,
        "avatar": None,
        "joined_at": moment(it.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": it.timeout_until,
    }
    return {**body, "user": user(it.user)} if with_user else body


def role(it: Role) -> Json:
    """A role object."""
    return {
        "id": str(it.id),
        "name": it.name,
        "permissions": str(int(it.permissions)),
        "color": it.color,
        "colors": {"primary_color": it.color, "secondary_color": None, "tertiary_color": None},
        "position": it.position,
        "hoist": it.hoist,
        "managed": it.managed,
        "mentionable": it.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def overwrite(it: Overwrite) -> Json:
    """A permission overwrite object."""
    return {"id": str(it.id), "type": it.kind, "allow": str(int(it.allow)), "deny": str(int(it.deny))}


def tag(it: Tag) -> Json:
    """A forum tag object."""
    return {
        "id": str(it.id),
        "name": it.name,
        "moderated": it.moderated,
        "emoji_id": None,
        "emoji_name": it.emoji,
    }


def channel(world: World, it: Channel) -> Json:
    """A channel object of whatever kind it is."""
    if it.is_thread:
        return thread(it)
    last = it.last_message_id()
    body: Json = {
        "id": str(it.id),
        "type": int(it.kind),
        "last_message_id": str(last) if last else None,
        "flags": 1 << 4 if it.requires_tag else 0,
    }
    if it.kind == ChannelType.DM:
        return {**body, "recipients": [user(world.users[one]) for one in it.recipients]}
    body |= {
        "guild_id": str(it.guild_id),
        "name": it.name,
        "position": it.position,
        "parent_id": str(it.parent_id) if it.parent_id else None,
        "topic": it.topic,
        "nsfw": it.nsfw,
        "rate_limit_per_user": it.slowmode,
        "permission_overwrites": [overwrite(one) for one in it.overwrites.values()],
    }
    if it.kind == ChannelType.FORUM:
        body |= {
            "available_tags": [tag(one) for one in it.tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }
    if it.kind == ChannelType.VOICE:
        body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return body


def thread(it: Channel) -> Json:
    """A thread object."""
    state = it.thread
    assert state is not None
    last = it.last_message_id()
    return {
        "id": str(it.id),
        "guild_id": str(it.guild_id),
        "parent_id": str(it.parent_id),
        "owner_id": str(state.owner_id),
        "name": it.name,
        "type": int(it.kind),
        "last_message_id": str(last) if last else None,
        "message_count": max(it.total_sent - 1, 0),
        "total_message_sent": max(it.total_sent - 1, 0),
        "member_count": len(state.members),
        "rate_limit_per_user": it.slowmode,
        "flags": 0,
        "applied_tags": [str(one) for one in state.tags],
        "thread_metadata": {
            "archived": state.archived,
            "locked": state.locked,
            "invitable": state.invitable,
            "auto_archive_duration": state.auto_archive,
            "archive_timestamp": moment(state.archived_at),
            "create_timestamp": moment(state.created_at),
        },
    }


def thread_member(it: Channel, user_id: int) -> Json:
    """A thread member object."""
    assert it.thread is not None
    joined = moment(it.thread.members[user_id])
    return {"id": str(it.id), "user_id": str(user_id), "join_timestamp": joined, "flags": 0}


def attachment(world: World, it: Attachment) -> Json:
    """An attachment object, its address included."""
    body: Json = {
        "id": str(it.id),
        "filename": it.filename,
        "size": len(it.content),
        "url": attachment_url(world, it),
        "proxy_url": attachment_url(world, it),
        "content_type": it.content_type,
    }
    if it.width:
        body |= {"width": it.width, "height": it.height}
    if it.description is not None:
        body["description"] = it.description
    if it.ephemeral:
        body["ephemeral"] = True
    return body


def attachment_url(world: World, it: Attachment) -> str:
    """Where the file is served."""
    return f"{world.cdn}/attachments/{it.channel_id}/{it.id}/{it.filename}"


def message(world: World, it: Message, *, for_user: int | None = None, nested: bool = False) -> Json:
    """A message object as `for_user` sees it (their reactions are "me"); nested ones show no further one."""
    body: Json = {
        "id": str(it.id),
        "channel_id": str(it.channel_id),
        "type": int(it.kind),
        "author": it.webhook_author or user(world.users[it.author_id]),
        "content": it.content,
        "timestamp": moment(it.sent_at),
        "edited_timestamp": moment(it.edited_at),
        "tts": it.tts,
        "pinned": it.pinned_at is not None,
        "flags": int(it.flags),
        "embeds": it.embeds,
        "components": it.components,
        "attachments": [attachment(world, one) for one in it.attachments if not one.embedded],
        "mentions": [user(world.users[one]) for one in it.mentions],
        "mention_roles": [str(one) for one in it.mention_roles],
        "mention_everyone": it.mention_everyone,
    }
    if it.reactions:
        body["reactions"] = [
            _reaction(one.emoji, one.users, for_user or world.bot.id) for one in it.reactions
        ]
    if it.nonce is not None:
        body["nonce"] = it.nonce
    if it.webhook_id:
        body["webhook_id"] = str(it.webhook_id)
    if it.application_id:
        body["application_id"] = str(it.application_id)
    if it.interaction:
        body["interaction_metadata"] = it.interaction
    return body | _relations(world, it, nested=nested)


def _reaction(emoji_: Json, users: list[int], me: int) -> Json:
    return {
        "emoji": emoji_,
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "me": me in users,
    }


def _relations(world: World, it: Message, *, nested: bool) -> Json:
    body: Json = {}
    if it.reference:
        body["message_reference"] = it.reference
        if it.kind == MessageType.REPLY and not nested:
            origin = world.channel(int(it.reference["channel_id"]))
            found = origin.messages.get(int(it.reference["message_id"])) if origin else None
            body["referenced_message"] = message(world, found, nested=True) if found else None
    if it.snapshots:
        body["message_snapshots"] = it.snapshots
    begun = world.channel(it.id)
    if begun is not None and begun.is_thread:
        body["thread"] = thread(begun)
    return body
