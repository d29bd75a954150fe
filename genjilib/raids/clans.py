"""Clans of the leading players: who is in them, read once a week (Hera)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from msgspec import Struct

from genjilib import queries
from genjilib.core.errors import RateLimited, Unavailable
from genjilib.db import Db
from genjilib.raids import leaderboards, questions, rules
from genjilib.raids.bungie import Bungie, Refused
from genjilib.raids.questions import Clan

AT_ONCE: Final = 14
TRIES: Final = 4
WAIT: Final = 2.0
"""Seconds before the second try of a question; before the n-th further one, n times as many."""

T = TypeVar("T")
R = TypeVar("R")


class Crawled(Struct, frozen=True):
    """What was found; ``failed`` questions had no answer, and what they were about stays as it was."""

    players: int
    clans: int
    members: int
    wanted: int
    failed: int


class _Asking:
    """Questions to Bungie, a few at once, each tried several times."""

    def __init__(self, wait: float) -> None:
        self.failed = 0
        self._wait = wait
        self._room = asyncio.Semaphore(AT_ONCE)

    async def each(self, ask: Callable[[T], Awaitable[R]], about: Iterable[T]) -> list[R | None]:
        """Ask about each; nothing stands for what is refused, or has no answer."""
        return await asyncio.gather(*(self._one(ask, one) for one in about))

    async def _one(self, ask: Callable[[T], Awaitable[R]], about: T) -> R | None:
        async with self._room:
            for attempt in range(1, TRIES + 1):
                try:
                    return await ask(about)
                except Refused:
                    return None
                except (Unavailable, RateLimited):
                    if attempt < TRIES:
                        await asyncio.sleep(self._wait * attempt)
            self.failed += 1
            return None


async def crawl(db: Db, bungie: Bungie, *, top: int, wait: float = WAIT) -> Crawled:
    """Read the clans of all who stand among the first ``top`` anywhere, and compute their leaderboard.

    Nothing is locked while Bungie is asked. Clans that none of the leading players is in any more lose their
    members, unless a question had no answer.
    """
    asking = _Asking(wait)
    players = await queries.raids.leading_players(db, top=top)
    groups = await asking.each(
        lambda row: questions.clans_of(bungie, row.membership_type, row.membership_id), players
    )
    group_ids = sorted({group_id for found in groups for group_id in found or ()})
    read = await asking.each(lambda group_id: _read(bungie, group_id), group_ids)
    clans = [one for one in read if one is not None]
    wanted = await rules.write_clans(db, clans, everybody=not asking.failed)
    await leaderboards.refresh(db, ["clan"])
    return Crawled(
        players=len(players),
        clans=len(clans),
        members=sum(len(members) for _, members in clans),
        wanted=wanted,
        failed=asking.failed,
    )


async def _read(bungie: Bungie, group_id: int) -> tuple[Clan, set[int]] | None:
    clan = await questions.clan(bungie, group_id)
    return None if clan is None else (clan, await questions.members_of(bungie, group_id))
