"""What can be pressed: layouts that end by themselves, buttons that outlive restarts, and a question."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Self

import discord
from discord import ui

from genjilib.chat import look
from genjilib.chat.interactions import Interaction, attend, refuse, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.texts import t
from genjilib.core import log
from genjilib.core.errors import Forbidden, Unavailable

_logger = log.get_logger(__name__)


class Layout(ui.LayoutView):
    """A message with buttons for one person and a short time; afterwards its buttons are disabled.

    A subclass with ``thinking`` shows that it is at work when a press takes long.
    """

    thinking: ClassVar[bool] = False

    def __init__(self, owner: Interaction, *, timeout: float = 180) -> None:
        """Belong to who began ``owner``; end ``timeout`` seconds after the last press."""
        super().__init__(timeout=timeout)
        self.owner = owner.user
        self.edit: Callable[..., Awaitable[Any]] | None = None

    async def interaction_check(self, interaction: Interaction, /) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take care of the press; refuse it to others than the owner."""
        attend(interaction, type(self).__name__, thinking=self.thinking)
        interaction.client.refuse_when_draining()
        if interaction.user.id == self.owner.id:
            return True
        await refuse(interaction, Forbidden("Only who asked for this may press here.", code="not-yours"))
        return False

    async def on_error(self, interaction: Interaction, error: Exception, item: ui.Item[Any], /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Explain the error to who pressed."""
        await refuse(interaction, error)

    async def on_timeout(self) -> None:
        """Show that nothing here can be pressed any more."""
        self.disable()
        try:
            if self.edit is not None:
                await self.edit(view=self)
        except discord.HTTPException as error:
            _logger.debug("layout-ended-unseen", layout=type(self).__name__, code=error.code)

    def disable(self) -> None:
        """Disable everything that can be pressed or chosen, links excepted."""
        for item in self.walk_children():
            if isinstance(item, ui.Button):
                item.disabled = item.url is None
            elif isinstance(item, ui.Select):
                item.disabled = True


class Button(ui.DynamicItem[ui.Button[Any]], ABC, template=r"(?!)"):
    """A button that works as long as its message exists, across restarts.

    Its ``custom_id`` is ``<domain>:<verb>:<key>``; what it is about is read from the database when pressed,
    by ``press``. A subclass names its action and is listed in its cog's ``buttons``::

        class Accept(Button, action="completions:accept"):
            async def press(self, interaction: Interaction) -> None: ...

    Such buttons stand in ``posted`` messages, never in a ``Layout``, which ends.
    """

    action: ClassVar[str]
    thinking: ClassVar[bool] = False

    def __init_subclass__(cls, *, action: str, thinking: bool = False) -> None:
        """Fix what the button is for; with ``thinking`` it shows that it is at work when deferred."""
        if not re.fullmatch(r"[a-z_]+:[a-z_]+", action):
            raise TypeError(f"{action!r} is not <domain>:<verb>")
        cls.action, cls.thinking = action, thinking
        super().__init_subclass__(template=rf"{action}:(?P<key>.+)")

    def __init__(
        self,
        key: object,
        label: str | None = None,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make the button about ``key``, an id or several joined by colons."""
        self.key = str(key)
        custom_id = f"{self.action}:{self.key}"
        item = ui.Button[Any](style=style, label=label, emoji=emoji, disabled=disabled, custom_id=custom_id)
        super().__init__(item)

    @classmethod
    async def from_custom_id(cls, interaction: Any, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Become the button that was pressed."""
        assert isinstance(item, ui.Button)
        emoji = str(item.emoji) if item.emoji else None
        return cls(match["key"], item.label, style=item.style, emoji=emoji, disabled=item.disabled)

    async def callback(self, interaction: Interaction) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take care of the press; discord.py would only log its error."""
        attend(interaction, self.action, thinking=self.thinking)
        try:
            interaction.client.refuse_when_draining()
            await self.press(interaction)
        except Exception as error:
            await refuse(interaction, error)

    @abstractmethod
    async def press(self, interaction: Interaction) -> None:
        """Do what the button is for; who may is asked here."""


def posted(*items: ui.Item[Any]) -> ui.LayoutView:
    """Make a message that stays: cards and rows of ``Button``, no timeout."""
    view = ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    return view


class _Question(Layout):
    def __init__(
        self,
        interaction: Interaction,
        text: str,
        yes: str | None,
        *,
        danger: bool,
        thumbnail: str | None,
        check: Callable[[Interaction], object] | None,
    ) -> None:
        super().__init__(interaction)
        self.agreed, self._check = False, check
        style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.success
        self.yes = ui.Button[Self](label=yes or t(interaction, "confirm.yes"), style=style)
        self.no = ui.Button[Self](label=t(interaction, "confirm.no"))
        self.yes.callback, self.no.callback = self._agree, self._decline
        row = ui.ActionRow[Self](self.yes, self.no)
        self.add_item(look.card(Tone.WAIT, t(interaction, "confirm"), text, row, thumbnail=thumbnail))

    async def _agree(self, interaction: Interaction) -> None:
        if self._check is not None:
            self._check(interaction)
        self.agreed = True
        await self._decline(interaction)

    async def _decline(self, interaction: Interaction) -> None:
        self.disable()
        await update(interaction, self)
        self.stop()


async def confirm(
    interaction: Interaction,
    text: str,
    *,
    yes: str | None = None,
    danger: bool = False,
    thumbnail: str | None = None,
    check: Callable[[Interaction], object] | None = None,
) -> bool:
    """Ask the caller; ``False`` when they decline or do not answer within three minutes.

    ``check`` is asked when they agree, such as ``permissions.require_moderator``: rights may be lost by then.
    Raises ``Unavailable`` when the bot ends before they answered.
    """
    question = _Question(interaction, text, yes, danger=danger, thumbnail=thumbnail, check=check)
    await reply(interaction, question, public=False)
    try:
        await interaction.client.answered(question.wait())
    except Unavailable:
        question.stop()
        await question.on_timeout()
        raise
    return question.agreed
