"""Query files are checked against PostgreSQL: what is inferred, and the sentence for each mistake."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from genjilib.db.describe import describe, describe_any
from genjilib.db.scan import SqlFileError, parse
from genjilib.db.signature import Signature
from tests.support import Clones

HEAD = "-- Do something.\n"
Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def connection(clones: Clones) -> Iterator[Connection]:
    """A connection to a migrated database that nobody changes."""
    url = clones.take()
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
    clones.give_back(url)


def described(connection: Connection, sql: str, head: str = "") -> Signature:
    return describe(connection, parse("a/b.sql", HEAD + head + sql))


@pytest.mark.parametrize(
    ("sql", "head", "returns"),
    [
        ("select id from core.maps", "", "many"),
        ("select id from core.maps where id = :id", "", "maybe"),
        ("select count(*) as amount from core.maps", "", "one"),
        ("delete from core.maps where id = :id", "-- writes: core.maps\n", "count"),
        (
            "insert into public.api_tokens (api_key) values (:key) returning id",
            "-- writes: public.api_tokens\n",
            "one",
        ),
        ("lock table core.maps", "", "none"),
        ("select id from core.maps", "-- returns: stream\n", "stream"),
        ("select id from core.maps where id = :id", "-- returns: scalar\n", "scalar"),
        ("select count(*) as amount from core.maps", "-- returns: value\n", "value"),
        ("delete from core.maps where id = :id", "-- writes: core.maps\n-- returns: none\n", "none"),
    ],
)
def test_what_comes_back_is_inferred_or_said(
    connection: Connection, sql: str, head: str, returns: str
) -> None:
    assert described(connection, sql, head).returns == returns


@pytest.mark.parametrize(
    ("sql", "head", "message"),
    [
        (
            "select coda from core.maps",
            "",
            'a/b.sql:2:8: column "coda" does not exist — did you mean "code"?',
        ),
        (
            "select m.mapname from core.maps as m",
            "",
            'a/b.sql:2:8: column m.mapname does not exist — did you mean "map_name"?',
        ),
        (
            "select map.id from core.maps as m",
            "",
            'a/b.sql:2:8: missing FROM-clause entry for table "map"',
        ),
        (
            "select id from core.map",
            "",
            'a/b.sql:2:16: relation "core.map" does not exist — did you mean "core.maps"?',
        ),
        (
            "select id from maps",
            "",
            'a/b.sql:2:16: relation "maps" does not exist — did you mean "core.maps"?',
        ),
        (
            "select id from cores.maps",
            "",
            'a/b.sql:2:16: relation "cores.maps" does not exist — did you mean "core.maps"?',
        ),
        (
            "select coalesc(1) as x, lowr('a') as y",
            "",
            "a/b.sql:2:8: function coalesc(integer) does not exist",
        ),
        (
            "select lowr('a') as y",
            "",
            'a/b.sql:2:8: function lowr(unknown) does not exist — did you mean "lower"?',
        ),
        ("select lower(1, 2) as y", "", "a/b.sql:2:8: function lower(integer, integer) does not exist"),
        (
            "select :id::bigit as x",
            "",
            'a/b.sql:2:13: type "bigit" does not exist — did you mean',
        ),
        (
            "select :some as x, :some + 1 as y",
            "",
            "a/b.sql:2:8: inconsistent types deduced for parameter :some",
        ),
        (
            "select id from core.maps where :nothing is null",
            "",
            "a/b.sql:2:32: could not determine data type of parameter :nothing"
            " — say it with a cast, such as ::bigint",
        ),
        (
            "select id as codes, id as codes from core.maps",
            "",
            'a/b.sql:2:27: two columns are called "codes"',
        ),
        (
            'select id as "class" from core.maps',
            "",
            'a/b.sql:2:14: the column "class" needs a name that Python can use: … as name',
        ),
        ("select $1::int as x", "", "a/b.sql:1:1: PostgreSQL sees other parameters than the file names"),
        ("select 1", "", 'a/b.sql:1:1: the column "?column?" needs a name that Python can use: … as name'),
        (
            'select id as "id!" from core.maps',
            "",
            'a/b.sql:2:14: "id!" is proved anyway: core.maps.id is not null; drop the "!"',
        ),
        (
            'select id as "id?" from core.maps',
            "",
            'a/b.sql:2:14: "id?" is proved never to be null: core.maps.id is not null; drop the "?"',
        ),
        (
            "delete from core.maps",
            "",
            "a/b.sql:1:1: the header needs '-- writes: core.maps'",
        ),
        (
            "delete from core.maps",
            "-- writes: core.users\n",
            "a/b.sql:2:4: the header needs '-- writes: core.maps'",
        ),
        (
            "select id from core.maps where id = :id",
            "-- returns: many\n",
            "a/b.sql:2:4: at most one row comes back, so '-- returns: maybe or scalar' fits, not 'many'",
        ),
        (
            "select count(*) as amount from core.maps",
            "-- returns: maybe\n",
            "a/b.sql:2:4: exactly one row comes back, so '-- returns: one or scalar' fits, not 'maybe'",
        ),
        (
            "select id from core.maps",
            "-- returns: count\n",
            "a/b.sql:2:4: rows come back, so '-- returns: many or stream' fits, not 'count'",
        ),
        (
            "delete from core.maps",
            "-- returns: many\n-- writes: core.maps\n",
            "a/b.sql:2:4: no rows come back, so '-- returns: none or count' fits, not 'many'",
        ),
        (
            "select id, code from core.maps",
            "-- returns: scalar\n",
            "a/b.sql:2:4: '-- returns: scalar' needs exactly one column, not 2",
        ),
        (
            "select id from core.maps where code = :code",
            "-- null: coda\n",
            'a/b.sql:2:4: the statement has no parameter coda — did you mean "code"?',
        ),
        (
            "select 1 as x where true /*[ and :a = 1 ]*/ /*[ and :b = 'x' ]*/ /*[ and :a || :b = 'x' ]*/",
            "",
            "a/b.sql:2:34: :a is integer in one combination and text in another; say which with a cast",
        ),
        (
            "select id /*[ , :code::text as code ]*/ from core.maps",
            "",
            "a/b.sql:1:1: with other clauses or orders there are other columns:"
            " id integer and id integer, code text",
        ),
    ],
)
def test_each_mistake_has_its_place_and_sentence(
    connection: Connection, sql: str, head: str, message: str
) -> None:
    with pytest.raises(SqlFileError) as caught:
        described(connection, sql, head)
    assert message in str(caught.value.all()[0])


def test_a_mistake_in_an_optional_clause_is_found_where_it_stands(connection: Connection) -> None:
    sql = "select id from core.maps where true\n  /*[ and coda = :code ]*/\n  /*[ and map_nam = :name ]*/"
    with pytest.raises(SqlFileError) as caught:
        described(connection, sql)
    places = [(error.line, error.column) for error in caught.value.all()]
    assert places == [(3, 11), (4, 11)]


def test_reasons_name_the_parameters_as_the_file_does(connection: Connection) -> None:
    signature = described(connection, "select id from core.maps where code = :code")
    assert signature.parameters[0].why == "core.maps.code = :code is strict"


def test_any_text_can_be_described(connection: Connection) -> None:
    signature = describe_any(
        connection, 'select 1, code as "code!" from core.maps where id = $1 or $2::text is null;'
    )
    assert [(column.name, column.nullable) for column in signature.columns] == [
        ("?column?", False),
        ("code", False),
    ]
    assert [(p.name, p.type_name, p.nullable) for p in signature.parameters] == [
        ("$1", "integer", False),
        ("$2", "text", True),
    ]
    named = describe_any(connection, "-- name: get :one\nselect id from core.maps where id = :id")
    assert [p.name for p in named.parameters] == ["id"]
