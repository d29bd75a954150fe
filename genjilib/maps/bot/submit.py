"""Submitting a map."""

from typing import Any, get_args

import discord
import msgspec
from discord import app_commands, ui

from genjilib import queries
from genjilib.chat import look
from genjilib.chat.client import Cog
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import Reader, t
from genjilib.chat.transforms import (
    Link,
    MapCode,
    Picture,
    RunTime,
)
from genjilib.chat.views import confirm
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.core.values import MIDPOINTS
from genjilib.images import rules as images
from genjilib.maps import rules
from genjilib.maps.bot.editor import select_many
from genjilib.maps.bot.names import MapName
from genjilib.maps.types import (
    Creator,
    MapCategory,
    MapCreateRequest,
    MedalsResponse,
)
from genjilib.maps.types import Mechanic as MechanicName
from genjilib.maps.types import Restriction as RestrictionName
from genjilib.maps.types import Tag as TagName


class SubmitMap(Cog):
    """Submitting maps."""

    @app_commands.command(name="submit-map", description="Submit a map of yours")
    @app_commands.describe(
        code="Code of the map",
        map_name="Overwatch map",
        checkpoints="How many checkpoints there are",
        category="Category of the map",
        description="What players should know",
        guide_url="Link to a video that shows the map",
        custom_title="Title of the map",
        custom_banner="Picture to show the map with",
        gold="Time for the gold medal, such as 1:23.45",
        silver="Time for the silver medal",
        bronze="Time for the bronze medal",
    )
    async def submit(
        self,
        interaction: Interaction,
        code: MapCode,
        map_name: MapName,
        checkpoints: app_commands.Range[int, 2, 100_000],
        category: MapCategory,
        description: app_commands.Range[str, 1, 1000] | None = None,
        guide_url: Link | None = None,
        custom_title: app_commands.Range[str, 1, 50] | None = None,
        custom_banner: Picture | None = None,
        gold: RunTime | None = None,
        silver: RunTime | None = None,
        bronze: RunTime | None = None,
    ) -> None:
        """Check what was typed, and open the form for the rest."""
        if await queries.maps.exists(self.bot.db, code=code):
            raise Invalid("There is a map with this code already.", code="map-code-exists")
        new = MapCreateRequest(
            code=code,
            map_name=map_name,
            category=category,
            creators=[Creator(interaction.user.id, True)],
            checkpoints=checkpoints,
            difficulty="Easy",
            description=description,
            guide_url=guide_url,
            title=custom_title,
            medals=_medals(gold, silver, bronze),
        )
        await open_form(interaction, Details(interaction, new, custom_banner))


class Details(Form):
    """Difficulty, mechanics, restrictions and tags of a map that is to be submitted."""

    def __init__(
        self, interaction: Interaction, new: MapCreateRequest, banner: discord.Attachment | None
    ) -> None:
        """Ask for what ``new`` does not say yet."""
        super().__init__(t(interaction, "map-details", code=new.code))
        self._new, self._banner = new, banner
        self.difficulty = ui.Select[Any](options=[discord.SelectOption(label=one) for one in MIDPOINTS])
        self.mechanics = select_many(get_args(MechanicName))
        self.restrictions = select_many(get_args(RestrictionName))
        self.tags = select_many(get_args(TagName))
        self.add_item(ui.Label(text=t(interaction, "map-difficulty"), component=self.difficulty))
        self.add_item(ui.Label(text=t(interaction, "map-mechanics"), component=self.mechanics))
        self.add_item(ui.Label(text=t(interaction, "map-restrictions"), component=self.restrictions))
        self.add_item(ui.Label(text=t(interaction, "map-tags"), component=self.tags))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Ask once more, store the banner and submit the map."""
        settings, db = interaction.client.settings, interaction.client.db
        chosen = {
            "difficulty": self.difficulty.values[0],
            "mechanics": self.mechanics.values,
            "restrictions": self.restrictions.values,
            "tags": self.tags.values,
        }
        new = msgspec.convert({**msgspec.to_builtins(self._new), **chosen}, MapCreateRequest)
        rules.check(new)
        if not await confirm(interaction, _summary(interaction, new)):
            return
        if self._banner is not None:
            with discord_errors():
                picture = await self._banner.read()
            new.custom_banner = await images.store_screenshot(settings, picture)
        await rules.submit(db, new, cdn_url=settings.s3_public_url)
        await reply(interaction, t(interaction, "map-submitted", code=new.code))


def _medals(gold: float | None, silver: float | None, bronze: float | None) -> MedalsResponse | None:
    if gold is None and silver is None and bronze is None:
        return None
    if gold is None or silver is None or bronze is None:
        raise Invalid("A map has all three medals or none.", code="medals-incomplete")
    medals = MedalsResponse(gold, silver, bronze)
    rules.check_medals(medals)
    return medals


def _summary(reader: Reader, new: MapCreateRequest) -> str:
    medals = new.medals and " / ".join(
        format_run_time(time) for time in (new.medals.gold, new.medals.silver, new.medals.bronze)
    )
    return look.facts(
        [
            (t(reader, "map-code"), look.code(new.code)),
            (t(reader, "map-name"), f"{look.plain(new.map_name)} · {new.difficulty}"),
            (t(reader, "map-category"), new.category),
            (t(reader, "map-checkpoints"), new.checkpoints),
            (t(reader, "map-mechanics"), ", ".join(new.mechanics)),
            (t(reader, "map-restrictions"), ", ".join(new.restrictions)),
            (t(reader, "map-tags"), ", ".join(new.tags)),
            (t(reader, "map-medals"), medals),
            (t(reader, "map-description"), look.plain(new.description or "", 1000)),
        ]
    )
