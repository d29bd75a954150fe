"""Lists as CSV (RFC 4180) for those who ask with ``Accept: text/csv``; safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, get_args, get_origin

import msgspec
from aiohttp import web

from genjilib.core.json import Json, written
from genjilib.web.mistakes import is_struct

CSV: Final = "text/csv"

_BLOCK: Final = 500
"""Rows that are written, and sent, together."""
_WISH = re.compile(r"\s*([^;,\s]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?[^,]*")
# Signs that move the cursor or colour a terminal are shown as pictures of themselves; line ends are quoted.
_CONTROLS: Final = {code: 0x2400 + code for code in range(32) if code != 10} | dict.fromkeys(
    range(127, 160), "\ufffd"
)
_FORMULA: Final = tuple("=+-@＝＋－＠")


def columns_of(result: Any) -> list[str] | None:
    """Return the names of the columns of what a handler says it returns; ``None`` unless it lists structs."""
    if get_origin(result) is Json:
        (result,) = get_args(result)
    if get_origin(result) is not list or not is_struct(row := get_args(result)[0]):
        return None
    return [member.encode_name for member in msgspec.structs.fields(row)]


def wants_csv(request: web.Request) -> bool:
    """Tell whether the client would rather have CSV than JSON, which it gets where it does not say."""
    given = request.headers.get("Accept", "").lower()
    if CSV not in given:
        return False
    weights = {kind: float(weight or 1) for kind, weight in _WISH.findall(given)}
    return weights.get(CSV, 0) > weights.get("application/json", 0)


def sheet(name: str, columns: Sequence[str], result: Any) -> web.Response:
    """Return the answer that carries a list of structs, or its JSON, as the file ``name``.csv."""
    rows = msgspec.json.decode(written(result))
    headers = {
        "Content-Type": f"{CSV}; charset=utf-8; header=present",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    return web.Response(body=_blocks(columns, rows), headers=headers)


async def _blocks(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> AsyncIterator[bytes]:
    yield _lines([columns])
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        yield _lines([[_cell(row.get(name)) for name in columns] for row in block])


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    """Return a value as a cell: nothing for null, JSON for what is no plain value, and never a formula."""
    match value:
        case None:
            return ""
        case str():
            text = value.replace("\r\n", "\n").translate(_CONTROLS)
            return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
        case _:
            return msgspec.json.encode(value).decode()
