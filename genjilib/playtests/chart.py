"""The chart of a playtest's votes: one bar for each of the sixteen difficulties, drawn with Pillow."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Final, Literal

from PIL import Image, ImageDraw, ImageFont

from genjilib.core.values import MIDPOINTS, top_of

COLOURS: Final[dict[str, str]] = {
    "Easy -": "#66ff66",
    "Easy": "#4dcc4d",
    "Easy +": "#33cc33",
    "Medium -": "#99ff33",
    "Medium": "#99e600",
    "Medium +": "#80cc00",
    "Hard -": "#ffd633",
    "Hard": "#ffb300",
    "Hard +": "#ff9900",
    "Very Hard -": "#ff8000",
    "Very Hard": "#e67e00",
    "Very Hard +": "#cc6600",
    "Extreme -": "#ff4d00",
    "Extreme": "#e04300",
    "Extreme +": "#b92d00",
    "Hell": "#990000",
}
"""The community's colour of each difficulty, easiest first."""

Format = Literal["PNG", "WEBP"]

_WIDTH, _HEIGHT = 1040, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 100, 84
_SLOT = (_WIDTH - _LEFT - _RIGHT) / len(COLOURS)
_BAR = 0.68
_FINE = 3
"""Shapes are drawn so many times larger and shrunk, which smooths their edges."""

_PAPER, _LINE, _FAINT, _INK = "#1e1f22", "#3a3c43", "#a3a6ae", "#f2f3f5"


async def draw(votes: Mapping[str, int], kind: Format) -> bytes:
    """Draw how many votes each difficulty got, off the event loop; those that are left out got none."""
    return await asyncio.to_thread(_drawn, tuple(votes.get(label, 0) for label in COLOURS), kind)


@lru_cache(maxsize=64)
def _drawn(counts: tuple[int, ...], kind: Format) -> bytes:
    step = _step(max(counts))
    top = step * max(1, -(-max(counts) // step))
    picture = _bars(counts, top, step)
    pen = ImageDraw.Draw(picture)
    total = sum(counts)
    pen.text((_LEFT, 24), "Difficulty votes", _INK, _font(26))
    amount = f"{total} vote" if total == 1 else f"{total} votes"
    pen.text((_WIDTH - _RIGHT, 30), amount, _FAINT, _font(20), anchor="ra")
    for value in range(0, top + 1, step):
        pen.text((_LEFT - 12, _y(value, top)), str(value), _FAINT, _font(16), anchor="rm")
    for at, (label, count) in enumerate(zip(COLOURS, counts, strict=True)):
        middle = _LEFT + (at + 0.5) * _SLOT
        if count:
            pen.text((middle, _y(count, top) - 6), str(count), _INK, _font(20), anchor="ms")
        sign = label.removeprefix(top_of(label)).strip()
        pen.text(
            (middle, _HEIGHT - _BOTTOM + 18), sign or "·", _INK if count else _FAINT, _font(20), anchor="mm"
        )
    _name_groups(pen, counts)
    target = BytesIO()
    picture.save(target, kind, **({"lossless": True, "method": 0} if kind == "WEBP" else {}))
    return target.getvalue()


def _bars(counts: tuple[int, ...], top: int, step: int) -> Image.Image:
    large = Image.new("RGB", (_WIDTH * _FINE, _HEIGHT * _FINE), _PAPER)
    pen = ImageDraw.Draw(large)
    for value in range(0, top + 1, step):
        y = _y(value, top) * _FINE
        pen.line((_LEFT * _FINE, y, (_WIDTH - _RIGHT) * _FINE, y), _LINE, _FINE)
    for at, (label, count) in enumerate(zip(COLOURS, counts, strict=True)):
        if count:
            left = _LEFT + (at + (1 - _BAR) / 2) * _SLOT
            box = (left, _y(count, top), left + _BAR * _SLOT, _y(0, top))
            pen.rounded_rectangle(
                [edge * _FINE for edge in box], 5 * _FINE, COLOURS[label], corners=(True, True, False, False)
            )
    return large.reduce(_FINE)


def _name_groups(pen: ImageDraw.ImageDraw, counts: tuple[int, ...]) -> None:
    """Write each difficulty's name once, below its two or three signs."""
    labels = list(COLOURS)
    for name in dict.fromkeys(map(top_of, labels)):
        members = [at for at, label in enumerate(labels) if top_of(label) == name]
        left, right = _LEFT + members[0] * _SLOT + 6, _LEFT + (members[-1] + 1) * _SLOT - 6
        y = _HEIGHT - _BOTTOM + 36
        pen.line((left, y, right, y), COLOURS[name], 3)
        voted = any(counts[at] for at in members)
        pen.text(((left + right) / 2, y + 20), name, _INK if voted else _FAINT, _font(18), anchor="mm")


def _y(value: float, top: int) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)


def _step(highest: int) -> int:
    """Return the distance of grid lines: 1, 2 or 5 times a power of ten, for at most five of them."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= 5 * factor * power:
                return factor * power
        power *= 10


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # The face that comes with Pillow: no font has to be installed.
    return ImageFont.load_default(size)


assert COLOURS.keys() == MIDPOINTS.keys()
