"""The bot's part of rank cards: showing one's own as a picture."""

import asyncio
from io import BytesIO
from typing import Final

import discord
import msgspec
from discord import app_commands

from genjilib.chat import look
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.look import Tone
from genjilib.chat.texts import t
from genjilib.rank_card import picture, rules

PICTURE: Final = "rank-card.png"


class RankCards(Cog):
    """Commands about rank cards."""

    @app_commands.command(name="rank-card", description="Show your rank card")
    async def show(self, interaction: Interaction) -> None:
        """Draw the caller's rank card, with all official maps that can be played."""
        cdn_url = self.bot.settings.s3_public_url
        found = await rules.card(self.bot.db, interaction.user.id, "official_playable", cdn_url=cdn_url)
        drawn = await asyncio.to_thread(picture.draw, msgspec.json.encode(found))
        title = t(interaction, "rank-card-title", name=look.plain(found.nickname))
        card = look.card(Tone.INFO, title, images=[f"attachment://{PICTURE}"])
        await reply(interaction, card, files=[discord.File(BytesIO(drawn), PICTURE)])
