"""Roles that everybody may take and give back: what to be called for, where and on what they play."""

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui
from discord.ext import commands

from genjilib.chat import look
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.config import Config
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import t
from genjilib.chat.views import Button
from genjilib.community.bot.information import post_page
from genjilib.core.errors import NotFound


class Toggle(Button, action="community:role", thinking=True):
    """Gives a role to who has not got it, and takes it from who has."""

    async def press(self, interaction: Interaction) -> None:
        """Change the role of who pressed, if it is one of those to choose."""
        config, member = interaction.client.config, interaction.user
        role = next(
            (one for group in _groups(config).values() for one in group if str(one) == self.key), None
        )
        if role is None or not isinstance(member, discord.Member):
            raise NotFound("This role cannot be chosen any more.", code="over")
        held = member.get_role(role) is not None
        with discord_errors():
            change = member.remove_roles if held else member.add_roles
            await change(discord.Object(role), reason="Chosen by the member")
        await reply(interaction, t(interaction, "role-gone" if held else "role-taken", role=f"<@&{role}>"))


class Roles(Cog):
    """The text command that posts the roles to choose from."""

    buttons = (Toggle,)

    @commands.command(name="roleselect")
    async def offer(self, context: commands.Context[GenjiBot]) -> None:
        """Post a button for each role to choose, in groups."""
        blocks: list[str | ui.ActionRow[Any]] = []
        for title, group in _groups(self.bot.config).items():
            if group:
                blocks += [f"**{t(None, title)}**", *_rows(context.guild, group)]
        await post_page(context, look.card(Tone.INFO, t(None, "roles-choose"), *blocks))


def _groups(config: Config) -> dict[str, list[int]]:
    """Return the roles to choose from, by the text that says what they are about."""
    roles = config.roles
    return {
        "roles-mentionable": roles.mentionable,
        "roles-location": roles.location,
        "roles-platform": roles.platform,
        "roles-misc": roles.misc,
    }


def _rows(guild: discord.Guild | None, group: Sequence[int]) -> list[ui.ActionRow[Any]]:
    buttons = [
        Toggle(one, role.name if guild and (role := guild.get_role(one)) else str(one)) for one in group
    ]
    return [ui.ActionRow[Any](*buttons[place : place + 5]) for place in range(0, len(buttons), 5)]
