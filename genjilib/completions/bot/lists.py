"""Leaderboards and the runs of players, to be paged through."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from discord import app_commands
from msgspec import UNSET, UnsetType

from genjilib import queries
from genjilib.chat import look
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction
from genjilib.chat.paging import Page, Pages
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    KnownPlayer,
    VisibleCode,
)
from genjilib.completions.bot.shown import entry, place
from genjilib.completions.types import (
    ArchivedFilter,
)
from genjilib.core.values import DifficultyTop
from genjilib.maps import rules as maps
from genjilib.queries.completions import (
    CompletionResponse,
    UserCompletionResponse,
)

Run = TypeVar("Run", CompletionResponse, UserCompletionResponse)

OF_USER: Final = 6
"""Entries of a page of a player's runs."""


class RunLists(Cog):
    """Lists of runs."""

    @app_commands.command(name="completions", description="Show the leaderboard of a map")
    @app_commands.describe(code="Code of the map")
    async def leaderboard(self, interaction: Interaction, code: VisibleCode) -> None:
        """List the runs of a map: ranked ones by time, then partial ones, legacy runs behind all others."""
        if not await queries.maps.exists(self.bot.db, code=code):
            raise maps.not_found(code)

        async def load(offset: int, limit: int) -> Page:
            found = await queries.completions.leaderboard(self.bot.db, code=code, size=limit, skip=offset)
            return _page(found, lambda run: entry(interaction, run, look.plain(run.name)))

        await Pages(interaction, t(interaction, "completions-of-map", code=code), load).show(interaction)

    @app_commands.command(name="user-completions", description="Show the runs of a player")
    @app_commands.describe(
        user="Name of the player",
        difficulty="Only maps of this difficulty",
        archived="Archived maps or others?",
    )
    async def of_user(
        self,
        interaction: Interaction,
        user: KnownPlayer,
        difficulty: DifficultyTop | None = None,
        archived: ArchivedFilter = "all",
    ) -> None:
        """List a player's latest verified run on every map, easiest map first."""

        async def load(offset: int, limit: int) -> Page:
            found = await queries.completions.of_user(
                self.bot.db,
                user_id=user.id,
                difficulty=difficulty,
                archived=_archived(archived),
                size=limit,
                skip=offset,
            )
            return _page(found, lambda run: entry(interaction, run, run.code, place(run)))

        title = t(interaction, "completions-of-player", name=look.plain(user.name))
        await Pages(interaction, title, load, size=OF_USER).show(interaction)

    @app_commands.command(name="world-records", description="Show the world records of a player")
    @app_commands.describe(user="Name of the player", archived="Archived maps or others?")
    async def world_records(
        self, interaction: Interaction, user: KnownPlayer, archived: ArchivedFilter = "all"
    ) -> None:
        """List a player's runs that lead their maps, easiest map first."""

        async def load(offset: int, limit: int) -> Page:
            found = await queries.completions.world_records(
                self.bot.db, user_id=user.id, archived=_archived(archived)
            )
            shown = [entry(interaction, run, run.code, place(run)) for run in found[offset : offset + limit]]
            return Page(shown, len(found))

        title = t(interaction, "completions-records", name=look.plain(user.name))
        await Pages(interaction, title, load).show(interaction)


def _archived(which: ArchivedFilter) -> bool | UnsetType:
    return UNSET if which == "all" else which == "archived"


def _page(runs: Sequence[Run], entry: Callable[[Run], str]) -> Page:
    return Page([entry(run) for run in runs], runs[0].total_results if runs else 0)
