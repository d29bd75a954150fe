"""What the JSON that a statement builds holds: fields, elements, and which of them may be null."""

import json
from dataclasses import asdict
from typing import Any

import msgspec
import pytest

from genjilib.db.describe import describe
from genjilib.db.generate import statement
from genjilib.db.nullability import analyse
from genjilib.db.scan import SqlFileError, parse
from genjilib.db.signature import Shape
from tests.db.nullability.connections import Connection
from tests.db.nullability.schema import DATA_SETS

OF_TEAM = {"id": "integer", "title": "text", "region": "text?", "size": "integer?", "motto": "text"}
JOINED = "from player p left join team t on t.id = p.team_id"


def short(shape: Shape | None) -> Any:
    """A shape as JSON of its types; what may be null ends with a question mark."""
    if shape is None:
        return None
    if shape.items:
        return [short(shape.items), "?"] if shape.nullable else [short(shape.items)]
    if shape.fields is not None:
        fields = {name: short(inner) for name, inner in shape.fields.items()}
        return {**fields, "?": True} if shape.nullable else fields
    return shape.type_name + ("?" if shape.nullable else "")


@pytest.mark.parametrize(
    ("query", "nullable", "shape"),
    [
        (
            "select json_build_object('id', id, 'region', region) from team",
            False,
            {"id": "integer", "region": "text?"},
        ),
        ("select jsonb_build_object('n', count(*)) from team", False, {"n": "bigint"}),
        ("select json_agg(id) from team", True, ["integer"]),
        ("select coalesce(json_agg(region), '[]') from team", False, ["text?"]),
        ("select coalesce(jsonb_agg(size) filter (where size > 0), '[]') from team", False, ["integer?"]),
        ("select json_agg(t) from team t", True, [OF_TEAM]),
        ("select to_json(t) from team t", False, OF_TEAM),
        (f"select to_json(t) {JOINED}", True, OF_TEAM),
        (f"select row_to_json(t) {JOINED} where t.id > 0", False, OF_TEAM),
        (f"select json_agg(t) {JOINED}", True, [{**OF_TEAM, "?": True}]),
        (f"select json_agg(json_build_object('team', t.id)) {JOINED}", True, [{"team": "integer?"}]),
        (
            "select (select json_agg(json_build_object('map', r.map, 's', r.seconds) order by r.map)"
            " from run r where r.player_id = p.id) from player p",
            True,
            [{"map": "text", "s": "integer?"}],
        ),
        (
            "select x.j from player p cross join lateral"
            " (select coalesce(json_agg(r.map), '[]') j from run r where r.player_id = p.id) x",
            False,
            ["text"],
        ),
        ("with x as (select json_build_object('a', 1) j) select j from x", False, {"a": "integer"}),
        (
            "select json_agg(x) from (select id, name is null as odd from player) x",
            True,
            [{"id": "integer", "odd": "boolean"}],
        ),
        ("select case when size > 1 then json_build_object('s', size) end from team", True, {"s": "integer"}),
        (
            "select json_build_object('team', json_build_object('id', id), 'has', exists(select),"
            " 'x', (select 1)) from team",
            False,
            {"team": {"id": "integer"}, "has": "boolean", "x": "integer"},
        ),
        (
            "select json_build_object('tags', tags, 'extra', extra, 'mood', mood) from player",
            False,
            {"tags": ["text?"], "extra": "jsonb", "mood": "mood?"},
        ),
        ("select extra from player", False, None),
        ("select json_build_object(name, 1) from player", False, None),
        ("select json_build_object(variadic array['a', '1'])", True, None),
        ("select coalesce(json_agg(id), '[1]') from team", False, None),
        ("select '{}'::json union all select json_build_object('a', 1)", False, None),
        (
            "select case when id > 1 then json_build_object('a', 1) else json_build_object('b', 1) end"
            " from team",
            False,
            None,
        ),
    ],
)
def test_json_is_as_it_is_told(connection: Connection, query: str, nullable: bool, shape: Any) -> None:
    column = analyse(connection, query).columns[0]
    assert (column.nullable, short(column.shape)) == (nullable, shape), column.why
    for number in range(DATA_SETS):
        connection.execute(f"set local search_path = d{number}")
        for (value,) in connection.execute(query).fetchall():
            assert fits(column.shape, value) or (value is None and nullable), (number, value)


def fits(shape: Shape | None, value: Any) -> bool:
    """Whether a value has a shape: no field too many or too few, no null where none was said."""
    if shape is None:
        return True
    if value is None:
        return shape.nullable or shape.type_name in ("json", "jsonb")
    if shape.items is not None:
        return isinstance(value, list) and all(fits(shape.items, item) for item in value)
    if shape.fields is not None:
        return value.keys() == shape.fields.keys() and all(fits(shape.fields[k], v) for k, v in value.items())
    return True


NESTED = f"""-- List players.
select p.id, to_json(t) as team, coalesce((
  select json_agg(json_build_object('map', r.map, 'spent', r.seconds, 'mood', p.mood) order by r.map)
  from run as r where r.player_id = p.id
), '[]') as runs
{JOINED}
order by p.id
"""


def test_structs_are_generated_for_it(connection: Connection) -> None:
    file = parse("players/list_all.sql", NESTED)
    text = statement(file, describe(connection, file))
    for line in (
        "class ListAllTeam(Row, frozen=True, gc=False):",
        "    region: str | None\n    size: int | None\n",
        "class ListAllRuns(Row, frozen=True, gc=False):",
        "    map: str\n    spent: int | None\n    mood: Literal['calm', 'wild'] | None\n",
        "    team: ListAllTeam | None\n    runs: list[ListAllRuns]\n",
        'nested={"team": ListAllTeam, "runs": list[ListAllRuns]}',
    ):
        assert line in text


def test_a_field_that_python_cannot_name_is_refused(connection: Connection) -> None:
    file = parse("players/odd.sql", "-- Return odd names.\nselect json_build_object('not so', 1) as x")
    with pytest.raises(
        SqlFileError, match=r'odd.sql:2:26: the field "not so" of "x" needs a name that Python'
    ):
        statement(file, describe(connection, file))


def test_the_shape_is_kept_in_the_signature(connection: Connection) -> None:
    file = parse("players/list_all.sql", NESTED)
    signature = describe(connection, file)
    kept = json.loads(json.dumps(asdict(signature)))
    assert msgspec.convert(kept, type(signature)) == signature
