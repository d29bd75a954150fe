"""What is told of a statement beside nullability, and what happens to statements that cannot be analysed."""

import psycopg
import pytest

from genjilib.db.nullability import analyse
from tests.db.nullability.connections import Connection


def test_columns_tell_name_type_and_origin(connection: Connection) -> None:
    columns = analyse(
        connection, "select p.id, t.title as team, p.score + 1 as next, p.tags from player p, team t"
    ).columns
    assert [(c.name, c.type_name, c.relation, c.column) for c in columns] == [
        ("id", "integer", "d0.player", "id"),
        ("team", "text", "d0.team", "title"),
        ("next", "integer", None, None),
        ("tags", "text[]", "d0.player", "tags"),
    ]


def test_column_tells_which_outer_joined_relation_it_comes_from(connection: Connection) -> None:
    query = "select p.id, t.id, t.region, x.n from player p left join team t on t.id = p.team_id {} {}"
    left = "left join (select player_id, count(*) n from run group by 1) x on x.player_id = p.id"
    columns = analyse(connection, query.format(left, "")).columns
    assert [column.outer for column in columns] == [None, "t", "t", "x"]
    columns = analyse(connection, query.format(left, "where t.size > 0")).columns
    assert [column.outer for column in columns] == [None, None, None, "x"]


def test_reasons_are_sentences(connection: Connection) -> None:
    query = "select id, region, count(*) over (), size from team where size > 0"
    assert [column.why for column in analyse(connection, query).columns] == [
        "d0.team.id is not null",
        "d0.team.region may be null",
        "count() never returns null",
        "a condition requires it",
    ]
    joined = analyse(connection, "select t.id from player p left join team t on t.id = p.team_id").columns[0]
    assert joined.why == "t is on the right side of a left join"


@pytest.mark.parametrize(
    ("query", "writes", "reads_only"),
    [
        ("select * from team", (), True),
        ("select random(), clock_timestamp()", (), True),
        ("select * from team for share", (), False),
        ("select nextval('pg_class_oid_index')", (), False),
        ("select plain(1)", (), False),
        ("select add_one(1)", (), False),
        ("update team set size = 1", ("d0.team",), False),
        (
            "with d as (delete from run returning *) insert into loose select player_id from d",
            ("d0.loose", "d0.run"),
            False,
        ),
    ],
)
def test_effects_are_told(
    connection: Connection, query: str, writes: tuple[str, ...], reads_only: bool
) -> None:
    analysis = analyse(connection, query)
    assert (analysis.writes, analysis.reads_only) == (writes, reads_only)


def test_error_of_postgresql_keeps_its_position(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn) as caught:
        analyse(connection, "select wrong from team")
    assert caught.value.diag.statement_position == "8"


def test_connection_is_usable_after_an_error_inside_a_transaction(connection: Connection) -> None:
    connection.execute("create table mine (id int)")
    with pytest.raises(psycopg.Error):
        analyse(connection, "select nothing from mine")
    assert analyse(connection, "select id from mine").columns[0].nullable


def test_nothing_is_run_and_nothing_stays(connection: Connection) -> None:
    analyse(connection, "delete from player returning id")
    assert connection.execute("select count(*) > 0 from player").fetchone() == (True,)
    found = connection.execute("select count(*) from pg_proc where proname like 'genji%'").fetchone()
    assert found == (0,)


def test_utility_statement_is_described_and_said_to_be_unproved(connection: Connection) -> None:
    analysis = analyse(connection, "show search_path")
    assert [(column.name, column.type_name, column.nullable) for column in analysis.columns] == [
        ("search_path", "text", True)
    ]
    assert "not yet supported" in analysis.columns[0].why or "not" in analysis.columns[0].why
    assert not analysis.reads_only


def test_two_statements_are_refused(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.SyntaxError):
        analyse(connection, "select 1; drop table team")


@pytest.mark.parametrize(
    "query", ["select 1;", "select 1 -- the end", "select 1; -- the end", "/* first */ select 1 /* last */"]
)
def test_comments_and_semicolons_do_not_matter(connection: Connection, query: str) -> None:
    assert not analyse(connection, query).columns[0].nullable


@pytest.mark.parametrize(
    "query",
    [
        'select \'it\'\'s {} %% } :x \\ <>\' as "a {b} :c <> true" , 1 as "true", 2 as "<>", 3 as "(x"',
        'select E\'\\n\\t"\' as """", 1 as " :location -1 ", 1 as "4 [ 1 ]"',
        "select '%' || $1 || '%s' as \"%s\"",
    ],
)
def test_strange_names_and_strings_are_read(connection: Connection, query: str) -> None:
    assert not any(column.nullable for column in analyse(connection, query).columns)


def test_same_statement_many_times(connection: Connection) -> None:
    assert len({analyse(connection, "select id from team where id = $1") for _ in range(12)}) == 1


def test_schema_change_is_seen(connection: Connection) -> None:
    connection.execute("create table changing (id int)")
    query = "select id from changing"
    assert analyse(connection, query).columns[0].nullable
    connection.execute("alter table changing alter id set not null")
    assert not analyse(connection, query).columns[0].nullable
    connection.execute("alter table changing alter id drop not null")
    assert analyse(connection, query).columns[0].nullable
    connection.execute("alter table changing add check (id is not null) not valid")
    assert analyse(connection, query).columns[0].nullable
    connection.execute("alter table changing validate constraint changing_id_check")
    assert not analyse(connection, query).columns[0].nullable


def test_very_deep_statement_is_described(connection: Connection) -> None:
    query = "select " + " + ".join(["size"] * 1500) + " as deep from team"
    analysis = analyse(connection, query)
    assert analysis.columns[0].nullable


def test_row_security_keeps_a_join_from_always_matching(connection: Connection) -> None:
    query = "select t.title from player p left join team t on t.id = p.coach_id"
    assert not analyse(connection, query).columns[0].nullable
    connection.execute("alter table team enable row level security")
    assert analyse(connection, query).columns[0].nullable


def test_child_table_that_dropped_not_null_makes_the_parent_nullable(connection: Connection) -> None:
    query = "select kind from base"
    assert not analyse(connection, query).columns[0].nullable
    connection.execute("create table stray (id int not null, kind text check (kind is not null))")
    if connection.info.server_version < 180000:  # later versions do not let a child be looser
        connection.execute("alter table heir alter kind drop not null")
        assert analyse(connection, query).columns[0].nullable
        assert not analyse(connection, "select kind from only base").columns[0].nullable


def test_foreign_table_is_not_trusted(connection: Connection) -> None:
    connection.execute("create foreign data wrapper nothing")
    connection.execute("create server nowhere foreign data wrapper nothing")
    connection.execute("create foreign table far (id int not null) server nowhere")
    assert analyse(connection, "select id from far").columns[0].nullable


def test_role_that_may_only_read_can_ask(connection: Connection) -> None:
    connection.execute("create role nullability_reader; grant usage on schema d0 to nullability_reader")
    connection.execute("grant select on all tables in schema d0 to nullability_reader")
    connection.execute("set local role nullability_reader")
    assert not analyse(connection, "select title from team").columns[0].nullable


def test_read_only_transaction_is_told_plainly(connection: Connection) -> None:
    connection.execute("set transaction read only")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        analyse(connection, "select 1")
