"""Leaderboards: who stands where, who does not stand at all, and when they are computed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played
from genjilib.raids import leaderboards
from genjilib.raids.store import Report, store
from tests.raids.test_store import read, rows
from tests.raids.test_worker import change

EDGE, EDGE_CONTEST, VAULT, LEVIATHAN = 1541433876, 2192826039, 3881495763, 2693136601
RELEASE = datetime(2024, 6, 7, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


def clear(instance_id: int, after: timedelta, *members: int, hash: int = EDGE, **fields: Any) -> Report:
    """A raid of an hour that began so long after the release."""
    entries = [Entry(member, 10 * member, played=3600) for member in members]
    return read(Played(instance_id, RELEASE + after, entries, hash=hash, **{"duration": 3600, **fields}))


def board(url: str, name: str, columns: str, order: str) -> list[tuple[Any, ...]]:
    return rows(url, f"select {columns} from leaderboard.{name} order by {order}")


async def test_players_are_ranked_by_what_they_did(db: Db, database_url: str) -> None:
    await store(db, [clear(n, n * HOUR, 1, 2) for n in (1, 2)] + [clear(3, 3 * HOUR, 1, 2, 3)])
    await store(db, [clear(4, 4 * HOUR, 4), clear(5, 5 * HOUR, 5), clear(6, 6 * HOUR, 6, reason=2)])
    change(database_url, "update core.player set is_private = true where membership_id = 4")
    change(database_url, "update core.player set cheat_level = 2 where membership_id = 5")
    assert await leaderboards.refresh(db) == list(leaderboards.BOARDS)
    columns = "membership_id, clears, clears_position, clears_rank, clears_percentile, sherpas, sherpas_rank"
    expected = [(1, 3, 1, 1, 1.0, 1, 1), (2, 3, 2, 1, 1.0, 1, 1), (3, 1, 3, 3, 0.0, 0, 3)]
    assert board(database_url, "individual_global_leaderboard", columns, "clears_position") == expected
    ours = "individual_raid_leaderboard"
    assert board(database_url, ours, f"activity_id, {columns}", "clears_position") == [
        (14, *row) for row in expected
    ]
    speed = board(database_url, "individual_global_leaderboard", "speed, speed_position, speed_rank", "1")
    assert speed == [(None, None, None)] * 3


async def test_the_first_teams_are_ranked_by_their_finish(db: Db, database_url: str) -> None:
    await store(db, [clear(1, 9 * HOUR, 1, 2), clear(2, 3 * HOUR, 2, 3), clear(3, 9 * HOUR, 4)])
    await store(db, [clear(4, 1 * HOUR, 5), clear(5, 2 * HOUR, 6)])
    blacklist = "insert into flagging.blacklist_instance (instance_id, report_source, reason)"
    change(database_url, f"{blacklist} values (4, 'Manual', 'x'), (5, 'Manual', 'x')")
    change(database_url, "update core.instance set is_whitelisted = true where instance_id = 5")
    await leaderboards.refresh(db, ["team"])
    columns = "instance_id, position, rank, value, membership_ids"
    assert board(database_url, "team_activity_version_leaderboard", columns, "position") == [
        (5, 1, 1, 3 * 3600, [6]),
        (2, 2, 2, 4 * 3600, [2, 3]),
        (1, 3, 3, 10 * 3600, [1, 2]),
        (3, 4, 3, 10 * 3600, [4]),
    ]


async def test_contests_count_until_their_end_and_score_players_and_clans(db: Db, database_url: str) -> None:
    contest = {"hash": EDGE_CONTEST}
    first, second = clear(1, 20 * HOUR, 1, **contest), clear(2, 21 * HOUR, 1, 2, **contest)
    late, usual = clear(3, 49 * HOUR, 3, **contest), clear(4, HOUR, 4)
    old = read(Played(5, datetime(2017, 9, 14, tzinfo=UTC), [Entry(2, 20)], hash=LEVIATHAN))
    await store(db, [first, second, late, usual, old])
    change(
        database_url,
        "insert into clan.clan (group_id, name, motto, call_sign, clan_banner_data, updated_at)"
        " values (9, '', '', '', '{}', now())",
    )
    change(
        database_url, "insert into clan.clan_members (group_id, membership_id) values (9, 1), (9, 2), (9, 3)"
    )
    await leaderboards.refresh(db)
    places = board(
        database_url,
        "world_first_contest_leaderboard",
        "activity_id, instance_id, rank, time_after_launch",
        "2",
    )
    assert places == [(14, 1, 1, 21 * 3600), (14, 2, 2, 22 * 3600), (1, 5, 1, 8 * 3600 - 1800)]
    scores = dict(rows(database_url, "select membership_id, wfr_score from core.player"))
    best, next_best = 1.25**13, 1.25**13 / 2**0.5 + 1
    assert scores == {1: pytest.approx(best), 2: pytest.approx(next_best), 3: 0, 4: 0}
    [(members, total, weighted)] = board(
        database_url,
        "clan_leaderboard",
        "known_member_count, total_contest_score, weighted_contest_score",
        "1",
    )
    assert members == 3
    assert total == pytest.approx(best + next_best)
    assert weighted == pytest.approx(3 * (best * 0.9**-5 + next_best * 0.9**-4) / 4 ** (1 / 3))


async def test_what_another_computes_is_left_to_it(db: Db, database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        other.execute("select pg_advisory_xact_lock(hashtext('leaderboard'))")
        assert await leaderboards.refresh(db) == []
    assert await leaderboards.refresh(db, ["clan"]) == ["clan"]


def test_each_is_computed_once_a_day() -> None:
    day = datetime(2026, 11, 27, tzinfo=UTC)
    moment, seen = day, list[str]()
    for at in ((10, 5), (17, 0), (19, 0)):
        moment, names = leaderboards.following(moment)
        assert moment == day.replace(hour=at[0], minute=at[1])
        seen += names
    assert sorted(seen) == sorted(leaderboards.BOARDS)
    assert leaderboards.following(moment)[0] == day.replace(hour=10, minute=5) + timedelta(days=1)
