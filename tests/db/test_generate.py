"""What is generated of a query: the call of each shape, and what a batch or COPY cannot be."""

import pytest

from genjilib.db import generate
from genjilib.db.scan import SqlFileError, parse
from genjilib.db.signature import Column, Parameter, Rows, Signature

ID = Parameter("id", "bigint", nullable=False, why="")
NOTE = Parameter("note", "text", nullable=True, why="")
WRITES = "-- writes: core.maps\n"
INSERT = "insert into core.maps (id, note) values (:id, :note)"


def generated(
    sql: str, head: str, returns: str, rows: Rows, *parameters: Parameter, column: str = "bigint"
) -> str:
    file = parse("a/b.sql", f"-- Do something.\n-- returns: {returns}\n{head}{sql}")
    columns = () if rows == "none" else (Column("id", column, nullable=False, why=""),)
    return generate.statement(file, Signature(parameters, columns, rows, returns, {}))


@pytest.mark.parametrize(
    ("made", "calls"),
    [
        (
            generated("select id from x", "", "many", "many"),
            [
                "async def __call__(self, db: Executor) -> list[BRow]:",
                "async def json(self, db: Executor) -> Json[list[BRow]]:",
            ],
        ),
        (
            generated("select id from x where id = :id", "", "maybe", "maybe", ID),
            [
                "async def __call__(self, db: Executor, *, id: int) -> BRow | None:",
                "async def json(self, db: Executor, *, id: int) -> Json[BRow | None]:",
            ],
        ),
        (
            generated("select id from x", "", "many", "many", column="interval"),
            ["async def __call__(self, db: Executor) -> list[BRow]:"],
        ),
        (
            generated("update x set id = 1 returning id", WRITES, "many", "many"),
            ["async def __call__(self, db: Executor) -> list[BRow]:"],
        ),
        (
            generated("select id from x where id > :id", "", "stream", "many", ID),
            ["def __call__(self, db: Transaction, *, id: int) -> AsyncIterator[BRow]:"],
        ),
        (
            generated(INSERT, WRITES, "batch", "none", ID, NOTE),
            ["async def __call__(self, db: Transaction, rows: Iterable[tuple[int, str | None]]) -> int:"],
        ),
        (
            generated(INSERT, WRITES, "copy", "none", ID, NOTE),
            ["async def __call__(self, db: Transaction, rows: Iterable[tuple[int, str | None]]) -> int:"],
        ),
        (
            generated("select id from x", "", "copy", "many"),
            ["def __call__(self, db: Transaction) -> AsyncIterator[bytes]:"],
        ),
    ],
)
def test_every_shape_has_its_call(made: str, calls: list[str]) -> None:
    assert [line.strip() for line in made.splitlines() if "def " in line] == calls


COPY = (
    "a/b.sql:2:4: COPY adds rows by 'insert into table (column, …) values (:parameter, …)' and nothing more"
)


@pytest.mark.parametrize(
    ("sql", "head", "returns", "rows", "parameters", "sentence"),
    [
        ("delete from x", WRITES, "batch", "none", (), "a batch needs parameters: they are its rows"),
        (
            "insert into x default values",
            WRITES,
            "copy",
            "none",
            (),
            "a copy needs parameters: they are its rows",
        ),
        (
            "delete from x where true /*[ and id = :id ]*/",
            WRITES,
            "batch",
            "none",
            (ID,),
            "a batch has neither optional clauses nor orders",
        ),
        (
            "select id from x where id > :id",
            "",
            "copy",
            "many",
            (ID,),
            "COPY takes no parameters; '-- returns: stream' does",
        ),
        (INSERT + " on conflict do nothing", WRITES, "copy", "none", (ID, NOTE), COPY),
        ("insert into x (a, b) values (:id, :note::text)", WRITES, "copy", "none", (ID, NOTE), COPY),
        ("insert into x (a, b) values (:id, :id)", WRITES, "copy", "none", (ID,), COPY),
        ("update x set id = :id", WRITES, "copy", "none", (ID,), COPY),
    ],
)
def test_what_a_batch_or_copy_cannot_be_is_refused(
    sql: str, head: str, returns: str, rows: Rows, parameters: tuple[Parameter, ...], sentence: str
) -> None:
    with pytest.raises(SqlFileError) as caught:
        generated(sql, head, returns, rows, *parameters)
    assert str(caught.value).removeprefix("a/b.sql:2:4: ").endswith(sentence)
