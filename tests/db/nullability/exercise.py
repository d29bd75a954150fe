"""Calls PostgreSQL's own functions with ordinary and extreme values, to see whether NULL ever comes back."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Sequence

from tests.db.nullability.connections import Connection

PREPARE = """
create extension if not exists plpgsql;
create type pg_temp.hue as enum ('red', 'blue');
create function pg_temp.attempt(call text) returns text language plpgsql as $$
declare answer boolean;
begin
    execute 'select (' || call || ') is not distinct from null' into answer;
    return case when answer then 'null' else 'value' end;
exception when others then return 'error';
end $$;
create function pg_temp.attempts(calls text[]) returns text[] language plpgsql as $$
declare answers boolean[];
begin
    execute 'select array[(' || array_to_string(calls, ') is not distinct from null, (')
        || ') is not distinct from null]' into answers;
    return array(select case when answer then 'null' else 'value' end from unnest(answers) answer);
exception when others then  -- which of them fail, only one after another shows
    return array(select pg_temp.attempt(call) from unnest(calls) call);
end $$;
"""

VALUES: dict[str, Sequence[str]] = {
    '"char"': ("'a'", "''"),
    "aclitem": ("'=r/postgres'",),
    "aclitem[]": ("'{=r/postgres}'", "'{}'"),
    '"any"': ("1", "'x'::text", "row()"),
    "anyarray": (
        "'{1,2}'::int[]",
        "'{}'::int[]",
        "'{1,NULL}'::int[]",
        "'[5:6]={1,2}'::int[]",
        "'{{1},{2}}'::int[]",
    ),
    "anycompatible": ("1", "0"),
    "anycompatiblearray": ("'{1,2}'::int[]", "'{}'::int[]"),
    "anycompatiblemultirange": ("'{[1,3)}'::int4multirange", "'{}'::int4multirange"),
    "anycompatiblerange": ("'[1,3)'::int4range", "'empty'::int4range"),
    "anyelement": ("1", "0"),
    "anyenum": ("'red'::pg_temp.hue", "'blue'::pg_temp.hue"),
    "anymultirange": ("'{[1,3)}'::int4multirange", "'{}'::int4multirange", "'{(,)}'::int4multirange"),
    "anynonarray": ("1",),
    "anyrange": ("'[1,3)'::int4range", "'empty'::int4range", "'(,)'::int4range", "'(,2)'::int4range"),
    "bigint": ("0", "1", "-9223372036854775808", "7"),
    "bigint[]": ("'{1,2}'", "'{}'"),
    "bit": ("B'101'", "B''"),
    "bit varying": ("B'101'", "B''"),
    "boolean": ("true", "false"),
    "box": ("'((0,0),(1,1))'", "'((NaN,0),(0,0))'"),
    "bytea": (r"'\x0102'", r"''", r"'\x00'"),
    "character": ("'a'", "''"),
    "character varying": ("'a'", "''"),
    "cid": ("'1'",),
    "cidr": ("'10.0.0.0/8'", "'::/0'"),
    "circle": ("'<(0,0),1>'", "'<(0,0),0>'"),
    "date": ("'2024-02-29'", "'infinity'", "'-infinity'", "'0044-03-15 BC'"),
    "double precision": ("0", "1.5", "'NaN'", "'Infinity'", "'-Infinity'"),
    "double precision[]": ("'{1,2}'", "'{0,0,0}'"),
    "inet": ("'10.0.0.1'", "'::1'", "'0.0.0.0/0'"),
    "int2vector": ("'1 2'",),
    "integer": ("0", "1", "-2147483648", "2"),
    "integer[]": ("'{1,2}'", "'{}'"),
    "interval": ("'1 day'", "'0'", "'-1 month 2 s'", "'infinity'", "'-infinity'"),
    "json": ("'{}'", "'[]'", "'null'", "'1'", """'{"a":null}'""", """'[{"a":1}]'"""),
    "jsonb": ("'{}'", "'[]'", "'null'", "'1'", """'{"a":null}'""", """'[{"a":1}]'"""),
    "jsonpath": ("'$'", "'$.a'", "'strict $.x'"),
    "line": ("'{1,1,1}'", "'{1,0,0}'"),
    "lseg": ("'((0,0),(1,1))'", "'((0,0),(0,0))'"),
    "macaddr": ("'08:00:2b:01:02:03'",),
    "macaddr8": ("'08:00:2b:ff:fe:03:04:05'", "'08:00:2b:01:02:03:04:05'"),
    "money": ("'1'", "'0'"),
    "name": ("'postgres'", "''", "'pg_class'", "'plpgsql'", "'public'", "'UTF8'"),
    "name[]": ("'{a}'",),
    "numeric": ("0", "1.5", "'NaN'", "'Infinity'", "'-Infinity'"),
    "oid": ("0", "1259", "10", "23"),
    "oid[]": ("'{23}'",),
    "oidvector": ("'1 2'",),
    "path": ("'((0,0),(1,1))'", "'[(0,0),(1,1)]'"),
    "pg_lsn": ("'0/1'", "'0/0'"),
    "pg_snapshot": ("'1:2:'",),
    "point": ("'(0,0)'", "'(NaN,Infinity)'"),
    "polygon": ("'((0,0),(1,1),(1,0))'", "'((0,0))'"),
    "real": ("0", "1.5", "'NaN'", "'Infinity'"),
    "real[]": ("'{0.1,0.2,0.4,1}'",),
    "record": ("row(1, null::int)", "row(null::int, null::int)", "row(1, 2)"),
    "regclass": ("'pg_class'", "'genji_exercise_seq'"),
    "regconfig": ("'simple'",),
    "regtype": ("'int4'",),
    "smallint": ("0", "1", "-32768"),
    "text": (
        "'a'",
        "''",
        "'postgres'",
        "'1'",
        "'year'",
        "'UTF8'",
        "'hex'",
        "'USD'",
        "'SELECT'",
        "'nfc'",
        "'A%_'",
        "'hour'",
        "'minute'",
        "'month'",
    ),
    "text[]": ("'{a,b}'", "'{}'", "'{a,NULL}'"),
    "tid": ("'(0,1)'",),
    "time with time zone": ("'12:00+02'", "'24:00:00-07'"),
    "time without time zone": ("'12:00'", "'24:00'"),
    "timestamp with time zone": ("'2024-02-29 12:00+00'", "'infinity'", "'-infinity'", "'0044-03-15 BC'"),
    "timestamp without time zone": ("'2024-02-29 12:00'", "'infinity'", "'-infinity'"),
    "tsquery": ("'a & b'", "''", "'!a'"),
    "tsvector": ("'a:1 b:2'", "''"),
    "txid_snapshot": ("'1:2:'",),
    "uuid": ("'00000000-0000-0000-0000-000000000000'", "'f47ac10b-58cc-4372-a567-0e02b2c3d479'"),
    "xid": ("'1'",),
    "xid8": ("'1'",),
    "xml": ("'<a/>'", "''"),
}
VALUES |= {
    kind: (f"'[{low},{high})'", "'empty'", "'(,)'", f"'({low},)'")
    for kind, low, high in (
        ("int4range", 1, 3),
        ("int8range", 1, 3),
        ("numrange", 1, 3),
        ("daterange", "2024-01-01", "infinity"),
        ("tsrange", "2024-01-01", "infinity"),
        ("tstzrange", "-infinity", "infinity"),
    )
}
# Calls that chance would not find: arguments that fit together, and variadic functions.
EXTRA: dict[str, tuple[str, ...]] = {
    "current_setting(text)": ("'server_version'",),
    "regclass(text)": ("'pg_class'::text",),
    'ts_filter(tsvector, "char"[])': ("'a:1A b:2'::tsvector, '{a}'",),
    "interval(interval, integer)": ("'1 day'::interval, -1",),
    "decode(text, text)": ("'', 'hex'", "'00', 'hex'"),
    "jsonb_delete(jsonb, text[])": ("'{}'::jsonb, variadic '{a}'::text[]",),
    "make_timestamp(integer, integer, integer, integer, integer, double precision)": (
        "2024, 2, 29, 1, 2, 3.5",
    ),
    "make_timestamptz(integer, integer, integer, integer, integer, double precision)": (
        "2024, 2, 29, 1, 2, 3.5",
    ),
    "make_timestamptz(integer, integer, integer, integer, integer, double precision, text)": (
        "2024, 2, 29, 1, 2, 3.5, 'UTC'",
    ),
    "pg_input_is_valid(text, text)": ("'1', 'int4'", "'a', 'int4'"),
    "regexp_instr(text, text, integer, integer, integer, text, integer)": ("'abc', '(b)', 1, 1, 0, 'i', 1",),
    **{
        f"{kind}multirange({kind}range[])": (
            f"variadic '{{}}'::{kind}range[]",
            f"variadic array['empty'::{kind}range]",
        )
        for kind in ("int4", "int8", "num", "date", "ts", "tstz")
    },
}
_PIECE = 8
POLYMORPHIC = ("any", '"any"', "record")


def arguments(signature: str) -> list[str]:
    """The argument types of a signature."""
    inside = signature.partition("(")[2].removesuffix(")")
    return inside.split(", ") if inside else []


def calls(signature: str, most: int) -> list[str]:
    """Up to `most` calls: each value at least once if there is room, then other combinations."""
    types, name = arguments(signature), signature.partition("(")[0]
    extra = [f'pg_catalog."{name}"({values})' for values in EXTRA.get(signature, ())]
    if any(kind not in VALUES for kind in types):
        return extra
    pools = [
        [value if kind.startswith(POLYMORPHIC) else f"{value}::{kind}" for value in VALUES[kind]]
        for kind in types
    ]
    rng = random.Random(signature)
    several = list(itertools.islice(itertools.product(*pools), 4000))
    chosen = several if len(several) <= most else rng.sample(several, most)
    return extra + [f'pg_catalog."{name}"({", ".join(values)})' for values in chosen]


def exercise(connection: Connection, signatures: Sequence[str], most: int) -> dict[str, Counter[str]]:
    """Call each function; how often it gave a value, null or an error."""
    connection.execute("create sequence if not exists genji_exercise_seq")
    connection.execute(PREPARE)
    connection.execute("select nextval('genji_exercise_seq')")
    asked = [(signature, call) for signature in signatures for call in calls(signature, most)]
    pieces = [[call for _, call in asked[start : start + _PIECE]] for start in range(0, len(asked), _PIECE)]
    answers: dict[str, Counter[str]] = {signature: Counter() for signature in signatures}
    found = [
        answer
        for piece in pieces
        for (several,) in connection.execute("select pg_temp.attempts(%s::text[])", (piece,)).fetchall()
        for answer in several
    ]
    for (signature, _), answer in zip(asked, found, strict=True):
        answers[signature][str(answer)] += 1
    return answers
