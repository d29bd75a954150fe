"""Changes of a map, collected form by form until they are finished."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, get_args

import discord
import msgspec
from discord import ui

from genjilib import queries
from genjilib.chat import look
from genjilib.chat.forms import Form
from genjilib.chat.interactions import Interaction, open_form, reply, update
from genjilib.chat.look import Tone
from genjilib.chat.send import discord_errors
from genjilib.chat.texts import Reader, t
from genjilib.chat.transforms import (
    find_player,
    parse_map_code,
    parse_run_time,
)
from genjilib.chat.views import Layout
from genjilib.core.errors import Invalid
from genjilib.core.text import format_run_time
from genjilib.core.validate import checked
from genjilib.core.values import MIDPOINTS
from genjilib.db import Executor
from genjilib.images import rules as images
from genjilib.maps import edit
from genjilib.maps.types import (
    MapCategory,
    MapPatchRequest,
    MapResponse,
)
from genjilib.maps.types import Mechanic as MechanicName
from genjilib.maps.types import Restriction as RestrictionName
from genjilib.maps.types import Tag as TagName

EDITED: Final = {
    "map-edit-facts": ("code", "map_name", "category", "checkpoints", "difficulty"),
    "map-edit-contents": ("mechanics", "restrictions", "tags", "medals", "creators"),
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
    "creators": "map-creators",
    "custom_banner": "map-banner",
    "hidden": "map-hidden",
    "official": "map-official",
    "archived": "map-archived",
    "playtesting": "map-playtesting",
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

Finish = Callable[[Interaction, "Editor"], Awaitable[None]]
"""Does with the collected changes what the editor was opened for."""


class Editor(Layout):
    """Collects changes of a map form by form, until they are finished."""

    def __init__(
        self, interaction: Interaction, now: MapResponse, finish: Finish, banner: discord.Attachment | None
    ) -> None:
        """Begin with the map as it is, but for a new ``banner``."""
        super().__init__(interaction)
        self.now, self.reader, self.given = now, interaction.locale, dict[str, Any]()
        self.names = {creator.id: creator.name for creator in now.creators}
        """What creators are called, those of the changes included."""
        self._finish, self._banner = finish, banner
        buttons = [self._button(key, fields) for key, fields in EDITED.items()]
        done = ui.Button[Any](label=t(interaction, "map-edit-done"), style=discord.ButtonStyle.success)
        done.callback = self._done
        self._row = ui.ActionRow[Any](*buttons, *self.more_buttons(), done)
        self.draw()

    def more_buttons(self) -> Sequence[ui.Button[Any]]:
        """Return buttons to stand beside those of the forms; there are none by default."""
        return ()

    def lines(self) -> list[str]:
        """Write what was collected so far, one line each."""
        found = [f"**{t(self.reader, LABELS[field])}** {self._readable(field)}" for field in self.given]
        if self._banner is not None:
            found.append(f"**{t(self.reader, 'map-banner')}** {look.plain(self._banner.filename, 100)}")
        return found

    async def changes(self, interaction: Interaction) -> MapPatchRequest:
        """Return what differs from the map as it is, a new banner stored."""
        if self._banner is not None:
            with discord_errors():
                picture = await self._banner.read()
            url = await images.store_screenshot(interaction.client.settings, picture)
            return checked(msgspec.convert({**self.given, "custom_banner": url}, MapPatchRequest))
        return checked(msgspec.convert(self.given, MapPatchRequest))

    def take(self, field: str, value: Any) -> None:
        """Keep what a field shall be, unless it is that already."""
        self.given.pop(field, None)
        if value != _now(self.now, field):
            self.given[field] = value

    def present(self, field: str) -> Any:
        """Return what a field would be now."""
        return self.given.get(field, _now(self.now, field))

    def draw(self) -> None:
        """Show the collected changes."""
        self.clear_items()
        title = t(self.reader, "map-edit-collect", code=self.now.code)
        text = look.cut("\n".join(self.lines()), 3000) or t(self.reader, "map-edit-nothing")
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
        if not self.lines():
            raise Invalid("Nothing is to be changed.", code="nothing-to-change")
        await self._finish(interaction, self)

    def _readable(self, field: str) -> str:
        value = self.given[field]
        if field == "creators":
            return ", ".join(look.plain(self.names[one["id"]]) for one in value)
        return _readable(self.reader, value)


class _Fields(Form):
    """Some fields of a map, filled in with what they are."""

    def __init__(self, interaction: Interaction, editor: Editor, title: str, fields: Sequence[str]) -> None:
        super().__init__(title)
        self._editor = editor
        self._items = {field: _item(editor, field) for field in fields}
        for field, item in self._items.items():
            self.add_item(ui.Label(text=t(interaction, LABELS[field]), component=item))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        read = {
            field: await _read(interaction, self._editor, field, item) for field, item in self._items.items()
        }
        checked(msgspec.convert(read, MapPatchRequest))
        edit.check(msgspec.convert(read, MapPatchRequest))
        for field, value in read.items():
            self._editor.take(field, value)
        self._editor.draw()
        await update(interaction, self._editor)


def _now(shown: MapResponse, field: str) -> Any:
    """Return a field of a map as a request would give it."""
    if field == "creators":
        return [{"id": one.id, "is_primary": one.is_primary} for one in shown.creators]
    return msgspec.to_builtins(getattr(shown, field))


def _item(editor: Editor, field: str) -> ui.TextInput[Any] | ui.Select[Any]:
    value = editor.present(field)
    if field == "creators":
        names = "\n".join(editor.names[one["id"]] for one in value)
        return ui.TextInput(style=discord.TextStyle.paragraph, default=names, max_length=300)
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


async def _creators(db: Executor, editor: Editor, text: str) -> list[dict[str, Any]]:
    """Read creators, one a line, the first of them the primary one; present ones keep to their names."""
    known = {name: user_id for user_id, name in editor.names.items()}
    found: list[dict[str, Any]] = []
    for name in filter(None, map(str.strip, text.splitlines())):
        user_id = known.get(name)
        if user_id is None:
            player = await find_player(db, name)
            user_id = player.id
            editor.names[user_id] = player.name
        found.append({"id": user_id, "is_primary": not found})
    return found


async def _read(
    interaction: Interaction, editor: Editor, field: str, item: ui.TextInput[Any] | ui.Select[Any]
) -> Any:
    if isinstance(item, ui.Select):
        return item.values if item.max_values > 1 else item.values[0]
    text = item.value.strip()
    match field:
        case "code":
            return parse_map_code(text)
        case "creators":
            return await _creators(interaction.client.db, editor, text)
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


def _readable(reader: Reader, value: Any) -> str:
    match value:
        case None | []:
            return "–"
        case bool():
            return t(reader, "news-yes" if value else "news-no")
        case list():
            return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
        case {"gold": gold, "silver": silver, "bronze": bronze}:
            return " / ".join(format_run_time(time) for time in (gold, silver, bronze))
        case _:
            return look.plain(str(value), 500)


def select_many(names: Sequence[str]) -> ui.Select[Any]:
    """Return a field in which any of ``names``, or none, can be chosen."""
    options = [discord.SelectOption(label=name) for name in names]
    return ui.Select(options=options, min_values=0, max_values=len(options), required=False)
