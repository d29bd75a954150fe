"""The worker's part of the raids: what is asked of Bungie outside the crawler's walk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from genjilib import queries
from genjilib.broker.handler import Delivery, Handler
from genjilib.core import metrics
from genjilib.core.clock import now
from genjilib.core.errors import RateLimited, Unavailable
from genjilib.db import Db, Tx
from genjilib.raids import analytics, cheats, crawl, pgcr, questions, rules
from genjilib.raids import bungie as api
from genjilib.raids.alerts import Alerts
from genjilib.raids.bungie import Bungie, Fetched, Refused, Result
from genjilib.raids.cheats import Verdict
from genjilib.raids.clickhouse import ClickHouse
from genjilib.raids.gates import Gates
from genjilib.raids.questions import BLIZZARD, Clan, PlayerTold
from genjilib.raids.store import Report, decompress
from genjilib.raids.types import (
    CheatCheckEvent,
    ClanWantedEvent,
    ClassMissingEvent,
    HistoryWantedEvent,
    Instance,
    InstancesChangedEvent,
    PlayerWantedEvent,
    ReportBlockedEvent,
    ReportFoundEvent,
    ReportWantedEvent,
)

MAINTENANCE: Final = 45.0
PATIENCE: Final = (60.0, 3600.0)
"""Shortest and longest wait for a hidden report, seconds; in between a quarter of the time it is hidden."""
SHOWN: Final = (Result.SUCCESS, Result.NON_RAID)
"""What a hidden report turns out to be once it is shown."""
HISTORY_STALE: Final = timedelta(hours=400)
GONE: Final = (api.ACCOUNT_NOT_FOUND, api.CHARACTER_NOT_FOUND, api.GROUP_NOT_FOUND, api.CLAN_NOT_FOUND)
"""Numbers of what is not there any more: nothing to write, and nobody's mistake."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the handlers of the raids work with."""

    db: Db
    bungie: Bungie
    gates: Gates
    alerts: Alerts
    clickhouse: ClickHouse | None


async def look(context: Context, delivery: Delivery[ReportBlockedEvent]) -> Fetched:
    """Ask for a hidden report; while it stays hidden the message waits."""
    fetched = await _fetch(context, delivery.event.instance_id)
    if fetched.result is Result.INSUFFICIENT_PRIVILEGES:
        hidden = (now() - delivery.message.created_at).total_seconds()
        after = min(max(hidden / 4, PATIENCE[0]), PATIENCE[1])
        raise Unavailable("Bungie does not show the report yet.", after=after, code="blocked")
    return fetched


async def unblock(
    tx: Tx, deliveries: Sequence[Delivery[ReportBlockedEvent]], fetched: Sequence[Fetched]
) -> None:
    """Store what is shown now; what turned out otherwise is missed, and tried again by the crawler."""
    answers = {delivery.event.instance_id: one for delivery, one in zip(deliveries, fetched, strict=True)}
    if shown := [one for one, answer in answers.items() if answer.result in SHOWN]:
        metrics.FLOODGATES_POSITION.set(max(shown))
    await crawl.record_in(tx, crawl.sorted_out(answers, lambda _: crawl.SOON))


async def fetch_wanted(context: Context, delivery: Delivery[ReportWantedEvent]) -> Fetched | None:
    """Ask for a wanted report, unless it is stored by now."""
    instance_id = delivery.event.instance_id
    if not await queries.raids.not_stored(context.db, instance_ids=[instance_id]):
        return None
    fetched = await _fetch(context, instance_id)
    if fetched.report is not None:
        context.alerts.tell("A missing report is found", f"{instance_id}, in a history.", "news")
    return fetched


async def hand_on(
    tx: Tx, deliveries: Sequence[Delivery[ReportWantedEvent]], fetched: Sequence[Fetched | None]
) -> None:
    """Let reports be stored; what could not be had is missed or blocked, as if the crawler had met it."""
    answers = {
        delivery.event.instance_id: one
        for delivery, one in zip(deliveries, fetched, strict=True)
        if one is not None
    }
    findings = crawl.sorted_out(answers, lambda _: crawl.SOON)
    await crawl.hand_on(tx, findings)


async def store_found(tx: Tx, deliveries: Sequence[Delivery[ReportFoundEvent]], _: Sequence[None]) -> None:
    """Store reports that were wanted; where one was missing, others may be."""
    findings = crawl.Findings()
    for delivery in deliveries:
        raw = decompress(delivery.event.report)
        found = pgcr.process(raw)
        assert isinstance(found, Instance)  # others are not handed on
        findings.reports.append(Report(found, raw))
    await crawl.want_neighbours(tx, await crawl.record_in(tx, findings))


async def ask_player(
    context: Context, delivery: Delivery[PlayerWantedEvent]
) -> PlayerTold | Literal["known", "gone"]:
    """Ask who a player is, unless that was asked within six hours."""
    member = delivery.event.membership_id
    known = await queries.raids.get_player(context.db, membership_id=member)
    if known and known.membership_type and _fresh(known.last_crawled, rules.PLAYER_STALE):
        return "known"
    context.gates.check("Destiny2")
    try:
        platform = await _platform(context, member, known.membership_type if known else None)
        return "gone" if platform is None else await questions.player(context.bungie, platform, member)
    except Refused as error:
        if error.error_code in GONE:
            return "gone"
        raise


async def write_players(
    tx: Tx,
    deliveries: Sequence[Delivery[PlayerWantedEvent]],
    told: Sequence[PlayerTold | Literal["known", "gone"]],
) -> None:
    """Write who players are."""
    for delivery, one in sorted(
        zip(deliveries, told, strict=True), key=lambda pair: pair[0].event.membership_id
    ):
        if isinstance(one, PlayerTold):
            await rules.write_player(tx, one)
        elif one == "gone":
            await rules.note_crawl(tx, delivery.event.membership_id)


async def ask_history(
    context: Context, delivery: Delivery[HistoryWantedEvent]
) -> set[int] | Literal["known", "private"]:
    """Ask for all raids of a player, unless that was asked within 400 hours."""
    member = delivery.event.membership_id
    known = await queries.raids.get_player(context.db, membership_id=member)
    if known is None or _fresh(known.history_last_crawled, HISTORY_STALE):
        return "known"
    context.gates.check("Destiny2")
    try:
        platform = await _platform(context, member, known.membership_type)
        return set() if platform is None else await questions.raids_of(context.bungie, platform, member)
    except Refused as error:
        if error.error_code == api.PRIVATE:
            return "private"
        if error.error_code in GONE:
            return set()
        raise


async def write_histories(
    tx: Tx,
    deliveries: Sequence[Delivery[HistoryWantedEvent]],
    found: Sequence[set[int] | Literal["known", "private"]],
) -> None:
    """Want what histories name and is not stored."""
    for delivery, one in sorted(
        zip(deliveries, found, strict=True), key=lambda pair: pair[0].event.membership_id
    ):
        if one != "known":
            await rules.write_history(tx, delivery.event.membership_id, None if one == "private" else one)


async def ask_class(context: Context, delivery: Delivery[ClassMissingEvent]) -> int | None:
    """Find the class of a character: in other instances, else from Bungie; nothing when nobody knows it."""
    member, character = delivery.event.membership_id, delivery.event.character_id
    told = await queries.raids.get_class(context.db, membership_id=member, character_id=character)
    if told is not None:
        return told
    known = await queries.raids.get_player(context.db, membership_id=member)
    if known and known.membership_type == BLIZZARD:
        return None
    context.gates.check("Destiny2")
    try:
        platform = await _platform(context, member, known.membership_type if known else None)
        if platform is None:
            return None
        return await questions.class_of(context.bungie, platform, member, character)
    except Refused as error:
        if error.error_code in GONE:
            return None
        raise


async def fill_classes(
    tx: Tx, deliveries: Sequence[Delivery[ClassMissingEvent]], classes: Sequence[int | None]
) -> None:
    """Fill in classes that were found."""
    found = [
        (delivery.event.membership_id, delivery.event.character_id, class_hash)
        for delivery, class_hash in zip(deliveries, classes, strict=True)
        if class_hash is not None
    ]
    for membership_id, character_id, class_hash in sorted(found):
        await rules.fill_class(tx, membership_id, character_id, class_hash)


async def ask_clan(context: Context, delivery: Delivery[ClanWantedEvent]) -> Clan | None:
    """Ask what a clan calls itself, unless that was asked within three hours."""
    group_id = delivery.event.group_id
    if _fresh(await queries.raids.clan_updated_at(context.db, group_id=group_id), rules.CLAN_STALE):
        return None
    context.gates.check("Groups")
    try:
        return await questions.clan(context.bungie, group_id)
    except Refused as error:
        if error.error_code in GONE:
            return None
        raise


async def write_clans(
    tx: Tx, deliveries: Sequence[Delivery[ClanWantedEvent]], clans: Sequence[Clan | None]
) -> None:
    """Write what clans call themselves."""
    for clan in sorted((one for one in clans if one is not None), key=lambda one: one.group_id):
        await rules.write_clan(tx, clan)


async def judge(context: Context, delivery: Delivery[CheatCheckEvent]) -> list[Verdict]:
    """Check instances for cheating, and tell people what is worth a look."""
    ids = list(delivery.event.instance_ids)
    subjects = await queries.raids.subjects(context.db, instance_ids=ids)
    verdicts = [cheats.check(one) for one in subjects]
    flagged = [pair for pair in zip(subjects, verdicts, strict=True) if pair[1].flagged or pair[1].players]
    if flagged:
        flagged.sort(key=lambda pair: pair[1].likeliest, reverse=True)
        context.alerts.show("Flags", [cheats.told(*pair) for pair in flagged], cheats.TOLD)
    return verdicts


async def flag(
    tx: Tx, deliveries: Sequence[Delivery[CheatCheckEvent]], verdicts: Sequence[list[Verdict]]
) -> None:
    """Write flags."""
    await rules.write_flags(tx, [one for several in verdicts for one in several])


async def analyse(context: Context, delivery: Delivery[InstancesChangedEvent]) -> None:
    """Write instances to ClickHouse, where there is one."""
    if context.clickhouse is not None:
        await analytics.record(context.db, context.clickhouse, delivery.event.instance_ids)


async def _fetch(context: Context, instance_id: int) -> Fetched:
    """Ask for a report; what only means to wait lets the message wait."""
    context.gates.check("Destiny2")
    fetched = await context.bungie.report(instance_id)
    if fetched.result is Result.SYSTEM_DISABLED:
        raise Unavailable("Bungie is in maintenance.", after=MAINTENANCE, code="bungie-disabled")
    if fetched.result is Result.RATE_LIMITED:
        raise RateLimited("Bungie asks to slow down.", after=MAINTENANCE)
    return fetched


async def _platform(context: Context, membership_id: int, known: int | None) -> int | None:
    return known or await questions.platform_of(context.bungie, membership_id)


def _fresh(moment: datetime | None, age: timedelta) -> bool:
    return moment is not None and moment > now() - age


handlers = [
    Handler(ReportBlockedEvent, prepare=look, apply=unblock, concurrency=20),
    Handler(ReportWantedEvent, prepare=fetch_wanted, apply=hand_on, concurrency=10),
    Handler[ReportFoundEvent, Context, None](ReportFoundEvent, apply=store_found),
    Handler(PlayerWantedEvent, prepare=ask_player, apply=write_players, concurrency=20),
    Handler(HistoryWantedEvent, prepare=ask_history, apply=write_histories, concurrency=3, time_limit=600),
    Handler(ClassMissingEvent, prepare=ask_class, apply=fill_classes, concurrency=5),
    Handler(ClanWantedEvent, prepare=ask_clan, apply=write_clans),
    Handler(CheatCheckEvent, prepare=judge, apply=flag, concurrency=2),
    Handler(InstancesChangedEvent, prepare=analyse, concurrency=4, time_limit=90),
]
