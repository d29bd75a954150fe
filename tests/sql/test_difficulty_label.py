"""The label of a map always follows its raw difficulty."""

import pytest

from tests.rows import Db, add_map, refused, scalar

# The first number that bears each label; the one a hundredth below bears the label before.
LOWER_BOUNDS = {
    "Easy -": 0,
    "Easy": 118,
    "Easy +": 176,
    "Medium -": 235,
    "Medium": 294,
    "Medium +": 353,
    "Hard -": 412,
    "Hard": 471,
    "Hard +": 529,
    "Very Hard -": 588,
    "Very Hard": 647,
    "Very Hard +": 706,
    "Extreme -": 765,
    "Extreme": 824,
    "Extreme +": 882,
    "Hell": 941,
}
UPPER_BOUNDS = [*(bound - 1 for bound in [*LOWER_BOUNDS.values()][1:]), 1000]
EDGES = [
    (hundredths, label)
    for (label, lower), upper in zip(LOWER_BOUNDS.items(), UPPER_BOUNDS, strict=True)
    for hundredths in (lower, upper)
]

LABEL = "select difficulty from core.maps where id = %s"


@pytest.mark.parametrize(("hundredths", "label"), EDGES)
def test_label_follows_the_number_at_both_edges(db: Db, hundredths: int, label: str) -> None:
    raw = f"{hundredths / 100:.2f}"
    new, changed = add_map(db, "NEW1", raw), add_map(db, "OLD1", 5 if label != "Hard" else 0)
    db.execute("update core.maps set raw_difficulty = %s where id = %s", [raw, changed])
    assert [scalar(db, LABEL, map_id) for map_id in (new, changed)] == [label, label]


@pytest.mark.parametrize("raw", ["-0.01", "10.01", "99.99", "NaN"])
def test_number_out_of_range_is_refused(db: Db, raw: str) -> None:
    with refused(db, "22003", "maps_difficulty_range_check"):
        add_map(db, "NEW1", raw)
    map_id = add_map(db, "OLD1")
    with refused(db, "22003", "maps_difficulty_range_check"):
        db.execute("update core.maps set raw_difficulty = %s where id = %s", [raw, map_id])


def test_label_set_alone_stays(db: Db) -> None:
    map_id = add_map(db)
    db.execute("update core.maps set difficulty = 'Hell' where id = %s", [map_id])
    assert scalar(db, LABEL, map_id) == "Hell"
