"""What is kept of each map is what collecting it again gives, whatever was done to it."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import psycopg

from tests.rows import add_map, add_run, add_user, scalar

TABLES = ("details", "searchable", "card_texts")
LISTED = "select amount, (select count(code) from core.maps) from maps.listed"


def check(db: psycopg.Connection) -> None:
    """What is kept is what would be collected now."""
    for table in TABLES:
        kept, collected = (
            db.execute(f"select * from maps.{name} order by map_id".encode()).fetchall()
            for name in (table, f"collected_{table}")
        )
        assert kept == collected, table


def test_details_follow_any_history(db: psycopg.Connection) -> None:
    chance = random.Random(5)
    maps = [add_map(db, f"AAA{n}") for n in range(6)]
    user, other = add_user(db, 1), add_user(db, 2)
    for map_id in maps:
        add_run(db, user, map_id, 10, verified=True)
    steps = (
        "insert into maps.mechanic_links (map_id, mechanic_id) select %(m)s, id from maps.mechanics"
        " where id %% 5 = %(n)s %% 5 on conflict do nothing",
        "insert into maps.restriction_links (map_id, restriction_id) select m.id, k.id"
        " from core.maps as m, maps.restrictions as k where k.id %% 7 = %(n)s %% 7 on conflict do nothing",
        "insert into maps.tag_links (map_id, tag_id) select %(m)s, id from maps.tags on conflict do nothing",
        "insert into maps.guides (map_id, user_id, url) values (%(m)s, %(u)s, 'https://v.example/' || %(n)s)"
        " on conflict do nothing",
        "update maps.guides set map_id = %(m)s, url = url || 'x' where id = (select max(id) from maps.guides)"
        " and not exists (select from maps.guides as g where g.map_id = %(m)s)",
        "update maps.mechanics set position = 1000 + %(n)s where id = (select min(id) from maps.mechanics)",
        "delete from maps.mechanic_links where map_id = %(m)s and mechanic_id %% 2 = 0",
        "delete from maps.restriction_links where restriction_id %% 3 = %(n)s %% 3",
        "delete from maps.tag_links where map_id = %(m)s",
        "delete from maps.guides where map_id = %(m)s",
        "insert into maps.creators (map_id, user_id, is_primary) values (%(m)s, %(u)s, true)"
        " on conflict do nothing",
        "update maps.creators set is_primary = not is_primary where map_id = %(m)s",
        "delete from maps.creators where map_id = %(m)s",
        "update core.users set nickname = 'Somebody ' || %(n)s where id = %(u)s",
        "insert into users.overwatch_usernames (user_id, username, is_primary)"
        " values (%(u)s, 'Name' || %(n)s, false) on conflict do nothing",
        "update users.overwatch_usernames set is_primary = true"
        " where id = (select max(id) from users.overwatch_usernames)"
        " and not exists (select from users.overwatch_usernames where is_primary)",
        "delete from users.overwatch_usernames where user_id = %(u)s and is_primary",
        "update core.maps set raw_difficulty = %(n)s %% 10 where id = %(m)s",
        "update core.maps set title = 'A \"' || %(n)s, custom_banner = 'https://b.example/\"' || %(n)s,"
        " created_at = '2026-01-02T03:04:05.6Z' where id = %(m)s",
        "update core.maps set archived = not archived, hidden = not hidden, official = not official,"
        " custom_banner = '' where id %% 2 = %(n)s %% 2",
        "update core.maps set linked_code = case when linked_code is null then"
        " (select min(n.code) from core.maps as n where n.id <> %(m)s and n.linked_code is null)"
        " end where id = %(m)s",
        "insert into maps.medals (map_id, gold, silver, bronze) values (%(m)s, %(n)s + 1, 300, 301.5)"
        " on conflict (map_id) do update set gold = excluded.gold",
        "delete from maps.medals where map_id = %(m)s",
        "insert into playtests.meta (map_id, thread_id, verification_id, initial_difficulty)"
        " values (%(m)s, %(n)s, %(n)s, 5)",
        "update playtests.meta set completed = not completed where map_id = %(m)s",
        "update core.maps set playtesting ="
        " case playtesting when 'In Progress' then 'Approved' else 'In Progress' end::public.playtest_status"
        " where id = %(m)s",
        "insert into playtests.votes (user_id, map_id, playtest_thread_id, difficulty)"
        " select %(u)s, p.map_id, p.thread_id, %(n)s %% 10 from playtests.meta as p where p.map_id = %(m)s"
        " on conflict do nothing",
        "update playtests.votes set difficulty = 2.5 where map_id = %(m)s",
        "delete from playtests.votes where map_id = %(m)s",
        "delete from playtests.meta where map_id = %(m)s",
        "insert into maps.ratings (map_id, user_id, quality, verified)"
        " values (%(m)s, %(o)s, %(n)s %% 6 + 1, false) on conflict (map_id, user_id)"
        " do update set quality = excluded.quality, verified = not ratings.verified",
        "delete from maps.ratings where map_id = %(m)s",
        "update core.maps set code = null where id = %(m)s",
        "update core.maps set code = 'BBB' || %(n)s where id = %(m)s",
        "delete from core.maps where id = %(m)s and id > (select min(id) + 3 from core.maps)",
    )
    for n in range(400):
        given = {"m": chance.choice(maps), "u": user, "o": other, "n": n}
        db.execute(chance.choice(steps).encode(), given)
        maps = [map_id for (map_id,) in db.execute("select id from core.maps")]
        check(db)
        (counts,) = db.execute(LISTED).fetchall()
        assert counts[0] == counts[1]
    db.execute("select maps.rebuild_details()")
    check(db)


SIDE_BY_SIDE = (
    "insert into maps.ratings (map_id, user_id, quality, verified) values (%(m)s, %(u)s, 4, true)",
    "update core.maps set title = 'Another' where id = %(m)s",
    "insert into maps.medals (map_id, gold, silver, bronze) values (%(m)s, 1, 2, 3)",
    "insert into maps.creators (map_id, user_id, is_primary) values (%(m)s, %(u)s, true)",
)


def test_details_follow_two_who_change_a_map_at_once(database_url: str) -> None:
    with (
        psycopg.connect(database_url) as first,
        psycopg.connect(database_url) as second,
        ThreadPoolExecutor() as pool,
    ):
        user = add_user(first, 1)
        for n, steps in enumerate(permutations(SIDE_BY_SIDE, 2)):
            given = {"m": add_map(first, f"AAA{n}"), "u": user}
            first.commit()
            one, other = (step.encode() for step in steps)
            first.execute(one, given)
            waiting = pool.submit(second.execute, other, given)
            while not scalar(first, "select cardinality(pg_blocking_pids(%s)) > 0", second.info.backend_pid):
                assert not waiting.done(), steps
            first.commit()
            waiting.result(timeout=60)
            second.commit()
            check(first)
