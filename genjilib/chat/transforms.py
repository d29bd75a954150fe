"""What people type, made into what the program means: times, codes, links, members; and suggestions."""

import asyncio
import re
import unicodedata
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import discord
import msgspec
from discord import app_commands

from genjilib.core import log
from genjilib.core.errors import Invalid
from genjilib.core.values import Url

LONGEST_RUN: Final = 100 * 3600.0
"""Seconds no run reaches."""

SUGGESTIONS: Final = 25
SUGGESTION_LENGTH: Final = 100
_SUGGESTION_SECONDS: Final = 2.5
"""Discord throws suggestions away after three seconds."""

_RUN_TIME = re.compile(r"(?:(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3}):)?(?P<s>\d{1,6}(?:[.,]\d*)?|[.,]\d+)")
_MAP_CODE = re.compile(r"[A-Z0-9]{4,6}")
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
    code = unicodedata.normalize("NFKC", text).strip().upper().replace("O", "0")
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


def _unreadable(text: str) -> Invalid:
    return Invalid(
        "That is not a time. Type it as 1:23.45 or 83.45.", code="run-time-unreadable", extra={"typed": text}
    )


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


RunTime = app_commands.Transform[float, RunTimeTransformer]
MapCode = app_commands.Transform[str, MapCodeTransformer]
Link = app_commands.Transform[str, LinkTransformer]

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
            _logger.exception("no suggestions", suggest=getattr(find, "__qualname__", repr(find)))
            return []
        return [_choice(shown, sent) for shown, sent in list(found)[:SUGGESTIONS]]

    return callback


def _choice(shown: str, sent: str) -> app_commands.Choice[str]:
    name = shown if len(shown) <= SUGGESTION_LENGTH else shown[: SUGGESTION_LENGTH - 1] + "…"
    return app_commands.Choice(name=name or "–", value=sent[:SUGGESTION_LENGTH])
