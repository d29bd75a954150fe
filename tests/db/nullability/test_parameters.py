"""Parameters are nullable only where the statement says so, and know the column they belong to."""

import pytest

from genjilib.db.nullability import analyse
from tests.db.nullability.connections import Connection


def nullable(connection: Connection, query: str) -> list[bool]:
    return [parameter.nullable for parameter in analyse(connection, query).parameters]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select 1 from team where id = $1", [False]),
        ("select 1 from team where $1::int is null or id = $1", [True]),
        ("select 1 from team where ($1::int is not null and id = $1)", [True]),
        ("select 1 from team where id = coalesce($1, id)", [True]),
        ("select coalesce(size, $1) from team", [False]),
        ("select coalesce($1, $2, size) from team", [True, True]),
        ("select 1 from team where size is not distinct from $1", [True]),
        ("select 1 from team where size is distinct from $1", [True]),
        ("select 1 from team where ($1 > 1) is unknown", [False]),
        ("select 1 from team where $1::bool is unknown", [True]),
        ("select 1 from team where id = any($1)", [False]),
        ("select $1::int", [False]),
        ("select case when $1::int is null then 0 else $1 end", [True]),
        ("insert into team (id, title, region) values ($1, $2, $3)", [False, False, True]),
        ("insert into team (id, title, region) values ($1, $2, upper($3))", [False, False, False]),
        ("insert into team (id, title, region) values ($1, $2, $3), ($4, $5, $6)", [False, False, True] * 2),
        ("insert into team (id, title, region) select $1, $2, $3", [False, False, True]),
        ("insert into team (id, title, size) select p.id, $1, $2 from player p", [False, True]),
        ("insert into team (id, title, motto) values (1, 'x', $1)", [False]),
        ("insert into player (id, name, coach_id, note) select 1", None),
        ("update team set region = $2, title = $3 where id = $1", [False, True, False]),
        ("update team set region = coalesce($1, region)", [True]),
        ("update team set title = coalesce($1, title)", [True]),
        ("update team set region = $1 where region = $1", [False]),
        ("update run set note = $1", [True]),
        (
            "insert into team as t (id, title) values ($1, $2) on conflict (id) do update set size = $3",
            [False, False, True],
        ),
        ("with x as (insert into loose (v) values ($1) returning v) select * from x", [True]),
        (
            "select 1 from team t where exists (select 1 from player p where p.id = $1 and p.team_id = t.id)",
            [False],
        ),
        ("select 1 from team limit $1 offset $2", [False, False]),
        ("delete from run where player_id = $1 and map = $2", [False, False]),
        ("update calm set score = $1 where id = $2", [True, False]),
    ],
)
def test_parameter_may_be_null_only_where_the_statement_says_so(
    connection: Connection, query: str, expected: list[bool] | None
) -> None:
    if expected is not None:
        assert nullable(connection, query) == expected


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("select 1 from team where id = $1", "d0.team.id"),
        ("select 1 from team where $1 < size + 0", None),
        ("select 1 from team where id = any($1::int[])", "d0.team.id"),
        ("select 1 from player where name = $1::text", "d0.player.name"),
        ("select 1 from (select id as x from team) t where x = $1", "d0.team.id"),
        ("select 1 from team left join player using (id) where id = $1", "d0.team.id"),
        ("insert into team (id, title) values (1, $1)", "d0.team.title"),
        ("update run set note = $1::text", "d0.run.note"),
        ("select 1 from team where region is not distinct from $1", "d0.team.region"),
        ("select $1::int", None),
    ],
)
def test_parameter_knows_its_column(connection: Connection, query: str, column: str | None) -> None:
    assert analyse(connection, query).parameters[0].column == column


def test_reason_names_what_decides(connection: Connection) -> None:
    analysis = analyse(
        connection, "update team set region = $1, title = $2 where id = $3 and ($4::int is null or size = $4)"
    )
    assert [parameter.why for parameter in analysis.parameters] == [
        "it is written to d0.team.region, which takes null",
        "it is written to d0.team.title, which does not take null",
        "d0.team.id = $3 is strict",
        "the statement tests whether $4 is null",
    ]


def test_types_are_inferred_or_given(connection: Connection) -> None:
    inferred = analyse(connection, "select 1 from team where id = $1 and title = $2")
    assert [parameter.type_name for parameter in inferred.parameters] == ["integer", "text"]
    given = analyse(connection, "select $1, $2", ["bigint", "text[]"])
    assert [parameter.type_name for parameter in given.parameters] == ["bigint", "text[]"]
    partly = analyse(connection, "select $1 + 1::bigint, $2", ["", "d0.mood"])
    assert [parameter.type_name for parameter in partly.parameters] == ["bigint", "mood"]


def test_nullable_parameter_makes_its_column_nullable(connection: Connection) -> None:
    query = "select $1::int, coalesce($1, 0) from team"
    assert [column.nullable for column in analyse(connection, query).columns] == [True, False]
    assert not analyse(connection, "select $1::int from team").columns[0].nullable


def test_caller_overrides_what_the_statement_says(connection: Connection) -> None:
    analysis = analyse(connection, "select coalesce($1, size), $2::int from team", nullable_parameters=[2])
    assert [parameter.nullable for parameter in analysis.parameters] == [False, True]
    assert [column.nullable for column in analysis.columns] == [False, True]
