"""Searching maps, in the reader's language or always in Chinese."""

from typing import Any, Final, Literal, TypeVar

import msgspec
from discord import app_commands

from genjilib.chat import look
from genjilib.chat.client import Cog
from genjilib.chat.interactions import Interaction
from genjilib.chat.paging import Page, Pages
from genjilib.chat.texts import Reader, of_command, t
from genjilib.chat.transforms import (
    KnownPlayer,
    VisibleCode,
)
from genjilib.core.text import format_run_time
from genjilib.core.values import DifficultyTop
from genjilib.maps.bot.names import MapName, Mechanic, Restriction, Tag
from genjilib.maps.search import MapQuery, search
from genjilib.maps.types import (
    MapCategory,
    MapResponse,
)

T = TypeVar("T")

CHINESE: Final = "zh-CN"

CHINESE_SEARCH: Final = "map-search-chinese"
"""Under which key the search that always answers in Chinese has its texts."""

MAPS: Final = 5
"""Maps of a page."""

_OPTIONS: Final = {
    "map_name": "Overwatch map",
    "difficulty": "Difficulty of the map",
    "code": "Code of the map",
    "creator": "Who made the map",
    "mechanic": "A mechanic of the map",
    "restriction": "A restriction of the map",
    "tag": "A tag of the map",
    "minimum_quality": "Least average rating, from 1 to 6 stars",
    "category": "Category of the map",
    "medals": "With or without medals",
    "completed": "With or without a run of yours",
    "playtest": "Only maps in playtest, or none of them",
    "official": "Global maps, or Chinese ones",
}

_KEY: Final = f"command-{CHINESE_SEARCH}"


def _in_chinese(search: T) -> T:
    """Name and describe the options of the search in Chinese, whatever the reader's language is."""
    keys = {name: f"{_KEY}.{name.replace('_', '-')}" for name in _OPTIONS}
    names = {name: of_command(CHINESE, key) for name, key in keys.items()}
    descriptions = {name: of_command(CHINESE, f"{key}-description") for name, key in keys.items()}
    return app_commands.rename(**names)(app_commands.describe(**descriptions)(search))


class MapSearch(Cog):
    """Searching maps."""

    async def _search(
        self,
        interaction: Interaction,
        map_name: MapName | None = None,
        difficulty: DifficultyTop | None = None,
        code: VisibleCode | None = None,
        creator: KnownPlayer | None = None,
        mechanic: Mechanic | None = None,
        restriction: Restriction | None = None,
        tag: Tag | None = None,
        minimum_quality: app_commands.Range[int, 1, 6] | None = None,
        category: MapCategory | None = None,
        medals: Literal["With", "Without"] | None = None,
        completed: Literal["With", "Without"] | None = None,
        playtest: Literal["Only", "None"] | None = None,
        official: bool | None = None,
    ) -> None:
        """Show the maps that fit all options, easiest first."""
        wish = {
            "code": code,
            "map_name": map_name and [map_name],
            "difficulty_exact": difficulty,
            "creator_ids": creator and [creator.id],
            "mechanics": mechanic and [mechanic],
            "restrictions": restriction and [restriction],
            "tags": tag and [tag],
            "minimum_quality": minimum_quality,
            "category": category and [category],
            "medal_filter": medals,
            "completion_filter": completed,
            "playtest_filter": playtest,
            "official": official,
        }
        given: dict[str, Any] = {name: value for name, value in wish.items() if value is not None}
        given |= {"user_id": interaction.user.id, "hidden": False, "archived": False, "force_filters": True}
        query = msgspec.convert(given, MapQuery)
        chinese = interaction.command is not None and interaction.command.extras
        reader: Reader = CHINESE if chinese else interaction

        async def load(offset: int, limit: int) -> Page:
            wanted = msgspec.structs.replace(query, page_size=limit, page_number=offset // limit + 1)
            found = await search(self.bot.db, wanted, cdn_url=self.bot.settings.s3_public_url)
            total = (found[0].total_results or 0) if found else 0
            return Page([describe(reader, one) for one in found], total)

        await Pages(interaction, t(reader, "map-search"), load, size=MAPS).show(interaction)

    # Both commands have the same options: discord.py takes their descriptions when a command is made.
    search = app_commands.Command[Any, Any, None](
        name="map-search", description="Find maps", callback=app_commands.describe(**_OPTIONS)(_search)
    )
    search_in_chinese = app_commands.Command[Any, Any, None](
        name=of_command(CHINESE, _KEY),
        description=of_command(CHINESE, f"{_KEY}.description"),
        callback=_in_chinese(_search),
        extras={"texts": CHINESE_SEARCH},
    )


def describe(reader: Reader, one: MapResponse) -> str:
    """Write a map as an entry of a list."""
    medals = one.medals and " / ".join(
        format_run_time(time) for time in (one.medals.gold, one.medals.silver, one.medals.bronze)
    )
    thread = one.playtest and not one.playtest.completed and f"<#{one.playtest.thread_id}>"
    title = f" · *{look.plain(one.title)}*" if one.title else ""
    head = f"{look.code(one.code)} **{look.plain(one.map_name)}** · {one.difficulty}{title}"
    lines = look.facts(
        [
            (t(reader, "map-creators"), ", ".join(look.plain(who.name) for who in one.creators)),
            (t(reader, "map-category"), one.category),
            (t(reader, "map-checkpoints"), one.checkpoints),
            (t(reader, "map-mechanics"), ", ".join(one.mechanics)),
            (t(reader, "map-restrictions"), ", ".join(one.restrictions)),
            (t(reader, "map-tags"), ", ".join(one.tags)),
            (t(reader, "map-medals"), medals),
            (t(reader, "map-rating"), one.ratings and f"{one.ratings:.2f} / 6"),
            (t(reader, "map-your-time"), one.time and format_run_time(one.time)),
            (t(reader, "map-linked"), one.linked_code and look.code(one.linked_code)),
            (t(reader, "map-playtest"), thread or None),
            (t(reader, "map-description"), look.plain(one.description or "", 300)),
        ]
    )
    return f"{head}\n{lines}"
