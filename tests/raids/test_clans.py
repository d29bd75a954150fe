"""Hera: the clans of leading players have their members, and lose those who left."""

from collections.abc import AsyncIterator

import pytest

from genjilib.db import Db
from genjilib.local.bungie.reports import Entry, Played
from genjilib.local.bungie.server import Conditions
from genjilib.local.bungie.world import Person
from genjilib.raids import clans, leaderboards
from genjilib.raids.bungie import Bungie
from genjilib.raids.clans import Crawled
from genjilib.raids.store import store
from genjilib.raids.types import PlayerWantedEvent
from tests.raids.test_bungie import WORLD, asking
from tests.raids.test_pgcr import LATER
from tests.raids.test_store import read, rows
from tests.raids.test_worker import change, emitted

LEADERS = [next(one for one in WORLD.persons if one.group_id), *WORLD.persons[-2:]]
CLANS = {one.group_id for one in LEADERS if one.group_id}
MEMBERS = {(group, one.membership_id) for group in CLANS for one in WORLD.members(group)}
SEATS = "select group_id, membership_id from clan.clan_members"


@pytest.fixture
async def bungie(db: Db) -> AsyncIterator[Bungie]:
    async with asking(db, Conditions()) as (client, _):
        yield client


async def lead(db: Db, *people: Person) -> None:
    """Let people have cleared a raid, and the leaderboards know it."""
    entries = [
        Entry(one.membership_id, one.characters[0][0], membership_type=one.membership_type) for one in people
    ]
    await store(db, [read(Played(1, LATER, entries))])
    await leaderboards.refresh(db)


async def test_clans_of_leading_players_are_read_with_all_members(
    db: Db, database_url: str, bungie: Bungie
) -> None:
    await lead(db, *LEADERS)
    known = {one.membership_id for one in LEADERS}
    new = {member for _, member in MEMBERS} - known
    found = await clans.crawl(db, bungie, top=10)
    assert found == Crawled(len(LEADERS), len(CLANS), len(MEMBERS), len(new), 0)
    assert set(rows(database_url, SEATS)) == {seat for seat in MEMBERS if seat[1] in known}
    assert {one["membership_id"] for one in emitted(database_url, PlayerWantedEvent)} >= new
    board = rows(database_url, "select group_id, known_member_count from leaderboard.clan_leaderboard")
    assert dict(board) == {
        group: len([seat for seat in MEMBERS if seat[0] == group and seat[1] in known]) for group in CLANS
    }
    names = rows(database_url, "select group_id, name from clan.clan")
    assert set(names) == {(group, f"Fire & Flame {group}") for group in CLANS}


async def test_who_left_is_gone_with_clans_that_nobody_leads(
    db: Db, database_url: str, bungie: Bungie
) -> None:
    await lead(db, *LEADERS)
    await clans.crawl(db, bungie, top=10)
    before = set(rows(database_url, SEATS))
    group = min(CLANS)
    change(
        database_url,
        "insert into clan.clan select 5, name, motto, call_sign, clan_banner_data, updated_at"
        f" from clan.clan where group_id = {group}",
    )
    left = min(one.membership_id for one in LEADERS if one.group_id != group)
    change(database_url, f"insert into clan.clan_members values (5, {left}), ({group}, {left})")
    await clans.crawl(db, bungie, top=10)
    assert set(rows(database_url, SEATS)) == before


async def test_what_has_no_answer_stays_as_it_was(db: Db, database_url: str) -> None:
    await lead(db, *LEADERS)
    async with asking(db, Conditions()) as (bungie, simulated):
        await clans.crawl(db, bungie, top=10)
        before = set(rows(database_url, SEATS))
        simulated.conditions.maintenance = True
        found = await clans.crawl(db, bungie, top=10, wait=0.01)
        assert simulated.busiest >= 4 * len(LEADERS)
    assert found == Crawled(len(LEADERS), 0, 0, 0, len(LEADERS))
    assert set(rows(database_url, SEATS)) == before


async def test_only_those_who_lead_are_asked_about(db: Db, bungie: Bungie) -> None:
    await lead(db, *LEADERS)
    assert (await clans.crawl(db, bungie, top=0)).players == 0
