"""A cog that does each thing the ground offers, for the tests to drive."""

import asyncio
from typing import Any, ClassVar

import discord
from discord import app_commands, ui

from genjilib.chat import look, permissions
from genjilib.chat.client import Cog, GenjiBot
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.paging import Page, Pages
from genjilib.chat.transforms import RunTime, suggest
from genjilib.chat.views import Button, Layout, confirm, posted
from genjilib.core.errors import Conflict, Invalid, RateLimited
from genjilib.core.text import format_run_time


class Accept(Button, action="probe:accept"):
    """Counts presses and says so; the second presser is told who was faster."""

    taken: ClassVar[dict[str, str]] = {}

    async def press(self, interaction: Interaction) -> None:
        permissions.require_moderator(interaction)
        await asyncio.sleep(0.05)
        faster = self.taken.setdefault(self.key, interaction.user.display_name)
        if faster != interaction.user.display_name:
            raise Conflict(f"{faster} was faster.", code="probe-taken")
        await update(interaction, posted(look.card(Tone.OK, f"Taken by {faster}")))


class Crash(Button, action="probe:crash"):
    """Has a bug."""

    async def press(self, interaction: Interaction) -> None:
        raise RuntimeError("a button broke")


class Slow(Button, action="probe:slow"):
    """Changes its message after more than three seconds."""

    async def press(self, interaction: Interaction) -> None:
        await asyncio.sleep(3.5)
        await update(interaction, posted(look.card(Tone.OK, "Changed late")))


class Wish(Form):
    """Refuses everything but a polite wish."""

    def __init__(self) -> None:
        super().__init__("A wish")
        self.text = ui.TextInput[Any](max_length=100)
        self.kind = ui.Select[Any](options=[discord.SelectOption(label=one) for one in ("Small", "Big")])
        self.add_item(ui.Label(text="Wish", component=self.text))
        self.add_item(ui.Label(text="Size", component=self.kind))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        if "please" not in self.text.value:
            raise Invalid("Say please.", code="probe-impolite")
        await reply(interaction, f"Granted: {self.text.value} ({self.kind.values[0]})")


class Short(Layout):
    """A layout that ends soon."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction, timeout=0.3)
        button = ui.Button[Any](label="Hello")
        button.callback = self._hello
        self.add_item(look.card(Tone.INFO, "Short", ui.ActionRow(button)))

    async def _hello(self, interaction: Interaction) -> None:
        await reply(interaction, "hello")


async def _codes(_: discord.Interaction[Any], typed: str) -> list[tuple[str, str]]:
    if typed == "bug":
        raise RuntimeError("no suggestions")
    return [(f"{typed}{number} " + "x" * 200, f"{typed}{number}") for number in range(40)]


class Numbers:
    """A list that tests may shorten; like a query that counts its rows, beyond its end it knows no length."""

    length: ClassVar[int] = 95

    @classmethod
    async def load(cls, offset: int, limit: int) -> Page:
        long = "word " * 200
        found = [f"entry {number} {long}" for number in range(offset, min(offset + limit, cls.length))]
        return Page(found, cls.length if found else 0)


async def _nothing(_: int, __: int) -> Page:
    return Page([], 0)


@app_commands.context_menu(name="Probe Message")
async def probe_message(interaction: discord.Interaction[GenjiBot], message: discord.Message) -> None:
    await reply(interaction, f"probed {message.id}")


class Probe(Cog):
    """One command for each thing."""

    buttons = (Accept, Crash, Slow)
    menus = (probe_message,)

    @app_commands.command()
    async def wait(self, interaction: Interaction, seconds: float) -> None:
        """Answer late."""
        await asyncio.sleep(seconds)
        await reply(interaction, "answered late")

    @app_commands.command(extras={"public": True})
    async def announce(self, interaction: Interaction, seconds: float, fail: bool = False) -> None:
        """Answer late and for all."""
        await asyncio.sleep(seconds)
        if fail:
            raise Invalid("Nobody else shall see this.", code="probe-private")
        await reply(interaction, "for all")

    @app_commands.command()
    async def silent(self, interaction: Interaction) -> None:
        """Forget to answer."""

    @app_commands.command()
    async def fail(self, interaction: Interaction, how: str) -> None:
        """Fail in a way."""
        if how == "limited":
            raise RateLimited("Too many.", after=30)
        if how == "known":
            raise Conflict("It is taken.", code="probe-taken")
        raise RuntimeError("a command broke")

    @app_commands.command()
    @permissions.staff_only
    async def judge(self, interaction: Interaction) -> None:
        """Do what staff may."""
        await reply(interaction, "judged")

    @app_commands.command()
    async def time(self, interaction: Interaction, run: RunTime) -> None:
        """Read a time."""
        await reply(interaction, f"{format_run_time(run)} / {run}")

    @app_commands.command()
    @app_commands.autocomplete(code=suggest(_codes))
    async def code(self, interaction: Interaction, code: str) -> None:
        """Take a code."""
        await reply(interaction, code)

    @app_commands.command()
    async def sure(self, interaction: Interaction) -> None:
        """Ask first."""
        agreed = await confirm(interaction, "It cannot be undone.", danger=True)
        await reply(interaction, f"agreed: {agreed}")

    @app_commands.command()
    async def pages(self, interaction: Interaction, empty: bool = False, public: bool = False) -> None:
        """Show a long list."""
        await Pages(interaction, "Numbers", _nothing if empty else Numbers.load).show(
            interaction, public=public
        )

    @app_commands.command()
    async def wish(self, interaction: Interaction, seconds: float = 0.0) -> None:
        """Open a form."""
        await asyncio.sleep(seconds)
        await open_form(interaction, Wish())

    @app_commands.command()
    async def short(self, interaction: Interaction) -> None:
        """Show buttons that end soon."""
        await reply(interaction, Short(interaction))

    @app_commands.command()
    async def post(self, interaction: Interaction, key: str) -> None:
        """Post buttons that stay."""
        row = ui.ActionRow[Any](Accept(key, "Accept"), Crash(key, "Crash"), Slow(key, "Slow"))
        assert isinstance(interaction.channel, discord.abc.Messageable)
        await interaction.channel.send(view=posted(look.card(Tone.WAIT, f"Post {key}", row)))
        await reply(interaction, "posted")
