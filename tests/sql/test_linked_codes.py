"""Two maps are linked both ways or not at all."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import psycopg
import pytest

from tests.rows import Db, add_map, refused, scalar


def links(db: Db) -> dict[str | None, str | None]:
    """Every map's code and the code it is linked to."""
    return dict(db.execute("select code, linked_code from core.maps").fetchall())


def link(db: Db, code: str, linked_code: str | None) -> None:
    db.execute("update core.maps set linked_code = %s where code = %s", [linked_code, code])


@pytest.fixture(autouse=True)
def maps(db: Db) -> None:
    for code in ("AAAA", "BBBB", "CCCC", "DDDD"):
        add_map(db, code)


def test_link_is_mirrored(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    assert links(db) == {"AAAA": "BBBB", "BBBB": "AAAA", "CCCC": None, "DDDD": None}


def test_new_map_with_a_link_is_mirrored(db: Db) -> None:
    add_map(db, "EEEE", linked_code="AAAA")
    assert links(db) == {"AAAA": "EEEE", "EEEE": "AAAA", "BBBB": None, "CCCC": None, "DDDD": None}


def test_linking_both_sides_in_one_statement_is_the_same(db: Db) -> None:
    db.execute(
        "update core.maps set linked_code = case code when 'AAAA' then 'BBBB' else 'AAAA' end"
        " where code in ('AAAA', 'BBBB')"
    )
    assert links(db) == {"AAAA": "BBBB", "BBBB": "AAAA", "CCCC": None, "DDDD": None}


@pytest.mark.parametrize("side", ["AAAA", "BBBB"])
def test_unlinking_either_side_clears_both(db: Db, side: str) -> None:
    link(db, "AAAA", "BBBB")
    link(db, side, None)
    assert set(links(db).values()) == {None}


def test_unlinking_both_sides_in_one_statement_is_the_same(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    db.execute("update core.maps set linked_code = null")
    assert set(links(db).values()) == {None}


def test_new_partner_frees_the_old_one(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    link(db, "AAAA", "CCCC")
    assert links(db) == {"AAAA": "CCCC", "CCCC": "AAAA", "BBBB": None, "DDDD": None}


def test_link_to_itself_is_refused(db: Db) -> None:
    with refused(db, "23514", "maps_linked_code_not_self"):
        link(db, "AAAA", "AAAA")
    link(db, "AAAA", "BBBB")
    with refused(db, "23514", "maps_linked_code_not_self"):
        link(db, "AAAA", "AAAA")
    with refused(db, "23514", "maps_linked_code_not_self"):
        add_map(db, "EEEE", linked_code="EEEE")


def test_link_to_a_taken_partner_is_refused(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    with refused(db, "23514", "maps_linked_code_taken_check"):
        link(db, "CCCC", "BBBB")
    with refused(db, "23514", "maps_linked_code_taken_check"):
        add_map(db, "EEEE", linked_code="BBBB")
    assert links(db) == {"AAAA": "BBBB", "BBBB": "AAAA", "CCCC": None, "DDDD": None}


def test_linked_map_cannot_take_a_taken_partner(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    link(db, "CCCC", "DDDD")
    with refused(db, "23514", "maps_linked_code_taken_check"):
        link(db, "AAAA", "CCCC")


def test_link_to_an_unknown_map_is_refused(db: Db) -> None:
    with refused(db, "23503", "maps_linked_code_fkey"):
        link(db, "AAAA", "ZZZZ")


@pytest.mark.parametrize("side", ["AAAA", "BBBB"])
def test_renamed_code_stays_linked(db: Db, side: str) -> None:
    link(db, "AAAA", "BBBB")
    db.execute("update core.maps set code = 'NEW1' where code = %s", [side])
    other = "BBBB" if side == "AAAA" else "AAAA"
    assert links(db) == {"NEW1": other, other: "NEW1", "CCCC": None, "DDDD": None}


def test_code_and_link_may_change_together(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    db.execute("update core.maps set code = 'NEW1', linked_code = 'CCCC' where code = 'AAAA'")
    assert links(db) == {"NEW1": "CCCC", "CCCC": "NEW1", "BBBB": None, "DDDD": None}


def test_renaming_and_unlinking_together_clears_both(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    db.execute("update core.maps set code = 'NEW1', linked_code = null where code = 'AAAA'")
    assert links(db) == {"NEW1": None, "BBBB": None, "CCCC": None, "DDDD": None}


@pytest.mark.parametrize("side", ["AAAA", "BBBB"])
def test_released_code_ends_the_link(db: Db, side: str) -> None:
    link(db, "AAAA", "BBBB")
    db.execute("update core.maps set original_code = code, code = null where code = %s", [side])
    assert set(links(db).values()) == {None}


def test_deleted_map_frees_its_partner(db: Db) -> None:
    link(db, "AAAA", "BBBB")
    db.execute("delete from core.maps where code = 'AAAA'")
    assert links(db) == {"BBBB": None, "CCCC": None, "DDDD": None}


def test_half_links_of_old_data_spoil_no_whole_one(db: Db) -> None:
    db.execute("set local session_replication_role = replica")
    for code, linked_code in {"AAAA": "BBBB", "BBBB": "CCCC", "CCCC": "BBBB", "DDDD": "CCCC"}.items():
        link(db, code, linked_code)
    db.execute("set local session_replication_role = origin")
    link(db, "AAAA", None)
    assert links(db) == {"AAAA": None, "BBBB": "CCCC", "CCCC": "BBBB", "DDDD": "CCCC"}
    db.execute("update core.maps set code = 'NEW1' where code = 'CCCC'")
    assert links(db) == {"AAAA": None, "BBBB": "NEW1", "NEW1": "BBBB", "DDDD": "NEW1"}


def test_of_two_who_link_to_one_partner_at_once_the_second_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as first, psycopg.connect(database_url) as second:
        for code in ("AAAA", "BBBB", "CCCC"):
            add_map(first, code)
        first.commit()
        link(first, "AAAA", "BBBB")
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(link, second, "CCCC", "BBBB")
            wait_for_lock(first, second.info.backend_pid)
            first.commit()
            with pytest.raises(psycopg.errors.CheckViolation, match="already linked to AAAA"):
                waiting.result(timeout=10)


def wait_for_lock(db: Db, backend: int) -> None:
    """Return once that backend waits for somebody's lock."""
    until = monotonic() + 10
    while not scalar(db, "select cardinality(pg_blocking_pids(%s)) > 0", backend):
        assert monotonic() < until
        sleep(0.01)
