"""Each rule on queries of our own: what is never null is proved, what is not proved is shown to be null."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import psycopg
import pytest

from genjilib.db.nullability import Analysis, Question, analyse_all
from tests.db.nullability.connections import Connection
from tests.db.nullability.schema import DATA_SETS

_WRITES = ("insert ", "update ", "delete ", "merge ")


@dataclass
class Case:
    """A query with the truth of its columns; what is proved of them, and which of them came out null."""

    rule: str
    truth: str
    query: str
    proved: Analysis | psycopg.Error | None = None
    seen: set[int] = field(default_factory=set[int])


def cases(path: str) -> list[Case]:
    """The cases of a file, a line each, below the names of their rules."""
    found: list[Case] = []
    rule = ""
    for line in files("tests.db.nullability").joinpath(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            rule = line[3:]
        elif line and not line.startswith("#"):
            truth, _, query = line.partition(" ")
            found.append(Case(rule, truth, query.strip()))
    return found


CASES = cases("cases.txt")
TENANTS = cases("tenants/cases.txt")


def prove(connection: Connection, cases: Sequence[Case], schemas: Sequence[str]) -> None:
    """Ask about all cases in one go, and run each in every schema; what is written is rolled back."""
    with connection.transaction(force_rollback=True):
        connection.execute(f"set local search_path = {schemas[0]}")
        for case, found in zip(
            cases, analyse_all(connection, [Question(case.query) for case in cases]), strict=True
        ):
            case.proved = found
    for schema in schemas:
        with connection.transaction(force_rollback=True):
            connection.execute(f"set local search_path = {schema}")
            for case in cases:
                if isinstance(case.proved, Analysis):
                    case.seen |= nulls(connection, case.query)


def nulls(connection: Connection, query: str) -> set[int]:
    """The positions at which null comes out."""
    try:
        if not any(word in query for word in _WRITES):
            result = connection.execute(query).pgresult
        else:
            with connection.transaction(force_rollback=True):
                result = connection.execute(query).pgresult
    except psycopg.IntegrityError:
        return set()
    assert result is not None
    # The raw values: a JSON null is a value.
    positions = ((row, column) for row in range(result.ntuples) for column in range(result.nfields))
    return {column for row, column in positions if result.get_value(row, column) is None}


@pytest.fixture(scope="module")
def proved(database: str, tenants: list[str]) -> int:
    """Fill the cases in; return the major version that they were put to."""
    with psycopg.connect(database, prepare_threshold=None) as connection:
        prove(connection, CASES, [f"d{number}" for number in range(DATA_SETS)])
        prove(connection, TENANTS, tenants)
        return connection.info.server_version // 10000


@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(case, id=f"{case.rule} {number}") for number, case in enumerate(CASES)),
        *(pytest.param(case, id=f"tenants {number}") for number, case in enumerate(TENANTS)),
    ],
)
def test_every_column_is_judged_right(proved: int, case: Case) -> None:
    since = int(case.rule.removeprefix("since ")) if case.rule.startswith("since ") else 0
    if proved < since:
        assert isinstance(case.proved, psycopg.Error)  # older versions do not know the syntax
        return
    if isinstance(case.proved, psycopg.errors.FeatureNotSupported):
        assert case.rule.startswith("xml")
        return
    assert isinstance(case.proved, Analysis), case.proved
    said = "".join("?" if column.nullable else "n" for column in case.proved.columns)
    assert said == case.truth.replace("o", "?"), [column.why for column in case.proved.columns]
    shown = "".join(
        "?" if position in case.seen else "o" if letter == "o" else "n"
        for position, letter in enumerate(case.truth)
    )
    assert shown == case.truth


def test_there_are_enough_cases() -> None:
    assert sum(len(case.truth) for case in CASES) >= 250
