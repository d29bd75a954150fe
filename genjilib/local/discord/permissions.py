"""Who may do what: permissions of a member in a guild and a channel, and who stands above whom."""

from genjilib.local.discord.constants import ALL_PERMISSIONS, ChannelType, Permission
from genjilib.local.discord.model import Channel, Guild, Member
from genjilib.local.discord.world import World


def in_guild(guild: Guild, member: Member) -> int:
    """What the member's roles allow, before any channel has its say."""
    if member.user.id == guild.owner_id:
        return ALL_PERMISSIONS
    bits = guild.roles[guild.id].permissions
    for role_id in member.roles:
        bits |= guild.roles[role_id].permissions
    return ALL_PERMISSIONS if bits & Permission.ADMINISTRATOR else bits


def in_channel(world: World, channel: Channel, user_id: int) -> int:
    """What a user may do in a channel; a thread follows its parent, a private one its members."""
    guild = world.guild_of(channel)
    if guild is None:
        taking_part = user_id in channel.recipients or user_id == world.bot.id
        return ALL_PERMISSIONS if taking_part else 0
    member = guild.members.get(user_id)
    if member is None:
        return 0
    bits = in_guild(guild, member)
    if bits == ALL_PERMISSIONS:
        return bits
    source = guild.channels[channel.parent_id] if channel.is_thread and channel.parent_id else channel
    bits = _overwritten(guild, source, member, bits)
    if not bits & Permission.VIEW_CHANNEL or not _in_private_thread(channel, user_id, bits):
        return 0
    return bits


def may(world: World, channel: Channel, user_id: int, permission: int) -> bool:
    """Whether a user has every bit of `permission` in a channel."""
    return in_channel(world, channel, user_id) & permission == permission


def top_position(guild: Guild, member: Member) -> int:
    """The height of a member's highest role; the owner stands above all."""
    if member.user.id == guild.owner_id:
        return 1 << 30
    return max((guild.roles[role_id].position for role_id in member.roles), default=0)


def sending(channel: Channel) -> int:
    """The permission that speaking here needs."""
    return Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES


def _overwritten(guild: Guild, channel: Channel, member: Member, bits: int) -> int:
    everyone = channel.overwrites.get(guild.id)
    if everyone:
        bits = bits & ~everyone.deny | everyone.allow
    held = [channel.overwrites[role] for role in member.roles if role in channel.overwrites]
    for overwrite in held:
        bits &= ~overwrite.deny
    for overwrite in held:
        bits |= overwrite.allow
    own = channel.overwrites.get(member.user.id)
    return bits & ~own.deny | own.allow if own else bits


def _in_private_thread(channel: Channel, user_id: int, bits: int) -> bool:
    if channel.kind != ChannelType.PRIVATE_THREAD or bits & Permission.MANAGE_THREADS:
        return True
    return channel.thread is not None and user_id in channel.thread.members
