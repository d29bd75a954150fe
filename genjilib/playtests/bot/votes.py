"""Votes for the difficulty of a map."""

from typing import Any

import discord
from discord import ui

from genjilib.chat.client import Cog
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.texts import t
from genjilib.chat.views import Button
from genjilib.core.values import MIDPOINTS
from genjilib.playtests import rules


class Vote(Button, action="playtests:vote"):
    """Asks for a difficulty and keeps the vote; the thread it stands in tells for which playtest."""

    async def press(self, interaction: Interaction) -> None:
        """Open the ballot, unless who pressed made the map."""
        await rules.check_voter(interaction.client.db, interaction.channel_id or 0, interaction.user.id)
        await open_form(interaction, Ballot(interaction))


class Unvote(Button, action="playtests:unvote", thinking=True):
    """Takes back the vote of who pressed."""

    async def press(self, interaction: Interaction) -> None:
        """Take the vote back."""
        await rules.unvote(interaction.client.db, interaction.channel_id or 0, interaction.user.id)
        await reply(interaction, t(interaction, "playtest-vote-gone"))


class Ballot(Form):
    """How hard a map is."""

    def __init__(self, interaction: Interaction) -> None:
        """Offer all difficulties."""
        super().__init__(t(interaction, "playtest-ballot"))
        self.choice = ui.Select[Any](options=[discord.SelectOption(label=label) for label in MIDPOINTS])
        self.add_item(ui.Label(text=t(interaction, "map-difficulty"), component=self.choice))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Keep the vote as the middle of the chosen difficulty."""
        (label,) = self.choice.values
        thread_id = interaction.channel_id or 0
        await rules.vote(interaction.client.db, thread_id, interaction.user.id, MIDPOINTS[label])
        await reply(interaction, t(interaction, "playtest-vote-kept", difficulty=label))


class Votes(Cog):
    """The buttons of voters."""

    buttons = (Vote, Unvote)
