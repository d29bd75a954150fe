"""The bot's part of XP: giving it, announcing it, and the roles of its tiers."""

import discord
from discord import app_commands

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.config import Config
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.transforms import KnownPlayer
from genjilib.chat.views import posted
from genjilib.core.validate import checked
from genjilib.core.values import FIRST_DISCORD_ID
from genjilib.db import Executor
from genjilib.lootbox import rules
from genjilib.lootbox.types import TierChangeResponse, XpGrantEvent, XpGrantRequest
from genjilib.notifications import rules as notifications
from genjilib.notifications.types import NotificationType
from genjilib.users.bot import change_roles, keep_roles, role_changes
from genjilib.users.types import RolesEvent


async def on_grant(bot: GenjiBot, delivery: Delivery[XpGrantEvent]) -> None:
    """Announce what a member gained and keep their tier roles in step; who is not a member is left alone."""
    event = delivery.event
    member = await bot.member(event.user_id) if event.user_id >= FIRST_DISCORD_ID else None
    if member is None:
        return
    step = await rules.tier_change(bot.db, event.previous_amount, event.new_amount)
    earned = await earned_roles(bot.db, bot.config, member.id)
    with discord_errors():
        await change_roles(member, *role_changes(member, earned, kept_roles(bot.config)), "XP tier changed")
    chosen = {one.event_type: one.channels for one in await notifications.preferences(bot.db, member.id)}
    wanted = any(chosen[kind]["discord_ping"] for kind in _kinds(step))
    name = member.mention if wanted else look.plain(member.display_name)
    card = look.card(Tone.NEWS, t(None, "xp-title"), _text(name, event, step))
    channel = bot.get_partial_messageable(bot.config.channels.xp)
    mentions = discord.AllowedMentions(users=[member]) if wanted else None
    await post(channel, posted(card), message_id=delivery.message.message_id, mentions=mentions)


async def on_roles(bot: GenjiBot, delivery: Delivery[RolesEvent]) -> None:
    """Bring all roles of a member in step with what they have earned, and tell of new skill ranks."""
    user_id = delivery.event.user_id
    await keep_roles(bot, user_id)
    member = await bot.member(user_id)
    if member is not None and not member.bot:
        with discord_errors():
            await keep_tier(bot, member, "Earned roles changed")


async def keep_tier(bot: GenjiBot, member: discord.Member, why: str) -> None:
    """Bring the roles of a member's tier and prestige level in step with their XP."""
    earned = await earned_roles(bot.db, bot.config, member.id)
    await change_roles(member, *role_changes(member, earned, kept_roles(bot.config)), why)


def _kinds(step: TierChangeResponse) -> list[NotificationType]:
    """Return what a member may want to be called for: XP, and a new tier or level where there is one."""
    rises = step.new_xp > step.old_xp
    kinds: dict[NotificationType, bool] = {
        "xp_gain": True,
        "rank_up": rises and step.rank_change_type is not None,
        "prestige": rises and step.prestige_change,
    }
    return [kind for kind, given in kinds.items() if given]


def tier_roles(config: Config, main_tier: str, prestige: int) -> set[int]:
    """Return the role of a main tier, and that of a prestige level where there is one."""
    role = config.roles.prestige.get(f"Prestige {prestige}")
    return {config.roles.xp[main_tier]} | ({role} if role else set[int]())


def kept_roles(config: Config) -> set[int]:
    """Return the roles that ``earned_roles`` chooses from."""
    return {*config.roles.xp.values(), *config.roles.prestige.values()}


async def earned_roles(db: Executor, config: Config, user_id: int) -> set[int]:
    """Return the roles of the tier and prestige level of a user; none before the first XP."""
    standing = await queries.lootbox.xp_summary(db, user_id=user_id)
    if standing is None or not standing.xp:
        return set()
    return tier_roles(config, standing.current_main_tier_name, standing.prestige_level)


handlers = [
    Handler(XpGrantEvent, prepare=on_grant),
    Handler(RolesEvent, prepare=on_roles, concurrency=4),
]


class Xp(Cog):
    """Commands about XP."""

    @Cog.listener()
    async def on_member_join(self, member: discord.Member) -> None:
        """Give who comes back the roles of their tier."""
        if member.guild.id == self.bot.config.guild:
            await keep_tier(self.bot, member, "Came back to the server")

    xp = app_commands.Group(name="xp", description="Experience points")

    @xp.command(name="grant", description="Give a player XP")
    @app_commands.describe(
        user="Who gets it",
        amount="How much, before the multiplier",
        reason="What for (at most 500 characters)",
    )
    @permissions.staff_only
    async def grant(
        self,
        interaction: Interaction,
        user: KnownPlayer,
        amount: app_commands.Range[int, 1, 1_000_000],
        reason: app_commands.Range[str, 1, 500] | None = None,
    ) -> None:
        """Give XP of the kind "Other", with the keys and notifications of the tiers passed."""
        grant = checked(XpGrantRequest(amount, "Other", reason))
        given = await rules.give_xp(self.bot.db, user.id, grant, by=interaction.user.id)
        text = t(
            interaction,
            "xp-given",
            name=look.plain(user.name),
            amount=given.new_amount - given.previous_amount,
            total=given.new_amount,
        )
        await reply(interaction, text)


def _text(name: str, event: XpGrantEvent, step: TierChangeResponse) -> str:
    gained = event.new_amount - event.previous_amount
    lines = [t(None, "xp-gained", name=name, amount=gained, kind=event.type, total=event.new_amount)]
    if step.rank_change_type is not None and event.new_amount > event.previous_amount:
        lines.append(t(None, "xp-tier", tier=f"{step.new_main_tier_name} {step.new_sub_tier_name}"))
    if step.prestige_change and event.new_amount > event.previous_amount:
        lines.append(t(None, "xp-prestige", level=step.new_prestige_level))
    return "\n".join(lines)
