"""What is generated of a query: the call of each shape, and what a batch or COPY cannot be."""

from pathlib import Path

import pytest

from genjilib.db import generate, signatures
from genjilib.db.scan import SqlFileError, parse
from genjilib.db.signature import Column, Parameter, Rows, Shape, Signature

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


def test_the_statement_is_named_where_the_object_is_made() -> None:
    """An editor goes from a call to this line, and from its last one to the SQL."""
    made = generated("select id from x", "-- slow: it is\n", "many", "many")
    assert made.endswith(
        'b = _B(_ROOT, "a/b.sql", BRow, {}, {"id": "bigint"})\n"""sql/queries/a/b.sql:4"""\n'
    )


def test_a_changed_field_is_one_changed_line_of_the_cache(tmp_path: Path) -> None:
    file = parse("a/b.sql", "-- Do something.\nselect t from x as t")
    (tmp_path / "schema.sql").touch()
    texts: list[list[str]] = []
    for kind in ("text", "integer"):
        inner = Shape("s.part", nullable=True, fields={"deep": Shape(kind, nullable=True)})
        shape = Shape("x", nullable=False, fields={"id": Shape("bigint", nullable=False), "part": inner})
        columns = (Column("t", "x", nullable=False, why="", shape=shape),)
        said = Signature((), columns, "many", "many", {})
        text = signatures.text(tmp_path / "schema.sql", [(file, said)])
        (tmp_path / "signatures.json").write_text(text)
        assert signatures.read(tmp_path / "signatures.json", tmp_path / "schema.sql").get(file) == said
        texts.append(text.splitlines())
    assert [line.strip() for line in texts[1] if line not in texts[0]] == [
        '"deep": {"type_name": "integer", "nullable": true}'
    ]


@pytest.mark.parametrize(
    ("path", "sql", "column", "parameters", "message"),
    [
        ("a/class.sql", "select 1 as id", "bigint", (), '1:1: "class" cannot be a function name in Python'),
        ("a/list.sql", "select 1 as id", "bigint", (), '1:1: "list" cannot be a function name in Python'),
        (
            "a/b.sql",
            "select x as id",
            "point",
            (),
            "2:13: there is no Python type for point, in id; cast it,",
        ),
        (
            "a/b.sql",
            "select x::text as id from x where x = :x",
            "text",
            (Parameter("x", "money", nullable=False, why=""),),
            "2:39: there is no Python type for money, the type of :x; cast it,",
        ),
        (
            "a/b.sql",
            "-- type: id = Medal\nselect 1 as id",
            "text",
            (),
            "2:4: '-- type:' needs a module of types: name it by --values",
        ),
    ],
)
def test_what_python_has_no_word_for_is_refused(
    path: str, sql: str, column: str, parameters: tuple[Parameter, ...], message: str
) -> None:
    file = parse(path, f"-- Do something.\n{sql}")
    columns = (Column("id", column, nullable=False, why=""),)
    with pytest.raises(SqlFileError) as caught:
        generate.statement(file, Signature(parameters, columns, "many", "many", {}))
    assert f"{path}:{message}" in str(caught.value)


def test_types_come_out_of_the_module_that_is_named() -> None:
    values = generate.Values.of("genjilib.core.values")
    file = parse("a/b.sql", "-- Do something.\n-- type: id = Medal\nselect 'Gold' as id")
    said = Signature((), (Column("id", "text", nullable=False, why=""),), "many", "many", {})
    text = generate.module("a", [generate.statement(file, said, values)], values)
    assert "from genjilib.core.values import Medal\n" in text
    assert "    id: Medal\n" in text
    wrong = parse("a/b.sql", "-- Do something.\n-- type: id = Meddal\nselect 'Gold' as id")
    with pytest.raises(SqlFileError, match=r"'Meddal' is not a type of genjilib.core.values — did you mean"):
        generate.statement(wrong, said, values)


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
