"""Each rule on queries of our own: what is never null is proved, what is not proved is shown to be null."""

from importlib.resources import files

import psycopg
import pytest

from genjilib.db.nullability import analyse
from tests.db.nullability.connections import Connection
from tests.db.nullability.schema import DATA_SETS


def cases() -> list[tuple[str, str, str]]:
    """Rule, truth and query of each line of `cases.txt`."""
    found: list[tuple[str, str, str]] = []
    rule = ""
    for line in files("tests.db.nullability").joinpath("cases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            rule = line[3:]
        elif line and not line.startswith("#"):
            truth, _, query = line.partition(" ")
            found.append((rule, truth, query.strip()))
    return found


CASES = cases()


def nulls(connection: Connection, query: str) -> set[int]:
    """The positions at which null comes out, over all data sets; what is written is rolled back."""
    found: set[int] = set()
    for number in range(DATA_SETS):
        with connection.transaction(force_rollback=True):
            connection.execute(f"set local search_path = d{number}")
            try:
                result = connection.execute(query).pgresult
            except psycopg.IntegrityError:
                continue
        if result is not None:  # the raw values: a JSON null is a value
            positions = ((row, column) for row in range(result.ntuples) for column in range(result.nfields))
            found |= {column for row, column in positions if result.get_value(row, column) is None}
    return found


@pytest.mark.parametrize(
    ("rule", "truth", "query"),
    [pytest.param(*case, id=f"{case[0]} {number}") for number, case in enumerate(CASES)],
)
def test_every_column_is_judged_right(connection: Connection, rule: str, truth: str, query: str) -> None:
    since = int(rule.removeprefix("since ")) if rule.startswith("since ") else 0
    if connection.info.server_version // 10000 < since:
        with pytest.raises(psycopg.Error):  # older versions do not know the syntax
            analyse(connection, query)
        return
    try:
        columns = analyse(connection, query).columns
    except psycopg.errors.FeatureNotSupported:
        assert rule.startswith("xml")
        return
    said = "".join("?" if column.nullable else "n" for column in columns)
    assert said == truth.replace("o", "?"), [column.why for column in columns]
    seen = nulls(connection, query)
    shown = "".join(
        "?" if position in seen else "o" if letter == "o" else "n" for position, letter in enumerate(truth)
    )
    assert shown == truth


def test_there_are_enough_cases() -> None:
    assert sum(len(truth) for _, truth, _ in CASES) >= 250
