"""A menu that shows a message of the bot as it should be, where its buttons broke or its facts are old."""

from typing import Final

import discord
from discord import app_commands

from genjilib.chat import permissions
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import t
from genjilib.completions.bot import verification
from genjilib.core.errors import Invalid
from genjilib.map_edits import bot as map_edits
from genjilib.playtests.bot import decisions

REPAIRS: Final = (verification.repair, map_edits.repair, decisions.repair)
"""Each draws a message of its domain anew and tells whether it is one."""


async def repair_view(interaction: Interaction, message: discord.Message) -> None:
    """Draw the message anew, whichever domain it is of."""
    permissions.require_moderator(interaction)
    bot = interaction.client
    if message.author.id == bot.application_id:
        with discord_errors():
            for repair in REPAIRS:
                if await repair(bot, message):
                    await reply(interaction, t(interaction, "repaired"))
                    return
    raise Invalid("Only messages that show a run, an edit or a playtest can be repaired.", code="not-ours")


class Repair(Cog):
    """The menu."""

    menus = (app_commands.ContextMenu(name="Repair View", callback=repair_view),)
