"""The bot's part of utilities: which commands are used is counted."""

from typing import Any

import discord

from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction
from genjilib.utilities import rules
from genjilib.utilities.types import LogCreateRequest


class CommandLog(Cog):
    """Keeps which slash commands are used, with their options."""

    @Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Note a slash command, beside what it does."""
        command = interaction.command
        slash = interaction.type is discord.InteractionType.application_command
        if slash and isinstance(command, discord.app_commands.Command):
            data: Any = interaction.data
            options = _options(data.get("options", []))
            used = LogCreateRequest(
                command.qualified_name[:100], interaction.user.id, interaction.created_at, options
            )
            self.bot.keep(rules.log_command(self.bot.db, used))


def _options(given: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the options by name, those of a subcommand included."""
    found: dict[str, Any] = {}
    for option in given:
        found |= _options(option["options"]) if "options" in option else {option["name"]: option.get("value")}
    return found
