"""Leaderboards: computed by PostgreSQL, one after the other, at fixed times of the day or by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final

from genjilib import queries
from genjilib.core import log
from genjilib.core.clock import now
from genjilib.core.errors import Unavailable
from genjilib.db import Db, Tx

BOARDS: Final[dict[str, Callable[[Tx], Awaitable[object]]]] = {
    "contest": queries.raids.refresh_contest,
    "scores": queries.raids.score_world_firsts,
    "team": queries.raids.refresh_team,
    "raid": queries.raids.refresh_raid,
    "pantheon": queries.raids.refresh_pantheon,
    "global": queries.raids.refresh_global,
    "clan": queries.raids.refresh_clan,
}
"""What is computed, in an order in which each finds what it is made of: scores come from contests."""

DAILY: Final[dict[time, tuple[str, ...]]] = {
    time(10, 5, tzinfo=UTC): ("raid", "pantheon", "global", "clan"),
    time(17, 0, tzinfo=UTC): ("contest", "scores"),
    time(19, 0, tzinfo=UTC): ("team",),
}

_logger = log.get_logger(__name__)


async def refresh(db: Db, names: Iterable[str] = BOARDS) -> list[str]:
    """Compute the named leaderboards anew, each in a transaction of its own; return which were.

    What somebody else is computing at this moment is left to them.
    """
    wanted, done = set(names), list[str]()
    for name, compute in BOARDS.items():
        if name in wanted:
            async with db.transaction() as tx:
                if await queries.raids.try_refreshing(tx):
                    await queries.raids.take_time(tx)
                    await compute(tx)
                    done.append(name)
    return done


async def keep_fresh(db: Db) -> None:
    """Compute every leaderboard at its time of the day until cancelled."""
    while True:
        moment, names = following(now())
        await asyncio.sleep((moment - now()).total_seconds())
        try:
            _logger.info("leaderboards-refreshed", names=await refresh(db, names))
        except Unavailable as error:
            _logger.warning("leaderboards-stay-old", names=names, reason=error.detail)


def following(moment: datetime) -> tuple[datetime, tuple[str, ...]]:
    """Return when the next computation after ``moment`` is due, and of what."""
    times = [
        (datetime.combine(moment.astimezone(UTC).date() + timedelta(days=day), at), names)
        for day in (0, 1)
        for at, names in DAILY.items()
    ]
    return min(one for one in times if one[0] > moment)
