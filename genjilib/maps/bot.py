"""The bot's part of maps: finding and submitting them, their guides, and what the team may do."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal, TypeVar, get_args

import discord
import msgspec
from discord import app_commands, ui

from genjilib import queries
from genjilib.chat import look, permissions
from genjilib.chat.client import Cog
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.paging import Page, Pages
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import Reader, of_command, t
from genjilib.chat.transforms import (
    SUGGESTIONS,
    AnyCode,
    KnownPlayer,
    Link,
    MapCode,
    RunTime,
    Suggestion,
    VisibleCode,
    parse_map_code,
    parse_run_time,
    suggest,
)
from genjilib.chat.views import Layout, confirm
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.core.validate import checked
from genjilib.core.values import MIDPOINTS, DifficultyTop, PlaytestStatus
from genjilib.images import rules as images
from genjilib.maps import edit, guides, links, rules
from genjilib.maps.search import MapQuery, search
from genjilib.maps.types import (
    Creator,
    GuideResponse,
    LinkMapsCreateRequest,
    MapCategory,
    MapCreateRequest,
    MapPatchRequest,
    MapResponse,
    MedalsResponse,
    UnlinkMapsCreateRequest,
)
from genjilib.maps.types import Mechanic as MechanicName
from genjilib.maps.types import Restriction as RestrictionName
from genjilib.maps.types import Tag as TagName

T = TypeVar("T")

CHINESE: Final = "zh-CN"
CHINESE_SEARCH: Final = "map-search-chinese"
"""Under which key the search that always answers in Chinese has its texts."""

MAPS: Final = 5
"""Maps of a page."""

_YOUTUBE: Final = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtu\.be/|youtube\.com/(?:watch\?(?:\S*&)?v=|shorts/|live/))([\w-]{11})\b"
)
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


EDITED: Final = {
    "map-edit-facts": ("code", "map_name", "category", "checkpoints", "difficulty"),
    "map-edit-contents": ("mechanics", "restrictions", "tags", "medals"),
    "map-edit-texts": ("title", "description"),
}
"""Which fields of a map are edited together in one form."""

LABELS: Final = {
    "code": "map-code",
    "map_name": "map-name",
    "category": "map-category",
    "checkpoints": "map-checkpoints",
    "difficulty": "map-difficulty",
    "mechanics": "map-mechanics",
    "restrictions": "map-restrictions",
    "tags": "map-tags",
    "medals": "map-medals",
    "title": "map-title",
    "description": "map-description",
}
CHOICES: Final[dict[str, Sequence[str]]] = {
    "category": get_args(MapCategory),
    "difficulty": tuple(MIDPOINTS),
    "mechanics": get_args(MechanicName),
    "restrictions": get_args(RestrictionName),
    "tags": get_args(TagName),
}


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


class Maps(Cog):
    """Commands about maps."""

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

    @app_commands.command(name="view-guides", description="Show the guides to a map")
    @app_commands.describe(
        code="Code of the map", include_records="Show the videos of the best runs of players too"
    )
    async def view_guides(
        self, interaction: Interaction, code: VisibleCode, include_records: bool = False
    ) -> None:
        """Show guides with their authors."""
        title = t(interaction, "guide-list", code=code)

        async def load(offset: int, limit: int) -> Page:
            found = await guides.of_map(self.bot.db, code, include_records=include_records)
            shown = found[offset : offset + limit]
            return Page([f"**{look.plain(one.usernames[0])}** {one.url}" for one in shown], len(found))

        await Pages(interaction, title, load).show(interaction)

    @app_commands.command(name="submit-guide", description="Add a video guide of yours to a map")
    @app_commands.describe(code="Code of the map", url="Link to the video")
    async def submit_guide(self, interaction: Interaction, code: VisibleCode, url: Link) -> None:
        """Ask once more, with a picture of the video where there is one, and add the guide."""
        await rules.partial(self.bot.db, code)
        question = t(interaction, "guide-confirm", code=code, url=url)
        if await confirm(interaction, question, thumbnail=_thumbnail(url)):
            await guides.add(self.bot.db, code, checked(GuideResponse(url, interaction.user.id)))
            await reply(interaction, t(interaction, "guide-added", code=code))

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
        custom_banner: discord.Attachment | None = None,
        gold: RunTime | None = None,
        silver: RunTime | None = None,
        bronze: RunTime | None = None,
    ) -> None:
        """Check what was typed, and open the form for the rest."""
        if await queries.maps.exists(self.bot.db, code=code):
            raise Invalid("There is a map with this code already.", code="map-code-exists")
        if custom_banner is not None:
            check_picture(custom_banner, self.bot.settings.api_upload_limit)
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

    mod = app_commands.Group(name="mod", description="What only the team may do")
    of_map = app_commands.Group(name="map", description="Change maps", parent=mod)

    @of_map.command(name="edit", description="Change a map at once")
    @permissions.staff_only
    @app_commands.describe(code="Code of the map")
    async def edit_map(self, interaction: Interaction, code: AnyCode) -> None:
        """Collect changes, and apply them together."""
        cdn_url = self.bot.settings.s3_public_url

        async def finish(interaction: Interaction, editor: Editor) -> None:
            permissions.require_moderator(interaction)
            await edit.patch(self.bot.db, code, editor.changes(), cdn_url=cdn_url)
            await editor.end(interaction, t(interaction, "map-changed", code=code))

        now = await rules.get(self.bot.db, code, cdn_url=cdn_url)
        await reply(interaction, Editor(interaction, now, finish))

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
        if await confirm(interaction, "\n".join([look.code(code), *shown]), danger=True):
            await edit.moderate(
                self.bot.db,
                code,
                msgspec.convert(given, MapPatchRequest),
                send_to_playtest=send_to_playtest,
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
        if await confirm(interaction, t(interaction, "map-creators-confirm", code=code, names=names)):
            creators = [Creator(one.id, one is primary) for one in people]
            cdn_url = self.bot.settings.s3_public_url
            await edit.patch(self.bot.db, code, MapPatchRequest(creators=creators), cdn_url=cdn_url)
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
            await guides.edit(self.bot.db, code, checked(GuideResponse(url, user.id)))
        else:
            question = t(interaction, "guide-remove", code=code, name=look.plain(user.name))
            if not await confirm(interaction, question, danger=True):
                return
            await guides.remove(self.bot.db, code, user.id)
        await reply(interaction, t(interaction, "map-changed", code=code))

    @of_map.command(name="link-codes", description="Link the global and the Chinese code of a map")
    @permissions.staff_only
    @app_commands.describe(official_code="Global code", unofficial_code="Chinese code")
    async def link_codes(
        self, interaction: Interaction, official_code: AnyCode, unofficial_code: AnyCode
    ) -> None:
        """Ask once more, and link the codes; a map that is missing becomes a copy of the other."""
        question = t(interaction, "map-link", official=official_code, unofficial=unofficial_code)
        if await confirm(interaction, question):
            await links.link(self.bot.db, LinkMapsCreateRequest(official_code, unofficial_code))
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
        if await confirm(interaction, question, danger=True):
            codes = UnlinkMapsCreateRequest(official_code, unofficial_code, reason)
            await links.unlink(self.bot.db, codes)
            await reply(interaction, t(interaction, "map-unlink-done"))


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


Finish = Callable[[Interaction, "Editor"], Awaitable[None]]
"""Does with the collected changes what the editor was opened for."""


class Editor(Layout):
    """Collects changes of a map form by form, until they are finished."""

    def __init__(self, interaction: Interaction, now: MapResponse, finish: Finish) -> None:
        """Begin with the map as it is."""
        super().__init__(interaction)
        self.now, self.reader, self.given = now, interaction.locale, dict[str, Any]()
        self._finish = finish
        buttons = [self._button(key, fields) for key, fields in EDITED.items()]
        done = ui.Button[Any](label=t(interaction, "map-edit-done"), style=discord.ButtonStyle.success)
        done.callback = self._done
        self._row = ui.ActionRow[Any](*buttons, done)
        self.draw()

    def changes(self) -> MapPatchRequest:
        """Return what differs from the map as it is; ``Invalid`` when nothing does."""
        if not self.given:
            raise Invalid("Nothing is to be changed.", code="nothing-to-change")
        return checked(msgspec.convert(self.given, MapPatchRequest))

    def take(self, field: str, value: Any) -> None:
        """Keep what a field shall be, unless it is that already."""
        self.given.pop(field, None)
        if value != msgspec.to_builtins(getattr(self.now, field)):
            self.given[field] = value

    def present(self, field: str) -> Any:
        """Return what a field would be now."""
        return self.given.get(field, msgspec.to_builtins(getattr(self.now, field)))

    def draw(self) -> None:
        """Show the collected changes."""
        lines = "\n".join(
            f"**{t(self.reader, LABELS[field])}** {_readable(value)}" for field, value in self.given.items()
        )
        self.clear_items()
        title = t(self.reader, "map-edit-collect", code=self.now.code)
        text = look.cut(lines, 3000) or t(self.reader, "map-edit-nothing")
        self.add_item(look.card(Tone.WAIT, title, text, self._row))

    async def end(self, interaction: Interaction, said: str) -> None:
        """Show that it is over, and say what came of it."""
        self.disable()
        await update(interaction, self)
        self.stop()
        await reply(interaction, said)

    def _button(self, key: str, fields: Sequence[str]) -> ui.Button[Any]:
        async def opened(interaction: Interaction) -> None:
            await open_form(interaction, _Fields(interaction, self, t(interaction, key), fields))

        button = ui.Button[Any](label=t(self.reader, key))
        button.callback = opened
        return button

    async def _done(self, interaction: Interaction) -> None:
        self.changes()
        await self._finish(interaction, self)


class _Fields(Form):
    """Some fields of a map, filled in with what they are."""

    def __init__(self, interaction: Interaction, editor: Editor, title: str, fields: Sequence[str]) -> None:
        super().__init__(title)
        self._editor = editor
        self._items = {field: _item(field, editor.present(field)) for field in fields}
        for field, item in self._items.items():
            self.add_item(ui.Label(text=t(interaction, LABELS[field]), component=item))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        read = {field: await _read(interaction, field, item) for field, item in self._items.items()}
        checked(msgspec.convert(read, MapPatchRequest))
        edit.check(msgspec.convert(read, MapPatchRequest))
        for field, value in read.items():
            self._editor.take(field, value)
        self._editor.draw()
        await update(interaction, self._editor)


def _item(field: str, value: Any) -> ui.TextInput[Any] | ui.Select[Any]:
    if field in CHOICES:
        many = field in ("mechanics", "restrictions", "tags")
        item = select_many(CHOICES[field]) if many else ui.Select[Any]()
        chosen: list[str] = value if many else [value]
        item.options = [discord.SelectOption(label=one, default=one in chosen) for one in CHOICES[field]]
        return item
    if field == "medals":
        text = value and " / ".join(format_run_time(value[one]) for one in ("gold", "silver", "bronze"))
        return ui.TextInput(default=text, required=False, max_length=60)
    if field in ("title", "description"):
        long = field == "description"
        style = discord.TextStyle.paragraph if long else discord.TextStyle.short
        return ui.TextInput(style=style, default=value, required=False, max_length=1000 if long else 50)
    return ui.TextInput(default=str(value), max_length=100)


async def _read(interaction: Interaction, field: str, item: ui.TextInput[Any] | ui.Select[Any]) -> Any:
    if isinstance(item, ui.Select):
        return item.values if item.max_values > 1 else item.values[0]
    text = item.value.strip()
    match field:
        case "code":
            return parse_map_code(text)
        case "map_name":
            rows = await queries.autocomplete.names(interaction.client.db, search=text, size=1)
            return rows[0].name if rows else text
        case "checkpoints":
            if not text.isdecimal() or not 0 < int(text[:7]) <= 100_000:
                raise Invalid("The number of checkpoints is a number.", code="checkpoints-unreadable")
            return int(text)
        case "medals":
            times = [parse_run_time(one) for one in text.split("/")] if text else []
            if len(times) not in (0, 3):
                raise Invalid("A map has all three medals or none.", code="medals-incomplete")
            return dict(zip(("gold", "silver", "bronze"), times, strict=True)) if times else None
        case _:
            return text or None


def _readable(value: Any) -> str:
    match value:
        case None | []:
            return "–"
        case list():
            return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
        case {"gold": gold, "silver": silver, "bronze": bronze}:
            return " / ".join(format_run_time(time) for time in (gold, silver, bronze))
        case _:
            return look.plain(str(value), 500)


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


def _thumbnail(url: str) -> str | None:
    """Return the address of a video's picture; only YouTube tells it without being asked."""
    found = _YOUTUBE.match(url)
    return f"https://i.ytimg.com/vi/{found[1]}/hqdefault.jpg" if found else None


def select_many(names: Sequence[str]) -> ui.Select[Any]:
    """Return a field in which any of ``names``, or none, can be chosen."""
    options = [discord.SelectOption(label=name) for name in names]
    return ui.Select(options=options, min_values=0, max_values=len(options), required=False)


def check_picture(file: discord.Attachment, limit: int) -> None:
    """Raise ``Invalid`` for a file that need not be read to be refused."""
    if file.size > limit:
        raise Invalid("The picture is too large.", code="picture-too-large")
    if not (file.content_type or "image/").startswith("image/"):
        raise Invalid("This is not a PNG, JPEG or WebP picture.", code="not-a-picture")


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
