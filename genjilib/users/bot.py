"""The bot's part of users: who joins is registered and has the roles they earned; placeholders for others."""

from contextlib import suppress

import discord
from discord import app_commands

from genjilib import queries
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.config import RANKS, Config
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import t
from genjilib.chat.transforms import KnownPlayer, Player, PlayerTransformer
from genjilib.chat.views import confirm
from genjilib.core.errors import Conflict, Invalid
from genjilib.core.validate import checked
from genjilib.core.values import FIRST_DISCORD_ID
from genjilib.db import Executor
from genjilib.newsfeed import rules as newsfeed
from genjilib.newsfeed.types import NewsfeedRole
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationCreateRequest
from genjilib.users import rules
from genjilib.users.types import UserCreateRequest, UserUpdateRequest

Placeholder = app_commands.Transform[Player, PlayerTransformer(below=rules.FIRST_OWN_ID)]


async def earned_roles(db: Executor, config: Config, user_id: int) -> set[int]:
    """Return the roles of Ninja, map creator and skill ranks that a user has earned.

    Every rank whose difficulty the user has done enough of counts, with the best medal of each.
    """
    roles = config.roles
    earned = {roles.ninja}
    if await queries.users.is_creator(db, user_id=user_id):
        earned.add(roles.map_creator)
    for rank, row in zip(RANKS, await queries.users.rank(db, user_id=user_id), strict=True):
        medals = (("+++", row.gold_rank_met), ("++", row.silver_rank_met), ("+", row.bronze_rank_met))
        best = next((f"{rank} {sign}" for sign, met in medals if met), None)
        earned |= {roles.skill[name] for name in (rank if row.rank_met else None, best) if name}
    return earned


def role_changes(member: discord.Member, earned: set[int], among: set[int]) -> tuple[set[int], set[int]]:
    """Return which roles ``among`` those that are earned a member lacks, and which they hold unearned."""
    held = {role.id for role in member.roles} & among
    return earned - held, held - earned


async def change_roles(member: discord.Member, missing: set[int], surplus: set[int], reason: str) -> None:
    """Take roles from a member and give others, as far as they are not the same already."""
    if surplus:
        await member.remove_roles(*map(discord.Object, surplus), reason=reason)
    if missing:
        await member.add_roles(*map(discord.Object, missing), reason=reason)


def kept_roles(config: Config) -> set[int]:
    """Return the roles that ``earned_roles`` chooses from."""
    return {config.roles.ninja, config.roles.map_creator, *config.roles.skill.values()}


async def keep_roles(bot: GenjiBot, user_id: int, *, told: bool = True) -> None:
    """Bring a member's roles in step with what they earned.

    New skill ranks are told to them and to all, unless ``told`` is false. Nothing is done for who is not a
    member. Roles are read as they are in Discord, so that a second call finds nothing to do.
    """
    member = await bot.member(user_id) if user_id >= FIRST_DISCORD_ID else None
    if member is None or member.bot:
        return
    earned = await earned_roles(bot.db, bot.config, user_id)
    missing, surplus = role_changes(member, earned, kept_roles(bot.config))
    with discord_errors():
        await change_roles(member, missing, surplus, "Earned roles changed")
    added = [name for name, role in bot.config.roles.skill.items() if role in missing]
    if not added or not told:
        return
    name = await queries.users.name(bot.db, user_id=user_id) or member.display_name
    new = NotificationCreateRequest(
        user_id, "skill_role_update", "New skill rank", f"You have earned: {', '.join(added)}."
    )
    async with bot.db.transaction() as tx:
        await notifications.notify(tx, new)
        await newsfeed.publish(tx, NewsfeedRole(user_id, name, added))


class Users(Cog):
    """Commands about users, and what follows from who joins and how people call themselves."""

    mod = app_commands.Group(name="mod", description="What only the team may do")
    edit_user = app_commands.Group(name="edit-user", description="Players who are not here", parent=mod)

    @edit_user.command(name="create-fake-user", description="Add a player who is not in this server")
    @app_commands.describe(name="What the player is called")
    @permissions.staff_only
    async def create_placeholder(
        self, interaction: Interaction, name: app_commands.Range[str, 1, 100]
    ) -> None:
        """Add a placeholder and tell its id."""
        called = name.strip()
        if not called:
            raise Invalid("A player needs a name.", code="name-missing")
        user_id = await rules.create_placeholder(self.bot.db, called, by=interaction.user.id)
        await reply(interaction, t(interaction, "placeholder-made", name=look.plain(called), id=str(user_id)))

    @edit_user.command(
        name="link-fake-user", description="Give what is a fake user's to the real one, for good"
    )
    @app_commands.describe(fake="The player who was not here", real="Who it is")
    @permissions.staff_only
    async def link(self, interaction: Interaction, fake: Placeholder, real: KnownPlayer) -> None:
        """Ask once more, then make all that is the placeholder's the user's; nothing brings it back."""
        if fake.id >= rules.FIRST_OWN_ID or fake.id == real.id:
            raise Invalid("Only a placeholder can be linked to another user.", code="not-a-placeholder")
        names = {"fake": look.plain(fake.name), "real": look.plain(real.name)}
        question, check = t(interaction, "placeholder-link", **names), permissions.require_moderator
        if not await confirm(interaction, question, danger=True, check=check):
            return
        await rules.link(self.bot.db, fake.id, real.id, who=permissions.principal(interaction))
        await reply(interaction, t(interaction, "placeholder-linked", **names))

    @Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Register who joins for the first time, and give them the roles they have earned."""
        if member.bot or member.guild.id != self.bot.config.guild:
            return
        if not await queries.users.exists(self.bot.db, user_id=member.id):
            new = UserCreateRequest(member.id, member.global_name or member.name, member.display_name)
            with suppress(Conflict):
                await rules.create(self.bot.db, checked(new))
        await keep_roles(self.bot, member.id, told=False)

    @Cog.listener()
    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Keep the name that a member has in this server."""
        if after.guild.id == self.bot.config.guild and before.display_name != after.display_name:
            await rules.update(self.bot.db, after.id, UserUpdateRequest(nickname=after.display_name))

    @Cog.listener()
    async def on_user_update(self, before: discord.User, after: discord.User) -> None:
        """Keep the name that a person has everywhere."""
        if (before.global_name, before.name) != (after.global_name, after.name):
            names = UserUpdateRequest(global_name=after.global_name or after.name)
            await rules.update(self.bot.db, after.id, names)
