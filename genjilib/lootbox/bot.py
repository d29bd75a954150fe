"""The bot's part of XP: giving it, announcing it, and the roles of its tiers."""

import discord
from discord import app_commands

from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.transforms import KnownPlayer
from genjilib.chat.views import posted
from genjilib.core.validate import checked
from genjilib.lootbox import rules
from genjilib.lootbox.types import TierChangeResponse, XpGrantEvent, XpGrantRequest
from genjilib.notifications import rules as notifications


async def on_grant(bot: GenjiBot, delivery: Delivery[XpGrantEvent]) -> None:
    """Announce what a member gained and keep their tier roles in step; who is not a member is left alone."""
    event = delivery.event
    guild = bot.get_guild(bot.config.guild)
    member = guild and guild.get_member(event.user_id)
    if member is None:
        return
    step = await rules.tier_change(bot.db, event.previous_amount, event.new_amount)
    with discord_errors():
        await _keep_roles(bot, member, step)
    wanted = await notifications.wants(bot.db, member.id, "xp_gain", "discord_ping")
    name = member.mention if wanted else look.plain(member.display_name)
    card = look.card(Tone.NEWS, t(None, "xp-title"), _text(name, event, step))
    channel = bot.get_partial_messageable(bot.config.channels.xp)
    mentions = discord.AllowedMentions(users=[member]) if wanted else None
    await post(channel, posted(card), message_id=delivery.message.message_id, mentions=mentions)


handlers = [Handler(XpGrantEvent, prepare=on_grant)]


class Xp(Cog):
    """Commands about XP."""

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
        async with self.bot.db.transaction() as tx:
            given = await rules.grant_xp(tx, user.id, checked(XpGrantRequest(amount, "Other", reason)))
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


async def _keep_roles(bot: GenjiBot, member: discord.Member, step: TierChangeResponse) -> None:
    roles = bot.config.roles
    wanted = {roles.xp[step.new_main_tier_name]}
    prestige = roles.prestige.get(f"Prestige {step.new_prestige_level}")
    if prestige is not None:
        wanted.add(prestige)
    held = {role.id for role in member.roles}
    surplus = (held & {*roles.xp.values(), *roles.prestige.values()}) - wanted
    if surplus:
        await member.remove_roles(*map(discord.Object, surplus), reason="XP tier changed")
    if wanted - held:
        await member.add_roles(*map(discord.Object, wanted - held), reason="XP tier changed")
