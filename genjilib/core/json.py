"""JSON as it goes over the wire."""

from typing import Any, Final, Generic, TypeVar, cast

import msgspec
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

T = TypeVar("T")


def _plain(value: Any) -> Any:
    """Return what msgspec has no form for, as things that it has."""
    if isinstance(value, Range):
        found = cast("Range[Any]", value)
        return {"lower": found.lower, "upper": found.upper, "bounds": found.bounds}
    if isinstance(value, Multirange):
        return list(cast("Multirange[Any]", value))
    raise NotImplementedError


encode = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number").encode
"""Encode a value as answers are: structs as objects, decimals as numbers, moments in UTC as RFC 3339.

A range is an object of ``lower``, ``upper`` (null where it has none) and ``bounds`` (empty if it is), a
multirange an array of such.
"""


_RANGE: Final = {
    "type": "object",
    "properties": {"lower": {}, "upper": {}, "bounds": {"enum": ["", "()", "(]", "[)", "[]"]}},
    "required": ["lower", "upper", "bounds"],
}


def schema_of(kind: type) -> dict[str, Any]:
    """Return the JSON schema of the types that only ``encode`` knows; a ``schema_hook`` for msgspec."""
    if kind is Range:
        return _RANGE
    if kind is Multirange:
        return {"type": "array", "items": _RANGE}
    raise NotImplementedError


class Json(bytes, Generic[T]):
    """JSON that PostgreSQL has built already; sent as it is. ``T`` is what it holds, for documentation."""


def written(value: object) -> bytes:
    """Return a value as answers are; JSON passes as it is."""
    return cast("bytes", value) if isinstance(value, Json) else encode(value)
