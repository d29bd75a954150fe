"""Finds every mistake in a value, one by one; asked only after the quick decoder said no."""

import re
from collections.abc import Iterator
from itertools import islice
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, NewType, TypeGuard, Union, cast, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from genjilib.web.problems import Mistake

SHOWN = 50
"""How many mistakes of one value are told at most."""

INT64 = range(-(2**63), 2**63)
"""The integers that a ``bigint`` column can hold."""

NUL = "Text must not contain the NUL character"
TOO_LARGE = "Number does not fit in 64 bits"

_PLACE = re.compile(r"(?P<message>.*?)(?: - at `(?:key in )?\$\.?(?P<key>.*)`)?", re.DOTALL)
_ARRAYS = (list, tuple, set, frozenset)


class Mistakes(Exception):
    """A value is not what was asked for."""

    def __init__(self, found: list[Mistake]) -> None:
        """Remember what is wrong, at least one thing."""
        super().__init__(found)
        self.found = found


def explain(value: Any, wanted: Any, source: str, *, strict: bool) -> list[Mistake]:
    """Return the mistakes of ``value``, plain JSON data, against the type ``wanted``; at most ``SHOWN``.

    Without ``strict`` text stands for numbers and truth values, as in a query string.
    """
    found = _mistakes(value, wanted, "", strict)
    return [Mistake(message, key, source) for message, key in islice(found, SHOWN)]


def unstorable(value: Any, source: str) -> list[Mistake]:
    """Return what JSON can say and PostgreSQL cannot keep: NUL in text, huge integers, NaN and infinity."""
    found = _unstorable(msgspec.to_builtins(value, str_keys=True), "")
    return [Mistake(message, key, source) for message, key in islice(found, SHOWN)]


def first_mistake(error: Exception, source: str) -> Mistake:
    """Return what a decoder's own error says: its message and the place that it names."""
    message, key = _split(error)
    return Mistake(message, key, source)


def is_struct(wanted: Any) -> TypeGuard[type[msgspec.Struct]]:
    """Tell whether ``wanted`` is a struct type, a generic one included."""
    plain = get_origin(wanted) or wanted
    return isinstance(plain, type) and issubclass(plain, msgspec.Struct)


def _split(error: Exception) -> tuple[str, str]:
    place = _PLACE.fullmatch(str(error))
    return (place["message"], place["key"] or "") if place else (str(error), "")


def _mistakes(value: Any, wanted: Any, key: str, strict: bool) -> Iterator[tuple[str, str]]:
    try:
        msgspec.convert(value, wanted, strict=strict, str_keys=True)
    except msgspec.ValidationError as error:
        message, inner = _split(error)
    else:
        return
    nothing = True
    for part, part_type, part_key in _parts(value, wanted, key):
        problems = (
            _mistakes(part, part_type, part_key, strict)
            if part is not msgspec.UNSET
            else iter([(f"Object missing required field `{part_key.rpartition('.')[2]}`", part_key)])
        )
        for problem in problems:
            nothing = False
            yield problem
    if nothing:
        yield message, _join(key, inner)


def _parts(value: Any, wanted: Any, key: str) -> Iterator[tuple[Any, Any, str]]:
    """Yield the parts of ``value``, their types and places; ``UNSET`` is a part that is missing."""
    wanted = _arm(value, wanted)
    arguments = get_args(wanted)
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        if is_struct(wanted):
            yield from _members(entries, fields(wanted), key)
        elif get_origin(wanted) is dict:
            yield from ((part, arguments[1], _join(key, name)) for name, part in entries.items())
    elif isinstance(value, list) and get_origin(wanted) in _ARRAYS:
        items = cast("list[Any]", value)
        if get_origin(wanted) is not tuple or arguments[1:] == (...,):
            yield from ((item, arguments[0], f"{key}[{at}]") for at, item in enumerate(items))


def _members(
    entries: dict[str, Any], members: tuple[FieldInfo, ...], key: str
) -> Iterator[tuple[Any, Any, str]]:
    for member in members:
        name = member.encode_name
        if name in entries:
            yield entries[name], member.type, _join(key, name)
        elif member.required:
            yield msgspec.UNSET, member.type, _join(key, name)


def _arm(value: Any, wanted: Any) -> Any:
    """Return the alternative of a union that ``value`` was meant for, without its constraints."""
    while get_origin(wanted) is Annotated or isinstance(wanted, NewType):
        wanted = wanted.__supertype__ if isinstance(wanted, NewType) else get_args(wanted)[0]
    if get_origin(wanted) not in (Union, UnionType):
        return wanted
    arms = [_arm(value, arm) for arm in get_args(wanted) if arm not in (NoneType, msgspec.UnsetType)]
    if isinstance(value, dict):
        arms = [arm for arm in arms if not is_struct(arm) or _tag_fits(cast("dict[str, Any]", value), arm)]
    return arms[0] if len(arms) == 1 else None


def _tag_fits(value: dict[str, Any], struct: Any) -> bool:
    config = struct.__struct_config__
    return config.tag_field is None or value.get(config.tag_field) == config.tag


def _unstorable(value: Any, key: str) -> Iterator[tuple[str, str]]:
    match value:
        case str() if "\0" in value:
            yield NUL, key
        case int() if value not in INT64:
            yield TOO_LARGE, key
        case float() if not isfinite(value):
            yield "Number must be finite", key
        case dict():
            for name, part in cast("dict[str, Any]", value).items():
                yield from _unstorable(name, key)
                yield from _unstorable(part, _join(key, name))
        case list() | tuple():
            for at, part in enumerate(cast("list[Any]", value)):
                yield from _unstorable(part, f"{key}[{at}]")
        case _:
            pass


def _join(key: str, name: str) -> str:
    return f"{key}.{name}" if key and name and not name.startswith("[") else key + name
