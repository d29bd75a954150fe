"""Clans of the leading players: who is in them, read once a week (Hera)."""

from typing import Final

from msgspec import Struct

from genjilib import queries
from genjilib.db import Db
from genjilib.raids import leaderboards, questions, rules
from genjilib.raids.bungie import Bungie
from genjilib.raids.questions import WAIT, Asking, Clan

AT_ONCE: Final = 14
"""Questions that are asked at once."""


class Crawled(Struct, frozen=True):
    """What was found; ``failed`` questions had no answer, and what they were about stays as it was."""

    players: int
    clans: int
    members: int
    wanted: int
    failed: int


async def crawl(db: Db, bungie: Bungie, *, top: int, wait: float = WAIT) -> Crawled:
    """Read the clans of all who stand among the first ``top`` anywhere, and compute their leaderboard.

    Nothing is locked while Bungie is asked. Clans that none of the leading players is in any more lose their
    members, unless a question had no answer.
    """
    asking = Asking(AT_ONCE, wait)
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
