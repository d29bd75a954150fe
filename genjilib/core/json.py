"""JSON as it goes over the wire."""

from typing import Generic, TypeVar, cast

import msgspec

T = TypeVar("T")

encode = msgspec.json.Encoder(decimal_format="number").encode
"""Encode a value as answers are: structs as objects, decimals as numbers, moments in UTC as RFC 3339."""


class Json(bytes, Generic[T]):
    """JSON that PostgreSQL has built already; sent as it is. ``T`` is what it holds, for documentation."""


def written(value: object) -> bytes:
    """Return a value as answers are; JSON passes as it is."""
    return cast("bytes", value) if isinstance(value, Json) else encode(value)
