"""Values that several domains speak of: map codes, addresses, difficulties, medals."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Final, Literal

from msgspec import Meta

MapCode = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z0-9]{4,6}\Z",
        description="Code of a map: 4 to 6 capital letters and digits.",
        examples=["GENJI1"],
    ),
]
Url = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?\Z",
        max_length=2048,
        description="An http or https address.",
        examples=["https://example.com/a"],
    ),
]
UserId = Annotated[
    int,
    Meta(ge=1, le=9_223_372_036_854_775_807, description="A Discord id, or a smaller number given out here."),
]
Snowflake = Annotated[int, Meta(ge=1, le=9_223_372_036_854_775_807, description="A Discord id.")]
Seconds = Annotated[
    float, Meta(gt=0, lt=100_000_000, description="Time of a run in seconds, two decimals kept.")
]

Medal = Literal["Gold", "Silver", "Bronze"]
XpType = Literal[
    "Map Submission",
    "Playtest",
    "Guide",
    "Completion",
    "Record",
    "World Record",
    "Quest",
    "Other",
    "Tournament",
]
SuspiciousFlag = Literal["Cheating", "Scripting"]
PlaytestStatus = Literal["Approved", "In Progress", "Rejected"]
DifficultyTop = Literal["Easy", "Medium", "Hard", "Very Hard", "Extreme", "Hell"]
Difficulty = Literal[
    "Easy -",
    "Easy",
    "Easy +",
    "Medium -",
    "Medium",
    "Medium +",
    "Hard -",
    "Hard",
    "Hard +",
    "Very Hard -",
    "Very Hard",
    "Very Hard +",
    "Extreme -",
    "Extreme",
    "Extreme +",
    "Hell",
]

MIDPOINTS: Final[dict[str, float]] = {
    "Easy -": 0.89,
    "Easy": 1.47,
    "Easy +": 2.06,
    "Medium -": 2.65,
    "Medium": 3.23,
    "Medium +": 3.83,
    "Hard -": 4.42,
    "Hard": 5.00,
    "Hard +": 5.58,
    "Very Hard -": 6.17,
    "Very Hard": 6.76,
    "Very Hard +": 7.36,
    "Extreme -": 7.95,
    "Extreme": 8.53,
    "Extreme +": 9.12,
    "Hell": 9.71,
}
"""What a chosen label is stored as: the middle of its range on the scale from 0 to 10."""

FIRST_DISCORD_ID: Final = 10**15
"""Ids from here on are Discord's; smaller ones belong to e-mail users and placeholders."""


def top_of(difficulty: str) -> str:
    """Return the difficulty without its trailing sign: ``Hard +`` → ``Hard``."""
    return difficulty.removesuffix(" +").removesuffix(" -")


def as_stored(seconds: float) -> float:
    """Return a time as the database keeps it: two decimals, halves up. Compare times only after this."""
    return float(Decimal(repr(seconds)).quantize(Decimal("0.01"), ROUND_HALF_UP))
