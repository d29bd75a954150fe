"""What administrators type to keep the server tidy."""

from collections.abc import Sequence
from math import isfinite
from time import perf_counter
from typing import Literal

import discord
from discord.ext import commands

from genjilib import queries
from genjilib.chat import look, permissions, sync
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.interactions import as_view
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import t
from genjilib.core.errors import GenjiError, Invalid


class Upkeep(Cog):
    """Text commands of administrators."""

    @commands.command(name="sync", ignore_extra=False)
    async def sync(
        self,
        context: commands.Context[GenjiBot],
        guilds: commands.Greedy[discord.Object],
        scope: Literal["~", "*", "^", "$"] | None = None,
    ) -> None:
        """Tell Discord the commands of our server anew, whether they changed or not.

        All commands belong to our server, so ``~`` (this server) and ``*`` (global ones too) say the same.
        ``^`` takes the commands of this server away until the next ``sync`` or start, ``$`` the global ones
        that an earlier bot left behind. Ids of servers: ours is told the commands, others lose theirs.
        """
        permissions.require_admin(context.author, self.bot.config)
        ours = self.bot.config.guild
        with discord_errors():
            if scope == "^":
                await self._take_away([ours])
            elif scope == "$":
                await self.bot.http.bulk_upsert_global_commands(self._application, [])
            else:
                await self._take_away([guild.id for guild in guilds if guild.id != ours])
        if scope == "^" or scope == "$":
            await context.send(view=as_view(t(None, "upkeep-unsynced")))
            return
        told = not guilds or any(guild.id == ours for guild in guilds)
        if told:
            await sync.sync(
                self.bot.tree, self.bot.db, application_id=self._application, guild_id=ours, force=True
            )
        count = len(self.bot.tree.get_commands(guild=discord.Object(ours))) if told else 0
        await context.send(view=as_view(t(None, "upkeep-synced", count=count)))

    @commands.command(name="purge")
    async def purge(self, context: commands.Context[GenjiBot], count: commands.Range[int, 1, 100]) -> None:
        """Delete the last ``count`` messages of the channel, and the one that says so."""
        permissions.require_admin(context.author, self.bot.config)
        channel = context.channel
        if isinstance(channel, discord.TextChannel | discord.Thread):
            with discord_errors():
                await channel.purge(limit=count + 1, reason=f"Asked for by {context.author}")

    @commands.command(name="cleanuppt")
    async def clean_up_playtests(self, context: commands.Context[GenjiBot]) -> None:
        """Delete the threads of all playtests that are over; those of open ones hold votes and stay."""
        permissions.require_admin(context.author, self.bot.config)
        forum = self.bot.server().get_channel(self.bot.config.channels.playtest)
        if not isinstance(forum, discord.ForumChannel):
            raise Invalid("The playtest forum is not there.", code="no-playtest-forum")
        with discord_errors():
            # The bot locks a thread as the last step of a verdict: what it still writes in is none of these.
            closed = [thread async for thread in forum.archived_threads(limit=None) if thread.locked]
            ids = [thread.id for thread in closed]
            kept = {
                row.thread_id for row in await queries.playtests.open_threads(self.bot.db, thread_ids=ids)
            }
            gone = [thread for thread in closed if thread.id not in kept]
            for thread in gone:
                await thread.delete(reason=f"Asked for by {context.author}")
        await context.send(view=as_view(t(None, "upkeep-cleaned", count=len(gone))))

    @commands.command(name="test")
    async def test(self, context: commands.Context[GenjiBot]) -> None:
        """Tell how quickly Discord and the database answer and what the bot finds wrong in its server."""
        permissions.require_admin(context.author, self.bot.config)
        began = perf_counter()
        await self.bot.db.ready()
        database, faults = 1000 * (perf_counter() - began), list[str]()
        try:
            await self.bot.ready()
            self.bot.config.check(self.bot.server())
        except GenjiError as error:
            faults.append(look.plain(error.detail))
        found = await sync.difference(
            self.bot.tree, self.bot.db, application_id=self._application, guild_id=self.bot.config.guild
        )
        if found:
            faults.append(t(None, "upkeep-outdated"))
        beat = self.bot.latency  # of the gateway; no number before its first heartbeat
        facts = look.facts(
            [
                (t(None, "upkeep-discord"), f"{1000 * beat:.0f} ms" if isfinite(beat) else None),
                (t(None, "upkeep-database"), f"{database:.0f} ms"),
            ]
        )
        title = t(None, "upkeep-faults" if faults else "upkeep-well")
        await context.send(
            view=as_view(look.card(Tone.REFUSED if faults else Tone.OK, title, facts, *faults))
        )

    @property
    def _application(self) -> int:
        assert self.bot.application_id is not None
        return self.bot.application_id

    async def _take_away(self, guilds: Sequence[int]) -> None:
        """Take the commands of servers away, and remember it, so that the next start tells ours again."""
        for guild in guilds:
            await sync.take_away(self.bot, self.bot.db, application_id=self._application, guild_id=guild)
