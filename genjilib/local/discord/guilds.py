"""What can happen to a guild's members, whoever does it."""

from genjilib.local.discord import wire
from genjilib.local.discord.constants import Intent
from genjilib.local.discord.model import Guild, Member, User, utcnow
from genjilib.local.discord.state import State


def join(state: State, guild: Guild, user: User) -> Member:
    """Let a user join; nothing happens if they are in already."""
    if user.id in guild.members:
        return guild.members[user.id]
    member = guild.members[user.id] = Member(user, utcnow())
    data = {**wire.member(member), "guild_id": str(guild.id)}
    state.dispatch_guild(guild, "GUILD_MEMBER_ADD", data, Intent.GUILD_MEMBERS)
    return member


def leave(state: State, guild: Guild, member: Member) -> None:
    """Let a member go, by themselves or not."""
    del guild.members[member.user.id]
    for thread in guild.threads():
        if thread.thread:
            thread.thread.members.pop(member.user.id, None)
    state.dispatch_guild(guild, "GUILD_MEMBER_REMOVE", {"user": wire.user(member.user)}, Intent.GUILD_MEMBERS)


def member_changed(state: State, guild: Guild, member: Member) -> None:
    """Say that a member's roles, nickname or name changed."""
    intent = 0 if member.user.id == state.world.bot.id else Intent.GUILD_MEMBERS
    state.dispatch_guild(guild, "GUILD_MEMBER_UPDATE", wire.member(member), intent)
