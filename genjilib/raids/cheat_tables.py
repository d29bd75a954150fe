"""What cheat checks compare with: reasons, curves, smallest teams, fewest kills and best times of each raid.

Thresholds were fitted to years of reports; ``VERSION`` names the fit, and flags carry it.
"""

import math
from datetime import UTC, datetime
from enum import IntFlag
from typing import Final, NamedTuple

VERSION: Final = "beta-2.1.13"
FAMILY: Final = "beta-2.1"
"""What versions begin with whose flags are comparable."""

STANDARD, GUIDED, PRESTIGE, MASTER = 1, 2, 3, 4
"""Versions of an activity, as ``definitions.version_definition`` numbers them."""
LAST_WISH, KINGS_FALL, PANTHEON = 4, 11, 101


class Reason(IntFlag):
    """Bits of a flag; 1 to 16 are the raid's own number, 17 to 32 are kept for raids to come."""

    MANUAL = 1 << 0
    PANTHEON = 1 << 33
    RESTRICTED_PGCR = 1 << 46
    HEAVY_AMMO = 1 << 47
    FAST_LOWMAN_CHECKPOINT = 1 << 48
    UNLIKELY_LOWMAN = 1 << 49
    KILLS_SHARE = 1 << 50
    TIME_DILATION = 1 << 51
    FIRST_CLEAR = 1 << 52
    SOLO = 1 << 53
    TOTAL_INSTANCE_KILLS = 1 << 54
    TWO_PLUS_CHEATERS = 1 << 55
    PLAYER_TOTAL_KILLS = 1 << 56
    WEAPON_DIVERSITY = 1 << 57
    SUPER_KILLS = 1 << 58
    GRENADE_KILLS = 1 << 59
    TOO_FAST = 1 << 60
    TOO_FEW_PLAYERS_FRESH = 1 << 61
    TOO_FEW_PLAYERS_CHECKPOINT = 1 << 62


def raid_bit(activity_id: int) -> int:
    """Return the bit of an activity; none for those without one."""
    if activity_id == PANTHEON:
        return Reason.PANTHEON
    return 1 << activity_id if 1 <= activity_id <= 32 else 0


class Curve(NamedTuple):
    """A logistic curve 1 / (1 + e^(k (x - middle))): it rises from 0 to 1 where ``k`` is negative."""

    k: float
    middle: float

    def __call__(self, x: float) -> float:
        """Return the height at ``x``."""
        power = self.k * (x - self.middle)
        return 1 / (1 + math.exp(power)) if power < 700 else 0.0


KILLS_PER_MINUTE: Final = Curve(-0.15, 40)
GRENADES_PER_MINUTE: Final = Curve(-0.35, 20)
SUPERS_PER_MINUTE: Final = Curve(-0.75, 6)
HEAVY_AMMO: Final = Curve(-13, 0.8)
TIME_RATIO: Final = Curve(40, 0.93)
SHARE_RATIO: Final = Curve(-7, 1.48)
INSTANCE_KILLS_RATIO: Final = Curve(20, 0.83)
INSTANCE_KILLS: Final = Curve(-0.04, 60)
NOT_COMPLETED: Final = Curve(0.0052, 220)
TIME_DILATION: Final = Curve(12, 0.6)
FAST_CHECKPOINT: Final = Curve(15, 0.82)


class Window(NamedTuple):
    """A time in which something was possible; both ends lie outside."""

    begin: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies inside."""
        return self.begin < moment < self.end


class Team(NamedTuple):
    """The smallest team that can do it, and how likely it cheated: ``chance``, when it is that small.

    ``windows`` are when a team of that size could do it, none is always; a checkpoint that took less than
    ``shortest`` seconds is too fast for it.
    """

    size: int
    chance: float = 0.0
    shortest: int = 0
    windows: tuple[Window, ...] = ()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _windows(*ends: str) -> tuple[Window, ...]:
    moments = [_at(one) if one else datetime.max.replace(tzinfo=UTC) for one in ends]
    return tuple(Window(*pair) for pair in zip(moments[::2], moments[1::2], strict=True))


GLITCHED: Final = _windows(
    *("2023-09-15T13:54", "2023-09-18T04:00:09"),
    *("2025-09-16T17:00", "2025-09-23T17:00"),
    *("2026-01-27T17:00", "2026-02-03T17:00"),
)
"""When weapons did what nobody could help; what overlaps proves nothing."""

ANY: Final = 0
"""Stands for every version without a row of its own."""

_WISH = _windows("2019-11-25T02:00", "2020-11-10T17:00", "2021-09-03T19:00", "")
_EATER = _windows("2018-08-29T03:15", "2020-11-10T17:00")
_EATER_PRESTIGE = _windows("2018-10-25T18:05", "2020-11-10T17:00")

CHECKPOINT_TEAMS: Final[dict[tuple[int, int], tuple[Team, ...]]] = {
    (1, ANY): (Team(2),),
    (2, ANY): (Team(1, windows=_EATER),),
    (2, PRESTIGE): (Team(1, windows=_EATER_PRESTIGE),),
    (3, ANY): (Team(5),),
    (4, ANY): (Team(1, shortest=120, windows=_WISH),),
    (5, ANY): (Team(2),),
    (6, ANY): (Team(2),),
    (7, ANY): (
        Team(1, 0.15, 600, _windows("2023-04-30T00:00", "")),
        Team(2, shortest=300),
    ),
    (8, ANY): (
        Team(1, 0.10, 900, _windows("2021-03-01T00:00", "2021-03-31T00:00", "2024-09-12T00:00", "")),
        Team(2, shortest=300),
    ),
    (9, ANY): (
        Team(1, 0.15, 300, _windows("2021-07-14T00:00", "2021-12-07T00:00", "2023-10-20T00:00", "")),
        Team(2, shortest=105),
    ),
    (9, MASTER): (
        Team(1, 0.20, 120, _windows("2024-02-12T00:00", "")),
        Team(2, shortest=120),
    ),
    (10, ANY): (Team(3, shortest=180),),
    (11, ANY): (Team(2, 0.05, 300),),
    (14, ANY): (
        Team(1, 0.20, 540, _windows("2024-07-11T09:36:31", "2024-07-23T17:00", "2025-03-28T14:00", "")),
        Team(2, 0.10, 240),
    ),
    (14, MASTER): (Team(2, 0.15, 300),),
    (15, ANY): (Team(2, 0.10), Team(3)),
    (16, ANY): (Team(2, 0.05), Team(3)),
}
"""Teams of (activity, version) that finished without having begun at the beginning."""

FRESH_TEAMS: Final[dict[tuple[int, int], tuple[Team, ...]]] = {
    (1, ANY): (Team(4),),
    (2, ANY): (Team(4),),
    (3, ANY): (Team(5),),
    (4, ANY): (Team(1, 0.05, windows=_WISH),),
    (5, ANY): (Team(2),),
    (6, ANY): (Team(2),),
    (7, ANY): (Team(3),),
    (8, ANY): (Team(1, 0.20, windows=_windows("2024-09-12T00:00", "")), Team(2)),
    (9, ANY): (Team(1, 0.20, windows=_windows("2024-07-14T00:00", "")), Team(2)),
    (9, MASTER): (Team(2, 0.04),),
    (10, ANY): (Team(3),),
    (11, ANY): (Team(3),),
    (13, ANY): (Team(2),),
    (14, ANY): (Team(4, 0.04),),
    (15, ANY): (Team(2, 0.10), Team(3)),
    (16, ANY): (Team(2, 0.10), Team(3)),
    (PANTHEON, 129): (Team(2),),
    (PANTHEON, 130): (Team(3),),
    (PANTHEON, 131): (Team(3),),
}


class Record(NamedTuple):
    """The best time so many days after the release, seconds: a - b log10((days + d)^e)."""

    a: float
    b: float = 0.0
    d: float = 1.0
    e: float = 1.0

    def after(self, days: float) -> float:
        """Return the estimate; it may become nothing, long after the release."""
        return self.a - self.b * self.e * math.log10(days + self.d)


RECORDS: Final[dict[int, Record]] = {
    1: Record(2028.95, 52.55, 5, 7.96),
    2: Record(1607.05, 34.00, 1, 6.86),
    3: Record(1298.54, 38.42, 5, 7.16),
    4: Record(645.33, 38.31, 1, 3.24),
    5: Record(776.04, 23.69, 1, 8.14),
    6: Record(829.30, 45.43, 1, 2.80),
    7: Record(1304.29, 28.15, 5, 9.56),
    8: Record(918.75, 43.74, 1, 2.40),
    9: Record(1310.42, 36.37, 1, 3.45),
    10: Record(1887.74, 38.67, 5, 8.05),
    11: Record(1138.90, 39.11, 1, 3.94),
    12: Record(924.81, 40.46, 1, 4.11),
    13: Record(1288.97, 38.84, 1, 9.50),
    14: Record(2102.45, 58.14, 1, 10.00),
    PANTHEON: Record(570),
}
"""Best times of teams of six; raids that are too young to be fitted are not there."""

FEWEST_KILLS: Final[dict[int, tuple[int, int]]] = {
    1: (300, 85),
    2: (325, 69),
    3: (400, 0),
    4: (18, 9),
    5: (103, 27),
    6: (425, 76),
    7: (385, 120),
    8: (500, 64),
    9: (1000, 40),
    10: (770, 125),
    11: (460, 105),
    12: (430, 33),
    13: (760, 1),
    14: (875, 1),
    15: (20, 20),
    16: (40, 40),
    PANTHEON: (335, 75),
}
"""Kills that no team did without: from the beginning, from a checkpoint."""
