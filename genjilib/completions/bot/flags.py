"""Flags on suspicious runs: raising one, and looking at those of a player."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands, ui

from genjilib import queries
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.paging import Page, Pages
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    KnownPlayer,
    Player,
)
from genjilib.chat.views import Button
from genjilib.completions import moderation
from genjilib.completions.bot.shown import message_address
from genjilib.completions.types import (
    SuspiciousCompletionCreateRequest,
)
from genjilib.core.errors import Invalid
from genjilib.core.validate import checked
from genjilib.core.values import SuspiciousFlag
from genjilib.queries.completions import (
    SuspiciousCompletionResponse,
)


class Flags(Button, action="completions:flags"):
    """Lists the flags of the player whose run waits for a verdict."""

    async def press(self, interaction: Interaction) -> None:
        """Show the flags to a moderator."""
        permissions.require_moderator(interaction)
        user_id = int(self.key)
        name = await queries.users.name(interaction.client.db, user_id=user_id)
        await _show_flags(interaction, Player(user_id, name or "?"))


class Flagging(Form):
    """Why a run is suspicious."""

    def __init__(
        self, interaction: Interaction, flag: Callable[[Interaction, SuspiciousFlag, str], Awaitable[None]]
    ) -> None:
        """Call ``flag`` with the kind of suspicion and what it rests on."""
        super().__init__(t(interaction, "flag-title"))
        self._flag = flag
        self.kind = ui.Select[Any](
            options=[
                discord.SelectOption(label=t(interaction, "flag-cheating"), value="Cheating"),
                discord.SelectOption(label=t(interaction, "flag-scripting"), value="Scripting"),
            ]
        )
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=1000)
        self.add_item(ui.Label(text=t(interaction, "flag-kind"), component=self.kind))
        self.add_item(ui.Label(text=t(interaction, "flag-context"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Flag the run as the person who filled in the form."""
        permissions.require_moderator(interaction)
        kind: SuspiciousFlag = "Scripting" if self.kind.values == ["Scripting"] else "Cheating"
        await self._flag(interaction, kind, needed(self.text))


async def mark_suspicious(interaction: Interaction, message: discord.Message) -> None:
    """Ask why the run of a message is suspicious, and flag it."""
    who = permissions.require_moderator(interaction)
    channels = interaction.client.config.channels
    if message.channel.id not in (channels.completions, channels.verification_queue):
        raise Invalid("Only messages that show a run can be flagged.", code="not-a-run")
    waiting = message.channel.id == channels.verification_queue
    message_id, verification_id = (None, message.id) if waiting else (message.id, None)
    db = interaction.client.db
    if not await queries.completions.of_message(db, message_id=message_id, verification_id=verification_id):
        raise Invalid("Only messages that show a run can be flagged.", code="not-a-run")

    async def flag(answered: Interaction, kind: SuspiciousFlag, context: str) -> None:
        new = SuspiciousCompletionCreateRequest(
            context, kind, who.user_id or 0, message_id=message_id, verification_id=verification_id
        )
        await moderation.flag(db, checked(new))
        await reply(answered, t(answered, "flag-done"))

    await open_form(interaction, Flagging(interaction, flag))


class Flagged(Cog):
    """Commands about flags."""

    buttons = (Flags,)
    menus = (app_commands.ContextMenu(name="Mark Suspicious", callback=mark_suspicious),)

    @app_commands.command(name="view-flagged-submissions", description="Show the flags on a player's runs")
    @app_commands.describe(user="Name of the player")
    @permissions.staff_only
    async def flags(self, interaction: Interaction, user: KnownPlayer) -> None:
        """List the flags on a player's runs, oldest first."""
        await _show_flags(interaction, user)


def needed(field: ui.TextInput[Any]) -> str:
    """Return the reason that was typed; ``Invalid`` for none."""
    text = field.value.strip()
    if not text:
        raise Invalid("A reason is needed.", code="reason-missing")
    return text


async def _show_flags(interaction: Interaction, player: Player) -> None:
    config, db = interaction.client.config, interaction.client.db

    def entry(flag: SuspiciousCompletionResponse) -> str:
        channels = config.channels
        channel = channels.completions if flag.message_id else channels.verification_queue
        message = flag.message_id or flag.verification_id
        address = message and message_address(config.guild, channel, message)
        shown = look.link(t(interaction, "completion-message"), address) if address else None
        head = " · ".join(filter(None, [f"**{flag.flag_type}**", f"<@{flag.flagged_by}>", shown]))
        return f"{head}\n{look.plain(flag.context, 1000)}"

    async def load(offset: int, limit: int) -> Page:
        found = await queries.completions.flags(db, user_id=player.id)
        return Page([entry(flag) for flag in found[offset : offset + limit]], len(found))

    title = t(interaction, "flags-of-player", name=look.plain(player.name))
    await Pages(interaction, title, load).show(interaction)
