"""Draws a rank card: name and ranks above, the difficulties below, six badges at the foot."""

import math
import threading
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from typing import Final, Literal, TypeAlias

import msgspec
from PIL import Image, ImageChops, ImageDraw, ImageFont

from genjilib.rank_card.types import RankCardDifficultiesData, RankCardResponse

LOOK: Final = b"1"
"""Changes with how cards look, so that clients fetch the pictures they have again."""

WIDTH, HEIGHT = 1200, 640
SCALE: Final = 2
"""Everything is drawn so many times larger and then made smaller, which smooths edges."""
KEPT: Final = 64
"""Pictures kept in memory, some 100 kB each."""

Colour: TypeAlias = tuple[int, int, int]
Weight = Literal[400, 500, 700, 900]
Box: TypeAlias = tuple[float, float, float, float]

DIFFICULTIES: Final[dict[str, Colour]] = {
    "Easy": (77, 204, 77),
    "Medium": (153, 230, 0),
    "Hard": (255, 179, 0),
    "Very Hard": (240, 130, 20),
    "Extreme": (235, 82, 24),
    "Hell": (214, 30, 48),
}
RANKS: Final[dict[str, Colour]] = {
    "Ninja": (138, 152, 176),
    "Jumper": DIFFICULTIES["Easy"],
    "Skilled": DIFFICULTIES["Medium"],
    "Pro": DIFFICULTIES["Hard"],
    "Master": DIFFICULTIES["Very Hard"],
    "Grandmaster": DIFFICULTIES["Extreme"],
    "God": (255, 62, 92),
}
MEDALS: Final[dict[str, Colour]] = {
    "gold": (255, 205, 66),
    "silver": (200, 210, 222),
    "bronze": (208, 139, 88),
}
NIGHT: Colour = (14, 16, 24)
PANEL: Colour = (25, 28, 40)
RAIL: Colour = (44, 49, 66)
WHITE: Colour = (244, 246, 250)
MUTED: Colour = (152, 160, 180)

# Pillow keeps other threads out while it draws, so more than one picture at a time would only share the core.
_drawing = threading.Lock()


@lru_cache(maxsize=KEPT)
def draw(card: bytes) -> bytes:
    """Return the PNG of a card that is given as the JSON of a ``RankCardResponse``; 0.1 s of one core."""
    with _drawing:
        canvas = _Canvas(msgspec.json.decode(card, type=RankCardResponse))
        canvas.paint()
        return canvas.png()


class _Canvas:
    def __init__(self, card: RankCardResponse) -> None:
        self.card = card
        self.tone = RANKS.get(card.rank_name, RANKS["Ninja"])
        self.image = _backdrop(self.tone, card.background)
        self.pen = ImageDraw.Draw(self.image)

    def paint(self) -> None:
        self._emblem()
        self._title()
        self._counts()
        for n, (difficulty, data) in enumerate(self.card.difficulties.items()):
            self._difficulty(n, difficulty, data)
        self._badges()

    def png(self) -> bytes:
        small = _resized(self.image, (WIDTH, HEIGHT), Image.Resampling.BOX)
        target = BytesIO()
        small.save(target, "PNG", compress_level=6)
        return target.getvalue()

    def _emblem(self) -> None:
        """The ring around the first letter of the name fills with the XP of the present sub-tier."""
        x, y, radius = 124, 132, 78
        self._ring(x, y, radius, RAIL, 1)
        self._ring(x, y, radius, self.tone, self.card.xp % 100 / 100)
        self._circle(x, y, radius - 12, _mix(NIGHT, self.tone, 0.22))
        letter = _drawable(self.card.nickname)[:1].upper()
        self._text(x, y, letter, 72, 900, WHITE, anchor="mm")
        if self.card.prestige_level:
            self._box((x - 42, y + 62, x + 42, y + 92), self.tone, 15)
            said = f"P {self.card.prestige_level}"
            self._text(x, y + 77, said, 19, 900, NIGHT, anchor="mm", width=76)

    def _title(self) -> None:
        card = self.card
        self._text(236, 92, _drawable(card.nickname), 56, 700, WHITE, anchor="lm", width=620, smallest=34)
        end = self._text(236, 150, card.rank_name, 32, 900, self.tone, anchor="lm")
        self._text(end + 20, 151, card.community_rank, 26, 500, WHITE, anchor="lm", width=340)
        left = 100 - card.xp % 100
        said = f"{card.xp:,} XP   ·   {left} to the next tier"
        if card.skill_tier:
            top = max(1, math.ceil((1 - card.skill_percentile) * 100))
            said = f"{said}   ·   {card.skill_tier_name} {card.skill_score:,.1f}, top {top} %"
        self._text(236, 194, said, 21, 500, MUTED, anchor="lm", width=640)

    def _counts(self) -> None:
        card = self.card
        counts = (
            ("World records", card.world_records),
            ("Maps created", card.total_maps_created),
            ("Playtests", card.total_playtests),
        )
        for n, (label, count) in enumerate(counts):
            top = 44 + n * 60
            self._box((904, top, 1160, top + 50), PANEL, 12)
            self._text(922, top + 25, label, 20, 500, MUTED, anchor="lm")
            self._text(1142, top + 25, f"{count:,}", 26, 700, WHITE, anchor="rm", width=90)

    def _difficulty(self, n: int, difficulty: str, data: RankCardDifficultiesData) -> None:
        left, top = 40 + n % 2 * 568, 246 + n // 2 * 84
        colour = DIFFICULTIES[difficulty]
        self._box((left, top, left + 552, top + 72), PANEL, 14)
        self._box((left, top, left + 8, top + 72), colour, 4)
        end = self._text(left + 296, top + 25, f" / {data.total:,}", 20, 500, MUTED, anchor="rm")
        end = self._text(end, top + 24, f"{data.completed:,}", 26, 700, WHITE, anchor="rm")
        self._text(left + 26, top + 25, difficulty, 24, 700, colour, anchor="lm", width=end - left - 36)
        rail = (left + 26, top + 48, left + 296, top + 58)
        self._box(rail, RAIL, 5)
        share = min(1, data.completed / data.total) if data.total else 0
        if share:
            self._box((rail[0], rail[1], rail[0] + max(10, 270 * share), rail[3]), colour, 5)
        for m, (medal, hue) in enumerate(MEDALS.items()):
            x = left + 334 + m * 74
            self._circle(x, top + 36, 13, hue)
            self._circle(x, top + 36, 8, _mix(hue, NIGHT, 0.28))
            said = f"{getattr(data, medal):,}"
            self._text(x + 20, top + 36, said, 22, 700, WHITE, anchor="lm", width=38)

    def _badges(self) -> None:
        """A filled slot shows its badge's name, and a shape that tells its type; an empty one its outline."""
        badges = self.card.badges
        for n in range(6):
            left, top = 40 + n * 188, 508
            box = (left, top, left + 180, top + 92)
            name: str | None = getattr(badges, f"badge_name{n + 1}")
            if not name:
                self._outline(box, RAIL, 14)
                continue
            self._box(box, PANEL, 14)
            kind: str = getattr(badges, f"badge_type{n + 1}") or ""
            hue = _hue_of(name)
            self._shape(left + 90, top + 32, kind, hue)
            self._text(left + 90, top + 72, _drawable(name), 19, 500, WHITE, anchor="mm", width=160)

    def _shape(self, x: float, y: float, kind: str, hue: Colour) -> None:
        if kind == "mastery":
            self._star(x, y, 21, hue)
        elif kind == "spray":
            for dx, dy, radius in ((0, 0, 15), (-16, 9, 6), (15, -11, 7), (14, 12, 4), (-13, -12, 4)):
                self._circle(x + dx, y + dy, radius, hue)
        else:
            corners = [(x, y - 20), (x + 20, y), (x, y + 20), (x - 20, y)]
            self.pen.polygon([(a * SCALE, b * SCALE) for a, b in corners], fill=hue)

    def _star(self, x: float, y: float, radius: float, hue: Colour) -> None:
        points = [
            (
                (x + math.sin(k * math.pi / 5) * radius * (0.45 if k % 2 else 1)) * SCALE,
                (y - math.cos(k * math.pi / 5) * radius * (0.45 if k % 2 else 1)) * SCALE,
            )
            for k in range(10)
        ]
        self.pen.polygon(points, fill=hue)

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: int,
        weight: Weight,
        colour: Colour,
        *,
        anchor: str,
        width: float = 10_000,
        smallest: int = 14,
    ) -> float:
        """Write text that is made smaller, then cut, until it fits; return the x at which it ends."""
        while size > smallest and _font(size, weight).getlength(text) > width * SCALE:
            size -= 1
        font = _font(size, weight)
        if font.getlength(text) > width * SCALE:
            while text and font.getlength(text + "…") > width * SCALE:
                text = text[:-1]
            text = text.rstrip() + "…"
        # Anchored to the baseline: text of other scripts must not move up or down with its height.
        middle = y + size * 0.36
        self.pen.text((x * SCALE, middle * SCALE), text, colour, font, anchor=f"{anchor[0]}s")
        length = font.getlength(text) / SCALE
        return x - length if anchor[0] == "r" else x + length

    def _box(self, box: Box, colour: Colour, radius: float) -> None:
        self.pen.rounded_rectangle([side * SCALE for side in box], radius * SCALE, fill=colour)

    def _outline(self, box: Box, colour: Colour, radius: float) -> None:
        self.pen.rounded_rectangle(
            [side * SCALE for side in box], radius * SCALE, outline=colour, width=2 * SCALE
        )

    def _circle(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.pen.circle((x * SCALE, y * SCALE), radius * SCALE, fill=colour)

    def _ring(self, x: float, y: float, radius: float, colour: Colour, share: float) -> None:
        box = [side * SCALE for side in (x - radius, y - radius, x + radius, y + radius)]
        self.pen.arc(box, -90, -90 + 360 * share, fill=colour, width=8 * SCALE)


def _backdrop(tone: Colour, background: str) -> Image.Image:
    """A night sky with a glow in the colour of the rank, and slanted bands where the background puts them."""
    sky = Image.new("L", (120, 64), 0)
    light = ImageChops.invert(Image.radial_gradient("L"))
    sky.paste(_resized(ImageChops.multiply(light, light), (190, 150)), (-5, -70))
    image = Image.composite(
        Image.new("RGB", sky.size, _mix(NIGHT, tone, 0.5)), Image.new("RGB", sky.size, NIGHT), sky
    )
    image = _resized(image, (WIDTH * SCALE, HEIGHT * SCALE))
    veil = Image.new("L", (WIDTH, HEIGHT), 0)
    pen = ImageDraw.Draw(veil)
    seed = sum(ord(sign) * (n + 7) for n, sign in enumerate(background))
    for n in range(5):
        left = (seed * (n + 3) * 97) % (WIDTH + 400) - 300
        right = left + 30 + (seed * (n + 11)) % 120
        pen.polygon([(left, HEIGHT), (right, HEIGHT), (right + 260, 0), (left + 260, 0)], fill=10 + n * 3)
    image.paste(Image.new("RGB", image.size, _mix(WHITE, tone, 0.6)), (0, 0), _resized(veil, image.size))
    return image


def _resized(
    image: Image.Image, size: tuple[int, int], how: Image.Resampling = Image.Resampling.BICUBIC
) -> Image.Image:
    return image.resize(size, how)  # pyright: ignore[reportUnknownMemberType]  # Pillow lets a size be an array


@cache
def _font(size: int, weight: Weight) -> ImageFont.FreeTypeFont:
    """Noto Sans CJK in any weight: Latin, Cyrillic, Greek, Chinese, Japanese and Korean in one file."""
    with resources.as_file(resources.files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc") as path:
        font = ImageFont.truetype(path, size * SCALE, index=_SIMPLIFIED_CHINESE)
    font.set_variation_by_axes([weight])
    return font


_SIMPLIFIED_CHINESE: Final = 2  # which of the collection's fonts; they differ in the shapes of Han signs


def _drawable(text: str) -> str:
    """Leave out what the font has no sign for, such as emoji, and what would break the line."""
    signs = "".join(sign if _has(sign) else " " for sign in text)
    return " ".join(signs.split()) or "?"


@lru_cache(maxsize=4096)
def _has(sign: str) -> bool:
    return sign.isspace() or (sign.isprintable() and _shape_of(sign) != _shape_of(_UNKNOWN))


def _shape_of(sign: str) -> bytes:
    image = Image.new("L", (64, 64), 0)
    ImageDraw.Draw(image).text((8, 8), sign, 255, _font(14, 400))
    return image.tobytes()


_UNKNOWN: Final = "\U0010fffd"  # no font has it, so it looks like all signs that this one does not have


def _hue_of(name: str) -> Colour:
    hues = (*DIFFICULTIES.values(), (86, 156, 255), (170, 120, 255), (64, 210, 200))
    return hues[sum(map(ord, name)) % len(hues)]


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    a, b, c = (round(x + (y - x) * share) for x, y in zip(one, other, strict=True))
    return a, b, c
