"""Upvotes of the runs that are shown among the completions."""

import discord
from discord import ui

from genjilib import queries
from genjilib.broker.handler import Delivery
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.interactions import Interaction, update
from genjilib.chat.send import discord_errors, nonce_of
from genjilib.chat.texts import t
from genjilib.chat.views import Button
from genjilib.completions import rules
from genjilib.completions.types import (
    UpvoteCreateRequest,
    UpvoteUpdateEvent,
)


async def on_upvote(bot: GenjiBot, delivery: Delivery[UpvoteUpdateEvent]) -> None:
    """Show how many upvotes a run has, and forward one with another ten of them to the best ones' channel."""
    channels, message_id = bot.config.channels, delivery.event.message_id
    amount = await queries.completions.upvotes(bot.db, message_id=message_id)
    run = discord.MessageReference(
        type=discord.MessageReferenceType.forward,
        message_id=message_id,
        channel_id=channels.completions,
    )
    with discord_errors():
        shown = await bot.get_partial_messageable(channels.completions).fetch_message(message_id)
        await shown.edit(view=_counted(shown, amount))
        await bot.get_partial_messageable(channels.upvotes).send(
            reference=run, nonce=nonce_of(delivery.message.message_id)
        )


class Upvote(Button, action="upvote:submission"):
    """Upvotes the run that the message shows; the label says how many have."""

    async def press(self, interaction: Interaction) -> None:
        """Count the upvote of who pressed, and show the number."""
        message, db = interaction.message, interaction.client.db
        if message is None:
            return
        await rules.upvote(db, UpvoteCreateRequest(interaction.user.id, message.id))
        amount = await queries.completions.upvotes(db, message_id=message.id)
        await update(interaction, _counted(message, amount))


class Upvotes(Cog):
    """The button under runs that are shown."""

    buttons = (Upvote,)


def upvotes(run_id: object, amount: int) -> Upvote:
    """Make the button of a run that has ``amount`` upvotes."""
    return Upvote(run_id, t(None, "completion-upvotes", count=amount))


def _counted(message: discord.Message, amount: int) -> ui.LayoutView:
    """Return what a message shows with the number of its upvotes; all else stays as it was posted."""
    view = ui.LayoutView.from_message(message, timeout=None)
    mark = f"{Upvote.action}:"
    for item in list(view.walk_children()):
        custom_id = item.custom_id if isinstance(item, ui.Button) else None
        if custom_id and custom_id.startswith(mark) and isinstance(row := item.parent, ui.ActionRow):
            row.remove_item(item).add_item(upvotes(custom_id.removeprefix(mark), amount))
    return view
