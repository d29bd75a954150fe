"""Guilds and what belongs to them (commands, emojis, webhooks) as the JSON objects of Discord's API."""

from genjilib.local.discord.jsons import Json
from genjilib.local.discord.model import Channel, Command, Emoji, Guild, Webhook
from genjilib.local.discord.wire import channel, member, moment, role, thread, thread_member, user
from genjilib.local.discord.world import World


def webhook(world: World, it: Webhook) -> Json:
    """A webhook object with its token."""
    return {
        "id": str(it.id),
        "type": 1,
        "guild_id": str(it.guild_id),
        "channel_id": str(it.channel_id),
        "name": it.name,
        "avatar": None,
        "token": it.token,
        "application_id": str(world.application.id),
        "user": user(world.users[it.creator_id]),
    }


def emoji(it: Emoji) -> Json:
    """A custom emoji object."""
    return {
        "id": str(it.id),
        "name": it.name,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": it.animated,
        "available": True,
    }


def command(world: World, it: Command) -> Json:
    """An application command object."""
    ours: Json = {
        "id": str(it.id),
        "application_id": str(world.application.id),
        "version": str(it.version),
        **it.data,
    }
    return ours if it.guild_id is None else {**ours, "guild_id": str(it.guild_id)}


def guild(it: Guild, world: World) -> Json:
    """A guild object as REST answers it."""
    return {
        "id": str(it.id),
        "name": it.name,
        "icon": None,
        "description": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "owner_id": str(it.owner_id),
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role(one) for one in it.roles.values()],
        "emojis": [emoji(one) for one in it.emojis.values()],
        "stickers": [],
        "features": ["COMMUNITY"],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": it.locale,
        "nsfw_level": 0,
        "max_members": 500_000,
        "approximate_member_count": len(it.members),
        "approximate_presence_count": len(it.members),
    }


def guild_create(it: Guild, world: World) -> Json:
    """The GUILD_CREATE event: of the members only the bot, as without presences."""
    channels = [channel(world, one) for one in it.channels.values() if not one.is_thread]
    threads = [_own_thread(world, one) for one in it.threads() if one.thread and not one.thread.archived]
    return {
        **guild(it, world),
        "joined_at": moment(it.members[world.bot.id].joined_at),
        "large": len(it.members) > 250,
        "unavailable": False,
        "member_count": len(it.members),
        "members": [member(it.members[world.bot.id])],
        "channels": channels,
        "threads": threads,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _own_thread(world: World, it: Channel) -> Json:
    assert it.thread is not None
    if world.bot.id not in it.thread.members:
        return thread(it)
    return {**thread(it), "member": thread_member(it, world.bot.id)}
