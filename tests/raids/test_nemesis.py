"""Cheat levels: what flags and an account come to, that levels only rise, and what is kept off the boards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from genjilib.core.clock import now
from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played
from genjilib.local.bungie.server import Bungie as Simulated
from genjilib.local.bungie.world import World
from genjilib.queries.raids import Suspect
from genjilib.raids import leaderboards, nemesis, worker
from genjilib.raids.cheat_tables import VERSION
from genjilib.raids.nemesis import Outcome, account_probability, level, stars
from genjilib.raids.questions import Profile
from genjilib.raids.store import store
from genjilib.raids.types import CheatCheckEvent
from tests.raids.test_store import VAULT, read, rows
from tests.raids.test_worker import change, emitted, working

NOW = now()
WORLD = World(people=20, instances=40, most_weapons=1)
OLD = Suspect(1, 3, "Ana#0001", NOW - timedelta(days=900), 500, False, 0, 0, 0, 0, 100, 0, 0, 0)
SETTLED = Profile(frozenset({1}), 3, 20, 0, 6, 6)

LEVELS = [
    # flags a, b, c, d and the account's probability → level
    ((0, 0, 0, 3), 0.99, 0),
    ((0, 0, 0, 29), 0, 0),
    ((0, 0, 0, 30), 0, 1),
    ((0, 0, 5, 5), 0, 1),
    ((0, 2, 2, 2), 0, 1),
    ((1, 1, 1, 1), 0, 1),
    ((0, 0, 15, 15), 0.59, 1),
    ((0, 0, 15, 15), 0.60, 2),
    ((0, 0, 30, 30), 0, 2),
    ((0, 10, 10, 10), 0, 2),
    ((4, 4, 4, 4), 0, 2),
    ((0, 10, 10, 10), 0.75, 3),
    ((0, 30, 30, 30), 0, 3),
    ((6, 6, 6, 6), 0, 3),
    ((5, 5, 5, 5), 0.89, 2),
    ((5, 5, 5, 5), 0.90, 4),
    ((10, 10, 10, 10), 0.70, 4),
    ((25, 25, 25, 25), 0.50, 4),
    ((50, 50, 50, 50), 0.25, 4),
    ((99, 99, 99, 99), 0.24, 3),
    ((100, 100, 100, 100), 0, 4),
]


@pytest.mark.parametrize(("flags", "chance", "expected"), LEVELS)
def test_flags_and_the_account_make_a_level(flags: tuple[int, ...], chance: float, expected: int) -> None:
    assert level(*flags, chance) == expected


PLAY = [
    ({}, 0.0),
    ({"first_seen": NOW - timedelta(days=364)}, 0.05),
    ({"first_seen": NOW - timedelta(days=89)}, 0.20),
    ({"first_seen": NOW - timedelta(days=29)}, 0.30),
    ({"first_seen": NOW - timedelta(days=6)}, 0.40),
    ({"clears": 20}, 0.12),
    ({"is_private": True}, 0.125),
    ({"clears": 70, "lowman": 50}, 0.25),
    ({"clears": 70, "flawless": 10}, 0.5),
    ({"clears": 70, "solo": 50}, 0.75),
    ({"clears": 210, "solo": 50}, 0.375),
    ({"completed": 0}, 0.0),
]


@pytest.mark.parametrize(("fields", "chance"), PLAY)
def test_what_an_account_did_tells_something(fields: dict[str, Any], chance: float) -> None:
    assert account_probability(replace(OLD, **fields), None, NOW) == pytest.approx(chance)


PROFILES = [
    ({}, -0.2, 0.81**20 - 0.15),
    ({"platforms": frozenset({1, 3})}, 0.03, 0.81**20 - 0.15),
    ({"platforms": frozenset({6})}, 0.06, 0.81**20 - 0.15),
    ({"platforms": frozenset({3, 6})}, 0.06, 0.81**20 - 0.15),
    ({"characters": 1}, -0.2, 0.81**20 - 0.15, 0.25),
    ({"characters": 2}, -0.2, 0.81**20 - 0.15, 0.15),
    ({"dlcs": 3, "seasons": 4}, -0.2, 0.81**5 - 0.15),
    ({"best_rank": 1, "rank": 1}, -0.2, 0.81**20 - 0.15, 0.45),
    ({"best_rank": 5, "rank": 5}, -0.2, 0.81**20 - 0.15, 0.05),
    ({"best_rank": 11, "rank": 9}, -0.2, 0.81**20 - 0.15, -0.25),
    ({"best_rank": 11, "rank": 8}, -0.2, 0.81**20 - 0.15),
]


@pytest.mark.parametrize("row", PROFILES)
def test_what_bungie_tells_of_an_account_tells_something(row: tuple[Any, ...]) -> None:
    """On Epic alone an account is more likely, not less: the reference took the smaller of two numbers."""
    fields, *factors = row
    young = replace(OLD, first_seen=NOW - timedelta(days=6))
    expected = 0.6
    for factor in factors:
        expected *= 1 - factor
    found = account_probability(young, replace(SETTLED, **fields), NOW)
    assert found == pytest.approx(max(0, 1 - expected))


def test_a_good_account_is_no_less_likely_than_impossible() -> None:
    assert account_probability(OLD, SETTLED, NOW) == 0
    assert stars(replace(OLD, completed=0, solo=0)) == 0


@pytest.fixture
async def context(db: Db) -> AsyncIterator[worker.Context]:
    async with working(db, Simulated(WORLD)) as context:
        yield context


async def judged(context: worker.Context) -> Outcome:
    return await nemesis.judge(context.db, context.bungie, context.alerts, wait=0.01)


async def flagged(db: Db, url: str, chances: dict[int, list[float]], whole: float = 0.1) -> None:
    """Let these members have played so many raids this week, flagged with these probabilities."""
    flags = [
        (1000 * member + n, member, chance)
        for member, several in chances.items()
        for n, chance in enumerate(several)
    ]
    start = now() - timedelta(days=3)
    entries = {member: Entry(member, member, played=1800) for member in chances}
    await store(db, [read(Played(n, start, [entries[member]], hash=VAULT)) for n, member, _ in flags])
    values = ", ".join(f"({n}, {member}, 'beta-2.1.9', 1, {chance})" for n, member, chance in flags)
    change(
        url,
        "insert into flagging.flag_instance_player (instance_id, membership_id, cheat_check_version,"
        f" cheat_check_bitmask, cheat_probability) values {values}",
    )
    change(
        url,
        "insert into flagging.flag_instance (instance_id, cheat_check_version, cheat_check_bitmask,"
        f" cheat_probability) select i.instance_id, 'beta-2.1.9', 1, {whole} from core.instance as i",
    )


def levels(url: str) -> dict[int, int]:
    return dict(rows(url, "select membership_id, cheat_level from core.player"))


async def test_levels_rise_by_flags_and_never_fall(
    context: worker.Context, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody of these is known to Bungie; private and few clears: 0.125 and 0.19 or so.
    people = {
        1: [0.9] * 6,
        2: [0.5, 0.5, 0.1],
        3: [0.9, 0.9],
        4: [0.9] * 6,
        5: [0.06] * 3,
        6: [0.5, 0.5, 0.1],
    }
    await flagged(context.db, database_url, people)
    change(database_url, "update core.player set is_whitelisted = true where membership_id = 4")
    change(database_url, "update core.player set cheat_level = 3 where membership_id = 6")
    change(
        database_url,
        "insert into flagging.flag_instance_player select instance_id, membership_id, 'beta-2.1.10', 1,"
        " now() + interval '1 second', 0.01 from flagging.flag_instance_player where membership_id = 5",
    )
    told: list[str] = []
    monkeypatch.setattr(context.alerts, "tell", _keep(told))
    assert await judged(context) == Outcome(4, 2, 0, 0, 0)
    assert levels(database_url) == {1: 3, 2: 1, 3: 0, 4: 0, 5: 0, 6: 3}
    # Who became an extreme cheater is looked at again, and who is one that these checks never looked at.
    again = [body["instance_ids"] for body in emitted(database_url, CheatCheckEvent)][1:]
    assert again == [[*range(1000, 1006), *range(6000, 6003)]]
    look = f"update flagging.flag_instance_player set cheat_check_version = '{VERSION}'"
    change(database_url, f"{look} where membership_id in (1, 6)")
    assert await judged(context) == Outcome(4, 0, 0, 0, 0)
    assert len(emitted(database_url, CheatCheckEvent)) == 2
    change(database_url, "update core.player set first_seen = now() - interval '2 days'")
    monkeypatch.setattr(nemesis, "account_probability", lambda *_: 0.95)
    assert (await judged(context)).blacklisted_players == 1
    assert levels(database_url)[1] == 4
    assert told == ["Blacklisted players"]
    old = "update flagging.flag_instance_player set flagged_at = now() - interval '61 days'"
    change(database_url, old)
    assert (await judged(context)).suspects == 0


async def test_whose_profile_cannot_be_had_now_is_judged_next_time(
    context: worker.Context, database_url: str
) -> None:
    await flagged(context.db, database_url, {1: [0.9] * 6})
    simulated = Simulated(WORLD)
    simulated.conditions.maintenance = True
    async with working(context.db, simulated) as closed:
        assert await judged(closed) == Outcome(1, 0, 0, 0, 1)
    assert levels(database_url) == {1: 0}


async def test_what_was_cheated_in_is_kept_off_the_leaderboards(
    context: worker.Context, database_url: str
) -> None:
    await flagged(context.db, database_url, {1: [0.1] * 4, 2: [0.1] * 3}, whole=0.2)
    ago = now() - timedelta(days=200)
    entries = [Entry(1, 1, played=1800), Entry(3, 3, played=1800)]
    left = [Entry(1, 1, played=100, completed=False), Entry(3, 3, played=1800)]
    more = [Played(n, ago, who, hash=VAULT) for n, who in ((50, entries), (51, left), (52, entries))]
    ancient = [Played(n, ago - timedelta(days=300), entries, hash=VAULT) for n in (60, 61)]
    await store(context.db, [read(one) for one in (*more, *ancient)])
    flag = (
        "insert into flagging.flag_instance select n, 'beta-2.1.9', 1, now(), p from (values %s) as v (n, p)"
    )
    change(database_url, flag % "(61, 0.8)")
    change(
        database_url, "update flagging.flag_instance set cheat_probability = 0.95 where instance_id = 2000"
    )
    change(
        database_url, "update flagging.flag_instance set cheat_probability = 0.99 where instance_id = 2001"
    )
    change(database_url, "update core.instance set is_whitelisted = true where instance_id in (2001, 1001)")
    change(database_url, "update core.player set cheat_level = 4 where membership_id = 1")
    await leaderboards.refresh(context.db, ["team"])
    await judged(context)
    listed = rows(
        database_url,
        "select instance_id, report_source::text, reason from flagging.blacklist_instance order by 1",
    )
    cascade = ("BlacklistedPlayerCascade", "A blacklisted player took part")
    # Of the last 60 days everything, of the last year what stands on a board (51 he left), then flags.
    assert listed == [
        *((n, *cascade) for n in (50, 52, 61, 1000, 1002, 1003)),
        (2000, "CheatCheck", "Flagged >= 0.95"),
    ]
    people = rows(
        database_url, "select instance_id, membership_id from flagging.blacklist_instance_player order by 1"
    )
    assert people == [(n, 1) for n in (50, 52, 61, 1000, 1002, 1003)]
    await leaderboards.refresh(context.db, ["team"])
    board = rows(
        database_url,
        "select instance_id from leaderboard.team_activity_version_leaderboard order by position",
    )
    assert board == [(60,), (51,), (1001,), (2001,), (2002,)]
    assert (await judged(context)).blacklisted_instances == 0


def _keep(told: list[str]) -> Any:
    def tell(title: str, *_: Any, **__: Any) -> None:
        told.append(title)

    return tell
