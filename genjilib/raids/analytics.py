"""Analytics: instances as ClickHouse keeps them, and what is asked about them.

PostgreSQL stays the truth: a row is read from it when its message comes, so that rows are those of PostgreSQL
however often, late or out of order messages come.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

import msgspec
from msgspec import Struct

from genjilib import queries
from genjilib.broker import outbox
from genjilib.db import Db
from genjilib.raids.clickhouse import ClickHouse
from genjilib.raids.types import InstancesChangedEvent, in_parts

BLOCK: Final = 10_000
"""Ids of a range that is compared by its number of instances."""


class Population(Struct):
    """People in an activity in the hour from ``hour`` on."""

    hour: datetime
    activity_id: int
    player_count: int
    activity: str = ""


class WeaponUse(Struct):
    """Characters that used a weapon, and their kills."""

    weapon_hash: int
    usage_count: int
    kill_count: int
    precision_kill_count: int
    name: str = ""
    slot: str = ""


class ClearTimes(Struct):
    """Seconds that whole raids of a day took: fastest 5 and 10 of a hundred, the middle, slowest 10."""

    bungie_day: date
    activity_id: int
    version_id: int
    clears: int
    fastest_5: int
    fastest_10: int
    middle: int
    slowest_10: int
    activity: str = ""
    version: str = ""


class Relation(Struct):
    """Somebody with whom a player was in so many instances; ``weight`` is seconds, more of finishers."""

    membership_id: int
    instances: int
    weight: int
    name: str = ""


class _Block(Struct):
    block: int
    n: int


async def make(db: Db, clickhouse: ClickHouse) -> None:
    """Make tables and views, and tell which activity a hash is, unless this process did already."""
    if not clickhouse.made:
        await clickhouse.make()
        hashes = await queries.raids.hashes(db)
        lines = [
            {"hash": row.hash, "activity_id": row.activity_id, "version_id": row.version_id} for row in hashes
        ]
        await clickhouse.write("insert_hashes", [msgspec.json.encode(line).decode() for line in lines])
        clickhouse.made = True


async def record(db: Db, clickhouse: ClickHouse, instance_ids: Sequence[int]) -> None:
    """Write instances to ClickHouse as they are now."""
    await make(db, clickhouse)
    if found := await read(db, instance_ids):
        await clickhouse.write("insert", found)


async def read(db: Db, instance_ids: Sequence[int]) -> list[str]:
    """Return instances as ClickHouse keeps them, marked with a moment before they were read.

    Who reads after a change asked for the moment after it too, so the row with the latest is the newest.
    """
    moment = await queries.raids.moment(db)
    found = await queries.raids.analysed(db, moment=moment, instance_ids=list(instance_ids))
    return [row.line for row in found]


async def population(db: Db, clickhouse: ClickHouse, since: datetime, until: datetime) -> list[Population]:
    """Return how many people were in each activity, hour by hour."""
    await make(db, clickhouse)
    found, names = await asyncio.gather(
        clickhouse.rows("population", Population, since=since, until=until), queries.raids.hashes(db)
    )
    activities = {row.activity_id: row.activity for row in names}
    for one in found:
        one.activity = activities[one.activity_id]
    return found


async def weapons(
    db: Db,
    clickhouse: ClickHouse,
    since: datetime,
    until: datetime,
    *,
    n: int,
    sort: Literal["kills", "usage"] = "kills",
) -> list[WeaponUse]:
    """Return the ``n`` weapons with most kills, or used by most characters; with names from the manifest."""
    await make(db, clickhouse)
    found = await clickhouse.rows("weapons", WeaponUse, since=since, until=until, n=n, sort=sort)
    named = await queries.raids.weapon_names(db, hashes=[one.weapon_hash for one in found])
    known = {row.hash: row for row in named}
    for one in found:
        if row := known.get(one.weapon_hash):
            one.name, one.slot = row.name, row.slot
    return found


async def clear_times(db: Db, clickhouse: ClickHouse, since: datetime, until: datetime) -> list[ClearTimes]:
    """Return how long whole raids took, day by day."""
    await make(db, clickhouse)
    found, names = await asyncio.gather(
        clickhouse.rows("clear_times", ClearTimes, since=since, until=until), queries.raids.hashes(db)
    )
    known = {(row.activity_id, row.version_id): row for row in names}
    for one in found:
        row = known[one.activity_id, one.version_id]
        one.activity, one.version = row.activity, row.version
    return found


async def relations(db: Db, clickhouse: ClickHouse, member: int, *, n: int) -> list[Relation]:
    """Return the ``n`` with whom a player played most."""
    await make(db, clickhouse)
    found = await clickhouse.rows("relations", Relation, member=member, n=n)
    known = await queries.raids.get_basic(db, membership_ids=[one.membership_id for one in found])
    names = {int(row.membership_id): row.bungie_global_display_name or row.display_name for row in known}
    for one in found:
        one.name = names.get(one.membership_id) or ""
    return found


async def differing(db: Db, clickhouse: ClickHouse, *, everything: bool = False) -> dict[int, int]:
    """Compare both databases range by range; return how many instances ClickHouse lacks, by first id.

    Ranges of equal number are left out, unless ``everything`` is wanted.
    """
    await make(db, clickhouse)
    ours = {row.block: row.n for row in await queries.raids.instance_counts(db, size=BLOCK)}
    theirs = {row.block: row.n for row in await clickhouse.rows("counts", _Block, size=BLOCK)}
    return {
        block * BLOCK: lack
        for block in sorted(ours.keys() | theirs.keys())
        if (lack := ours.get(block, 0) - theirs.get(block, 0)) or everything
    }


async def fill(db: Db, first_ids: Sequence[int]) -> int:
    """Have the instances of these ranges written to ClickHouse again; return how many there are."""
    wanted = 0
    for first_id in first_ids:
        rows = await queries.raids.instance_ids(db, first_id=first_id, end_id=first_id + BLOCK)
        ids = [row.instance_id for row in rows]
        async with db.transaction() as tx:
            await outbox.emit_all(tx, [InstancesChangedEvent(instance_ids=part) for part in in_parts(ids)])
        wanted += len(ids)
    return wanted
