"""What the team may do with a map."""

from collections.abc import Sequence
from typing import Any, Final, get_args

import discord
import msgspec
from discord import app_commands, ui

from genjilib.chat import look, permissions
from genjilib.chat.client import Cog
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.texts import t
from genjilib.chat.transforms import (
    AnyCode,
    KnownPlayer,
    Link,
    Picture,
)
from genjilib.chat.views import confirm
from genjilib.core.errors import Invalid
from genjilib.core.validate import checked
from genjilib.core.values import PlaytestStatus
from genjilib.maps import edit, guides, links, rules
from genjilib.maps.bot.editor import Editor
from genjilib.maps.types import (
    Creator,
    GuideResponse,
    LinkMapsCreateRequest,
    MapPatchRequest,
    UnlinkMapsCreateRequest,
)

AFTERWARDS: Final = {"send_to_playtest": "map-again", "make_legacy": "map-make-legacy"}
"""What can be done with a map once it is changed."""

STATUS: Final = {"hidden": "map-hidden", "official": "map-official", "archived": "map-archived"}


class TeamEditor(Editor):
    """An editor with what only the team may change: status, ratings, playtest, legacy runs."""

    rating: int | None = None
    afterwards: str | None = None

    def more_buttons(self) -> Sequence[ui.Button[Any]]:
        """Offer the team's form."""
        button = ui.Button[Any](label=t(self.reader, "map-edit-status"))
        button.callback = self._open_status
        return (button,)

    def lines(self) -> list[str]:
        """Write what was collected so far, what is the team's included."""
        found = super().lines()
        if self.rating is not None:
            found.append(f"**{t(self.reader, 'map-rating')}** {self.rating} / 6")
        if self.afterwards is not None:
            found.append(t(self.reader, AFTERWARDS[self.afterwards]))
        return found

    async def _open_status(self, interaction: Interaction) -> None:
        await open_form(interaction, Status(interaction, self))


class Status(Form):
    """Who sees a map, how good it is said to be, and what becomes of it."""

    def __init__(self, interaction: Interaction, editor: TeamEditor) -> None:
        """Begin with what was collected so far."""
        super().__init__(t(interaction, "map-edit-status"))
        self._editor = editor
        chosen = {name for name in STATUS if editor.present(name)}
        self.status = ui.Select[Any](
            options=[
                discord.SelectOption(label=t(interaction, text), value=name, default=name in chosen)
                for name, text in STATUS.items()
            ],
            min_values=0,
            max_values=len(STATUS),
            required=False,
        )
        stands = editor.present("playtesting")
        self.playtesting = ui.Select[Any](
            options=[
                discord.SelectOption(label=one, default=one == stands) for one in get_args(PlaytestStatus)
            ]
        )
        given = None if editor.rating is None else str(editor.rating)
        self.rating = ui.TextInput[Any](default=given, required=False, max_length=1, placeholder="1 – 6")
        self.afterwards = ui.Select[Any](
            options=[
                discord.SelectOption(
                    label=t(interaction, text), value=name, default=name == editor.afterwards
                )
                for name, text in AFTERWARDS.items()
            ],
            min_values=0,
            required=False,
        )
        self.add_item(ui.Label(text=t(interaction, "map-edit-status"), component=self.status))
        self.add_item(ui.Label(text=t(interaction, "map-playtesting"), component=self.playtesting))
        self.add_item(ui.Label(text=t(interaction, "map-override"), component=self.rating))
        self.add_item(ui.Label(text=t(interaction, "map-afterwards"), component=self.afterwards))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Keep what was chosen until the changes are finished."""
        rating = self.rating.value.strip()
        if rating and rating not in "123456":
            raise Invalid("A rating is a number from 1 to 6.", code="rating-unreadable")
        for name in STATUS:
            self._editor.take(name, name in self.status.values)
        self._editor.take("playtesting", self.playtesting.values[0])
        self._editor.rating = int(rating) if rating else None
        self._editor.afterwards = next(iter(self.afterwards.values), None)
        self._editor.draw()
        await update(interaction, self._editor)


class MapModeration(Cog):
    """Commands of the team about maps."""

    mod = app_commands.Group(name="mod", description="What only the team may do")
    of_map = app_commands.Group(name="map", description="Change maps", parent=mod)

    @of_map.command(name="edit", description="Change a map at once")
    @permissions.staff_only
    @app_commands.describe(code="Code of the map", custom_banner="A new picture to show the map with")
    async def edit_map(
        self, interaction: Interaction, code: AnyCode, custom_banner: Picture | None = None
    ) -> None:
        """Collect changes, and apply them together."""
        cdn_url = self.bot.settings.s3_public_url

        async def finish(interaction: Interaction, editor: Editor) -> None:
            who = permissions.require_moderator(interaction)
            assert isinstance(editor, TeamEditor)
            await edit.moderate(
                self.bot.db,
                code,
                await editor.changes(interaction),
                quality=editor.rating,
                make_legacy=editor.afterwards == "make_legacy",
                send_to_playtest=editor.afterwards == "send_to_playtest",
                moderator_id=who.user_id or 0,
                cdn_url=cdn_url,
            )
            await editor.end(interaction, t(interaction, "map-changed", code=code))

        now = await rules.get(self.bot.db, code, cdn_url=cdn_url)
        await reply(interaction, TeamEditor(interaction, now, finish, custom_banner))

    @of_map.command(name="edit-status", description="Change who sees a map and whether it is in playtest")
    @permissions.staff_only
    @app_commands.describe(
        code="Code of the map",
        hidden="Whether the map is hidden",
        official="Whether it is a global map",
        archived="Whether it is in the archive",
        playtesting="Where its playtest stands",
        send_to_playtest="Have it tried again; its runs become legacy",
    )
    async def edit_status(
        self,
        interaction: Interaction,
        code: AnyCode,
        hidden: bool | None = None,
        official: bool | None = None,
        archived: bool | None = None,
        playtesting: PlaytestStatus | None = None,
        send_to_playtest: bool = False,
    ) -> None:
        """Ask once more, and change the status."""
        wish = {"hidden": hidden, "official": official, "archived": archived, "playtesting": playtesting}
        given = {name: value for name, value in wish.items() if value is not None}
        if not given and not send_to_playtest:
            raise Invalid("Nothing is to be changed.", code="nothing-to-change")
        await rules.partial(self.bot.db, code)
        shown = [f"**{name}** {value}" for name, value in given.items()]
        shown += [t(interaction, "map-again")] if send_to_playtest else []
        if await _sure(interaction, "\n".join([look.code(code), *shown]), danger=True):
            await edit.moderate(
                self.bot.db,
                code,
                msgspec.convert(given, MapPatchRequest),
                send_to_playtest=send_to_playtest,
                moderator_id=interaction.user.id,
                cdn_url=self.bot.settings.s3_public_url,
            )
            await reply(interaction, t(interaction, "map-changed", code=code))

    @of_map.command(name="edit-creators", description="Say who made a map")
    @permissions.staff_only
    @app_commands.describe(
        code="Code of the map",
        primary="Who made most of it",
        second="Who helped",
        third="Who helped too",
    )
    async def edit_creators(
        self,
        interaction: Interaction,
        code: AnyCode,
        primary: KnownPlayer,
        second: KnownPlayer | None = None,
        third: KnownPlayer | None = None,
    ) -> None:
        """Ask once more, and put these creators in the place of the present ones."""
        await rules.partial(self.bot.db, code)
        people = [one for one in (primary, second, third) if one is not None]
        names = ", ".join(look.plain(one.name) for one in people)
        if await _sure(interaction, t(interaction, "map-creators-confirm", code=code, names=names)):
            creators = [Creator(one.id, one is primary) for one in people]
            await edit.moderate(
                self.bot.db,
                code,
                MapPatchRequest(creators=creators),
                moderator_id=interaction.user.id,
                cdn_url=self.bot.settings.s3_public_url,
            )
            await reply(interaction, t(interaction, "map-changed", code=code))

    @of_map.command(name="edit-guides", description="Change the link of a guide, or remove the guide")
    @permissions.staff_only
    @app_commands.describe(
        code="Code of the map", user="Whose guide it is", url="The new link; without one the guide is removed"
    )
    async def edit_guides(
        self, interaction: Interaction, code: AnyCode, user: KnownPlayer, url: Link | None = None
    ) -> None:
        """Change the guide; its removal is asked for once more."""
        if url is not None:
            await guides.edit(self.bot.db, code, checked(GuideResponse(url, user.id)), by=interaction.user.id)
        else:
            question = t(interaction, "guide-remove", code=code, name=look.plain(user.name))
            if not await _sure(interaction, question, danger=True):
                return
            await guides.remove(self.bot.db, code, user.id, by=interaction.user.id)
        await reply(interaction, t(interaction, "map-changed", code=code))

    @of_map.command(name="link-codes", description="Link the global and the Chinese code of a map")
    @permissions.staff_only
    @app_commands.describe(official_code="Global code", unofficial_code="Chinese code")
    async def link_codes(
        self, interaction: Interaction, official_code: AnyCode, unofficial_code: AnyCode
    ) -> None:
        """Ask once more, and link the codes; a map that is missing becomes a copy of the other."""
        question = t(interaction, "map-link", official=official_code, unofficial=unofficial_code)
        if await _sure(interaction, question):
            codes = LinkMapsCreateRequest(official_code, unofficial_code)
            await links.link(self.bot.db, codes, by=interaction.user.id)
            await reply(interaction, t(interaction, "map-link-done"))

    @of_map.command(name="unlink-codes", description="Let two codes be of different maps again")
    @permissions.staff_only
    @app_commands.describe(
        official_code="Global code", unofficial_code="Chinese code", reason="Why they are not of one map"
    )
    async def unlink_codes(
        self,
        interaction: Interaction,
        official_code: AnyCode,
        unofficial_code: AnyCode,
        reason: app_commands.Range[str, 1, 1000],
    ) -> None:
        """Ask once more, and unlink the codes."""
        question = t(interaction, "map-unlink", official=official_code, unofficial=unofficial_code)
        if await _sure(interaction, question, danger=True):
            codes = UnlinkMapsCreateRequest(official_code, unofficial_code, reason)
            await links.unlink(self.bot.db, codes, by=interaction.user.id)
            await reply(interaction, t(interaction, "map-unlink-done"))


async def _sure(interaction: Interaction, question: str, *, danger: bool = False) -> bool:
    """Ask once more who may do it still when they answer."""
    return await confirm(interaction, question, danger=danger, check=permissions.require_moderator)
