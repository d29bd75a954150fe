"""Python values to PostgreSQL's text format, chosen by the type that PostgreSQL gave the parameter.

The parameter types of a statement are fixed when it is generated, so the encoders are looked up once at load.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import astuple
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from genjilib.core.errors import Invalid

Encoder = Callable[[Any], bytes]

_COPY_SPECIAL: Final = re.compile(rb"[\\\t\n\r]")


def encoder_for(type_name: str) -> Encoder:
    """Return the encoder of a type as ``format_type`` spells it without modifiers, such as ``text[]``.

    A row is spelled as its fields, ``(text,integer,date[])``, and given as a struct. Types without an entry
    (enums, ranges of one's own) take PostgreSQL's text form as a string.
    """
    if type_name.endswith("[]"):
        return _array(encoder_for(type_name.removesuffix("[]")))
    if type_name.startswith("("):
        return _row([encoder_for(field) for field in _fields(type_name)])
    return _ENCODERS.get(type_name, _text)


def copied(values: Sequence[bytes | None]) -> bytes:
    """Return encoded values as a line of COPY's text format."""
    fields = (b"\\N" if value is None else _COPY_SPECIAL.sub(_copy_escape, value) for value in values)
    return b"\t".join(fields) + b"\n"


def _copy_escape(found: re.Match[bytes]) -> bytes:
    return {b"\\": b"\\\\", b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r"}[found[0]]


def _text(value: str) -> bytes:
    if "\0" in value:  # libpq would cut the text there and say nothing
        raise Invalid("A text in the request holds a character that cannot be stored.", code="bad-character")
    return value.encode()


def _integer(value: int) -> bytes:
    return b"%d" % value


def _number(value: Decimal | float) -> bytes:
    return str(value).encode()


def _boolean(value: bool) -> bytes:
    return b"t" if value else b"f"


def _timestamptz(value: datetime) -> bytes:
    if value.tzinfo is None:
        raise ValueError("a timestamptz needs a datetime with a time zone")
    try:
        return value.astimezone(UTC).isoformat().encode()
    except OverflowError:
        raise Invalid(
            "A moment in the request is out of range: in UTC it has to lie in the years 1 to 9999.",
            code="out-of-range",
        ) from None


def _isoformat(value: date | time) -> bytes:
    return value.isoformat().encode()


def _interval(value: timedelta) -> bytes:
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds".encode()


def _uuid(value: UUID | str) -> bytes:
    return str(value).encode()


def _bytea(value: bytes) -> bytes:
    return b"\\x" + value.hex().encode()


def _quoted(element: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        return b'"%b"' % element(value).replace(b"\\", b"\\\\").replace(b'"', b'\\"')

    return encode


def _array(element: Encoder) -> Encoder:
    quoted = _quoted(element)

    def encode(values: Sequence[Any]) -> bytes:
        return b"{%b}" % b",".join([b"NULL" if value is None else quoted(value) for value in values])

    return encode


def _row(fields: Sequence[Encoder]) -> Encoder:
    quoted = [_quoted(field) for field in fields]

    def encode(value: msgspec.Struct) -> bytes:
        values = zip(quoted, astuple(value), strict=True)
        return b"(%b)" % b",".join([b"" if field is None else quote(field) for quote, field in values])

    return encode


def _fields(type_name: str) -> list[str]:
    """Return the types of the fields of a row."""
    found, depth = [""], 0
    for character in type_name[1:-1]:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            found.append("")
        else:
            found[-1] += character
    return found


def _range(element: Encoder) -> Encoder:
    quoted = _quoted(element)

    def bound(value: Any) -> bytes:
        return b"" if value is None else quoted(value)

    def encode(value: Range[Any]) -> bytes:
        if value.isempty:
            return b"empty"
        opening, closing = value.bounds.encode()
        return b"%c%b,%b%c" % (opening, bound(value.lower), bound(value.upper), closing)

    return encode


def _multirange(element: Encoder) -> Encoder:
    one = _range(element)

    def encode(value: Multirange[Any]) -> bytes:
        return b"{" + b",".join(one(part) for part in value) + b"}"

    return encode


_ENCODERS: Final[dict[str, Encoder]] = {
    "smallint": _integer,
    "integer": _integer,
    "bigint": _integer,
    "oid": _integer,
    "numeric": _number,
    "real": _number,
    "double precision": _number,
    "boolean": _boolean,
    "timestamp with time zone": _timestamptz,
    "timestamp without time zone": _isoformat,
    "date": _isoformat,
    "time without time zone": _isoformat,
    "interval": _interval,
    "uuid": _uuid,
    "bytea": _bytea,
    "json": msgspec.json.encode,
    "jsonb": msgspec.json.encode,
    "inet": lambda value: str(value).encode(),
}
_RANGED: Final = {
    "int4": _integer,
    "int8": _integer,
    "num": _number,
    "date": _isoformat,
    "ts": _isoformat,
    "tstz": _timestamptz,
}
for _name, _element in _RANGED.items():
    _ENCODERS[f"{_name}range"] = _range(_element)
    _ENCODERS[f"{_name}multirange"] = _multirange(_element)
