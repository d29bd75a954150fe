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

from genjilib.core.errors import Invalid

Encoder = Callable[[Any], bytes]

_COPY_SPECIAL: Final = re.compile(rb"[\\\t\n\r]")


def encoder_for(type_name: str) -> Encoder:
    """Return the encoder of a type as ``format_type`` spells it without modifiers, such as ``text[]``.

    Types without an entry (enums, ranges, domains over text) take PostgreSQL's text form as a string.
    """
    if type_name.endswith("[]"):
        return _array(encoder_for(type_name.removesuffix("[]")))
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
    return value.astimezone(UTC).isoformat().encode()


def _isoformat(value: date | time) -> bytes:
    return value.isoformat().encode()


def _interval(value: timedelta) -> bytes:
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds".encode()


def _uuid(value: UUID | str) -> bytes:
    return str(value).encode()


def _bytea(value: bytes) -> bytes:
    return b"\\x" + value.hex().encode()


def _array(element: Encoder) -> Encoder:
    def quoted(value: Any) -> bytes:
        return b'"%b"' % element(value).replace(b"\\", b"\\\\").replace(b'"', b'\\"')

    def encode(values: Sequence[Any]) -> bytes:
        return b"{%b}" % b",".join([b"NULL" if value is None else quoted(value) for value in values])

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
