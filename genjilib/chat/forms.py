"""Forms that lose nothing: what was typed into a refused form is there when it is opened again."""

from typing import Any, Self

import discord
from discord import ui

from genjilib.chat import look
from genjilib.chat.errors import known
from genjilib.chat.interactions import Interaction, attend, open_form, refuse
from genjilib.chat.look import Tone
from genjilib.chat.texts import t
from genjilib.chat.views import Layout

LIFE = 900.0
"""Seconds a form can be filled in; an abandoned one is forgotten afterwards."""


class Form(ui.Modal):
    """A form. A subclass lists its fields and answers in ``on_submit``; one of our errors refuses it."""

    def __init__(self, title: str) -> None:
        """Show ``title``, at most 45 characters of it."""
        super().__init__(title=look.cut(title, 45), timeout=LIFE)

    async def interaction_check(self, interaction: Interaction, /) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take care of the submission."""
        attend(interaction, type(self).__name__, thinking=True)
        interaction.client.refuse_when_draining()
        return True

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Explain the error; a refused form can be opened again as it was typed."""
        if known(error) is None:
            await refuse(interaction, error)
            return
        keep_typed(self)
        again = t(interaction, "form-again")
        await refuse(interaction, error, show=lambda card: FormOffer(interaction, self, card, again))


class FormOffer(Layout):
    """A message with one button that opens a form."""

    def __init__(
        self,
        interaction: Interaction,
        form: ui.Modal,
        shown: str | ui.Container[Any],
        label: str | None = None,
    ) -> None:
        """Show a sentence or a card above the button."""
        super().__init__(interaction, timeout=LIFE)
        self._form = form
        button = ui.Button[Self](
            label=label or t(interaction, "form-open"), style=discord.ButtonStyle.primary
        )
        button.callback = self._open
        card = look.card(Tone.INFO, shown) if isinstance(shown, str) else shown
        self.add_item(card.add_item(ui.ActionRow(button)))

    async def _open(self, interaction: Interaction) -> None:
        await open_form(interaction, self._form)


def keep_typed(form: ui.Modal) -> None:
    """Make what was typed and chosen the default of each field; files cannot be kept."""
    for item in form.walk_children():
        if isinstance(item, ui.TextInput):
            item.default = item.value or None
        elif isinstance(item, ui.Select):
            for option in item.options:
                option.default = option.value in item.values
        elif isinstance(item, ui.RadioGroup):
            for option in item.options:
                option.default = option.value == item.value
        elif isinstance(item, ui.CheckboxGroup):
            for option in item.options:
                option.default = option.value in item.values
        elif isinstance(item, ui.Checkbox):
            item.default = item.value
