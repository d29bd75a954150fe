"""Letters to the team: each has a private thread of the member and whoever answers."""

from typing import Any, Final

import discord
from discord import ui
from discord.ext import commands

from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors, post
from genjilib.chat.texts import t
from genjilib.chat.views import Button, posted
from genjilib.community.bot.information import post_page
from genjilib.core.errors import Conflict, Forbidden, Invalid

OPEN: Final = 3
"""Letters of one member that may be open at once."""


class Write(Button, action="community:write"):
    """Asks what the letter is about."""

    async def press(self, interaction: Interaction) -> None:
        """Open the form."""
        await open_form(interaction, Letter(interaction))


class Letter(Form):
    """What somebody has to say to the team."""

    def __init__(self, interaction: Interaction) -> None:
        """Ask for subject and text."""
        super().__init__(t(interaction, "modmail-write"))
        self.subject = ui.TextInput[Any](max_length=60)
        self.text = ui.TextInput[Any](style=discord.TextStyle.paragraph, max_length=2000)
        self.add_item(ui.Label(text=t(interaction, "modmail-subject"), component=self.subject))
        self.add_item(ui.Label(text=t(interaction, "modmail-text"), component=self.text))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Open a private thread and call the team there."""
        bot, who = interaction.client, interaction.user
        subject, text = look.visible(self.subject.value), self.text.value.strip()
        channel = bot.get_channel(bot.config.channels.modmail)
        if not subject or not text:
            raise Invalid("A letter has a subject and a text.", code="letter-empty")
        if not isinstance(channel, discord.TextChannel):
            raise Invalid("The channel of modmail is not there.", code="no-modmail")
        name = f"{look.visible(who.display_name)[:32]} | "
        if sum(thread.name.startswith(name) and not thread.archived for thread in channel.threads) >= OPEN:
            raise Conflict("Your other letters are still open.", code="letters-open")
        team = discord.Object(bot.config.roles.modmail)
        close = ui.ActionRow[Any](Close(who.id, t(None, "modmail-close")))
        card = look.card(Tone.WAIT, subject, look.plain(text, 2000), close)
        with discord_errors():
            thread = await channel.create_thread(
                name=f"{name}{subject}"[:100], type=discord.ChannelType.private_thread, invitable=False
            )
            await thread.add_user(who)
        await post(thread, posted(card), message_id=str(interaction.id))
        await post(
            thread,
            f"<@&{team.id}> <@{who.id}>",
            message_id=str(interaction.id),
            part="call",
            mentions=discord.AllowedMentions(everyone=False, users=[who], roles=[team]),
        )
        await reply(interaction, t(interaction, "modmail-written", thread=f"<#{thread.id}>"))


class Close(Button, action="community:close", thinking=True):
    """Closes a letter; its key is who wrote it."""

    async def press(self, interaction: Interaction) -> None:
        """Close the thread for its writer or the team."""
        if str(interaction.user.id) != self.key:
            permissions.require_moderator(interaction)
        thread = interaction.channel
        if not isinstance(thread, discord.Thread) or thread.locked:
            raise Conflict("This letter is closed already.", code="letter-over")
        await reply(interaction, t(interaction, "modmail-closed"))
        await _close(thread)


class Modmail(Cog):
    """The text commands of modmail."""

    buttons = (Write, Close)

    @commands.command(name="setup_tickets")
    async def offer(self, context: commands.Context[GenjiBot]) -> None:
        """Post the button that begins a letter."""
        row = ui.ActionRow[Any](Write("new", t(None, "modmail-write"), style=discord.ButtonStyle.primary))
        await post_page(
            context, look.card(Tone.INFO, t(None, "modmail-title"), t(None, "modmail-about"), row)
        )

    @commands.command(name="solved")
    async def solved(self, context: commands.Context[GenjiBot]) -> None:
        """Close the letter in whose thread this is said; whoever can write there may."""
        thread = context.channel
        if (
            not isinstance(thread, discord.Thread)
            or not thread.is_private()
            or thread.parent_id != self.bot.config.channels.modmail
        ):
            raise Forbidden("This is said in the thread of a letter.", code="not-a-letter")
        await _close(thread)


async def _close(thread: discord.Thread) -> None:
    with discord_errors():
        await thread.edit(archived=True, locked=True)
