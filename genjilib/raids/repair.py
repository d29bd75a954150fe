"""Repairs, each of which may run again: of totals, of skulls, and of what Bungie hides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from genjilib import queries
from genjilib.core.errors import NotFound, RateLimited, Unavailable
from genjilib.db import Db
from genjilib.raids import crawl, pgcr
from genjilib.raids.bungie import Bungie, Result
from genjilib.raids.cheat_tables import VERSION, Reason, raid_bit
from genjilib.raids.store import decompress
from genjilib.raids.types import Instance

PERPETUAL: Final = 1044919065
PERPETUAL_CONTEST: Final = 3896382790
"""Hashes of The Desert Perpetual: the first reports came without skulls, some of the contest stay hidden."""

RESTRICTED: Final = Reason.RESTRICTED_PGCR | raid_bit(15)
"""Reasons of a flag: the report is restricted, and the raid is The Desert Perpetual."""

_PAGE: Final = 200


@dataclass(frozen=True)
class Mended:
    """How many rows were wrong."""

    first_clears: int
    stats: int
    players: int


async def mend_totals(db: Db) -> Mended:
    """Set first clears, sherpas and all totals anew from the instances, by the rules that storing follows.

    Nobody stores meanwhile; reading goes on.
    """
    async with db.transaction() as tx:
        await queries.raids.take_time(tx)
        await queries.raids.lock_totals(tx)
        return Mended(
            first_clears=await queries.raids.mend_clears(tx),
            stats=await queries.raids.mend_stats(tx),
            players=await queries.raids.mend_players(tx),
        )


async def fetch(db: Db, bungie: Bungie, instance_id: int) -> bool:
    """Fetch a report and store it; return whether it was new.

    Raises ``NotFound`` where there is no raid, ``Unavailable`` or ``RateLimited`` where a later try may help.
    """
    fetched = await bungie.report(instance_id)
    said = fetched.result.name.lower().replace("_", " ")
    match fetched.result:
        case Result.SUCCESS:
            return await crawl.record(db, crawl.sorted_out({instance_id: fetched}, lambda _: None)) > 0
        case Result.NON_RAID | Result.NOT_FOUND | Result.BAD_FORMAT:
            raise NotFound(f"There is no raid with the id {instance_id}: {said}.", code="report-not-found")
        case Result.RATE_LIMITED:
            raise RateLimited("Bungie asks to slow down.", after=30)
        case _:
            raise Unavailable(f"Bungie does not answer for {instance_id}: {said}.", after=60)


async def fill_skulls(db: Db, *, below: int, advance: Callable[[int], None]) -> int:
    """Read the skulls of The Desert Perpetual again from its kept reports; return how many were missing."""
    changed = after = 0
    while page := await queries.raids.kept_reports(db, hash=PERPETUAL, after=after, n=_PAGE):
        for row in page:
            found = pgcr.process(decompress(row.data))
            if row.instance_id < below and isinstance(found, Instance):
                skulls = list(found.skull_hashes)
                if skulls != row.skull_hashes:
                    await queries.raids.set_skulls(db, instance_id=row.instance_id, skull_hashes=skulls)
                    changed += 1
        after = page[-1].instance_id
        advance(len(page))
    return changed


async def flag_restricted(db: Db, bungie: Bungie, *, advance: Callable[[int], None]) -> int:
    """Ask again for all reports of the contest; flag and blacklist those that Bungie hides now."""
    flagged = after = 0
    while page := await queries.raids.completed_of(db, hash=PERPETUAL_CONTEST, after=after, n=_PAGE):
        ids = [row.instance_id for row in page]
        hidden = [one for one in ids if (await bungie.report(one)).result is Result.INSUFFICIENT_PRIVILEGES]
        if hidden:
            await queries.raids.restrict(db, instance_ids=hidden, version=VERSION, bitmask=RESTRICTED)
        flagged, after = flagged + len(hidden), ids[-1]
        advance(len(page))
    return flagged
