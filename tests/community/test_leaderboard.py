"""GET /community/leaderboard: all players with what the community counts of them."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from tests import contract, rows
from tests.api import Answer, Api
from tests.users.test_rank import complete

Board = list[contract.CommunityLeaderboardResponse]

COLUMNS = (
    *("xp_amount", "nickname", "prestige_level", "wr_count", "map_count", "playtest_count", "discord_tag"),
    *("skill_rank", "skill_score"),
)
RANKS = ("Ninja", "Jumper", "Skilled", "Pro", "Master", "Grandmaster", "God")
KEPT = """
select user_id, nickname, discord_tag, xp, map_count, playtest_count, skill_score, names from {} order by 1
"""


async def board(api: Api, **query: object) -> Board:
    return (await api.get("/community/leaderboard", **query)).read(Board)


async def of(api: Api, user_id: int) -> contract.CommunityLeaderboardResponse:
    return next(row for row in await board(api, page_size=100) if row.user_id == user_id)


def give_xp(api: Api, user_id: int, xp: int) -> None:
    api.sql.execute(
        "insert into lootbox.xp values (%s, %s) on conflict (user_id) do update set amount = excluded.amount",
        [user_id, xp],
    )


def assert_kept(api: Api) -> None:
    """The copy that lists read is what the definitions say."""
    assert api.rows(KEPT.format("ranks.players")) == api.rows(KEPT.format("ranks.profiles"))
    earned = "select user_id, max(position) from ranks.earned group by 1 order by 1"
    assert api.rows("select user_id, skill_rank from ranks.players where skill_rank > 0 order by 1") == (
        api.rows(earned)
    )
    percentiles = "select user_id, skill_percentile from ranks.percentiles order by 1"
    assert api.rows(
        "select user_id, skill_percentile from ranks.players where skill_percentile > 0 order by 1"
    ) == api.rows(percentiles)
    assert api.rows("select * from completions.current order by map_id, user_id") == api.rows(
        "select distinct on (map_id, user_id) * from completions.verified_runs"
        " order by map_id, user_id, inserted_at desc"
    )
    leading = "select user_id, count(*) from ranks.leading group by 1 order by 1"
    assert api.rows("select user_id, wr_count from ranks.players where wr_count <> 0 order by 1") == (
        api.rows(leading)
    )


async def test_a_player_stands_there_with_everything(api: Api) -> None:
    user_id = api.add_user("Genji", global_name="shimada")
    rows.add(api.sql, "users.overwatch_usernames", "id", user_id=user_id, username="OW", is_primary=True)
    give_xp(api, user_id, 16_850)
    complete(api, user_id, "Hell", 3)
    complete(api, user_id, "Easy", 1)
    map_id = api.value("select min(id) from core.maps")
    rows.add(api.sql, "maps.creators", "user_id", user_id=user_id, map_id=map_id, is_primary=True)
    rows.add(api.sql, "playtests.deprecated_count", "user_id", user_id=user_id, count=4)
    thread = rows.add(
        api.sql, "playtests.meta", "thread_id", thread_id=9, map_id=map_id, initial_difficulty=5
    )
    rows.add(
        *(api.sql, "playtests.votes", "id"),
        **{"user_id": user_id, "map_id": map_id, "playtest_thread_id": thread, "difficulty": 5},
    )
    rows.add(
        *(api.sql, "skill.snapshot", "user_id"),
        **{"user_id": user_id, "skill_score": 12.5, "maps_cleared": 4, "video_clears": 4, "hardest_raw": 10},
    )
    api.sql.execute(
        "insert into skill.tier_config (boundaries, percentiles) values ('{1,5,10,20,30,40,50}', '{}')"
    )
    assert await of(api, user_id) == contract.CommunityLeaderboardResponse(
        user_id=user_id,
        nickname="OW",
        xp_amount=16_850,
        raw_tier=168,
        normalized_tier=68,
        prestige_level=1,
        tier_name="Assassin IV",
        wr_count=4,
        map_count=1,
        playtest_count=5,
        discord_tag="shimada",
        skill_rank="God",
        skill_score=12.5,
        skill_tier=4,
        skill_percentile=1.0,
        skill_tier_name="Emerald",
        total_results=2,
    )


async def test_a_newcomer_stands_there_with_nothing(api: Api) -> None:
    row = await of(api, api.add_user("-", nickname=None, global_name=None))
    assert (row.nickname, row.discord_tag, row.tier_name) == (None, "Unknown Username", "Newcomer I")
    assert (row.skill_rank, row.skill_tier, row.skill_tier_name) == ("Ninja", 0, "Unranked")
    assert (row.xp_amount, row.wr_count, row.map_count, row.skill_percentile) == (0, 0, 0, 0)


async def test_small_ids_are_left_out(api: Api) -> None:
    for user_id in (1000, 100_000, 100_001):
        rows.add_user(api.sql, user_id, nickname="x")
    assert {row.user_id for row in await board(api)} == {100_001, rows.SYSTEM}


async def test_every_column_sorts_both_ways_and_pages_follow_each_other(api: Api) -> None:
    chance = random.Random(5)
    for n in range(12):
        user_id = api.add_user(f"n{n % 5}", global_name=f"t{n % 3}")
        give_xp(api, user_id, chance.choice([0, 90, 12_345, 30_000]))
        rows.add(
            *(api.sql, "skill.snapshot", "user_id"),
            **{
                "user_id": user_id,
                "skill_score": n % 4,
                "maps_cleared": 0,
                "video_clears": 0,
                "hardest_raw": 0,
            },
        )
        rows.add(api.sql, "playtests.deprecated_count", "user_id", user_id=user_id, count=n % 3)
        complete(api, user_id, "Hell" if n % 2 else "Extreme", n % 4, 40)
    for column in COLUMNS:
        found = {}
        for direction in ("asc", "desc"):
            query = {"sort_column": column, "sort_direction": direction}
            pages = [await board(api, page_size=5, page_number=n, **query) for n in (1, 2, 3)]
            assert [len(page) for page in pages] == [5, 5, 3]
            found[direction] = [row for page in pages for row in page]
            assert {row.total_results for row in found[direction]} == {13}
        assert found["desc"] == found["asc"][::-1], column
        values = [getattr(row, column) for row in found["asc"]]
        if column == "skill_rank":
            values = [-RANKS.index(rank) for rank in values]
        known = [value for value in values if value is not None]
        assert known == sorted(known), column
        assert values[: len(known)] == known  # without a name stands last
    assert [row.xp_amount for row in await board(api)] == sorted(row.xp_amount for row in await board(api))


async def test_filters_are_for_names_tiers_and_ranks(api: Api) -> None:
    for name, tag, xp in (("Tracer", "oxton", 500), ("100%", "tr_acer", 10_500), ("Winston", "ape", 100)):
        give_xp(api, api.add_user(name, global_name=tag), xp)
    complete(api, api.value("select id from core.users where nickname = 'Winston'"), "Hell", 3)
    for query, names in (
        ({"name": "RACE"}, {"Tracer"}),
        ({"name": "r"}, {"Tracer", "100%"}),
        ({"name": "OXT"}, {"Tracer"}),
        ({"name": "%"}, {"100%"}),
        ({"name": "_"}, {"100%"}),
        ({"name": "\\"}, set()),
        ({"tier_name": "Initiate I"}, {"Tracer", "100%"}),
        ({"tier_name": "Initiate"}, set()),
        ({"skill_rank": "God"}, {"Winston"}),
        ({"skill_rank": "Ninja", "tier_name": "Initiate I", "name": "oxton"}, {"Tracer"}),
        ({"skill_rank": "Pope"}, set()),
    ):
        found = await board(api, **query)
        assert {row.nickname for row in found} == names, query
        assert {row.total_results for row in found} <= {len(names)}, query


@pytest.mark.parametrize(
    "query",
    [
        *({"sort_column": "id"}, {"sort_direction": "up"}, {"page_number": 0}, {"page_size": 0}),
        *({"name": "x" * 101}, {"tier_name": "x" * 51}),
    ],
)
async def test_what_no_list_has_is_refused(api: Api, query: dict[str, object]) -> None:
    (await api.get("/community/leaderboard", **query)).refused(400, "validation-failed")


async def test_records_move_with_the_runs(api: Api) -> None:
    a, b, c = (api.add_user(name) for name in "abc")
    map_id = api.add_map()
    runs = {user: api.add_run(user, map_id, 10 + n, verified=True) for n, user in enumerate((a, b, c))}

    async def holders() -> list[tuple[str | None, int]]:
        found = [(row.nickname, row.wr_count) for row in await board(api) if row.wr_count]
        return sorted(found)  # pyright: ignore[reportArgumentType]

    assert await holders() == [("a", 1)]
    for change, expected in (
        (("update core.completions set time = 10 where id = %s", runs[b]), [("a", 1), ("b", 1)]),
        (("update core.completions set verified = false where id = %s", runs[a]), [("b", 1)]),
        (("update core.completions set completion = true where id = %s", runs[b]), [("c", 1)]),
        (("update core.completions set legacy = true where id = %s", runs[c]), []),
        (("update core.completions set verified = true where id = %s", runs[a]), [("a", 1)]),
        (("delete from core.completions where id = %s", runs[a]), []),
    ):
        api.sql.execute(change[0], [change[1]])
        assert await holders() == expected, change
        assert_kept(api)


async def test_the_kept_copy_follows_any_history(api: Api) -> None:
    chance = random.Random(11)
    users = [api.add_user() for _ in range(12)]
    maps = [api.add_map(f"M{n:04}", raw=chance.choice([1, 10])) for n in range(16)]

    def run() -> None:
        at = f"2026-01-01 {chance.randint(0, 23)}:00:{chance.random() * 59:.4f}"
        api.add_run(
            *(chance.choice(users), chance.choice(maps), chance.randint(5, 60)),
            **{"verified": chance.random() < 0.8, "completion": chance.random() < 0.2},
            **{"legacy": True, "inserted_at": at},
        )

    steps = (
        "update core.completions set legacy = false, inserted_at = now()"
        " where id = (select max(id) - {n} % 7 from core.completions)",
        "update core.completions set verified = not verified where id % 7 = {n} % 7",
        "update core.completions set time = time + 1 where id % 5 = {n} % 5 and legacy",
        "update core.completions set completion = not completion where id % 6 = {n} % 6 and legacy",
        "update core.completions set video = case when video is null then 'v' end where id % 5 = {n} % 5",
        "update core.completions set legacy_medal = 'Gold' where id % 3 = {n} % 3 and legacy",
        "insert into maps.medals select id, 9 + {n} % 8, 22, 40 from core.maps where id % 2 = {n} % 2"
        " on conflict (map_id) do update set gold = excluded.gold",
        "delete from maps.medals where map_id % 3 = {n} % 3",
        "delete from core.completions where id % 11 = {n} % 11",
        "update core.maps set archived = not archived where id % 3 = {n} % 3",
        "update core.maps set raw_difficulty = 10.5 - raw_difficulty where id % 4 = {n} % 4",
        "update core.maps set official = not official where id % 5 = {n} % 5",
        "update core.users set nickname = nickname || '!' where id % 2 = {n} % 2",
        "insert into maps.creators (map_id, user_id) values ({map}, {user}) on conflict do nothing",
        "delete from maps.creators where user_id = {user}",
        "insert into lootbox.xp values ({user}, {n}) on conflict (user_id) do update set amount = {n}",
        "insert into playtests.deprecated_count values ({user}, {n}) on conflict do nothing",
        "insert into users.overwatch_usernames (user_id, username, is_primary) values ({user}, 'o{n}', true)"
        " on conflict do nothing",
        "insert into skill.snapshot values ({user}, {n} % 40, 0, 0, 0)"
        " on conflict (user_id) do update set skill_score = {n} % 40",
        "delete from skill.snapshot where user_id = {user}",
        "delete from core.maps where id = {map} and {n} % 9 = 0",
    )
    for n in range(120):
        run()
        values = {"n": n, "user": chance.choice(users), "map": chance.choice(maps)}
        statement = chance.choice(steps).format(**values)
        try:
            api.sql.execute(statement.encode())
        except rows.psycopg.errors.CheckViolation:  # the speed rule refuses some histories
            continue
        maps = [map_id for (map_id,) in api.rows("select id from core.maps")]
        if n % 10 == 0:
            assert_kept(api)
    assert_kept(api)
    kept = (
        "select * from ranks.players order by 1",
        "select * from ranks.leaders where user_ids <> '{}' order by 1",
        "select * from completions.current order by 1, 2",
        "select * from completions.totals where runs > 0 order by 1",
    )
    before = [api.rows(each) for each in kept]
    assert all(before)
    api.sql.execute("select ranks.rebuild()")
    assert [api.rows(each) for each in kept] == before


async def test_writers_at_once_leave_the_copy_right(api: Api) -> None:
    players = [api.add_user() for _ in range(6)]
    maps = [api.add_map(f"M{n:04}", raw=10) for n in range(4)]
    runs = [api.add_run(player, map_id, 10 + n) for n, player in enumerate(players) for map_id in maps]
    moderator = api.add_user()

    async def verify(run: int) -> None:
        verdict = {"verified_by": moderator, "verified": True, "reason": None}
        assert (await api.put(f"/completions/{run}/verification", verdict)).status == 200

    async def name(player: int, n: int) -> None:
        assert (await api.patch(f"/users/{player}", {"nickname": f"new {n}"})).status == 200

    async def grant(player: int) -> None:
        body = {"amount": 7, "type": "Other"}
        assert (await api.post(f"/lootbox/users/{player}/xp", body)).status == 200

    chance = random.Random(3)
    work = [
        *map(verify, runs),
        *[name(player, n) for player in players for n in range(3)],
        *[grant(player) for player in players for _ in range(3)],
    ]
    chance.shuffle(work)
    async with asyncio.timeout(60):
        await asyncio.gather(*work)
    assert_kept(api)
    found = await board(api, sort_column="wr_count", sort_direction="desc")
    assert [(row.user_id, row.wr_count) for row in found[:1]] == [(players[0], 4)]
    assert {row.skill_rank for row in found if row.user_id in players} == {"God"}


async def test_many_deeds_about_the_same_few_players_never_wait_for_each_other_in_a_circle(api: Api) -> None:
    players = [api.add_user() for _ in range(4)]
    chance, moderator = random.Random(5), api.add_user()
    maps = [api.add_map(f"C{n:04}") for n in range(24)]
    # On each map another player leads, so that nearly every verdict moves two players.
    for n, map_id in enumerate(maps):
        api.add_run(players[n % 4], map_id, 50, verified=True)
        for player in chance.sample(players, 2):
            rows.add(api.sql, "maps.creators", "map_id", map_id=map_id, user_id=player)
    runs = [
        api.add_run(player, map_id, 40 - n)
        for n, player in enumerate(players)
        for place, map_id in enumerate(maps)
        if place % 4 != n
    ]

    async def verify(run: int) -> Answer:
        verdict = {"verified_by": moderator, "verified": True, "reason": None}
        return await api.put(f"/completions/{run}/verification", verdict)

    async def correct(run: int) -> Answer:
        changes = {"moderated_by": moderator, "time": 30, "time_change_reason": "-", "verified": True}
        return await api.put(f"/completions/{run}/moderate", changes)

    async def grant(player: int) -> Answer:
        return await api.post(f"/lootbox/users/{player}/xp", {"amount": 7, "type": "Other"})

    medals = {"gold": 20, "silver": 35, "bronze": 45}

    async def change(n: int) -> Answer:
        return await api.patch(
            f"/maps/C{n:04}", {"official": n % 2 == 0, "difficulty": "Hell", "medals": medals}
        )

    work = [
        *map(verify, runs[::2]),
        *map(correct, runs[1::2]),
        *[grant(player) for player in players for _ in range(6)],
        *map(change, range(len(maps))),
    ]
    chance.shuffle(work)
    places = asyncio.Semaphore(4)  # as many as there are connections

    async def placed(request: Coroutine[Any, Any, Answer]) -> Answer:
        async with places:
            return await request

    answers = await asyncio.gather(*map(placed, work))
    assert [answer.raw for answer in answers if answer.status >= 300] == []
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    assert api.value(deadlocks) == 0
    assert_kept(api)
