"""Turns the text of a request into typed values; everything slow is prepared when the app starts."""

import re
from typing import Any, get_args, get_origin

import msgspec
from multidict import MultiMapping
from yarl import URL

from genjilib.web.mistakes import INT64, NUL, TOO_LARGE, Mistakes, explain, first_mistake, unstorable
from genjilib.web.problems import Mistake

# Only texts with one of these can hold what PostgreSQL cannot keep; all others are not looked at twice.
_ODD_BODY = re.compile(rb"[0-9]{19}|\\u0000").search
_ODD_QUERY = re.compile(r"[0-9]{19}|nan|inf|%00", re.IGNORECASE).search
_ARRAYS = (list, tuple, set, frozenset)


class BodyDecoder:
    """Decodes a JSON body into one type."""

    def __init__(self, wanted: Any) -> None:
        """Prepare for bodies of the type ``wanted``."""
        self._wanted = wanted
        self._decode = msgspec.json.Decoder(wanted).decode

    def __call__(self, raw: bytes) -> Any:
        """Return the value; raise ``Mistakes`` that tell all that is wrong."""
        try:
            value = self._decode(raw)
            odd = unstorable(value, "body") if _ODD_BODY(raw) else []
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Mistakes(self._explain(raw, error)) from None
        if odd:
            raise Mistakes(odd)
        return value

    def _explain(self, raw: bytes, error: Exception) -> list[Mistake]:
        if not raw:
            return [Mistake("A JSON body is required", "", "body")]
        if isinstance(error, RecursionError):
            return [Mistake("JSON is nested too deeply", "", "body")]
        if isinstance(error, UnicodeDecodeError):
            return [Mistake("Text is not valid UTF-8", "", "body")]
        try:
            found = explain(msgspec.json.decode(raw), self._wanted, "body", strict=True)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = []
        return found or [first_mistake(error, "body")]


class QueryDecoder:
    """Decodes a query string into a struct; a list field takes every value of its key."""

    def __init__(self, wanted: type[msgspec.Struct]) -> None:
        """Prepare for the fields of ``wanted``."""
        self._wanted = wanted
        self._fields = text_fields(wanted)

    def __call__(self, url: URL) -> Any:
        """Return the struct; keys that it does not know are ignored."""
        query = url.query
        value = decode_texts(query, self._fields, self._wanted, "query")
        if query and _ODD_QUERY(url.raw_query_string) and (odd := unstorable(value, "query")):
            raise Mistakes(odd)
        return value


class PathDecoder:
    """Decodes one parameter of a path."""

    def __init__(self, name: str, kind: type[int] | type[str], wanted: Any) -> None:
        """Prepare for the parameter ``name``, a ``kind`` in the path and a ``wanted`` in the handler."""
        self.name = name
        self._number = kind is int
        self._wanted = None if wanted is kind else wanted

    def __call__(self, text: str) -> Any:
        """Return the value; raise ``Mistakes`` when it cannot be one."""
        if self._number:
            # int() of thousands of digits is slow, and beyond 4,300 an error.
            value = int(text) if len(text) <= 20 else INT64.stop
            if value not in INT64:
                raise Mistakes([Mistake(TOO_LARGE, self.name, "path")])
        else:
            value = text.replace("%2F", "/").replace("%25", "%") if "%" in text else text
            if "\0" in value:
                raise Mistakes([Mistake(NUL, self.name, "path")])
        return value if self._wanted is None else self._convert(value)

    def _convert(self, value: int | str) -> Any:
        try:
            return msgspec.convert(value, self._wanted, strict=False)
        except msgspec.ValidationError as error:
            raise Mistakes([Mistake(str(error), self.name, "path")]) from None


def text_fields(wanted: type[msgspec.Struct]) -> list[tuple[str, bool]]:
    """Return the names that ``wanted`` has on the wire, and whether each takes a list."""
    return [(each.encode_name, _is_list(each.type)) for each in msgspec.structs.fields(wanted)]


def decode_texts(
    texts: MultiMapping[Any], members: list[tuple[str, bool]], wanted: type[msgspec.Struct], source: str
) -> Any:
    """Build ``wanted`` from pairs of name and text; ``members`` are its names and whether each is a list."""
    plain: dict[str, Any] = {}
    doubled: list[Mistake] = []
    if texts:
        for name, is_list in members:
            values = texts.getall(name, [])
            if is_list and values:
                plain[name] = values
            elif values:
                plain[name] = values[0]
                if len(values) > 1:
                    doubled.append(Mistake(f"Given {len(values)} times, expected once", name, source))
    try:
        value = msgspec.convert(plain, wanted, strict=False)
    except msgspec.ValidationError:
        raise Mistakes(doubled + explain(plain, wanted, source, strict=False)) from None
    if doubled:
        raise Mistakes(doubled)
    return value


def _is_list(wanted: Any) -> bool:
    """Whether a list is one of the things ``wanted`` allows."""
    origin = get_origin(wanted)
    if origin is None or origin in _ARRAYS:
        return (origin or wanted) in _ARRAYS
    return any(_is_list(arm) for arm in get_args(wanted))
