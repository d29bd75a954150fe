"""What people type, made into what the program means: times, codes, links, pictures; and suggestions."""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import discord
import msgspec
from discord import app_commands
from msgspec import UNSET, UnsetType

from genjilib import queries
from genjilib.core import log
from genjilib.core.errors import Invalid, NotFound
from genjilib.core.values import Url
from genjilib.db import Executor

LONGEST_RUN: Final = 100 * 3600.0
"""Seconds no run reaches."""

SUGGESTIONS: Final = 25
SUGGESTION_LENGTH: Final = 100
_SUGGESTION_SECONDS: Final = 2.5
"""Discord throws suggestions away after three seconds."""

_RUN_TIME = re.compile(r"(?:(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):)?(?P<s>\d{1,6}(?:[.,]\d*)?|[.,]\d+)")
_MAP_CODE = re.compile(r"[A-Z0-9]{4,6}")
_NO_CODE_SIGN = re.compile(r"[^A-Z0-9]")
_LARGEST_ID = 2**63 - 1
_MEMBER = re.compile(r"(?:<@!?)?(\d{15,20})>?")
_CENT = Decimal("0.01")

_logger = log.get_logger(__name__)


def parse_run_time(text: str) -> float:
    """Return seconds, rounded to hundredths, of a time typed as ``1:23.45``, ``83.45`` or ``1:02:03,4``.

    Raises ``Invalid`` for anything else, for nothing, and for a hundred hours or more.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    found = _RUN_TIME.fullmatch(typed)
    if found is None:
        raise _unreadable(text)
    hours, minutes = int(found["h"] or 0), int(found["m"] or 0)
    seconds = Decimal(found["s"].replace(",", "."))
    if (found["h"] and minutes >= 60) or (found["m"] and seconds >= 60):
        raise _unreadable(text)
    total = (hours * 3600 + minutes * 60 + seconds).quantize(_CENT, ROUND_HALF_UP)
    if not 0 < total < LONGEST_RUN:
        raise _unreadable(text)
    return float(total)


def parse_map_code(text: str) -> str:
    """Return a map code as it is stored: upper case, no spaces, nought for the letter O."""
    code = _as_code(text).strip()
    if _MAP_CODE.fullmatch(code) is None:
        raise Invalid("A map code has four to six letters or digits.", code="map-code-unreadable")
    return code


def parse_link(text: str) -> str:
    """Return an http or https address."""
    try:
        return msgspec.convert(text.strip(), Url)
    except msgspec.ValidationError:
        raise Invalid("That is not a link. A link begins with https://.", code="link-unreadable") from None


def parse_member(text: str) -> int | None:
    """Return the id in a mention or in a bare id; nothing when the text is neither, such as a name."""
    found = _MEMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def _as_code(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace("O", "0")


def _unreadable(text: str) -> Invalid:
    return Invalid(
        "That is not a time. Type it as 1:23.45 or 83.45.", code="run-time-unreadable", extra={"typed": text}
    )


def _nobody() -> NotFound:
    return NotFound("There is no such player.", code="player-unknown")


class RunTimeTransformer(app_commands.Transformer):
    """An option that takes a run time as people type it and gives seconds."""

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> float:
        """Read the time."""
        return parse_run_time(str(value))


class MapCodeTransformer(app_commands.Transformer):
    """An option that takes a map code and gives it as it is stored; whether the map exists is not asked."""

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Read the code."""
        return parse_map_code(str(value))


class LinkTransformer(app_commands.Transformer):
    """An option that takes the address of something on the web."""

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Read the address."""
        return parse_link(str(value))


class PictureTransformer(app_commands.Transformer):
    """An option that takes a picture and refuses, before it is read, what is too large or no picture."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """The kind of option that Discord offers."""
        return discord.AppCommandOptionType.attachment

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> discord.Attachment:
        """Look at what Discord tells of the file."""
        file: discord.Attachment = value
        if file.size > interaction.client.settings.api_upload_limit:
            raise Invalid("The picture is too large.", code="picture-too-large")
        if not (file.content_type or "image/").startswith("image/"):
            raise Invalid("This is not a PNG, JPEG or WebP picture.", code="not-a-picture")
        return file


RunTime = app_commands.Transform[float, RunTimeTransformer]
MapCode = app_commands.Transform[str, MapCodeTransformer]
Link = app_commands.Transform[str, LinkTransformer]
Picture = app_commands.Transform[discord.Attachment, PictureTransformer]

Suggestion = tuple[str, str]
"""What is shown and what is sent."""

Suggest = Callable[[discord.Interaction[Any], str], Awaitable[Iterable[Suggestion]]]


def suggest(find: Suggest) -> Callable[..., Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    """Make an autocomplete callback of ``find``, which gets the interaction and what is typed so far.

    Discord's limits are kept; when ``find`` fails or is slow there are no suggestions and a line in the log.
    """

    async def callback(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        try:
            async with asyncio.timeout(_SUGGESTION_SECONDS):
                found = await find(interaction, typed)
        except Exception:
            _logger.exception("no-suggestions", suggest=getattr(find, "__qualname__", repr(find)))
            return []
        return [_choice(shown, sent) for shown, sent in list(found)[:SUGGESTIONS]]

    return callback


def _choice(shown: str, sent: str) -> app_commands.Choice[str]:
    name = shown if len(shown) <= SUGGESTION_LENGTH else shown[: SUGGESTION_LENGTH - 1] + "…"
    return app_commands.Choice(name=name or "–", value=sent[:SUGGESTION_LENGTH])


class KnownCodeTransformer(MapCodeTransformer):
    """An option that takes a map code and offers those there are."""

    def __init__(self, *, hidden: bool | UnsetType) -> None:
        """Offer codes of all maps, or those of hidden or visible ones only."""
        self._suggest = suggest(self._find)
        self._hidden = hidden

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> str:
        """Read the code; the letter O is nought unless a map has it, as clients of the API may add it."""
        typed = str(value).strip().upper()
        if "O" in typed and await queries.maps.exists(interaction.client.db, code=typed):
            return typed
        return await super().transform(interaction, value)

    async def autocomplete(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, interaction: discord.Interaction[Any], value: Any, /
    ) -> list[app_commands.Choice[str]]:
        """Offer the codes that are nearest."""
        return await self._suggest(interaction, str(value))

    async def _find(self, interaction: discord.Interaction[Any], typed: str) -> Iterable[Suggestion]:
        search = _NO_CODE_SIGN.sub("", _as_code(typed))[:SUGGESTION_LENGTH]
        rows = await queries.autocomplete.codes(
            interaction.client.db, search=search, size=SUGGESTIONS, hidden=self._hidden
        )
        return [(row.code, row.code) for row in rows]


@dataclass(frozen=True, slots=True)
class Player:
    """A user whom an option names, and the name they are shown under."""

    id: int
    name: str


async def find_player(db: Executor, text: str, *, below: int | None = None) -> Player:
    """Return whom a mention, an id or a name means, the nearest name counts; ``NotFound`` for nobody.

    With ``below`` only users with a smaller id are found by their names.
    """
    typed = text.strip()
    user_id = int(typed) if typed.isdecimal() else parse_member(typed)
    if user_id is not None:
        # A mention or an id names exactly one person: nobody else is meant by it.
        name = await queries.users.name(db, user_id=user_id) if user_id <= _LARGEST_ID else None
        if name is None:
            raise _nobody()
        return Player(user_id, name)
    nearest = await queries.autocomplete.users(db, search=typed[:SUGGESTION_LENGTH], size=1, below=below)
    if not nearest:
        raise _nobody()
    found = nearest[0]
    return Player(found.id, await queries.users.name(db, user_id=found.id) or found.name)


class PlayerTransformer(app_commands.Transformer):
    """An option that takes a user: one that is offered, a mention, an id, or the name that is nearest."""

    def __init__(self, *, below: int | None = None) -> None:
        """Offer all users, or those with an id below ``below``."""
        self._suggest = suggest(self._find)
        self._below = below

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> Player:
        """Find the user; ``NotFound`` when there is none."""
        return await find_player(interaction.client.db, str(value), below=self._below)

    async def autocomplete(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, interaction: discord.Interaction[Any], value: Any, /
    ) -> list[app_commands.Choice[str]]:
        """Offer the users whose names are nearest."""
        return await self._suggest(interaction, str(value))

    async def _find(self, interaction: discord.Interaction[Any], typed: str) -> Iterable[Suggestion]:
        rows = await queries.autocomplete.users(
            interaction.client.db, search=typed[:SUGGESTION_LENGTH], size=SUGGESTIONS, below=self._below
        )
        return [(row.name, str(row.id)) for row in rows]


VisibleCode = app_commands.Transform[str, KnownCodeTransformer(hidden=False)]
AnyCode = app_commands.Transform[str, KnownCodeTransformer(hidden=UNSET)]
KnownPlayer = app_commands.Transform[Player, PlayerTransformer()]
