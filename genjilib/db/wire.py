"""SQL around a statement that makes PostgreSQL write its rows as JSON, as ``genjilib.core.json`` would.

``json_agg`` and ``row_to_json`` write most types as msgspec does; the others are given an expression here.
"""

from collections.abc import Mapping
from typing import Final

from genjilib.db.python_types import PYTHON_TYPES

_SECOND: Final = 'YYYY-MM-DD"T"HH24:MI:SS'
_FINITE: Final = "nullif(nullif(nullif({0}, 'NaN'), 'Infinity'), '-Infinity')"


def _moment(value: str, form: str, zone: str) -> str:
    """Return the text of a moment, with six decimals of the second or none."""
    whole, parts = f"to_char({value}, '{form}{zone}')", f"to_char({value}, '{form}.US{zone}')"
    return f"case when date_trunc('second', {value}) = {value} then {whole} else {parts} end"


_FORMS: Final = {
    "numeric": _FINITE,
    "double precision": _FINITE,
    "real": _FINITE.format("{0}::float8"),
    "timestamp with time zone": _moment("({0} at time zone 'UTC')", _SECOND, '"Z"'),
    "timestamp without time zone": _moment("{0}", _SECOND, ""),
    "time without time zone": _moment("{0}::interval", "HH24:MI:SS", ""),
    "bytea": "translate(encode({0}, 'base64'), E'\\n', '')",
    "oid": "{0}::int8",
}
"""Expressions for the types that PostgreSQL writes otherwise than msgspec does."""

_UNKNOWN: Final = frozenset(
    {"interval", "void", "record"} | {name for name in PYTHON_TYPES if name.endswith("range")}
)
"""Types that have no JSON form in PostgreSQL that msgspec would write too."""


def around(columns: Mapping[str, str], *, many: bool) -> tuple[str, str] | None:
    """Return what stands before and behind a statement that returns ``columns`` (name to type).

    The whole gives one value: an array of objects if ``many``, else an object for each row. Nothing is
    returned where a type has no JSON form.
    """
    if not columns or any(kind.removesuffix("[]") in _UNKNOWN for kind in columns.values()):
        return None
    names = [f'"{name}"' for name in columns]
    values = (_value(f"r.{name}", kind) for name, kind in zip(names, columns.values(), strict=True))
    items = ", ".join(f"{value} as {name}" for value, name in zip(values, names, strict=True))
    whole = "coalesce(json_agg(w), '[]')" if many else "row_to_json(w)"
    # Names and types come from the generated module, so from PostgreSQL's description of the statement.
    return f"select {whole} from (select {items} from (", f") as r({', '.join(names)})) as w"  # noqa: S608


def _value(value: str, kind: str) -> str:
    if not kind.endswith("[]"):
        return _FORMS.get(kind, "{0}").format(value)
    form = _FORMS.get(kind.removesuffix("[]"))
    if form is None:
        return value
    array = f"select coalesce(json_agg({form.format('u.e')} order by u.n), '[]')"
    return f"case when {value} is not null then ({array} from unnest({value}) with ordinality as u(e, n)) end"
