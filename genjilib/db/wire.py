"""SQL around a statement that makes PostgreSQL write its rows as JSON, as ``genjilib.core.json`` would.

``json_agg`` and ``row_to_json`` write most types as msgspec does; the others are given an expression here.
"""

from collections.abc import Mapping
from typing import Final

from genjilib.db.python_types import JSON
from genjilib.db.signature import Shape

_SECOND: Final = 'YYYY-MM-DD"T"HH24:MI:SS'
_FINITE: Final = "nullif(nullif(nullif({0}, 'NaN'), 'Infinity'), '-Infinity')"
# As psycopg counts: a month has 30 days, a year 365; ISO 8601 in days and seconds, as msgspec writes it.
_DURATION: Final = (
    "(select concat(case when u < 0 then '-' end, 'P',"
    " case when abs(u) >= 86400000000 or u = 0 then div(abs(u), 86400000000) || 'D' end,"
    " case when mod(u, 86400000000) <> 0"
    " then 'T' || trim_scale(mod(abs(u), 86400000000) / 1000000) || 'S' end)"
    " from (select (extract(year from i) * 365 + extract(month from i) * 30 + extract(day from i))"
    " * 86400000000 + extract(hour from i) * 3600000000 + extract(minute from i) * 60000000"
    " + extract(microseconds from i)"
    " from (select {0}) as i(i)) as u(u) where u is not null)"
)


def _moment(value: str, form: str, zone: str) -> str:
    """Return the text of a moment, with six decimals of the second or none."""
    whole, parts = f"to_char({value}, '{form}{zone}')", f"to_char({value}, '{form}.US{zone}')"
    return f"case when date_trunc('second', {value}) = {value} then {whole} else {parts} end"


_MOMENTS: Final = {
    "timestamp with time zone": _moment("({0} at time zone 'UTC')", _SECOND, '"Z"'),
    "timestamp without time zone": _moment("({0})", _SECOND, ""),
    "time without time zone": _moment("({0})::interval", "HH24:MI:SS", ""),
}
_SIMPLE: Final = {
    **_MOMENTS,
    "numeric": _FINITE,
    "double precision": _FINITE,
    "real": _FINITE.format("({0})::float8"),
    "interval": _DURATION,
    "bytea": "translate(encode({0}, 'base64'), E'\\n', '')",
    "oid": "({0})::int8",
    "void": "nullif(({0})::text, '')",
}


def _range(bound: str) -> str:
    """Return the object of a range; ``bound`` is the type of its bounds."""
    form = _SIMPLE.get(bound, "{0}")
    opening = "case when lower_inc({0}) then '[' else '(' end"
    closing = "case when upper_inc({0}) then ']' else ')' end"
    bounds = f"case when isempty({{0}}) then '' else {opening} || {closing} end"
    ends = [form.format(f"{end}({{0}})") for end in ("lower", "upper")]
    made = f"json_build_object('lower', {ends[0]}, 'upper', {ends[1]}, 'bounds', {bounds})"
    return f"case when ({{0}}) is not null then {made} end"


def _multirange(bound: str) -> str:
    """Return the array of the objects of a multirange."""
    ranges = f"select coalesce(json_agg({_range(bound).format('u.r')} order by u.r), '[]')"
    return f"case when ({{0}}) is not null then ({ranges} from unnest({{0}}) as u(r)) end"


_BOUNDS: Final = {
    "int4": "integer",
    "int8": "bigint",
    "num": "numeric",
    "date": "date",
    "ts": "timestamp without time zone",
    "tstz": "timestamp with time zone",
}
_FORMS: Final = {
    **_SIMPLE,
    **{f"{name}range": _range(bound) for name, bound in _BOUNDS.items()},
    **{f"{name}multirange": _multirange(bound) for name, bound in _BOUNDS.items()},
}
"""Expressions for the types that PostgreSQL writes otherwise than msgspec does."""


Inside = str | dict[str, "Inside"] | list["Inside"]
"""What is rewritten in what PostgreSQL writes: fields, elements, a value of a type; "" is right as it is."""


def around(columns: Mapping[str, str], insides: Mapping[str, "Inside"], *, many: bool) -> tuple[str, str]:
    """Return what stands before and behind a statement that returns ``columns`` (name to type).

    ``insides`` has what ``inside`` gave for columns that have something inside. The whole gives one value: an
    array of objects if ``many``, else an object for each row.
    """
    values = {
        name: _rewritten(f'to_json(r."{name}")', insides[name])
        if name in insides
        else _value(f'r."{name}"', kind)
        for name, kind in columns.items()
    }
    items = ", ".join(f'{value} as "{name}"' for name, value in values.items())
    names = ", ".join(f'"{name}"' for name in columns)
    whole = "coalesce(json_agg(w), '[]')" if many else "row_to_json(w)"
    # Names and types come from the generated module, so from PostgreSQL's description of the statement.
    return f"select {whole} from (select {items} from (", f") as r({names})) as w"  # noqa: S608


def inside(shape: Shape, *, in_json: bool = False) -> Inside:
    """Return what is to be rewritten in a column of rows or of JSON."""
    in_json = in_json or shape.type_name in JSON
    if shape.fields is not None:
        fields = {name: inside(field, in_json=in_json) for name, field in shape.fields.items()}
        return fields if any(fields.values()) else ""
    if shape.items is not None:
        item = inside(shape.items, in_json=in_json)
        return [item] if item else ""
    return shape.type_name if shape.type_name in (_MOMENTS if in_json else _FORMS) else ""


def _value(value: str, kind: str) -> str:
    if not kind.endswith("[]"):
        return _FORMS.get(kind, "{0}").format(value)
    form = _FORMS.get(kind.removesuffix("[]"))
    if form is None:
        return value
    array = f"select coalesce(json_agg({form.format('u.e')} order by u.n), '[]')"
    return f"case when {value} is not null then ({array} from unnest({value}) with ordinality as u(e, n)) end"


def _rewritten(value: str, what: Inside, depth: int = 0) -> str:
    """Return the JSON ``value`` taken apart as far as need be, and put together again."""
    if not what:
        return value
    if isinstance(what, str):  # a value is text inside JSON
        return _FORMS[what].format(f"({value} #>> '{{}}')::{what}")
    if isinstance(what, list):
        item = _rewritten(f"e{depth}.v", what[0], depth + 1)
        array = f"select coalesce(json_agg({item} order by e{depth}.n), '[]')"
        elements = f"json_array_elements({value}) with ordinality as e{depth}(v, n)"
        return f"case json_typeof({value}) when 'array' then ({array} from {elements}) end"
    parts = {name: _rewritten(f'f{depth}."{name}"', part, depth + 1) for name, part in what.items()}
    items = ", ".join(f'{part} as "{name}"' for name, part in parts.items())
    source = ", ".join(f'"{name}" json' for name in what)
    fields = f"select {items} from json_to_record({value}) as f{depth}({source})"  # noqa: S608
    whole = f"select row_to_json(o{depth}) from ({fields}) as o{depth}"  # noqa: S608
    return f"case json_typeof({value}) when 'object' then ({whole}) end"
