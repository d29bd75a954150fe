"""Voting right, ratings that a verified run makes count, the day of a click, the stamp of a changed row."""

import pytest

from tests.rows import SYSTEM, Db, add_map, add_run, add_user, refused, scalar

VOTES = "select count(*) from playtests.votes"
OLD = "2000-01-01 00:00+00"


def add_playtest(db: Db, map_id: int, thread_id: int = 77) -> int:
    return scalar(
        db,
        "insert into playtests.meta (thread_id, map_id, initial_difficulty)"
        " values (%s, %s, 5) returning thread_id",
        *(thread_id, map_id),
    )


def vote(db: Db, user_id: int, map_id: int, thread_id: int) -> None:
    db.execute(
        "insert into playtests.votes (user_id, map_id, playtest_thread_id, difficulty)"
        " values (%s, %s, %s, 5)",
        [user_id, map_id, thread_id],
    )


def test_verified_run_gives_the_right_to_vote(db: Db) -> None:
    user_id, map_id = add_user(db), add_map(db)
    add_run(db, user_id, map_id, 10, verified=True)
    vote(db, user_id, map_id, add_playtest(db, map_id))
    assert scalar(db, VOTES) == 1


@pytest.mark.parametrize(
    "run",
    [None, {}, {"verified_by": SYSTEM}, {"verified": True, "legacy": True}],
    ids=["no run", "pending run", "rejected run", "legacy run"],
)
def test_vote_without_a_verified_run_is_refused(db: Db, run: dict[str, object] | None) -> None:
    user_id, map_id = add_user(db), add_map(db)
    thread_id = add_playtest(db, map_id)
    if run is not None:
        add_run(db, user_id, map_id, 10, **run)
    with refused(db, "23514", "votes_verified_completion_check"):
        vote(db, user_id, map_id, thread_id)


def test_run_of_another_map_or_player_gives_no_right_to_vote(db: Db) -> None:
    user_id, map_id = add_user(db), add_map(db)
    add_run(db, user_id, add_map(db, "BBBB"), 10, verified=True)
    add_run(db, add_user(db, 2), map_id, 10, verified=True)
    with refused(db, "23514", "votes_verified_completion_check"):
        vote(db, user_id, map_id, add_playtest(db, map_id))


def test_vote_cannot_be_handed_to_somebody_without_a_run(db: Db) -> None:
    user_id, other, map_id = add_user(db), add_user(db, 2), add_map(db)
    add_run(db, user_id, map_id, 10, verified=True)
    vote(db, user_id, map_id, add_playtest(db, map_id))
    with refused(db, "23514", "votes_verified_completion_check"):
        db.execute("update playtests.votes set user_id = %s", [other])


def test_import_leaves_such_votes_out_and_keeps_the_others(db: Db) -> None:
    user_id, other, map_id = add_user(db), add_user(db, 2), add_map(db)
    thread_id = add_playtest(db, map_id)
    add_run(db, user_id, map_id, 10, verified=True)
    db.execute("set local migration.skip_verified_check = 'true'")
    vote(db, user_id, map_id, thread_id)
    vote(db, other, map_id, thread_id)
    assert db.execute("select user_id from playtests.votes").fetchall() == [(user_id,)]


def test_verified_run_verifies_the_rating(db: Db) -> None:
    user_id, other, map_id = add_user(db), add_user(db, 2), add_map(db)
    db.execute(
        "insert into maps.ratings (map_id, user_id, quality) values (%(map)s, %(a)s, 4), (%(map)s, %(b)s, 5)",
        {"map": map_id, "a": user_id, "b": other},
    )
    run_id = add_run(db, user_id, map_id, 10)
    verified = "select array_agg(user_id) from maps.ratings where verified"
    assert scalar(db, verified) is None
    db.execute("update core.completions set verified = true where id = %s", [run_id])
    assert scalar(db, verified) == [user_id]
    add_run(db, other, map_id, 10, verified=True)
    assert sorted(scalar(db, verified)) == [user_id, other]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("1970-01-01 23:59:59.999999+00", 0),
        ("1970-01-02 00:00:00+00", 1),
        ("2026-03-01 00:30:00+02", 20512),
    ],
)
def test_click_falls_on_its_utc_day(db: Db, moment: str, day: int) -> None:
    db.execute("set local timezone = 'Asia/Tokyo'")
    click = "insert into maps.clicks (map_id, ip_hash, inserted_at) values (%s, 'x', %s) returning day_bucket"
    assert scalar(db, click, add_map(db), moment) == day


def test_second_click_of_a_visitor_on_a_day_is_refused(db: Db) -> None:
    map_id = add_map(db)
    click = "insert into maps.clicks (map_id, ip_hash, inserted_at) values (%s, 'x', %s)"
    db.execute(click, [map_id, "2026-03-01 00:00+00"])
    with refused(db, "23505", "u_click_unique_per_day"):
        db.execute(click, [map_id, "2026-03-01 23:59+00"])
    db.execute(click, [map_id, "2026-03-02 00:00+00"])


def test_the_latest_click_of_a_visitor_is_the_one_that_counts(db: Db) -> None:
    map_id, other = add_map(db), add_map(db, "BBBB")
    click = "insert into maps.clicks (map_id, ip_hash, inserted_at) values (%s, %s, %s)"
    for where, who, day in (
        *((map_id, "x", 2), (map_id, "x", 4), (map_id, "x", 3), (other, "x", 1)),
        *((map_id, "y", 1), (map_id, None, 1), (map_id, None, 2)),
    ):
        db.execute(click, [where, who, f"2026-03-0{day}"])
    count = "select map_id, ip_hash, extract(day from inserted_at)::int from maps.clicks where not superseded"
    counted = {(map_id, "x", 4), (other, "x", 1), (map_id, "y", 1), (map_id, None, 2)}
    assert set(db.execute(count).fetchall()) == counted
    db.execute("update maps.clicks set superseded = not superseded")
    db.execute("select maps.rebuild_visitors()")
    assert set(db.execute(count).fetchall()) == counted
    db.execute("delete from maps.clicks where map_id = %s and inserted_at >= '2026-03-04'", [map_id])
    assert set(db.execute(count).fetchall()) == counted - {(map_id, "x", 4)} | {(map_id, "x", 3)}


STAMPED = {
    "core.users": ("insert into core.users (id, updated_at) values (2, %s)", "coins", "5"),
    "core.maps": (
        "insert into core.maps (code, map_name, category, checkpoints, difficulty, raw_difficulty,"
        " updated_at) values ('BBBB', 'Hanamura', 'Classic', 1, '', 5, %s)",
        *("checkpoints", "5"),
    ),
    "maps.ratings": (
        "insert into maps.ratings (map_id, user_id, quality, updated_at)"
        " select m.id, u.id, 1, %s from core.maps m, core.users u where u.id = 1",
        *("quality", "5"),
    ),
    "playtests.meta": (
        "insert into playtests.meta (map_id, thread_id, initial_difficulty, updated_at)"
        " select id, 78, 1, %s from core.maps",
        *("initial_difficulty", "5"),
    ),
    "playtests.votes": (
        "insert into playtests.votes (map_id, user_id, playtest_thread_id, difficulty, updated_at)"
        " select id, 1, 77, 1, %s from core.maps",
        *("difficulty", "5"),
    ),
    "users.email_auth": (
        "insert into users.email_auth (user_id, email, password_hash, updated_at)"
        " values (1, 'a@b.cc', 'x', %s)",
        *("email", "a@b.dd"),
    ),
}


@pytest.mark.parametrize("table", STAMPED)
def test_changed_row_is_stamped_and_unchanged_one_is_not(db: Db, table: str) -> None:
    insert, column, value = STAMPED[table]
    user_id, map_id = add_user(db), add_map(db)
    add_run(db, user_id, map_id, 10, verified=True)
    add_playtest(db, map_id)
    db.execute(insert.encode(), [OLD])
    stamps = f"select count(*) from {table} where updated_at = %s"
    same = f"update {table} set {column} = {column} where updated_at = %s"
    changed = f"update {table} set {column} = '{value}' where updated_at = %s returning updated_at = now()"
    db.execute(same.encode(), [OLD])
    assert scalar(db, stamps, OLD) == 1
    assert scalar(db, changed, OLD) is True
    assert scalar(db, stamps, OLD) == 0
