"""What administrators type to keep the server tidy."""

import discord
from discord.ext import commands

from genjilib.chat import permissions, sync
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.interactions import as_view
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import t


class Upkeep(Cog):
    """Text commands of administrators."""

    @commands.command(name="sync")
    async def sync(self, context: commands.Context[GenjiBot]) -> None:
        """Tell Discord the commands of this server anew, whether they changed or not."""
        permissions.require_admin(context.author, self.bot.config)
        assert self.bot.application_id is not None
        guild = self.bot.config.guild
        await sync.sync(
            self.bot.tree, self.bot.db, application_id=self.bot.application_id, guild_id=guild, force=True
        )
        count = len(self.bot.tree.get_commands(guild=discord.Object(guild)))
        await context.send(view=as_view(t(None, "upkeep-synced", count=count)))

    @commands.command(name="purge")
    async def purge(self, context: commands.Context[GenjiBot], count: commands.Range[int, 1, 100]) -> None:
        """Delete the last ``count`` messages of the channel, and the one that says so."""
        permissions.require_admin(context.author, self.bot.config)
        channel = context.channel
        if isinstance(channel, discord.TextChannel | discord.Thread):
            with discord_errors():
                await channel.purge(limit=count + 1, reason=f"Asked for by {context.author}")
