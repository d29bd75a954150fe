"""Watches the statements that a test runs: what was proved of columns and rows must be what comes back."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from psycopg import pq

from genjilib.db import observe
from genjilib.db.statement import AnyStatement

SIGNATURES = Path(__file__).parent.parent / "sql" / "signatures.json"


class Said(NamedTuple):
    """What is said of a query: its columns, the positions of those that are never null, and how many rows."""

    columns: list[str]
    never: list[int]
    rows: str


@cache
def said(name: str) -> Said | None:
    """What the signature of a query says; nothing for the tests' own statements."""
    known = signatures().get(name)
    if known is None:
        return None
    columns = known["columns"]
    never = [place for place, column in enumerate(columns.values()) if not column["nullable"]]
    return Said([*columns], never, known["rows"])


@cache
def signatures() -> dict[str, Any]:
    """The signatures by the names of the queries."""
    return json.loads(SIGNATURES.read_text())["queries"]


def contradictions(name: str, result: pq.abc.PGresult) -> list[str]:
    """What a result shows to be otherwise than said."""
    known = said(name)
    names = [(result.fname(place) or b"").decode().rstrip("!?") for place in range(result.nfields)]
    if known is None or names != known.columns:  # the same rows as JSON, or as lines of a copy
        return []
    nulls = [
        f"{name}: {names[place]} is null in row {row}, though never null was said"
        for row in range(result.ntuples)
        for place in known.never
        if result.get_value(row, place) is None
    ]
    wrong = (known.rows == "one" and result.ntuples != 1) or (known.rows == "maybe" and result.ntuples > 1)
    return [*nulls, *([f"{name}: {result.ntuples} rows, though {known.rows} was said"] if wrong else [])]


class Witness:
    """Gathers contradictions from when it is installed."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Look at the result of every statement of this process that works."""
        answered: Callable[..., None] = observe.answered

        def look(statement: AnyStatement, seconds: float, result: pq.abc.PGresult, *, slow: float) -> None:
            self.found += contradictions(statement.name, result)
            answered(statement, seconds, result, slow=slow)

        patch.setattr(observe, "answered", look)
