"""What is written about players, characters and clans once Bungie was asked."""

from collections.abc import Collection, Iterable

from msgspec import structs

from genjilib import queries
from genjilib.broker import outbox
from genjilib.db import Db, Tx
from genjilib.raids.cheat_tables import VERSION
from genjilib.raids.cheats import Verdict
from genjilib.raids.questions import Clan, PlayerTold
from genjilib.raids.types import HistoryWantedEvent, InstancesChangedEvent, ReportWantedEvent, in_parts


async def write_player(tx: Tx, told: PlayerTold) -> None:
    """Write what Bungie says about a player now."""
    await queries.raids.tell_player(tx, **structs.asdict(told))


async def note_crawl(tx: Tx, membership_id: int) -> None:
    """Note that Bungie does not know a player any more, so that it is not asked again at once."""
    await queries.raids.note_crawl(tx, membership_id=membership_id)


async def write_history(tx: Tx, membership_id: int, instance_ids: Collection[int] | None) -> None:
    """Note that a history was read and want what of it is not stored; ``None`` is a private history."""
    await queries.raids.note_history(tx, membership_id=membership_id, is_private=instance_ids is None)
    if instance_ids:
        missing = await queries.raids.not_stored(tx, instance_ids=sorted(instance_ids))
        await outbox.emit_all(tx, [ReportWantedEvent(instance_id=row.instance_id) for row in missing])


async def fill_class(tx: Tx, membership_id: int, character_id: int, class_hash: int) -> None:
    """Fill in the class of a character in all its instances that do not tell it."""
    changed = await queries.raids.fill_class(
        tx, membership_id=membership_id, character_id=character_id, class_hash=class_hash
    )
    parts = in_parts([row.instance_id for row in changed])
    await outbox.emit_all(tx, [InstancesChangedEvent(instance_ids=part) for part in parts])


async def write_clan(tx: Tx, clan: Clan) -> None:
    """Write what a clan calls itself."""
    await queries.raids.write_clan(tx, **structs.asdict(clan))


async def write_flags(tx: Tx, verdicts: Iterable[Verdict]) -> None:
    """Write flags of instances and players; those that the same version of the checks wrote stay."""
    instances = [
        {"instance_id": one.instance_id, "reasons": one.reasons, "probability": one.probability}
        for one in verdicts
        if one.flagged
    ]
    players = [player for one in verdicts for player in one.players]
    if instances or players:
        await queries.raids.flag(tx, version=VERSION, instances=instances, players=players)


async def want_histories(db: Db, *, n: int, among: int, weeks: int) -> int:
    """Want the histories of ``n`` players, by chance of the ``among`` with most clears; return how many.

    Those that were read in the last ``weeks`` weeks are left out.
    """
    async with db.transaction() as tx:
        rows = await queries.raids.stale_histories(tx, n=n, among=among, weeks=weeks)
        await outbox.emit_all(tx, [HistoryWantedEvent(membership_id=row.membership_id) for row in rows])
    return len(rows)
