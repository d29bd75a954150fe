"""The totals of ratings are what counting all ratings again gives, whatever was done to the ratings."""

import random

import psycopg

from tests.rows import add_map, add_user

COUNTED = "select map_id, amount, total, verified_amount, verified_total from maps.rating_totals order by 1"


def test_totals_follow_any_history(db: psycopg.Connection) -> None:
    chance = random.Random(7)
    maps = [add_map(db, f"AAA{n}") for n in range(4)]
    users = [add_user(db, n) for n in range(1, 9)]
    steps = (
        "insert into maps.ratings (map_id, user_id, quality, verified) values (%(m)s, %(u)s, %(q)s, %(v)s)"
        " on conflict (map_id, user_id) do update set quality = excluded.quality",
        "update maps.ratings set quality = %(q)s where map_id = %(m)s",
        "update maps.ratings set verified = %(v)s where user_id = %(u)s",
        "update maps.ratings set quality = null where map_id = %(m)s and user_id = %(u)s",
        "delete from maps.ratings where map_id = %(m)s and user_id = %(u)s",
        "delete from core.users where id = %(u)s and id > 6",
    )
    for _ in range(120):
        (step,) = chance.choices(steps, (8, 1, 1, 1, 2, 0.2))
        given = {"m": chance.choice(maps), "q": chance.randint(1, 6), "v": chance.random() < 0.5}
        db.execute(step.encode(), {**given, "u": chance.choice(users[:6] if "insert" in step else users)})
    db.execute("insert into maps.ratings (map_id, user_id, quality) select %s, id, 3 from core.users"
               " on conflict do nothing", [maps[0]])  # fmt: skip
    kept = [row for row in db.execute(COUNTED).fetchall() if row[1]]
    assert kept
    db.execute("select maps.rebuild_rating_totals()")
    assert kept == db.execute(COUNTED).fetchall()
    db.execute("delete from core.maps where id = %s", [maps[0]])
    assert maps[0] not in {row[0] for row in db.execute(COUNTED).fetchall()}
