"""Every table, column, constraint, index and trigger is the one that existing data was written under."""

from pathlib import Path

import psycopg

from tests.sql.catalog import describe

HERE = Path(__file__).parent
CONTRACT = (HERE / "contract_schema.txt").read_text().splitlines()
ADDITIONS = (HERE / "contract_additions.txt").read_text().splitlines()
TABLES = {line.removeprefix("table ") for line in CONTRACT if line.startswith("table ")}
SCHEMAS = {table.partition(".")[0] for table in TABLES}


def is_column(line: str) -> bool:
    return line.partition(" ")[0].count(".") == 2


def in_contract(line: str, own_tables: set[str]) -> bool:
    """Whether a line speaks of what the contract fixes: its schemas without the inside of our own tables."""
    first, _, rest = line.partition(" ")
    name = first if "." in first else rest
    if first in {"extension", "schema"}:
        return first == "extension" or name in SCHEMAS
    return name.partition(".")[0] in SCHEMAS and ".".join(first.split(".")[:2]) not in own_tables


def test_contract_names_79_tables() -> None:
    assert len(TABLES) == 79


def test_database_is_the_contract_and_our_additions(db: psycopg.Connection) -> None:
    own_tables = {line.removeprefix("table ") for line in ADDITIONS if line.startswith("table ")}
    actual = [line for line in describe(db) if in_contract(line, own_tables)]
    assert sorted(actual) == sorted(CONTRACT + ADDITIONS)


def test_columns_stand_in_the_order_of_the_contract(db: psycopg.Connection) -> None:
    contract = [line for line in CONTRACT if is_column(line)]
    fixed = set(contract)
    assert [line for line in describe(db) if line in fixed] == contract


def test_added_columns_stand_after_those_of_the_contract(db: psycopg.Connection) -> None:
    columns = [line for line in describe(db) if line.startswith("public.api_tokens.")]
    added = [line for line in ADDITIONS if line.startswith("public.api_tokens.")]
    assert columns[-len(added) :] == added
