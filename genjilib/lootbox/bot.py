"""The bot's part of XP: announcing it, and the roles of its tiers."""

import discord

from genjilib.broker.handler import Delivery, Handler
from genjilib.chat import look
from genjilib.chat.client import GenjiBot
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.views import posted
from genjilib.lootbox import rules
from genjilib.lootbox.types import TierChangeResponse, XpGrantEvent
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
