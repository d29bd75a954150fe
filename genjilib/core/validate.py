"""Checks of requests that are built in the program rather than decoded from a body."""

from typing import TypeVar

import msgspec

from genjilib.core.errors import Invalid

T = TypeVar("T", bound=msgspec.Struct)


def checked(request: T) -> T:
    """Return ``request`` when it keeps to the bounds of its type; else raise ``Invalid`` naming the field.

    msgspec checks bounds when it decodes, not when a struct is made.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(request), type(request))
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`")
        raise Invalid(
            f"{name}: {_meaning(request, name) or reason}.", code="bad-value", extra={"key": name}
        ) from None


def _meaning(request: msgspec.Struct, name: str) -> str | None:
    """Return what the field's type says of itself, which people understand better than a pattern."""
    schema = msgspec.json.schema(type(request))
    found = next(iter(schema["$defs"].values()))["properties"].get(name, {})
    described = [part.get("description") for part in (found, *found.get("anyOf", ()))]
    return next((text.rstrip(".") for text in described if text), None)
