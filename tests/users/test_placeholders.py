"""Placeholders for players who are not here: they are added, and become the users they stood for."""

import asyncio
from typing import Any

from tests import rows
from tests.api import Answer, Api
from tests.sql.fill import count, fill, read_catalog

Run = tuple[Any, ...]

FAKE = 7
OPENS_DOORS = {"users.sessions", "users.remember_tokens", "users.email_auth", "users.email_tokens"}
NAMING_USERS = """
    select n.nspname || '.' || t.relname, a.attname from pg_constraint as k
    join pg_class as t on t.oid = k.conrelid
    join pg_namespace as n on n.oid = t.relnamespace
    join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.conkey[1]
    where k.contype = 'f' and k.confrelid = 'core.users'::regclass
"""


async def link(api: Api, user_id: int, fake: int = FAKE) -> Answer:
    return await api.put(f"/users/fake/{fake}/link/{user_id}")


def pair(api: Api) -> int:
    """A placeholder and, in answer, the user it stood for."""
    rows.add_user(api.sql, FAKE, nickname="Gen", global_name="Gen", coins=30)
    return api.add_user("Genji", coins=12)


async def test_a_creator_has_a_map(api: Api) -> None:
    creator, other, map_id = api.add_user(), api.add_user(), api.add_map()
    rows.add(api.sql, "maps.creators", "map_id", map_id=map_id, user_id=creator)
    answers = [(await api.get(f"/users/{user_id}/creator")).json for user_id in (creator, other, 404)]
    assert answers == [True, False, False]


async def test_placeholders_get_the_next_ids_below_those_of_real_users(api: Api) -> None:
    api.add_user()
    rows.add_user(api.sql, 100_000_000)
    made = [await api.ask("POST", "/users/fake", params={"name": name}) for name in ("Genji 源氏", "Hanzo")]
    assert [(answer.status, answer.json) for answer in made] == [(201, 1), (201, 2)]
    assert api.rows("select nickname, global_name from core.users where id = 1") == [("Genji 源氏",) * 2]
    async with asyncio.timeout(20):
        more = await asyncio.gather(
            *[api.ask("POST", "/users/fake", params={"name": "x"}) for _ in range(10)]
        )
    assert sorted(answer.json for answer in more) == list(range(3, 13))
    for query in ({}, {"name": ""}, {"name": "x" * 101}):
        (await api.ask("POST", "/users/fake", params=query)).refused(400, "validation-failed")


async def test_every_row_of_every_table_goes_over(api: Api) -> None:
    fill(api.sql)
    tables, _ = read_catalog(api.sql)
    before = {name: count(api.sql, table) for name, table in tables.items()}
    assert (await link(api, 3, 2)).status == 200
    ((leftovers, placeholder, by),) = api.rows(
        "select leftovers, placeholder, merged_by from users.merges where user_id = 3 and placeholder_id = 2"
        " and merged_at > now() - interval '1 minute'"
    )
    left = [each["table"] for each in leftovers]
    assert {"lootbox.xp", "rank_card.avatar", "skill.snapshot"} <= set(left)
    assert all(each["row"]["user_id"] == 2 for each in leftovers)
    assert (placeholder["id"], by) == (2, "tests")
    changed = {"core.users": -1, "users.merges": 1} | dict.fromkeys(OPENS_DOORS, -1)
    after = {name: count(api.sql, table) for name, table in tables.items()}
    assert after == {name: n + changed.get(name, 0) - left.count(name) for name, n in before.items()}
    naming = api.rows(NAMING_USERS)
    assert len(naming) > 30
    for table, column in naming:
        assert api.value(f"select count(*) from {table} where {column} = 2") == 0, (table, column)


async def test_what_two_have_is_added_up_or_the_better_of_both(api: Api) -> None:
    user_id, map_id = pair(api), api.add_map()
    for owner, amount, medal, other in (
        (FAKE, 100, "Explorer", "Rookie"),
        (user_id, 11, "Rookie", "Prodigy"),
    ):
        rows.add(api.sql, "lootbox.xp", "user_id", user_id=owner, amount=amount)
        rows.add(api.sql, "maps.mastery", "medal", user_id=owner, map_name="Hanamura", medal=medal)
        rows.add(api.sql, "maps.mastery", "medal", user_id=owner, map_name="Nepal", medal=other)
        rows.add(api.sql, "maps.creators", "map_id", map_id=map_id, user_id=owner, is_primary=owner == FAKE)
        rows.add(
            api.sql, "users.overwatch_usernames", "id", user_id=owner, username=f"n{owner}", is_primary=True
        )
        rows.add(api.sql, "maps.ratings", "id", map_id=map_id, user_id=owner, quality=5)
    assert (await link(api, user_id)).status == 200
    assert api.rows("select coins, nickname from core.users where id = %s", user_id) == [(42, "Genji")]
    assert api.xp(user_id) == 111
    mastery = api.rows("select map_name, medal from maps.mastery where user_id = %s order by 1", user_id)
    assert mastery == [("Hanamura", "Explorer"), ("Nepal", "Prodigy")]
    assert api.rows("select user_id, is_primary from maps.creators") == [(user_id, True)]
    names = api.rows("select username, is_primary from users.overwatch_usernames order by username")
    assert names == [(f"n{user_id}", True), (f"n{FAKE}", False)]
    (left,) = api.value(
        "select jsonb_path_query_array(leftovers, '$[*] ? (@.table == \"maps.ratings\").row')"
        " from users.merges"
    )
    assert (left["map_id"], left["user_id"], left["quality"]) == (map_id, FAKE, 5)


async def test_open_change_requests_mention_the_user_instead(api: Api) -> None:
    user_id = pair(api)
    api.add_map()
    for thread_id, mentions in ((1, "7,77"), (2, "<@17> <@7>"), (3, "70,17")):
        rows.add(
            api.sql,
            "public.change_requests",
            "code",
            thread_id=thread_id,
            code="AAAA",
            user_id=FAKE,
            change_request_type="Other",
            content="x",
            creator_mentions=mentions,
        )
    await link(api, user_id)
    found = api.rows("select user_id, creator_mentions from public.change_requests order by thread_id")
    assert found == [(user_id, m) for m in (f"{user_id},77", f"<@17> <@{user_id}>", "70,17")]


RUNS: list[tuple[list[Run], list[Run], list[float]]] = [
    ([(10, 1)], [(12, 2)], [10]),
    ([(10, 1)], [(10, 2)], [10]),
    ([(10, 2)], [(12, 1)], [10, 12]),
    ([(12, 2)], [(10, 1)], [10]),
    ([(12, 1)], [(10, 2)], [10, 12]),
    ([(14, 1), (11, 3)], [(12, 2), (10, 4)], [10, 11, 12, 14]),
    ([(10, 1, "partial")], [(12, 2)], [10, 12]),
    ([(10, 1)], [(12, 2, "partial")], [10]),
    ([(10, 1, "legacy")], [(12, 2)], [10, 12]),
    ([(10, 1, "legacy")], [(12, 2, "legacy")], [10]),
    ([(10, 1, "waiting")], [(12, 2)], [10, 12]),
    ([(10, 2, "waiting")], [(12, 1, "waiting")], [10]),
    ([(10, 1)], [(12, 2, "waiting")], [10]),
    ([(10, 1, "rejected")], [(12, 2)], [12]),
    ([(10, 1)], [(12, 1)], [10]),
]
"""Runs of a placeholder and of the user, by time, day and what is special; and the times that stand then."""


async def test_runs_stand_as_if_one_player_had_made_them(api: Api) -> None:
    user_id = pair(api)
    maps = [api.add_map(f"MAP{n:02}") for n in range(len(RUNS))]
    for map_id, (placeholders, users, _) in zip(maps, RUNS, strict=True):
        for owner, (time, day, *kinds) in [(FAKE, run) for run in placeholders] + [
            (user_id, r) for r in users
        ]:
            api.add_run(
                owner,
                map_id,
                time,
                inserted_at=f"2026-01-0{day}",
                verified=not {"waiting", "rejected"} & set(kinds),
                verified_by=rows.SYSTEM if "rejected" in kinds else None,
                completion="partial" in kinds,
                legacy="legacy" in kinds,
            )
    rejected = api.rows("select id from core.completions where verified_by is not null")
    assert (await link(api, user_id)).status == 200
    fallen: set[int] = set()
    for map_id, (placeholders, users, standing) in zip(maps, RUNS, strict=True):
        kept = api.rows(
            "select user_id, time, verified or verified_by is null, id from core.completions"
            " where map_id = %s order by time, id",
            map_id,
        )
        assert [owner for owner, *_ in kept] == [user_id] * len(placeholders + users)
        assert [float(time) for _, time, stands, _ in kept if stands] == standing, (placeholders, users)
        fallen |= {run for _, _, stands, run in kept if not stands}
    superseded = api.value("select superseded_runs from users.merges")
    assert sorted(superseded) == sorted(fallen - {run for (run,) in rejected})


async def test_only_a_placeholder_that_is_there_becomes_a_user_that_is_there(api: Api) -> None:
    user_id = pair(api)
    other = api.add_user()
    await api.refuses(link(api, 404), 404, "user-not-found")
    await api.refuses(link(api, user_id, 8), 404, "user-not-found")
    await api.refuses(link(api, user_id, other), 400, "not-a-placeholder")
    await api.refuses(link(api, FAKE), 400, "not-a-placeholder")


async def test_a_placeholder_becomes_one_user_only_and_nothing_is_lost_on_the_way(api: Api) -> None:
    one, map_id = pair(api), api.add_map()
    other = api.add_user()
    api.add_run(FAKE, map_id, 50, verified=True)
    codes = [f"BB0{n}" for n in range(6)]
    for code in codes:
        api.add_map(code)
    run = {"user_id": FAKE, "time": 9, "screenshot": "https://a.example/s", "video": None}
    async with asyncio.timeout(30):
        answers = await asyncio.gather(
            *[api.post("/completions", run | {"code": code}) for code in codes],
            link(api, one),
            link(api, other),
        )
    taken, linked = answers[:-2], answers[-2:]
    assert sorted(answer.status for answer in linked) == [200, 404]
    assert {answer.status for answer in taken} <= {201, 404}
    winner = one if linked[0].status == 200 else other
    owners = api.rows("select user_id from core.completions")
    assert owners == [(winner,)] * (1 + sum(answer.status == 201 for answer in taken))
