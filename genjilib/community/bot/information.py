"""Pages that tell how runs and maps are submitted, with buttons for each question."""

from typing import Any, Final

from discord import ui
from discord.ext import commands

from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.interactions import Interaction, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.views import Button, posted
from genjilib.core.errors import NotFound

RUNS: Final = {
    "info-run-how": "info-run-how-text",
    "info-run-verdict": "info-run-verdict-text",
    "info-run-medals": "info-run-medals-text",
}
MAPS: Final = {
    "info-map-how": "info-map-how-text",
    "info-map-playtest": "info-map-playtest-text",
    "info-map-changes": "info-map-changes-text",
}
ANSWERS: Final = {**RUNS, **MAPS}
"""Questions and their answers."""


class Question(Button, action="community:question"):
    """Answers one of the questions of a page."""

    async def press(self, interaction: Interaction) -> None:
        """Show the answer to who asked, in their language."""
        if self.key not in ANSWERS:
            raise NotFound("This page is an old one.", code="over")
        await reply(
            interaction, look.card(Tone.INFO, t(interaction, self.key), t(interaction, ANSWERS[self.key]))
        )


class Information(Cog):
    """Text commands that post the pages."""

    buttons = (Question,)

    @commands.command(name="completioninfo")
    async def about_runs(self, context: commands.Context[GenjiBot]) -> None:
        """Post the page about runs."""
        await post_page(context, look.card(Tone.INFO, t(None, "info-runs"), t(None, "info-ask"), _row(RUNS)))

    @commands.command(name="mapsubmissioninfo")
    async def about_maps(self, context: commands.Context[GenjiBot]) -> None:
        """Post the page about maps."""
        await post_page(context, look.card(Tone.INFO, t(None, "info-maps"), t(None, "info-ask"), _row(MAPS)))


async def post_page(context: commands.Context[GenjiBot], page: ui.Container[Any]) -> None:
    """Post a page where an administrator asked for it, in place of what they typed."""
    permissions.require_admin(context.author, context.bot.config)
    await post(context.channel, posted(page), message_id=str(context.message.id))
    with discord_errors():
        await context.message.delete()


def _row(questions: dict[str, str]) -> ui.ActionRow[Any]:
    return ui.ActionRow[Any](*(Question(key, t(None, key)) for key in questions))
