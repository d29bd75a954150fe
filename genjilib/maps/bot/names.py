"""Options that take a name out of a short list, such as that of a mechanic."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from genjilib import queries
from genjilib.chat.transforms import (
    SUGGESTIONS,
    Suggestion,
    suggest,
)
from genjilib.core.errors import Invalid


class NameTransformer(app_commands.Transformer):
    """An option that takes a name out of a short list: the nearest to what was typed."""

    def __init__(self, find: Callable[..., Awaitable[Sequence[Any]]]) -> None:
        """Look names up with ``find``, a query of ``autocomplete``."""
        self._find = find

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Take the nearest name."""
        for _, name in await self._nearest(interaction, str(value), 1):
            return name
        raise Invalid("Nothing is like this.", code="nothing-like-this")

    async def autocomplete(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, interaction: discord.Interaction[Any], value: Any, /
    ) -> list[app_commands.Choice[str]]:
        """Offer the nearest names."""
        return await suggest(self._nearest)(interaction, str(value))

    async def _nearest(
        self, interaction: discord.Interaction[Any], typed: str, size: int = SUGGESTIONS
    ) -> Sequence[Suggestion]:
        rows = await self._find(interaction.client.db, search=typed[:100], size=size)
        return [(row.name, row.name) for row in rows]


MapName = app_commands.Transform[str, NameTransformer(queries.autocomplete.names)]

Mechanic = app_commands.Transform[str, NameTransformer(queries.autocomplete.mechanics)]

Restriction = app_commands.Transform[str, NameTransformer(queries.autocomplete.restrictions)]

Tag = app_commands.Transform[str, NameTransformer(queries.autocomplete.tags)]
