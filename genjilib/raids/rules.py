"""What is written about players, characters and clans once Bungie was asked."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import structs

from genjilib import queries
from genjilib.broker import outbox
from genjilib.core.clock import now
from genjilib.core.errors import Invalid, NotFound
from genjilib.db import Db, Tx
from genjilib.queries.raids import GetPlayerStandingRow, GetStandingRow
from genjilib.raids.cheat_tables import VERSION
from genjilib.raids.cheats import Verdict
from genjilib.raids.questions import Clan, PlayerTold
from genjilib.raids.types import (
    BlacklistRequest,
    ClanWantedEvent,
    HistoryWantedEvent,
    InstancesChangedEvent,
    PlayerWantedEvent,
    ReportWantedEvent,
    StandingRequest,
    in_parts,
)

PLAYER_STALE: Final = timedelta(hours=6)
CLAN_STALE: Final = timedelta(hours=3)
"""Ages of what Bungie said from which on it is asked again."""


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
    await queries.raids.write_clans(tx, clans=[structs.asdict(clan)])


async def write_clans(db: Db, clans: Sequence[tuple[Clan, Collection[int]]], *, everybody: bool) -> int:
    """Write clans with their members; return how many members nobody knew, about whom Bungie is asked now.

    ``everybody`` takes the members of all other clans away.
    """
    seats = [(clan.group_id, member) for clan, members in clans for member in sorted(members)]
    async with db.transaction() as tx:
        await queries.raids.write_clans(tx, clans=[structs.asdict(clan) for clan, _ in clans])
        unknown = await queries.raids.replace_members(
            tx,
            group_ids=[group_id for group_id, _ in seats],
            membership_ids=[member for _, member in seats],
            read_ids=[clan.group_id for clan, _ in clans],
            everybody=everybody,
        )
        await outbox.emit_all(tx, [PlayerWantedEvent(membership_id=row.membership_id) for row in unknown])
    return len(unknown)


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


async def want_player(db: Db, membership_id: int, asked: datetime | None) -> None:
    """Have Bungie asked about a player whom somebody looks at, unless it was within six hours."""
    if asked is None or asked < now() - PLAYER_STALE:
        await outbox.emit(
            db, PlayerWantedEvent(membership_id=membership_id), key=_of_today("player", membership_id)
        )


async def want_clan(db: Db, group_id: int, asked: datetime) -> None:
    """Have Bungie asked about a clan that somebody looks at, unless it was within three hours."""
    if asked < now() - CLAN_STALE:
        await outbox.emit(db, ClanWantedEvent(group_id=group_id), key=_of_today("clan", group_id))


async def want_histories(db: Db, *, n: int, among: int, weeks: int) -> int:
    """Want the histories of ``n`` players, by chance of the ``among`` with most clears; return how many.

    Those that were read in the last ``weeks`` weeks are left out.
    """
    async with db.transaction() as tx:
        rows = await queries.raids.stale_histories(tx, n=n, among=among, weeks=weeks)
        await outbox.emit_all(tx, [HistoryWantedEvent(membership_id=row.membership_id) for row in rows])
    return len(rows)


async def standing(db: Db | Tx, instance_id: int) -> GetStandingRow:
    """Return what is held against an instance; raise ``NotFound`` where it is not stored."""
    found = await queries.raids.get_standing(db, instance_id=instance_id)
    if found is None:
        raise NotFound("This instance is not stored.", code="instance-not-found")
    return found


async def blacklist(db: Db, instance_id: int, asked: BlacklistRequest) -> GetStandingRow:
    """Keep an instance off the leaderboards; raise ``Invalid`` for players who were not in it."""
    reasons = {int(one.membership_id): one.reason for one in asked.players}
    async with db.transaction() as tx:
        there = {int(one.membership_id) for one in (await standing(tx, instance_id)).players}
        if strangers := reasons.keys() - there:
            names = ", ".join(map(str, sorted(strangers)))
            raise Invalid(f"These players were not in the instance: {names}.", code="player-not-in-instance")
        await queries.raids.blacklist(
            tx,
            instance_id=instance_id,
            report_id=asked.report_id,
            reason=asked.reason,
            membership_ids=list(reasons),
            reasons=list(reasons.values()),
        )
        return await standing(tx, instance_id)


async def clear(db: Db, instance_id: int) -> None:
    """Take an instance off the blacklist and out of the checks' hands."""
    async with db.transaction() as tx:
        await standing(tx, instance_id)
        await queries.raids.clear(tx, instance_id=instance_id)


async def player_standing(db: Db | Tx, membership_id: int) -> GetPlayerStandingRow:
    """Return what is held against a player; raise ``NotFound`` for an unknown one."""
    found = await queries.raids.get_player_standing(db, membership_id=membership_id)
    if found is None:
        raise NotFound("There is no player with this id.", code="player-not-found")
    return found


async def set_player_standing(db: Db, membership_id: int, asked: StandingRequest) -> GetPlayerStandingRow:
    """Set a player's cheat level and whether checks leave the player alone."""
    async with db.transaction() as tx:
        await queries.raids.set_standing(
            tx,
            membership_id=membership_id,
            cheat_level=asked.cheat_level,
            is_whitelisted=asked.is_whitelisted,
        )
        return await player_standing(tx, membership_id)


def _of_today(what: str, number: int) -> str:
    """Return a key under which the same wish of a day, however often it is made, is one message."""
    return f"raids:{what}:{number}:{now():%Y-%m-%d}"
