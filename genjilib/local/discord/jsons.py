"""JSON as Discord's API speaks it, and its parts with their types: whatever is missing is empty."""

from typing import Any, cast

Json = dict[str, Any]
"""A JSON object."""


def objects(value: Any) -> list[Json]:
    """A list of objects."""
    return value or []


def listing(value: Any) -> list[Any]:
    """A list of anything."""
    return value or []


def mapping(value: Any) -> Json:
    """An object."""
    return value or {}


def as_object(value: Any) -> Json | None:
    """The value if it is an object, None if it is anything else."""
    return cast("Json", value) if isinstance(value, dict) else None
