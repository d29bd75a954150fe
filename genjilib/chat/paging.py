"""Pages: first, previous, a number, next, last; one query for each page, within Discord's limits."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import discord
from discord import ui

from genjilib.chat import look
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.texts import t
from genjilib.chat.views import Layout
from genjilib.core.errors import Invalid

ENTRIES: Final = 30
"""Entries of a page: each is a component, the rest is title, buttons and frame."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one query found: the entries of a page as text, and how many there are on all pages."""

    entries: Sequence[str]
    total: int


Load = Callable[[int, int], Awaitable[Page]]
"""Asks for entries by ``offset`` and ``limit``."""


class Pages(Layout):
    """A list to turn the pages of. Entries too long for a message together are cut, never refused."""

    def __init__(self, interaction: Interaction, title: str, load: Load, *, size: int = 10) -> None:
        """Show ``size`` entries a page, each loaded by ``load`` when it is turned to."""
        super().__init__(interaction)
        if not 1 <= size <= ENTRIES:
            raise ValueError(f"a page has 1 to {ENTRIES} entries")
        self._title, self._load, self._size = title, load, size
        self._number, self._last = 0, 0
        self._buttons = self._make_buttons()
        self._locale = interaction.locale

    @property
    def number(self) -> int:
        """The page shown, the first being 0."""
        return self._number

    async def show(self, interaction: Interaction, *, public: bool = False) -> None:
        """Answer with the first page."""
        await self._turn(0)
        await reply(interaction, self, public=public)

    def rows(self) -> Sequence[ui.ActionRow[Any]]:
        """Return rows of buttons to stand under the entries of the page; there are none by default."""
        return ()

    async def go(self, interaction: Interaction, number: int) -> None:
        """Turn to a page, the first being 0; the nearest one where there is no such page any more."""
        await self._turn(number)
        await update(interaction, self)

    async def _turn(self, number: int) -> None:
        number = max(0, number)
        page = await self._load(number * self._size, self._size)
        if number and not page.entries:
            # The list became shorter meanwhile; only a page that shows something knows its length.
            page = await self._load(0, self._size)
            number = min(number, self._last_of(page))
            if number:
                page = await self._load(number * self._size, self._size)
        self._number, self._last = number, max(number, self._last_of(page))
        self._draw(page)

    def _last_of(self, page: Page) -> int:
        return max(0, -(-page.total // self._size) - 1)

    def _draw(self, page: Page) -> None:
        entries = list(page.entries[: self._size]) or [t(self._locale, "pages-empty")]
        first, back, jump, forward, last = self._buttons
        first.disabled = back.disabled = self._number == 0
        forward.disabled = last.disabled = self._number == self._last
        jump.label = f"{self._number + 1} / {self._last + 1}"
        turning = [ui.ActionRow[Self](*self._buttons)] if self._last else []
        self.clear_items()
        self.add_item(look.card(Tone.INFO, self._title, *entries, *self.rows(), *turning))

    def _make_buttons(self) -> tuple[ui.Button[Self], ...]:
        steps: tuple[tuple[str, Callable[[], int]], ...] = (
            ("«", lambda: 0),
            ("‹", lambda: self._number - 1),
            ("", lambda: -1),
            ("›", lambda: self._number + 1),
            ("»", lambda: self._last),
        )
        return tuple(self._button(label, target) for label, target in steps)

    def _button(self, label: str, target: Callable[[], int]) -> ui.Button[Self]:
        async def turn(interaction: Interaction) -> None:
            await self.go(interaction, target())

        async def jump(interaction: Interaction) -> None:
            await open_form(interaction, _Jump(interaction, self, self._last + 1))

        style = discord.ButtonStyle.secondary if label else discord.ButtonStyle.primary
        button = ui.Button[Self](label=label or "1", style=style)
        button.callback = turn if label else jump
        return button


class _Jump(Form):
    def __init__(self, interaction: Interaction, pages: Pages, count: int) -> None:
        super().__init__(t(interaction, "pages-jump"))
        self._pages, self._count = pages, count
        self._typed = ui.TextInput[Any](max_length=6, placeholder=f"1 – {count}")
        self.add_item(ui.Label(text=t(interaction, "pages-number"), component=self._typed))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        text = self._typed.value.strip()
        if not text.isdecimal() or not 1 <= int(text) <= self._count:
            raise Invalid("There is no such page.", code="page-unknown", extra={"last": self._count})
        await self._pages.go(interaction, int(text) - 1)
