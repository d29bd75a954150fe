"""What is kept of each map is what collecting it again gives, whatever was done to it."""

import random

import psycopg

from tests.rows import add_map, add_user

KEPT = "select * from maps.details order by 1"
COLLECTED = "select * from maps.collected_details order by 1"
LISTED = "select amount, (select count(code) from core.maps) from maps.listed"


def test_details_follow_any_history(db: psycopg.Connection) -> None:
    chance = random.Random(5)
    maps = [add_map(db, f"AAA{n}") for n in range(6)]
    user = add_user(db, 1)
    steps = (
        "insert into maps.mechanic_links (map_id, mechanic_id) select %(m)s, id from maps.mechanics"
        " where id %% 5 = %(n)s %% 5 on conflict do nothing",
        "insert into maps.restriction_links (map_id, restriction_id) select m.id, k.id"
        " from core.maps as m, maps.restrictions as k where k.id %% 7 = %(n)s %% 7 on conflict do nothing",
        "insert into maps.tag_links (map_id, tag_id) select %(m)s, id from maps.tags on conflict do nothing",
        "insert into maps.guides (map_id, user_id, url) values (%(m)s, %(u)s, 'https://v.example/' || %(n)s)"
        " on conflict do nothing",
        "update maps.guides set map_id = %(m)s, url = url || 'x' where id %% 3 = %(n)s %% 3"
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
        "update core.maps set code = null where id = %(m)s",
        "update core.maps set code = 'BBB' || %(n)s where id = %(m)s",
        "delete from core.maps where id = %(m)s and id > (select min(id) + 3 from core.maps)",
    )
    for n in range(250):
        db.execute(chance.choice(steps).encode(), {"m": chance.choice(maps), "u": user, "n": n})
        maps = [map_id for (map_id,) in db.execute("select id from core.maps")]
        assert db.execute(KEPT).fetchall() == db.execute(COLLECTED).fetchall()
        (counts,) = db.execute(LISTED).fetchall()
        assert counts[0] == counts[1]
    db.execute("select maps.rebuild_details()")
    assert db.execute(KEPT).fetchall() == db.execute(COLLECTED).fetchall()
