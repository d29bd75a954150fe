"""Storing reports: what becomes of one, and that order, batches and haste change nothing."""

import asyncio
import gzip
import os
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

import msgspec
import psycopg

from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played, Weapon, report
from genjilib.local.bungie.world import RELEASES, World
from genjilib.raids import pgcr
from genjilib.raids.store import Report, store
from genjilib.raids.types import Instance
from tests.raids.conftest import opened
from tests.raids.test_pgcr import LATER
from tests.support import Clones

TABLES = {
    "core.instance": "instance_id",
    "core.player": "membership_id",
    "core.instance_player": "instance_id, membership_id",
    "core.player_stats": "membership_id, activity_id",
    "extended.instance_character": "instance_id, character_id",
    "extended.instance_character_weapon": "instance_id, character_id, weapon_hash",
}
VAULT, CROTA, MASTER_VAULT = 3881495763, 4179289725, 1681562271
CURRENT = (2122313384, 2659723068, 910380154, 3881495763, 1441982566, 1374392663, 2381413764, 4179289725)
CURRENT += (1541433876, 1044919065, 3817322389)


def read(played: Played) -> Report:
    raw = msgspec.json.encode(report(played))
    instance = pgcr.process(raw)
    assert isinstance(instance, Instance)
    return Report(instance, raw)


def team(instance_id: int, *members: int, day: int = 0, done: bool = True, **fields: Any) -> Report:
    """An instance some days after the others, in which these people took part."""
    entries = [Entry(member, 10 * member, completed=done) for member in members]
    return read(Played(instance_id, LATER + timedelta(days=day), entries, **fields))


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def seats(url: str, *columns: str) -> dict[tuple[int, int], tuple[Any, ...]]:
    query = f"select instance_id, membership_id, {', '.join(columns)} from core.instance_player"
    return {row[:2]: row[2:] for row in rows(url, query)}


async def test_a_report_becomes_rows(db: Db, database_url: str) -> None:
    weapons = [Weapon(100, 20, 5), Weapon(200, 7)]
    stats = {"kills": 30, "deaths": 2, "assists": 4, "score": 9}
    extended = {"precisionKills": 6, "weaponKillsSuper": 1, "weaponKillsGrenade": 2, "weaponKillsMelee": 3}
    entry = Entry(
        7, 70, name="Ana", code=42, start=5, played=1000, stats=stats, extended=extended, weapons=weapons
    )
    given = read(Played(1, LATER, [entry], team_score=33, skulls=[5, 6]))
    outcome = await store(db, [given])
    assert (outcome.new, outcome.unknown) == ({1}, frozenset())

    instance = rows(
        database_url,
        "select hash, score, flawless, completed, fresh, player_count, date_started, date_completed,"
        " duration, platform_type, season_id, skull_hashes from core.instance",
    )
    end = LATER + timedelta(seconds=1800)
    assert instance == [(VAULT, 33, False, True, True, 1, LATER, end, 1800, 254, 24, [5, 6])]
    player = rows(
        database_url,
        "select membership_type, bungie_name, first_seen, last_seen, clears, fresh_clears, sherpas,"
        " total_time_played_seconds, sum_of_best from core.player",
    )
    seen = LATER + timedelta(seconds=1005)
    assert player == [(3, "Ana#0042", LATER, seen, 1, 1, 0, 1000, None)]
    assert rows(database_url, "select * from core.player_stats") == [(7, 9, 1, 1, 0, 1000, 1)]
    assert seats(database_url, "completed", "time_played_seconds", "sherpas", "is_first_clear") == {
        (1, 7): (True, 1000, 0, True)
    }
    character = rows(database_url, "select * from extended.instance_character")
    assert character == [
        (1, 7, 70, 671679327, 1538938257, True, 9, 30, 4, 2, 6, 1, 2, 3, 1000, 5),
    ]
    weapon = rows(
        database_url, "select weapon_hash, kills, precision_kills from extended.instance_character_weapon"
    )
    assert sorted(weapon) == [(100, 20, 5), (200, 7, 0)]
    [(kept,)] = rows(database_url, "select data from raw.pgcr")
    assert gzip.decompress(kept) == given.raw


async def test_what_is_stored_already_changes_nothing(db: Db, database_url: str) -> None:
    first = team(1, 7, 8)
    await store(db, [first, first])
    before = contents(database_url)
    assert (await store(db, [first])).new == frozenset()
    assert contents(database_url) == before


async def test_an_unknown_hash_is_told_and_keeps_no_other_from_being_stored(
    db: Db, database_url: str
) -> None:
    outcome = await store(db, [team(1, 7), team(2, 7, hash=999)])
    assert (outcome.new, outcome.unknown) == ({1}, {2})
    assert rows(database_url, "select instance_id from raw.pgcr") == [(1,)]


async def test_a_veteran_is_a_sherpa_for_each_newcomer(db: Db, database_url: str) -> None:
    await store(db, [team(1, 7), team(2, 7, 8, 9, day=1), team(3, 7, 8, day=2, hash=CROTA)])
    assert seats(database_url, "sherpas", "is_first_clear") == {
        (1, 7): (0, True),
        (2, 7): (2, False),
        (2, 8): (0, True),
        (2, 9): (0, True),
        (3, 7): (0, True),
        (3, 8): (0, True),
    }
    assert rows(database_url, "select sherpas from core.player order by membership_id") == [(2,), (0,), (0,)]


async def test_versions_of_a_raid_are_one_raid(db: Db, database_url: str) -> None:
    await store(db, [team(1, 7), team(2, 7, 8, day=1, hash=MASTER_VAULT)])
    assert seats(database_url, "sherpas", "is_first_clear")[2, 7] == (1, False)


async def test_who_does_not_finish_is_neither_sherpa_nor_newcomer(db: Db, database_url: str) -> None:
    await store(db, [team(1, 7), team(2, 7, 8, day=1, reason=2), team(3, 7, 8, day=2, done=False)])
    flags = seats(database_url, "completed", "sherpas", "is_first_clear")
    assert [flags[key] for key in flags if key[0] > 1] == [(False, 0, False)] * 4
    stats = rows(
        database_url, "select clears, total_time_played_seconds from core.player order by membership_id"
    )
    assert stats == [(1, 5400), (0, 3600)]


async def test_an_earlier_clear_that_is_stored_later_takes_the_flag_and_the_sherpas(
    db: Db, database_url: str
) -> None:
    await store(db, [team(1, 9), team(2, 9, 8, 7, day=2)])
    assert seats(database_url, "sherpas", "is_first_clear")[2, 9] == (2, False)
    await store(db, [team(3, 8, day=1)])
    assert seats(database_url, "sherpas", "is_first_clear") == {
        (1, 9): (0, True),
        (3, 8): (0, True),
        (2, 9): (1, False),
        (2, 8): (1, False),
        (2, 7): (0, True),
    }
    assert rows(database_url, "select sherpas from core.player order by membership_id") == [(0,), (1,), (1,)]
    assert rows(database_url, "select sherpas from core.player_stats order by membership_id") == [
        (0,),
        (1,),
        (1,),
    ]


async def test_the_fastest_is_fresh_and_of_equal_ones_the_earlier(db: Db, database_url: str) -> None:
    slow, late, early = team(1, 7, duration=2000), team(2, 7, day=2), team(3, 7, day=1)
    cut = team(4, 7, duration=600, from_beginning=False)
    for one in (slow, late, early, cut):
        await store(db, [one])
    assert rows(database_url, "select fastest_instance_id, fresh_clears, clears from core.player_stats") == [
        (3, 3, 4)
    ]


async def test_the_sum_of_best_needs_every_raid_that_can_be_played(db: Db, database_url: str) -> None:
    all_but_one = [team(n, 7, hash=hash, duration=1000 + n) for n, hash in enumerate(CURRENT[:-2], 1)]
    await store(db, [*all_but_one, team(50, 7, hash=1044919065, duration=1010, day=600)])
    assert rows(database_url, "select sum_of_best from core.player") == [(None,)]
    await store(db, [team(60, 7, hash=3817322389, duration=1011, day=600)])
    assert rows(database_url, "select sum_of_best from core.player") == [(11 * 1000 + 66,)]
    await store(db, [team(61, 7, hash=CURRENT[0], duration=500, day=601)])
    assert rows(database_url, "select sum_of_best from core.player") == [(11 * 1000 + 66 - 501,)]


async def test_names_follow_the_last_time_somebody_was_seen(db: Db, database_url: str) -> None:
    def named(instance_id: int, day: int, name: str, code: int | None, kind: int) -> Report:
        entry = Entry(7, 70, name=name, code=code, membership_type=kind)
        return read(Played(instance_id, LATER + timedelta(days=day), [entry]))

    for one in (named(1, 1, "Middle", 2, 3), named(2, 2, "Last", 3, 0), named(3, 0, "First", 1, 2)):
        await store(db, [one])
    names = "select bungie_name, membership_type, first_seen, last_seen from core.player"
    end = LATER + timedelta(days=2, seconds=1800)
    assert rows(database_url, names) == [("Last#0003", 3, LATER, end)]


async def test_any_order_and_any_haste_give_the_same_tables(clones: Clones) -> None:
    """``REPORTS`` sets how many (``make chaos-raids``)."""
    count = int(os.environ.get("REPORTS", "130"))
    world = World(people=40 + count // 50, instances=2 * count, most_weapons=2)
    ids = (n for n in range(world.first_id, world.frontier) if world.kind(n) == "raid")
    reports = [read(world.played(n)) for n in islice(ids, count)]
    assert len(reports) == count
    found: list[Any] = []
    for seed in range(5):
        url = clones.take()
        random.Random(seed).shuffle(reports)
        async with opened(url) as db:
            # The four take different bites, and everybody takes some that the others have as well.
            shares = [reports[n::4] + reports[:30] for n in range(4)]
            await asyncio.gather(*(in_bites(db, share, 7 + 11 * n) for n, share in enumerate(shares)))
        found.append(contents(url))
        clones.give_back(url)
    assert all(one == found[0] for one in found[1:])
    assert_true(found[0], [one.instance for one in reports])


async def in_bites(db: Db, reports: Sequence[Report], size: int) -> None:
    for start in range(0, len(reports), size):
        await store(db, reports[start : start + size])


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(url, f"select * from {table} order by {key}") for table, key in TABLES.items()}


def assert_true(tables: dict[str, list[tuple[Any, ...]]], instances: Sequence[Instance]) -> None:
    """Play everything again, in the order of time and by the book, and compare."""
    sherpas, first, clears = defaultdict[int, int](int), set[tuple[int, int]](), defaultdict[int, int](int)
    done, played = set[tuple[int, int]](), defaultdict[int, int](int)
    activity = {hash: number for number, (_, hashes) in enumerate(RELEASES, 1) for hash in hashes}
    for instance in sorted(instances, key=lambda one: (one.date_completed, one.instance_id)):
        raid = activity[instance.hash]
        finishers = [player.membership_id for player in instance.players if player.finished]
        newcomers = [member for member in finishers if (member, raid) not in done]
        for player in instance.players:
            played[player.membership_id] += player.time_played_seconds
        for member in finishers:
            clears[member] += 1
            sherpas[member] += len(newcomers) if member not in newcomers else 0
        first |= {(instance.instance_id, member) for member in newcomers}
        done |= {(member, raid) for member in newcomers}
    assert {row[:2] for row in tables["core.instance_player"] if row[5]} == first
    people = {row[0]: row for row in tables["core.player"]}
    for member, row in people.items():
        assert row[9] == clears[member]
        assert row[11:13] == (sherpas[member], played[member])
    assert sum(len(c.weapons) for i in instances for p in i.players for c in p.characters) == len(
        tables["extended.instance_character_weapon"]
    )
    assert len(first) > 100
    assert sum(sherpas.values()) > 100
