"""A new run must be faster than the player's fastest standing run of the map."""

from typing import Any

import pytest

from tests.rows import SYSTEM, Db, add_map, add_run, add_user, refused, scalar

FASTER = "completions_faster_check"
PENDING_FASTER = "completions_pending_faster_check"
EARLIER, LATER = "2026-01-01", "2026-02-01"


@pytest.fixture
def pair(db: Db) -> tuple[int, int]:
    """A player and a map without any run."""
    return add_user(db), add_map(db)


@pytest.mark.parametrize("completion", [True, False])
def test_first_run_is_taken(db: Db, pair: tuple[int, int], completion: bool) -> None:
    assert add_run(db, *pair, 10, completion=completion)


@pytest.mark.parametrize("kind", ["full", "partial"])
@pytest.mark.parametrize("time", [10, 10.01])
def test_run_that_is_not_faster_than_its_own_kind_is_refused(
    db: Db, pair: tuple[int, int], kind: str, time: float
) -> None:
    partial = kind == "partial"
    add_run(db, *pair, 10, completion=partial, verified=True, inserted_at=EARLIER)
    with refused(db, "23514", FASTER):
        add_run(db, *pair, time, completion=partial)
    assert add_run(db, *pair, 9.99, completion=partial)


@pytest.mark.parametrize("time", [10, 10.01])
def test_partial_run_that_is_not_faster_than_a_full_one_is_refused(
    db: Db, pair: tuple[int, int], time: float
) -> None:
    add_run(db, *pair, 10, verified=True, inserted_at=EARLIER)
    with refused(db, "23514", FASTER):
        add_run(db, *pair, time, completion=True)
    assert add_run(db, *pair, 9.99, completion=True)


def test_full_run_may_be_slower_than_a_partial_one(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, completion=True, verified=True, inserted_at=EARLIER)
    assert add_run(db, *pair, 20)


def test_full_run_counts_before_a_partial_one_of_the_same_time(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, completion=True, verified=True, inserted_at=EARLIER)
    add_run(db, *pair, 10, verified=True, inserted_at=LATER)
    with refused(db, "23514", FASTER):
        add_run(db, *pair, 11)


def test_run_slower_than_a_pending_one_is_refused_as_such(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, inserted_at=EARLIER)
    with refused(db, "23514", PENDING_FASTER):
        add_run(db, *pair, 10)


def test_rejected_run_does_not_stand(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, verified_by=SYSTEM, inserted_at=EARLIER)
    assert add_run(db, *pair, 11)


def test_legacy_run_does_not_stand(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, legacy=True, verified=True, inserted_at=EARLIER)
    assert add_run(db, *pair, 11)


def test_legacy_run_is_always_taken(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, verified=True, inserted_at=EARLIER)
    assert add_run(db, *pair, 11, legacy=True)


def test_older_run_may_come_in_late(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, verified=True, inserted_at=LATER)
    assert add_run(db, *pair, 11, verified=True, inserted_at=EARLIER)
    with refused(db, "23514", FASTER):
        add_run(db, *pair, 11)


def test_runs_of_others_and_of_other_maps_do_not_matter(db: Db, pair: tuple[int, int]) -> None:
    user_id, map_id = pair
    add_run(db, add_user(db, 2), map_id, 10, verified=True, inserted_at=EARLIER)
    add_run(db, user_id, add_map(db, "BBBB"), 10, verified=True, inserted_at=EARLIER)
    assert add_run(db, *pair, 11)


def test_run_is_not_measured_against_itself(db: Db, pair: tuple[int, int]) -> None:
    run_id = add_run(db, *pair, 10)
    db.execute("update core.completions set time = 12 where id = %s", [run_id])
    assert scalar(db, "select time from core.completions where id = %s", run_id) == 12


@pytest.mark.parametrize("column", ["user_id", "map_id", "time", "legacy"])
def test_change_that_breaks_the_rule_is_refused(db: Db, pair: tuple[int, int], column: str) -> None:
    add_run(db, *pair, 10, verified=True, inserted_at=EARLIER)
    breaking: dict[str, Any] = {"user_id": pair[0], "map_id": pair[1], "time": 11, "legacy": False}
    lawful = {"user_id": add_user(db, 2), "map_id": add_map(db, "BBBB"), "time": 9, "legacy": True}
    run_id = add_run(db, **breaking | {column: lawful[column]}, inserted_at=LATER)
    with refused(db, "23514", FASTER):
        change = f"update core.completions set {column} = %s where id = %s"
        db.execute(change.encode(), [breaking[column], run_id])


def test_full_run_that_becomes_partial_must_be_faster(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, completion=True, verified=True, inserted_at=EARLIER)
    run_id = add_run(db, *pair, 11)
    with refused(db, "23514", FASTER):
        db.execute("update core.completions set completion = true where id = %s", [run_id])


def test_verdict_on_a_slower_run_is_not_hindered(db: Db, pair: tuple[int, int]) -> None:
    add_run(db, *pair, 10, completion=True, verified=True, inserted_at=EARLIER)
    run_id = add_run(db, *pair, 11)
    db.execute(
        "update core.completions set verified = true, verified_by = %s where id = %s", [SYSTEM, run_id]
    )
